"""PURE: what metric math computes with: S (a number), TS (a time series), TS[] (an array of them)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from math import isfinite
from typing import TypeAlias

from local.errors import NotSupported


@dataclass(frozen=True, slots=True)
class TimeSeries:
    """`points`: a period's start in seconds since the epoch -> its value, in the order of time. `metric` says that it
    was read, not computed. `details` are what a label may name of it: MetricName, Namespace, Stat, Dim.<name>, ...
    """

    label: str
    period: int
    points: Mapping[int, float]
    metric: bool = False
    details: Mapping[str, str] | None = None

    def with_points(self, points: Iterable[tuple[int, float | None]]) -> "TimeSeries":
        """The same series with other values: None and what is no finite number are left out."""
        kept = {at: value for at, value in points if value is not None and isfinite(value)}
        return replace(self, points=kept, metric=False)


Array: TypeAlias = tuple[TimeSeries, ...]
Value: TypeAlias = float | TimeSeries | Array
NO_VALUE = float("nan")
"""The scalar of a function over no datapoints: what is computed with it has no datapoints either."""


def type_name(value: Value) -> str:
    match value:
        case TimeSeries():
            return "a time series"
        case tuple():
            return "an array of time series"
        case _:
            return "a number"


def spread(value: TimeSeries | Array, change: Callable[[TimeSeries], TimeSeries]) -> TimeSeries | Array:
    """TS -> TS, TS[] -> TS[]."""
    return change(value) if isinstance(value, TimeSeries) else tuple(change(series) for series in value)


def common_period(several: Iterable[TimeSeries], position: int) -> int:
    """The one period of them all; 0 where nothing was found that could have one. AWS's page doesn't say what mixed
    periods give, so they are refused.
    """
    periods = sorted({series.period for series in several} - {0})
    if len(periods) > 1:
        listed = " and ".join(f"{period} s" for period in periods)
        raise NotSupported(
            f"Time series with different periods ({listed}) in one operation, at position {position}, are not supported"
            " on the laptop: give their queries the same Period"
        )
    return periods[0] if periods else 0


def times(several: Iterable[TimeSeries]) -> list[int]:
    """Every time at which one of them has a value, in order."""
    return sorted({at for series in several for at in series.points})
