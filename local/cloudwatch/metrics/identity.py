"""PURE: what makes a metric one: its namespace, its name and its dimensions, in whatever order these were given."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple


class Metric(NamedTuple):
    """`dimensions` are (name, value), in the order of their names."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...] = ()


def metric_of(namespace: str, name: str, dimensions: Iterable[Mapping[str, Any]]) -> Metric:
    """`dimensions` in the shape of the API's."""
    return Metric(namespace, name, tuple(sorted((given["Name"], given["Value"]) for given in dimensions)))


def described(metric: Metric) -> dict[str, Any]:
    """In the shape of the API's Metric."""
    return {
        "Namespace": metric.namespace,
        "MetricName": metric.name,
        "Dimensions": [{"Name": name, "Value": value} for name, value in metric.dimensions],
    }
