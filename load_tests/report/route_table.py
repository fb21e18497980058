"""PURE: the report's section on routes."""

from collections.abc import Mapping
from typing import Any

from load_tests.report.cells import time_cell
from load_tests.report.markup import Html, joined, note, table, tag
from load_tests.report.words import NOTHING, count, ms

Analysis = Mapping[str, Any]
SAID = """p99 of warm requests; of fewer than 100, the slowest of them. A route needs the smallest size whose p99 is
below the wish, and twice its slowest answer, with its start, as the timeout."""


def by_route(found: Analysis) -> Html:
    rows = found["routes"]
    if not rows:
        return joined()
    sizes = [size["name"] for size in max(rows, key=lambda row: len(row["sizes"]))["sizes"]]
    heads = ("route", "requests", *(f"p99 at {name}" for name in sizes), "needs", "timeout", "slowest")
    return joined(
        tag("h2", "By route"),
        tag("p", f"{_memory(rows, found['memory_route'])} {_timeout(found['timeout_route'])}"),
        table(heads, [_row(row, sizes) for row in rows]),
        note(SAID),
    )


def _row(row: Analysis, sizes: list[str]) -> tuple[str, ...]:
    by_name = {size["name"]: time_cell(size["p99"]) for size in row["sizes"]}
    return (
        row["route"],
        count(row["requests"]),
        *(by_name.get(name, NOTHING) for name in sizes),
        f"{row['memory_mb']} MB" if row["memory_mb"] else "more than measured",
        f"{row['timeout_s']} s",
        ms(row["slowest_ms"]),
    )


def _memory(rows: list[Analysis], setter: Analysis | None) -> str:
    """Which route sets the memory, if one does."""
    more = [row["route"] for row in rows if row["memory_mb"] is None]
    if more or setter is None:
        return f"More memory than was measured is needed by {', '.join(more)}."
    if len({row["memory_mb"] for row in rows}) == 1:
        return f"No route needs more memory than another: {setter['memory_mb']} MB do."
    return f"{setter['route']} sets the memory: it needs {setter['memory_mb']} MB."


def _timeout(setter: Analysis | None) -> str:
    return f"{setter['route']} sets the timeout: its slowest answer took {ms(setter['slowest_ms'])}." if setter else ""
