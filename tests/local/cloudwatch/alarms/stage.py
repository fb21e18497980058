"""Alarms on a database of their own, with literal metrics, a clock that is set, and a topic that keeps what it gets."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import botocore.session
from botocore.validate import ParamValidator

from local.cloudwatch.alarms import SCHEMA, Alarms
from local.cloudwatch.source import Series
from local.database import Database
from local.endpoint.call import Answer, Call

if TYPE_CHECKING:
    from local.errors import AwsError

TOPIC = "arn:aws:sns:us-east-1:123456789012:on-call"
NOON = int(datetime(2026, 11, 26, 12, tzinfo=UTC).timestamp())
MODEL = botocore.session.Session().get_service_model("cloudwatch")


class LiteralSource:
    """`series`: an id or a statistic -> its points. `asked` is what evaluate() was asked."""

    def __init__(self) -> None:
        self.series: dict[str, dict[int, float]] = {}
        self.asked: list[tuple[Sequence[Mapping[str, Any]], int, int]] = []
        self.error: AwsError | None = None

    def evaluate(self, queries: Sequence[Mapping[str, Any]], start_s: int, end_s: int) -> list[Series]:
        self.asked.append((queries, start_s, end_s))
        if self.error:
            raise self.error
        return [self._series(query, start_s, end_s) for query in queries if query.get("ReturnData", True)]

    def _series(self, query: Mapping[str, Any], start_s: int, end_s: int) -> Series:
        stat = query.get("MetricStat", {}).get("Stat", query["Id"])
        points = self.series.get(stat, {})
        return Series(query["Id"], stat, 60, {at: v for at, v in points.items() if start_s <= at < end_s})


class Stage:
    """`now_s` is what the clock says. `sent` is what the topics got: ARN, subject, message."""

    def __init__(self, path: Path) -> None:
        self.now_s: float = NOON
        self.source = LiteralSource()
        self.sent: list[tuple[str, str, str]] = []
        self.refusal: AwsError | None = None
        self.database = Database(path, [SCHEMA])
        self.alarms = Alarms(self.database, self.source, lambda: self.now_s, self._notify)
        self._operations = self.alarms.operations()

    def ask(self, operation: str, **parameters: Any) -> Answer:
        """As the endpoint would: parameters and answer are held against botocore's model."""
        shape = MODEL.operation_model(operation)
        assert shape.input_shape is not None
        report = ParamValidator().validate(parameters, shape.input_shape)
        assert not report.has_errors(), report.generate_report()
        taken = self._operations[operation]
        assert set(parameters) <= taken.takes
        answer = taken.run(Call("cloudwatch", operation, parameters))
        assert isinstance(answer, Mapping)
        if shape.output_shape is not None:
            report = ParamValidator().validate(dict(answer), shape.output_shape)
            assert not report.has_errors(), report.generate_report()
        return answer

    def put(self, name: str, **changes: Any) -> None:
        """An alarm on the Sum of Errors, over 3 in one minute."""
        parameters: dict[str, Any] = {
            "Namespace": "Shop",
            "MetricName": "Errors",
            "Statistic": "Sum",
            "Period": 60,
            "EvaluationPeriods": 1,
            "Threshold": 3,
            "ComparisonOperator": "GreaterThanThreshold",
            **changes,
        }
        given = {key: value for key, value in parameters.items() if value is not None}
        self.ask("PutMetricAlarm", AlarmName=name, **given)

    def alarm(self, name: str) -> Mapping[str, Any]:
        answer = self.ask("DescribeAlarms", AlarmNames=[name], AlarmTypes=["MetricAlarm", "CompositeAlarm"])
        found: list[dict[str, Any]] = [*answer["MetricAlarms"], *answer["CompositeAlarms"]]
        assert len(found) == 1
        return found[0]

    def state(self, name: str) -> str:
        return str(self.alarm(name)["StateValue"])

    def set_state(self, name: str, state: str) -> None:
        self.ask("SetAlarmState", AlarmName=name, StateValue=state, StateReason="a test")

    def history(self, **parameters: Any) -> list[Mapping[str, Any]]:
        return list(self.ask("DescribeAlarmHistory", **parameters)["AlarmHistoryItems"])

    def tick_at(self, now_s: float) -> None:
        self.now_s = now_s
        self.alarms.tick()

    def close(self) -> None:
        self.database.close()

    def _notify(self, topic_arn: str, subject: str, message: str) -> None:
        if self.refusal:
            raise self.refusal
        self.sent.append((topic_arn, subject, message))
