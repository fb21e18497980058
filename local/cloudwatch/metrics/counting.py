"""How many samples of a period lie between two values: TC and PR of absolute bounds, without an order of the values.

A row whose extremes lie on one side of a bound is counted whole; only those across it are looked into, a row at a time:
an objective over days of requests takes no more memory than one over a minute.
"""

import sqlite3
from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from math import inf

from local.cloudwatch.metrics.statistic import Statistic

# The lower bound is left out, the higher one counts ("CloudWatch statistics definitions": PR(:300) is up to 300 ms).
_INSIDE = "least > :low AND most <= :high"
_OUTSIDE = "most <= :low OR least > :high"


@dataclass(slots=True)
class _Period:
    samples: float
    inside: float
    is_known: bool


def is_counted(statistic: Statistic) -> bool:
    return statistic.kind in ("TC", "PR") and not statistic.percent


def count(
    connection: sqlite3.Connection, statistic: Statistic, within: str, arguments: Mapping[str, object]
) -> dict[int, float]:
    """A period's number -> the statistic; a period with a statistic set or a negative value in it has none.

    `within` is FROM and WHERE of the rows of metric_points, with `arguments`.
    """
    low = -inf if statistic.low is None else float(statistic.low)
    high = inf if statistic.high is None else float(statistic.high)
    bounds = {**arguments, "low": low, "high": high}
    sums = f"""
        SELECT (at_s - :anchor) / :period AS number, sum(samples),
            sum(CASE WHEN {_INSIDE} THEN samples ELSE 0 END), min(least) >= 0 AND count(pairs) = count(*)
        {within} GROUP BY number ORDER BY number
    """
    periods = {
        number: _Period(samples, inside, known) for number, samples, inside, known in connection.execute(sums, bounds)
    }
    across = f"""
        SELECT (at_s - :anchor) / :period AS number, pairs
        {within} AND pairs IS NOT NULL AND NOT ({_INSIDE}) AND NOT ({_OUTSIDE})
    """
    for number, pairs in connection.execute(across, bounds):
        periods[number].inside += _inside(pairs, low, high)
    share = statistic.kind == "PR"
    return {
        number: 100 * period.inside / period.samples if share else period.inside
        for number, period in periods.items()
        if period.is_known
    }


def _inside(pairs: bytes, low: float, high: float) -> float:
    numbers = array("d", pairs)
    return sum(count for value, count in zip(numbers[0::2], numbers[1::2], strict=True) if low < value <= high)
