"""Datapoints out of the database: statistics by period, one pass over the rows for all that are asked."""

import json
import sqlite3
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from local.cloudwatch.metrics.distribution import Distribution
from local.cloudwatch.metrics.identity import Metric
from local.cloudwatch.metrics.statistic import Statistic

WITHIN = """
FROM metric_points
WHERE series IN (SELECT value FROM json_each(:series)) AND at_s >= :first AND at_s < :end
"""
SUMS = f"""
SELECT (at_s - :anchor) / :period AS number, sum(samples), sum(total), min(least), max(most) {WITHIN}
GROUP BY number ORDER BY number
"""
VALUES = f"SELECT (at_s - :anchor) / :period AS number, pairs {WITHIN} ORDER BY number"


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
    arguments = {
        "series": json.dumps(series),
        "anchor": window.anchor_s,
        "period": window.period_s,
        "first": max(window.anchor_s, window.oldest_s),
        "end": window.end_s,
    }
    measured: dict[Statistic, Points] = {statistic: {} for statistic in statistics}
    of_sums = [(statistic.kind, points) for statistic, points in measured.items() if not statistic.needs_values]
    of_values = [(statistic, points) for statistic, points in measured.items() if statistic.needs_values]
    if of_sums:
        for number, *sums in connection.execute(SUMS, arguments):
            for kind, points in of_sums:
                points[window.anchor_s + number * window.period_s] = _simple(kind, *sums)
    if of_values:
        for at_s, distribution in _distributions(connection.execute(VALUES, arguments), window):
            for statistic, points in of_values:
                if (value := distribution.measure(statistic)) is not None:
                    points[at_s] = value
    return measured


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


def _distributions(rows: Iterator[tuple[int, bytes | None]], window: Window) -> Iterator[tuple[int, Distribution]]:
    """A period at a time. One with a statistic set in it has none: its values aren't known."""
    for number, group in groupby(rows, key=lambda row: row[0]):
        blobs = [pairs for _, pairs in group]
        known = [pairs for pairs in blobs if pairs is not None]
        if len(known) == len(blobs):
            pairs = array("d")
            pairs.frombytes(b"".join(known))
            yield window.anchor_s + number * window.period_s, Distribution(pairs)
