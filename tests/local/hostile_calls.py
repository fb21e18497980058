"""Calls made from botocore's shapes: a right one of each operation, and that one with a single member made hostile."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias
from urllib.parse import urlencode

import botocore.serialize
import botocore.session
from botocore.model import ListShape, MapShape, OperationModel, ServiceModel, Shape, StructureShape

INJECTIONS = (
    "x'; DROP TABLE log_events; DROP TABLE metric_names; --",
    'x" OR "1"="1',
    "x') UNION SELECT name FROM sqlite_master; DELETE FROM log_groups WHERE ('1'='1",
    "%' ESCAPE '\\' OR 1=1 /*",
)
WRONG: tuple[Any, ...] = (None, True, 7, -(10**30), 1.5, "text", [], {}, [[1]], {"a": {"a": 1}})
LONG = "x" * 50_000
DEEPEST = 4  # recursive shapes end here

#: What a member must be for the call to come past its first check. Nothing here is what the test wants to find again.
SEEDS: Mapping[str, Any] = {
    "logGroupName": "victim",
    "logStreamName": "one",
    "queryString": "fields @message",
    "filterPattern": "error",
    "Namespace": "Victim",
    "MetricName": "m",
    "Stat": "Sum",
    "Expression": "SUM(METRICS())",
    "Id": "m1",
    "Period": 60,
    "Statistics": ["Sum"],
    "EvaluationPeriods": 1,
    "Threshold": 1.0,
    "AlarmRule": "FALSE",
    "DashboardBody": '{"widgets": []}',
    "StateReasonData": "{}",
    "FunctionName": "Tiny",
    "Payload": b"{}",
    "FunctionVersion": "$LATEST",
    "TopicArn": "arn:aws:sns:us-east-1:123456789012:victim",
    "Protocol": "email",
    "Endpoint": "a@example.org",
    "AttributeName": "DisplayName",
    "TraceSegmentDocuments": ['{"trace_id": "1-00000000-000000000000000000000000"}'],
    "FilterExpression": 'service("victim")',
    "TraceIds": ["1-00000000-000000000000000000000000"],
    "ComparisonOperator": "GreaterThanThreshold",
    "metricValue": "1",
    "resourceArn": "arn:aws:logs:us-east-1:123456789012:log-group:victim",
    "tags": {"a": "b"},
}
#: The same for members of these shapes, wherever they are.
STRUCTURES: Mapping[str, Any] = {
    "MetricDataQuery": {
        "Id": "m1",
        "MetricStat": {"Metric": {"Namespace": "Victim", "MetricName": "m"}, "Period": 60, "Stat": "Sum"},
    },
    "Metric": {"Namespace": "Victim", "MetricName": "m"},
    "MetricDatum": {"MetricName": "m", "Value": 1.0},
    "SamplingRuleUpdate": {"RuleName": "x"},
}
#: What must not be there beside a member.
INSTEAD: Mapping[str, frozenset[str]] = {
    "Expression": frozenset({"MetricStat"}),
    "ExtendedStatistic": frozenset({"Statistic"}),
    "ExtendedStatistics": frozenset({"Statistics"}),
    "Metrics": frozenset({"Namespace", "MetricName", "Statistic", "Period"}),
    **dict.fromkeys(("logGroupIdentifier", "logGroupIdentifiers", "logGroupNames"), frozenset({"logGroupName"})),
}
#: What operations want beside the members that their models call required.
BESIDE: Mapping[str, Mapping[str, Any]] = {
    "GetMetricStatistics": {"Statistics": ["Sum"]},
    "PutMetricAlarm": {"Namespace": "Victim", "MetricName": "m", "Statistic": "Sum", "Period": 60, "Threshold": 1.0}
    | {"ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 1, "AlarmName": "metric"},
    "PutMetricData": {"MetricData": [{"MetricName": "m", "Value": 1.0}]},
    **{
        name: {"logGroupName": "victim"}
        for name in ("DescribeLogStreams", "FilterLogEvents", "GetLogEvents", "StartQuery")
    },
    "Publish": {"TopicArn": SEEDS["TopicArn"]},
    **{name: {"GroupName": "x"} for name in ("GetGroup", "UpdateGroup", "DeleteGroup")},
}
#: Members with a language of their own: the same text where that language has one.
LANGUAGES: Mapping[str, str] = {
    "FilterExpression": f'service("{INJECTIONS[0]}")',
    "filterPattern": f'{{ $.a = "{INJECTIONS[0]}" }}',
    "queryString": f'filter @message = "{INJECTIONS[0]}" | stats count(*) by `{INJECTIONS[0]}`',
    "Expression": f'SELECT AVG("{INJECTIONS[0]}") FROM "{INJECTIONS[0]}"',  # noqa: S608 - that it can't be is the test
}

Members: TypeAlias = Mapping[str, Any]
Hostile: TypeAlias = Callable[[Shape, str], Iterator[Any]]
"""Of a shape and its member's name: what stands in a member's place; nothing where the member is left alone."""


def injected(shape: Shape, name: str) -> Iterator[str]:
    if shape.type_name == "string":
        yield from INJECTIONS
        if name in LANGUAGES:
            yield LANGUAGES[name]


def oversized(shape: Shape, _name: str) -> Iterator[Any]:
    if shape.type_name == "string":
        yield LONG
    if shape.type_name == "list":
        yield right(shape) * 3_000


def of_another_type(shape: Shape, _name: str) -> Iterator[Any]:
    kinds = {"string": str, "list": list, "map": dict, "structure": dict, "boolean": bool, "integer": int}
    expected = kinds.get(shape.type_name, bytes)
    yield from (value for value in WRONG if type(value) is not expected)
    yield _nested(400)


def _nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [{"a": value}]
    return value


def right(shape: Shape, name: str = "", depth: int = 0) -> Any:
    """The least that the shape takes."""
    if name in SEEDS:
        return SEEDS[name]
    if isinstance(shape, StructureShape):
        required = {member: right(shape.members[member], member, depth + 1) for member in shape.required_members}
        return {**required, **STRUCTURES.get(shape.name, {})}
    if isinstance(shape, ListShape):
        return [right(shape.member, name, depth + 1)] if depth < DEEPEST else []
    if isinstance(shape, MapShape):
        return {}
    least = shape.metadata.get("min", 1)
    text = shape.metadata["enum"][0] if "enum" in shape.metadata else "x" * max(least, 1)
    scalars = {"string": text, "boolean": True, "blob": b"{}", "timestamp": datetime.now(UTC)}
    return scalars.get(shape.type_name, least)


def variants(shape: Shape, hostile: Hostile, name: str = "", depth: int = 0) -> Iterator[Any]:
    """A right value, with one member of it, at any depth, made hostile."""
    yield from hostile(shape, name)
    if depth > DEEPEST:
        return
    if isinstance(shape, StructureShape):
        least = right(shape, "", depth)
        for member, inner in shape.members.items():
            yield from (_with(least, member, value) for value in variants(inner, hostile, member, depth + 1))
    elif isinstance(shape, ListShape):
        yield from ([value] for value in variants(shape.member, hostile, name, depth + 1))
    elif isinstance(shape, MapShape):
        yield from ({value: right(shape.value)} for value in hostile(shape.key, name) if isinstance(value, str))
        yield from ({"a": value} for value in variants(shape.value, hostile, name, depth + 1))


def calls(operation: OperationModel, takes: frozenset[str], hostile: Hostile) -> Iterator[Members]:
    shape = operation.input_shape
    if shape is None:
        return
    least = {**right(shape), **BESIDE.get(operation.name, {})}
    for member in sorted(takes & shape.members.keys()):
        yield from (_with(least, member, value) for value in variants(shape.members[member], hostile, member, 1))


def _with(least: Members, member: str, value: Any) -> Members:
    instead = INSTEAD.get(member, frozenset())
    return {**{name: other for name, other in least.items() if name not in instead}, member: value}


@dataclass(frozen=True)
class Wire:
    """A service's calls as its protocol writes them (awsJson where there is a choice)."""

    model: ServiceModel

    @classmethod
    def of(cls, service: str) -> "Wire":
        return cls(botocore.session.get_session().get_service_model(service))

    @property
    def protocol(self) -> str:
        spoken = self.model.metadata.get("protocols") or [self.model.metadata["protocol"]]
        return "json" if "json" in spoken else str(spoken[0])

    def request(self, operation: OperationModel, members: Members) -> tuple[str, str, dict[str, str], bytes]:
        """Method, target, headers and body. The values' types are those of the shapes."""
        made = botocore.serialize.create_serializer(self.protocol, include_validation=False).serialize_to_request(
            dict(members), operation
        )
        target, body = made["url_path"], made["body"]
        if made["query_string"]:
            target += f"?{_form(made['query_string'])}"
        if isinstance(body, dict):
            body = _form(body)
        return made["method"], target, {**self._signed, **made["headers"]}, _bytes(body)

    def untyped(self, operation: OperationModel, members: Members) -> tuple[str, str, dict[str, str], bytes]:
        """The same with values of any type: the right call's line and headers, another body."""
        shape = operation.input_shape
        method, target, headers, _ = self.request(operation, {} if shape is None else right(shape))
        if self.protocol == "query":
            fields = {"Action": operation.name, "Version": self.model.api_version} | dict(_flat(members, ""))
            return method, target, headers, _bytes(_form(fields))
        body = {name: value for name, value in members.items() if not _is_elsewhere(operation, name)}
        return method, target, headers, json.dumps(body, default=str).encode()

    @property
    def _signed(self) -> dict[str, str]:
        scope = f"Credential=any/20261126/us-east-1/{self.model.signing_name}/aws4_request"
        return {"Authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0"}


def _is_elsewhere(operation: OperationModel, name: str) -> bool:
    """In the path, the query or a header."""
    shape = operation.input_shape
    return shape is not None and "location" in shape.members[name].serialization


def _flat(value: Any, name: str) -> Iterator[tuple[str, str]]:
    """Query's names: members after dots, entries as .member.N."""
    items: Any = ()
    if isinstance(value, Mapping):
        items = value.items()
    elif isinstance(value, list):
        items = ((f"member.{number}", item) for number, item in enumerate(value, 1))
    else:
        yield name, str(value)
    for key, item in items:
        yield from _flat(item, f"{name}.{key}" if name else key)


def _form(fields: Any) -> str:
    return urlencode(fields, doseq=True)


def _bytes(body: Any) -> bytes:
    if isinstance(body, str):
        return body.encode()
    return body if isinstance(body, bytes) else body.read()
