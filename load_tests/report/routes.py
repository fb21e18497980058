"""PURE: each route by itself: which of them needs the memory, which the timeout."""

from collections.abc import Sequence
from typing import Any

from load_tests.report.timeouts import choose
from load_tests.report.variant import Variant, quantiles

UNKNOWN = "(route unknown)"


def routes(variants: Sequence[Variant], limit_ms: float) -> list[dict[str, Any]]:
    """One row a route, the busiest first. `variants`: in ascending order of memory."""
    names = {one.route for variant in variants for one in variant.warm()}
    rows = [_row(name, variants, limit_ms) for name in names]
    return sorted(rows, key=lambda row: (-row["requests"], row["route"]))


def setter(rows: Sequence[dict[str, Any]], what: str) -> dict[str, Any] | None:
    """The route that asks for the most of `what`; of several, the slowest. None where one asks for more."""
    if any(row[what] is None for row in rows):
        return None
    return max(rows, key=lambda row: (row[what], row["slowest_ms"]), default=None)


def _row(name: str, variants: Sequence[Variant], limit_ms: float) -> dict[str, Any]:
    sizes: list[dict[str, Any]] = []
    for variant in variants:
        times = sorted(one.duration_ms for one in variant.warm() if one.route == name and one.duration_ms is not None)
        if times:
            sizes.append({"name": variant.name, "memory_mb": variant.configuration.memory_mb, **quantiles(times)})
    answers = [ms for variant in variants for ms in variant.answered_ms(name)]
    choice = choose(sorted(answers))
    return {
        "route": name or UNKNOWN,
        "requests": len(answers),
        "sizes": sizes,
        "memory_mb": min((size["memory_mb"] for size in sizes if size["p99"]["value"] < limit_ms), default=None),
        "timeout_s": choice.seconds if choice else None,
        "slowest_ms": max(answers, default=0.0),
    }
