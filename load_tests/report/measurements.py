"""PURE: the report's charts and its table of numbers."""

from collections.abc import Mapping
from typing import Any

from load_tests.report import charts
from load_tests.report.cells import dollars_cell, share_cell, time_cell
from load_tests.report.markup import Html, figure, joined, keys, note, table, tag
from load_tests.report.words import NOTHING, count

Analysis = Mapping[str, Any]
QUANTILES = ("p50", "p90", "p99")
HEADS = (
    *("variant", "requests", "warm p50", "p90", "p99", "init p50", "handler, cold", "cold p99"),
    *("cold", "memory", "failed", "throttled", "per million"),
)


def pictures(found: Analysis) -> Html:
    rows, timeout, hues = found["variants"], found["timeout"], keys(*QUANTILES)
    seconds = timeout["choice"]["seconds"] if timeout and timeout["choice"] else None
    warm, cold = charts.quantile_chart(rows, ("warm",)), charts.quantile_chart(rows, ("cold", "total"))
    figures = (
        figure("Warm requests", warm, joined("handler's time", hues)),
        figure("Cold requests", cold, joined("start and handler", hues)),
        figure("What a cold one is made of", charts.start_chart(rows), joined("medians", keys("init", "handler"))),
        figure("Cost against p99", charts.frontier_chart(rows, found["frontier"]), "none beats those on the line"),
        figure("Cost by arrival rate", charts.rate_chart(rows), "a model: where few come, each pays for a start"),
        figure("Memory used", charts.memory_chart(rows), "the most that a sandbox held"),
    )
    tail = figure("The tail", charts.tail_chart(timeout["tail"], seconds), timeout["variant"]) if timeout else ""
    return joined(
        tag("h2", "Times, memory, cost"),
        note("By memory size in MB. Lines are 95 % intervals, which can't see beyond the slowest request."),
        tag("div", *figures, tail, class_="charts"),
    )


def numbers(found: Analysis) -> Html:
    picks = {row["name"] for row in found["recommendations"] if row["strategy"] == "within"}
    rows = [_row(row) for row in found["variants"]]
    return joined(
        tag("h2", "The numbers"),
        table(HEADS, rows, [row["name"] in picks for row in found["variants"]], kind="wide dense"),
    )


def _row(row: Analysis) -> tuple[str, ...]:
    cold = row["cold"]
    return (
        row["name"],
        count(row["requests"]),
        *(time_cell(row["warm"][name]) for name in QUANTILES),
        time_cell(cold["init"]["p50"]),
        time_cell(cold["handler"]["p50"]),
        time_cell(cold["total"]["p99"]),
        share_cell(row["cold_share"]),
        f"{row['used_mb']['most']} MB" if row["used_mb"] else NOTHING,
        share_cell(row["failed_share"]),
        share_cell(row["throttled_share"]),
        dollars_cell(row["dollars"]),
    )
