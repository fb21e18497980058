"""PURE: the functions of metric math that make of each time series another: TS -> TS, TS[] -> TS[]."""

import math
from collections.abc import Callable, Iterable, Mapping
from itertools import accumulate, pairwise
from time import gmtime

from local.cloudwatch.metrics.expressions.values import TimeSeries

Points = Iterable[tuple[int, float | None]]


def _each(change: Callable[[float], float | None]) -> Callable[[TimeSeries], Points]:
    return lambda series: ((at, change(value)) for at, value in series.points.items())


def _between(change: Callable[[int, float], float]) -> Callable[[TimeSeries], Points]:
    """From the seconds since the datapoint before, and how much more the value is."""
    return lambda series: (
        (at, change(at - before, value - last)) for (before, last), (at, value) in pairwise(series.points.items())
    )


def _running_sum(series: TimeSeries) -> Points:
    return zip(series.points, accumulate(series.points.values()), strict=True)


POINTWISE: Mapping[str, Callable[[TimeSeries], Points]] = {
    "ABS": _each(abs),
    "CEIL": _each(lambda value: float(math.ceil(value))),
    "FLOOR": _each(lambda value: float(math.floor(value))),
    "LOG": _each(lambda value: math.log(value) if value > 0 else None),
    "LOG10": _each(lambda value: math.log10(value) if value > 0 else None),
    "DIFF": _between(lambda _, more: more),
    "DIFF_TIME": _between(lambda seconds, _: float(seconds)),
    "RATE": _between(lambda seconds, more: more / seconds),
    "RUNNING_SUM": _running_sum,
}
CALENDAR: Mapping[str, Callable[[int], float]] = {
    "EPOCH": float,
    "MINUTE": lambda at: float(gmtime(at).tm_min),
    "HOUR": lambda at: float(gmtime(at).tm_hour),
    "DAY": lambda at: float(gmtime(at).tm_wday + 1),
    "DATE": lambda at: float(gmtime(at).tm_mday),
    "MONTH": lambda at: float(gmtime(at).tm_mon),
    "YEAR": lambda at: float(gmtime(at).tm_year),
}
"""What a period's start is in UTC; DAY is 1 on Mondays, 7 on Sundays."""
