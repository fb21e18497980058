"""X-Ray's operations, called with parameters that botocore takes and giving answers that botocore could have read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import botocore.session
from botocore.validate import ParamValidator

from local.database import Database
from local.endpoint.call import Call
from local.xray import Traces

NOW = 1_499_473_500.0  # a minute and a half after the traces of the developer guide
MODEL = botocore.session.get_session().get_service_model("xray")


@dataclass
class Clock:
    now: float = NOW

    def __call__(self) -> float:
        return self.now


@dataclass
class Api:
    traces: Traces
    database: Database
    clock: Clock

    def __call__(self, operation: str, **parameters: Any) -> Mapping[str, Any]:
        found = self.traces.operations()[operation]
        shapes = MODEL.operation_model(operation)
        assert set(parameters) <= found.takes
        _check(shapes.input_shape, parameters)
        answer = found.run(Call("xray", operation, parameters))
        assert isinstance(answer, Mapping)
        _check(shapes.output_shape, answer)
        return answer

    def summaries(self, text: str = "", start: float = NOW - 300, end: float = NOW + 300) -> list[Mapping[str, Any]]:
        """Every page of GetTraceSummaries."""
        parameters: dict[str, Any] = {"StartTime": when(start), "EndTime": when(end)}
        if text:
            parameters["FilterExpression"] = text
        found: list[Mapping[str, Any]] = []
        while True:
            answer = self("GetTraceSummaries", **parameters)
            found += answer["TraceSummaries"]
            if "NextToken" not in answer:
                return found
            parameters["NextToken"] = answer["NextToken"]


def when(epoch_s: float) -> datetime:
    return datetime.fromtimestamp(epoch_s, UTC)


def _check(shape: Any, value: Mapping[str, Any]) -> None:
    members = () if shape is None else shape.members
    assert set(value) <= set(members)
    if shape is not None:
        report = ParamValidator().validate(dict(value), shape)
        assert not report.has_errors(), report.generate_report()
