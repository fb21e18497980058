"""PURE: each route by itself: which of them needs the memory, which the timeout."""

from collections.abc import Sequence
from typing import Any

from load_tests.observation import Outcome
from load_tests.report.timeouts import choose
from load_tests.report.variant import Variant, quantiles

UNKNOWN = "(route unknown)"


def routes(variants: Sequence[Variant], limit_ms: float) -> list[dict[str, Any]]:
    """One row a route, the busiest first. `variants`: in ascending order of memory."""
    names = {one.route for variant in variants for one in variant.warm()}
    rows = [_row(name, variants, limit_ms) for name in names]
    return sorted(rows, key=lambda row: (-row["requests"], row["route"]))


def setter(rows: Sequence[dict[str, Any]], what: str) -> dict[str, Any] | None:
    """The route that asks for the most of `what`; of several, the slowest. None where no route differs or says."""
    asking = [row for row in rows if row[what] is not None]
    return max(asking, key=lambda row: (row[what], row["slowest_ms"]), default=None)


def _row(name: str, variants: Sequence[Variant], limit_ms: float) -> dict[str, Any]:
    sizes = []
    for variant in variants:
        times = sorted(one.duration_ms or 0.0 for one in variant.warm() if one.route == name)
        if times:
            sizes.append({"name": variant.name, "memory_mb": variant.configuration.memory_mb, **quantiles(times)})
    handled = sorted(
        one.duration_ms
        for variant in variants
        for one in variant.observations
        if one.route == name and one.duration_ms is not None and one.outcome is Outcome.ANSWERED
    )
    choice = choose(handled)
    within = [size["memory_mb"] for size in sizes if size["p99"]["value"] < limit_ms]
    return {
        "route": name or UNKNOWN,
        "requests": len(handled),
        "sizes": sizes,
        "memory_mb": min(within, default=None),
        "timeout_s": choice.seconds if choice else None,
        "slowest_ms": handled[-1] if handled else 0.0,
    }
