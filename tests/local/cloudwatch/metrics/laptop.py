"""CloudWatch's metrics at a moment that stands still until a test moves it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.model import ServiceModel
from botocore.validate import ParamValidator

from local.cloudwatch.metrics import Metrics
from local.endpoint.call import Call
from local.errors import AwsError

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)  # a Monday
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@dataclass
class Clock:
    now: datetime = NOW

    def __call__(self) -> float:
        return self.now.timestamp()


@dataclass
class Laptop:
    """`metrics` with its clock; operations are called with parameters as boto3 takes them."""

    metrics: Metrics
    model: ServiceModel
    clock: Clock

    @property
    def now(self) -> datetime:
        return self.clock.now

    @now.setter
    def now(self, now: datetime) -> None:
        self.clock.now = now

    def call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """Checks the parameters and the answer against botocore's model."""
        shapes = self.model.operation_model(operation)
        assert shapes.input_shape is not None
        assert not ParamValidator().validate(parameters, shapes.input_shape).has_errors()
        found = self.metrics.operations()[operation]
        assert parameters.keys() <= found.takes
        answer = found.run(Call("cloudwatch", operation, parameters))
        assert isinstance(answer, dict)
        if shapes.output_shape is not None:
            assert not ParamValidator().validate(answer, shapes.output_shape).has_errors()
        return answer

    def refused(self, operation: str, **parameters: Any) -> tuple[str, str]:
        """The code and the message of its error."""
        with pytest.raises(AwsError) as caught:
            self.call(operation, **parameters)
        return caught.value.code, caught.value.message

    def put(self, namespace: str, name: str, value: float, at: datetime = NOW, **more: Any) -> None:
        self.call(
            "PutMetricData",
            Namespace=namespace,
            MetricData=[{"MetricName": name, "Value": value, "Timestamp": at, **more}],
        )

    def data(
        self, *queries: dict[str, Any], start: datetime = NOW - HOUR, end: datetime = NOW, **more: Any
    ) -> list[dict[str, Any]]:
        """GetMetricData's results, oldest datapoint first."""
        answer = self.call(
            "GetMetricData",
            MetricDataQueries=list(queries),
            StartTime=start,
            EndTime=end,
            **{"ScanBy": "TimestampAscending", **more},
        )
        results: list[dict[str, Any]] = answer["MetricDataResults"]
        return results


def query(
    name: str, namespace: str, metric: str, statistic: str = "Average", period: int = 60, **more: Any
) -> dict[str, Any]:
    """A MetricDataQuery with a MetricStat. `dimensions` and `unit` are the metric's; the rest is the query's."""
    dimensions, unit = more.pop("dimensions", {}), more.pop("unit", None)
    asked: dict[str, Any] = {
        "Metric": {
            "Namespace": namespace,
            "MetricName": metric,
            "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions.items()],
        },
        "Period": period,
        "Stat": statistic,
    }
    if unit:
        asked["Unit"] = unit
    return {"Id": name, "MetricStat": asked, **more}
