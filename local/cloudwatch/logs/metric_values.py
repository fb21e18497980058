"""PURE: what metric filters make of events: data in the shape of PutMetricData's MetricData.

Source: the AWS pages "Creating metrics from log events using filters" and "MetricTransformation".
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias

from local.cloudwatch.logs.errors import RegexTooSlow
from local.cloudwatch.logs.patterns import Event, Pattern
from local.cloudwatch.logs.patterns.condition import number_of, text_of

MINUTE_S = 60  # "The metric value is aggregated and reported every minute"
MOST_VALUES = 150  # of one datum of PutMetricData

Dimensions: TypeAlias = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class MetricFilter:
    """`transformation` is the API's MetricTransformation."""

    name: str
    pattern: Pattern
    transformation: Mapping[str, Any]


@dataclass(frozen=True)
class _Series:
    namespace: str
    metric: str
    unit: str
    dimensions: Dimensions
    minute: int


def metric_data(
    filters: Sequence[MetricFilter],
    events: Iterable[tuple[int, str]],
    on_slow: Callable[[MetricFilter, RegexTooSlow], None],
) -> dict[str, list[Mapping[str, Any]]]:
    """`events`: timestamp in milliseconds and message. Namespace -> its data.

    A filter whose regular expression is too slow for one event sees no more of them; `on_slow` hears of it.
    """
    working = list(filters)
    counts: defaultdict[_Series, Counter[float]] = defaultdict(Counter)
    for timestamp_ms, message in events:
        event = Event(message)  # each form of it is made once for all filters
        minute = timestamp_ms // 1000 // MINUTE_S * MINUTE_S
        for metric_filter in tuple(working):
            try:
                found = _value_of(metric_filter, event, minute)
            except RegexTooSlow as error:
                working.remove(metric_filter)
                on_slow(metric_filter, error)
            else:
                if found is not None:
                    counts[found[0]][found[1]] += 1
    data: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for series, values in counts.items():
        data[series.namespace] += _data(series, list(values.items()))
    return dict(data)


def _value_of(metric_filter: MetricFilter, event: Event, minute: int) -> tuple[_Series, float] | None:
    made = metric_filter.transformation
    dimensions: Dimensions | None = ()
    if metric_filter.pattern.matches(event):
        value = _value(metric_filter.pattern, event, made["metricValue"])
        dimensions = _dimensions(metric_filter.pattern, event, made.get("dimensions", {}))
    else:
        value = made.get("defaultValue")
    if value is None or dimensions is None:
        return None
    unit = made.get("unit", "None")
    return _Series(made["metricNamespace"], made["metricName"], unit, dimensions, minute), float(value)


def _value(pattern: Pattern, event: Event, wanted: str) -> float | None:
    """A number as it stands, or the number that a selector finds; nothing is published where it finds none."""
    found = pattern.value(event, wanted) if wanted.startswith("$") else wanted
    return None if found is None else number_of(found)


def _dimensions(pattern: Pattern, event: Event, wanted: Mapping[str, str]) -> Dimensions | None:
    """None where an event lacks one of them: it has no place in the metric."""
    found = [(name, pattern.value(event, selector)) for name, selector in wanted.items()]
    known = [(name, text_of(value)) for name, value in found if value is not None and text_of(value)]
    return tuple(known) if len(known) == len(found) else None


def _data(series: _Series, values: list[tuple[float, int]]) -> Iterator[Mapping[str, Any]]:
    dimensions = [{"Name": name, "Value": value} for name, value in series.dimensions]
    for start in range(0, len(values), MOST_VALUES):
        part = values[start : start + MOST_VALUES]
        yield {
            "MetricName": series.metric,
            "Timestamp": datetime.fromtimestamp(series.minute, UTC),
            "Unit": series.unit,
            "Values": [value for value, _ in part],
            "Counts": [float(count) for _, count in part],
            **({"Dimensions": dimensions} if dimensions else {}),
        }
