"""PURE: the functions of metric math that make less of more: TS -> S, TS[] -> TS."""

from collections.abc import Callable, Mapping, Sequence
from math import fsum
from statistics import pstdev

from local.cloudwatch.metrics.expressions.values import NO_VALUE, Array, TimeSeries, common_period, times

Reduce = Callable[[Sequence[float]], float]


def _mean(values: Sequence[float]) -> float:
    return fsum(values) / len(values)


REDUCERS: Mapping[str, Reduce] = {
    "AVG": _mean,
    "MAX": max,
    "MIN": min,
    "STDDEV": pstdev,
    "SUM": fsum,
    "DATAPOINT_COUNT": lambda values: float(len(values)),
}
OF_NOTHING = {"SUM": 0.0, "DATAPOINT_COUNT": 0.0}


def reduce_series(function: str, series: TimeSeries) -> float:
    values = list(series.points.values())
    return REDUCERS[function](values) if values else OF_NOTHING.get(function, NO_VALUE)


def reduce_array(function: str, array: Array, position: int) -> TimeSeries:
    """Across the series, at each time that one of them has a value. AVG alone takes what is missing as 0."""
    if not array:
        return TimeSeries("", 0, {})
    shape = TimeSeries(array[0].label, common_period(array, position), {})
    reduce = REDUCERS[function]
    missing = 0.0 if function == "AVG" else None

    def across(at: int) -> float:
        found = [series.points.get(at, missing) for series in array]
        return reduce([value for value in found if value is not None])

    return shape.with_points((at, across(at)) for at in times(array))
