"""PURE: many small measurements to few data, in the shape of PutMetricData's MetricData.

What one second brings has few different values of few metrics: Values and Counts say them all without loss, where
StatisticValues would lose the percentiles.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeAlias

MOST_VALUES = 150  # "up to 150 values per metric": API reference, PutMetricData
Dimensions: TypeAlias = tuple[tuple[str, str], ...]


class Measurement(NamedTuple):
    """One value of one metric."""

    metric: str
    unit: str
    value: float


@dataclass(slots=True)
class Gathered:
    """Add to it, then take() all that came since."""

    _values: dict[tuple[str, str, int, Dimensions], Counter[float]] = field(default_factory=dict)

    def add(self, measurements: Iterable[Measurement], every: Iterable[Dimensions], time_ms: int) -> None:
        """Each under each set of dimensions, to the minute: AWS's own metrics have a granularity of a minute."""
        minute = time_ms // 60_000 * 60
        taken = list(measurements)
        for dimensions in every:
            for metric, unit, value in taken:
                key = (metric, unit, minute, dimensions)
                counted = self._values.get(key)
                if counted is None:
                    counted = self._values[key] = Counter()
                counted[value] += 1

    def take(self) -> list[Mapping[str, Any]]:
        values, self._values = self._values, {}
        return [datum for key, counted in values.items() for datum in _data(*key, counted)]


def _data(metric: str, unit: str, minute: int, dimensions: Dimensions, counted: Counter[float]) -> Iterator[Any]:
    values = list(counted)
    for at in range(0, len(values), MOST_VALUES):
        some = values[at : at + MOST_VALUES]
        yield {
            "MetricName": metric,
            "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions],
            "Timestamp": datetime.fromtimestamp(minute, UTC),
            "Unit": unit,
            "Values": [float(value) for value in some],
            "Counts": [float(counted[value]) for value in some],
        }
