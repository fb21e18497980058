"""Datapoints out of the database: statistics by period, one pass over the rows for all that are asked."""

import json
import math
import sqlite3
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from local.cloudwatch.metrics.counting import count, is_counted
from local.cloudwatch.metrics.distribution import Distribution
from local.cloudwatch.metrics.identity import Metric
from local.cloudwatch.metrics.ranking import MOST_AT_ONCE, percentiles
from local.cloudwatch.metrics.statistic import Statistic

WITHIN = "FROM metric_points WHERE {series} AND at_s >= :first AND at_s < :end"
# Of one series the rows are in the table's order already: nothing has to be sorted.
ONE, SEVERAL = "series = :series", "series IN (SELECT value FROM json_each(:series))"
SUMS = """
SELECT (at_s - :anchor) / :period AS number, sum(samples), sum(total), min(least), max(most) {within}
GROUP BY number ORDER BY number
"""
VALUES = "SELECT at_s, pairs {within} ORDER BY at_s"
ALL_KNOWN = "SELECT min(least) >= 0 AND count(pairs) = count(*) {within}"


@dataclass(frozen=True, slots=True)
class Window:
    """Periods of `period_s` from `anchor_s` on; data before `oldest_s` is no longer to be had, nor is any from `end_s`
    on.
    """

    anchor_s: int
    end_s: float
    period_s: int
    oldest_s: float = 0

    @property
    def starts(self) -> range:
        return range(self.anchor_s, max(self.anchor_s, -int(-self.end_s // 1)), self.period_s)

    def number(self, at_s: int) -> int:
        return (at_s - self.anchor_s) // self.period_s

    def start(self, number: int) -> int:
        return self.anchor_s + number * self.period_s


@dataclass(frozen=True, slots=True)
class Stream:
    """A metric's datapoints of one unit."""

    unit: str
    series: list[int] = field(default_factory=list)


Points = dict[int, float]


def streams(connection: sqlite3.Connection, metric: Metric, unit: str | None, period_s: int) -> list[Stream]:
    """By unit. Only what was stored with a resolution of 1 s has periods below a minute."""
    select = """
        SELECT unit, metric_series.id FROM metric_series JOIN metric_names ON metric_names.id = metric
        WHERE namespace = ? AND name = ? AND dimensions = ? AND resolution_s <= ? ORDER BY unit
    """
    key = (metric.namespace, metric.name, json.dumps(metric.dimensions), period_s)
    found: dict[str, Stream] = {}
    for its_unit, series in connection.execute(select, key):
        if unit in (None, its_unit):
            found.setdefault(its_unit, Stream(its_unit)).series.append(series)
    return list(found.values())


def measure(
    connection: sqlite3.Connection, series: Sequence[int], statistics: Sequence[Statistic], window: Window
) -> dict[Statistic, Points]:
    """Statistic -> a period's start -> its value; periods without data are left out."""
    rows = _rows(connection, series, window)
    measured: dict[Statistic, Points] = {statistic: {} for statistic in statistics}
    if simple := [statistic for statistic in measured if not statistic.needs_values]:
        for number, *sums in rows.select(SUMS):
            for statistic in simple:
                measured[statistic][window.start(number)] = _simple(statistic.kind, *sums)
    for statistic in filter(is_counted, measured):
        for number, counted in count(connection, statistic, rows.within, rows.arguments).items():
            measured[statistic][window.start(number)] = counted
    if of_values := [one for one in measured if one.needs_values and not is_counted(one)]:
        for number, values in _by_period(rows, of_values, window):
            for statistic, value in values.items():
                measured[statistic][window.start(number)] = value
    return measured


@dataclass(frozen=True, slots=True)
class _Rows:
    """FROM and WHERE of the rows of a window, with their arguments."""

    connection: sqlite3.Connection
    within: str
    arguments: dict[str, object]

    def select(self, statement: str) -> Iterator[tuple[Any, ...]]:
        return self.connection.execute(statement.format(within=self.within), self.arguments)

    def of_period(self, number: int, window: Window) -> "_Rows":
        start = window.start(number)
        narrow = {
            "first": max(start, window.oldest_s),
            "end": min(start + window.period_s, window.end_s),
        }
        return _Rows(self.connection, self.within, {**self.arguments, **narrow})


def _rows(connection: sqlite3.Connection, series: Sequence[int], window: Window) -> _Rows:
    arguments: dict[str, object] = {
        "series": series[0] if len(series) == 1 else json.dumps(series),
        "anchor": window.anchor_s,
        "period": window.period_s,
        "first": max(window.anchor_s, window.oldest_s),
        "end": window.end_s,
    }
    return _Rows(connection, WITHIN.format(series=ONE if len(series) == 1 else SEVERAL), arguments)


def _simple(kind: str, samples: float, total: float, least: float, most: float) -> float:
    match kind:
        case "SampleCount":
            return samples
        case "Sum":
            return total
        case "Average":
            return total / samples
        case "Minimum":
            return least
        case _:
            return most


def _by_period(
    rows: _Rows, statistics: Sequence[Statistic], window: Window
) -> Iterator[tuple[int, dict[Statistic, float]]]:
    """A period at a time. One with a statistic set in it has none: its values aren't known."""
    only_percentiles = all(statistic.kind == "P" for statistic in statistics)
    most = 2 * MOST_AT_ONCE if only_percentiles else math.inf
    for number, group in groupby(rows.select(VALUES), key=lambda row: window.number(row[0])):
        pairs, is_known = array("d"), True
        for _, more in group:
            if more is None:
                is_known = False
            if not is_known or len(pairs) > most:
                break
            pairs.frombytes(more)
        if is_known and len(pairs) > most:
            yield number, _percentiles(rows.of_period(number, window), statistics)
        elif is_known:
            distribution = Distribution(pairs)
            found = {statistic: distribution.measure(statistic) for statistic in statistics}
            yield number, {statistic: value for statistic, value in found.items() if value is not None}


def _percentiles(rows: _Rows, statistics: Sequence[Statistic]) -> dict[Statistic, float]:
    ((all_known,),) = rows.select(ALL_KNOWN)
    return percentiles(rows.connection, statistics, rows.within, rows.arguments) if all_known else {}
