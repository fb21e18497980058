"""PURE: FILL, IF, SLICE and SORT of metric math.

Source: "Using math expressions with CloudWatch metrics", the table of functions and "Using IF expressions".
"""

from collections.abc import Callable
from itertools import pairwise
from math import isnan
from typing import Literal

from local.cloudwatch.metrics.expressions.reducing import reduce_series
from local.cloudwatch.metrics.expressions.values import Array, TimeSeries

Filler = float | TimeSeries | Literal["REPEAT", "LINEAR"]


def fill(series: TimeSeries, filler: Filler, grid: range) -> TimeSeries:
    """A value for every period of `grid` that has none; REPEAT and LINEAR give none before the first datapoint, LINEAR
    none after the last.
    """
    fillers: dict[int, float]
    match filler:
        case "REPEAT":
            fillers = _repeated(series, grid)
        case "LINEAR":
            fillers = _interpolated(series)
        case TimeSeries():
            fillers = dict(filler.points)
        case float():
            fillers = {} if isnan(filler) else dict.fromkeys(grid, filler)
    everything = sorted({*grid, *series.points})
    return series.with_points((at, series.points.get(at, fillers.get(at))) for at in everything)


def _repeated(series: TimeSeries, grid: range) -> dict[int, float]:
    filled: dict[int, float] = {}
    last: float | None = None
    for at in grid:
        last = series.points.get(at, last)
        if last is not None:
            filled[at] = last
    return filled


def _interpolated(series: TimeSeries) -> dict[int, float]:
    return {
        at: low + (high - low) * (at - begin) / (end - begin)
        for (begin, low), (end, high) in pairwise(series.points.items())
        for at in range(begin + series.period, end, series.period)
    }


def choose(condition: TimeSeries, yes: float | TimeSeries, no: float | TimeSeries | None) -> TimeSeries:
    """IF with a time series as its condition, at each of the condition's datapoints."""
    if_true, if_false = _values(yes, missing=0.0), _values(no, missing=None)
    return condition.with_points((at, if_true(at) if value else if_false(at)) for at, value in condition.points.items())


def _values(source: float | TimeSeries | None, missing: float | None) -> Callable[[int], float | None]:
    if isinstance(source, TimeSeries):
        points = source.points
        return lambda at: points.get(at, missing)
    return lambda _: source


def sort(array: Array, function: str, *, descending: bool, most: int | None) -> Array:
    """Series without datapoints come last, in either order."""

    def key(series: TimeSeries) -> tuple[bool, float]:
        value = reduce_series(function, series)
        return (not series.points, 0.0) if not series.points else (False, -value if descending else value)

    return tuple(sorted(array, key=key)[:most])
