"""PURE: which metrics a Metrics Insights query selects, how it groups them and orders what comes of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import fsum

from local.cloudwatch.metrics.expressions.values import TimeSeries
from local.cloudwatch.metrics.identity import Metric
from local.cloudwatch.metrics.insights.tree import Insights
from local.cloudwatch.metrics.limits import MOST_SELECTED

OTHER = "Other"
"""What a metric without the label key is grouped as."""


@dataclass(frozen=True, slots=True)
class Group:
    """`label` has the group's values in the order of GROUP BY; it is empty where there is no GROUP BY."""

    label: str
    metrics: tuple[Metric, ...]


def selects(query: Insights, metric: Metric) -> bool:
    dimensions = dict(metric.dimensions)
    return (
        (metric.namespace, metric.name) == (query.namespace, query.metric)
        and (query.schema is None or query.schema == dimensions.keys())
        and all((dimensions.get(part.dimension) == part.value) == part.equal for part in query.where)
    )


def grouped(query: Insights, metrics: Iterable[Metric]) -> list[Group]:
    """In alphabetical order of the labels."""
    groups: dict[tuple[str, ...], list[Metric]] = {}
    for metric in metrics:
        dimensions = dict(metric.dimensions)
        groups.setdefault(tuple(dimensions.get(key, OTHER) for key in query.group_by), []).append(metric)
    return [Group(" ".join(values), tuple(found)) for values, found in sorted(groups.items())]


def limited(query: Insights, several: Sequence[TimeSeries]) -> list[TimeSeries]:
    """Ordered by ORDER BY, where there is one, and no more than LIMIT or 500."""
    ordered = list(several)
    if query.order_by is not None:
        function = query.order_by
        sign = -1 if query.descending else 1
        ordered.sort(key=lambda series: (not series.points, sign * _scalar(function, series)))
    return ordered[: query.limit or MOST_SELECTED]


def _scalar(function: str, series: TimeSeries) -> float:
    values = list(series.points.values())
    if function == "COUNT" or not values:
        return len(values)
    if function in ("MAX", "MIN"):
        return max(values) if function == "MAX" else min(values)
    total = fsum(values)
    return total if function == "SUM" else total / len(values)
