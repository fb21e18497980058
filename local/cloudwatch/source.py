"""PURE: what the parts of CloudWatch ask of each other: values in, time series out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Series:
    """One result of MetricDataQueries. `points`: the period's start in seconds since the epoch -> its value, in the
    order of time; `period` in seconds.
    """

    id: str
    label: str
    period: int
    points: Mapping[int, float]


class MetricSource(Protocol):
    """Where alarms and dashboards get their numbers."""

    def evaluate(self, queries: Sequence[Mapping[str, Any]], start_s: int, end_s: int) -> list[Series]:
        """The series of the queries with ReturnData (its default is true), in the shape of GetMetricData's
        MetricDataQueries: MetricStat or Expression. From `start_s` on, before `end_s`. Raises AwsError.
        """
        ...


class MetricSink(Protocol):
    """Where those that make metrics put them: PutMetricData, EMF, metric filters, the laptop's own Lambda."""

    def put(self, namespace: str, data: Sequence[Mapping[str, Any]]) -> None:
        """`data` in the shape of PutMetricData's MetricData; AWS/... namespaces are taken. Raises AwsError."""
        ...
