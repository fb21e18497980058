"""Spans as X-Ray's documents, as the AWS X-Ray exporter of the OpenTelemetry Collector makes them.

Expected values are those of the exporter's README and behaviour, and of OpenTelemetry's semantic conventions. Spans
are built as protobuf and read as the daemon reads them.
"""

import base64
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue, KeyValueList
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span, Status

from local.xray.datagrams import OtlpTraces, read_datagram
from local.xray.opentelemetry import documents_of
from local.xray.validation import reason_against

HEADER = b'{"format": "json", "version": 1}\n'
TRACE_ID = bytes.fromhex("4bf92f3577b34da6a3ce929d0e0e4736")
SPAN_ID, PARENT_ID = bytes.fromhex("00f067aa0ba902b7"), bytes.fromhex("5555555555555555")
START = 1_583_348_093_123_456_000
INTERNAL, SERVER, CLIENT, PRODUCER, CONSUMER = (
    Span.SPAN_KIND_INTERNAL,
    Span.SPAN_KIND_SERVER,
    Span.SPAN_KIND_CLIENT,
    Span.SPAN_KIND_PRODUCER,
    Span.SPAN_KIND_CONSUMER,
)


def any_value(value: Any) -> AnyValue:
    if isinstance(value, bool):
        return AnyValue(bool_value=value)
    if isinstance(value, int):
        return AnyValue(int_value=value)
    if isinstance(value, float):
        return AnyValue(double_value=value)
    if isinstance(value, list):
        return AnyValue(array_value=ArrayValue(values=[any_value(one) for one in value]))
    if isinstance(value, dict):
        return AnyValue(kvlist_value=KeyValueList(values=pairs(value)))
    return AnyValue(string_value=value)


def pairs(attributes: dict[str, Any]) -> list[KeyValue]:
    return [KeyValue(key=key, value=any_value(value)) for key, value in attributes.items()]


def read(*spans: Span, resource: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """The documents of spans that came as one datagram."""
    of_resource = ResourceSpans(
        resource=Resource(attributes=pairs(resource or {})), scope_spans=[ScopeSpans(spans=list(spans))]
    )
    data = ExportTraceServiceRequest(resource_spans=[of_resource]).SerializeToString()
    taken = read_datagram(HEADER + b"T1S" + base64.b64encode(data))
    assert isinstance(taken, OtlpTraces)
    return [document for of_span in documents_of(taken.request) for document in of_span]


def span(kind: Any = SERVER, name: str = "GET /items", **members: Any) -> Span:
    attributes = pairs(members.pop("attributes", {}))
    times = {"start_time_unix_nano": START, "end_time_unix_nano": START + 250_000_000}
    own = {"trace_id": TRACE_ID, "span_id": SPAN_ID, "name": name, "kind": kind, **times}
    return Span(attributes=attributes, **{**own, **members})


def event(name: str, **attributes: Any) -> Span.Event:
    told = {key.replace("__", "."): value for key, value in attributes.items()}
    return Span.Event(name=name, time_unix_nano=START, attributes=pairs(told))


def one(*spans: Span, resource: dict[str, Any] | None = None) -> dict[str, Any]:
    (document,) = read(*spans, resource=resource)
    assert reason_against(document) is None
    return document


def test_a_servers_span() -> None:
    """A segment, named after the service; the README's trace id; times in seconds; the resource is its metadata."""
    document = one(span(), resource={"service.name": "items", "service.version": "7"})
    assert document == {
        "trace_id": "1-4bf92f35-77b34da6a3ce929d0e0e4736",
        "id": "00f067aa0ba902b7",
        "name": "items",
        "start_time": 1583348093.123456,
        "end_time": 1583348093.373456,
        "service": {"version": "7"},
        "metadata": {"default": {"otel.resource.service.name": "items", "otel.resource.service.version": "7"}},
    }


@pytest.mark.parametrize(
    ("kind", "parent", "is_subsegment", "namespace"),
    [
        (SERVER, PARENT_ID, False, None),
        (SERVER, b"", False, None),
        (INTERNAL, PARENT_ID, True, None),
        (CLIENT, PARENT_ID, True, "remote"),
        (PRODUCER, PARENT_ID, True, None),
        (CONSUMER, PARENT_ID, True, None),
        (INTERNAL, b"", False, None),
    ],
)
def test_segments_and_subsegments(kind: Any, parent: bytes, is_subsegment: bool, namespace: str | None) -> None:  # noqa: FBT001
    """A server's span, or one without a parent, is a segment; a client's call is remote."""
    document = one(span(kind, parent_span_id=parent), resource={"service.name": "items"})
    assert document.get("type") == ("subsegment" if is_subsegment else None)
    assert document.get("parent_id") == (parent.hex() or None)
    assert document.get("namespace") == namespace
    assert ("metadata" in document) is (not is_subsegment)


@pytest.mark.parametrize(
    ("kind", "attributes", "expected"),
    [
        (CLIENT, {"peer.service": "billing", "db.name": "x"}, ("billing", "remote")),
        (CLIENT, {"rpc.system": "aws-api", "aws.remote.service": "AWS::DynamoDB"}, ("DynamoDB", "aws")),
        (CLIENT, {"rpc.system": "aws-api", "aws.remote.service": "AWS.SDK.S3"}, ("S3", "aws")),
        (CLIENT, {"aws.remote.service": "AWS::X"}, ("AWS::X", "remote")),
        (CLIENT, {"aws.service": "DynamoDB", "aws.operation": "PutItem"}, ("DynamoDB", "aws")),
        (CLIENT, {"rpc.system": "aws-api", "rpc.service": "SQS", "rpc.method": "SendMessage"}, ("SQS", "aws")),
        (
            CLIENT,
            {"db.name": "customers", "db.connection_string": "jdbc:mysql://db.dev.example.com:3306"},
            ("customers@db.dev.example.com", "remote"),
        ),
        (CLIENT, {"db.name": "customers"}, ("customers", "remote")),
        (CLIENT, {"http.host": "api.example.com"}, ("api.example.com", "remote")),
        (CLIENT, {"net.peer.name": "peer.example.com"}, ("peer.example.com", "remote")),
        (CLIENT, {}, ("GET items", "remote")),
        (SERVER, {"aws.local.service": "local"}, ("local", None)),
        (INTERNAL, {}, ("GET items", None)),
    ],
)
def test_names(kind: Any, attributes: dict[str, Any], expected: tuple[str, str | None]) -> None:
    """A call is named after what it calls; else after the span, without the characters that X-Ray does not take."""
    document = one(span(kind, name="GET? items!", parent_span_id=PARENT_ID, attributes=attributes))
    assert (document["name"], document.get("namespace")) == expected


def test_no_name_at_all() -> None:
    """A name of which nothing can be kept is "span"; a long one is cut at 200 characters."""
    assert one(span(INTERNAL, name="?!"))["name"] == "span"
    assert one(span(INTERNAL, name="n" * 300))["name"] == "n" * 200


OLD = {
    "http.method": "GET",
    "http.scheme": "https",
    "http.server_name": "api.example.com",
    "net.host.port": 9443,
    "http.target": "/items?page=2",
    "http.client_ip": "192.0.2.1",
    "http.user_agent": "curl/8",
    "http.status_code": 200,
}
NEW = {
    "http.request.method": "GET",
    "url.scheme": "https",
    "server.address": "api.example.com",
    "server.port": 9443,
    "url.path": "/items",
    "url.query": "page=2",
    "client.address": "192.0.2.1",
    "user_agent.original": "curl/8",
    "http.response.status_code": 200,
}


@pytest.mark.parametrize("attributes", [OLD, NEW], ids=["old names", "new names"])
def test_a_servers_http(attributes: dict[str, Any]) -> None:
    """The http block by the conventions before and since version 1.23; none of it is said twice."""
    document = one(span(attributes=attributes))
    assert document["http"] == {
        "request": {
            "method": "GET",
            "url": "https://api.example.com:9443/items?page=2",
            "user_agent": "curl/8",
            "client_ip": "192.0.2.1",
            "x_forwarded_for": True,
        },
        "response": {"status": 200},
    }
    assert "metadata" not in document


@pytest.mark.parametrize(
    ("kind", "attributes", "url"),
    [
        (CLIENT, {"http.url": "https://a.example.com/x"}, "https://a.example.com/x"),
        (CLIENT, {"url.full": "https://a.example.com/x"}, "https://a.example.com/x"),
        (CLIENT, {"http.scheme": "https", "http.host": "a:8443", "http.target": "/x"}, "https://a:8443/x"),
        (CLIENT, {"http.scheme": "https", "net.peer.ip": "192.0.2.9", "net.peer.port": 443}, "https://192.0.2.9/"),
        (CLIENT, {"http.method": "GET", "net.peer.ip": "192.0.2.9", "net.peer.port": 8080}, "http://192.0.2.9:8080/"),
        (SERVER, {"http.scheme": "http", "http.host": "a", "http.target": "/users/junit"}, "http://a/users/junit"),
        (SERVER, {"http.method": "GET", "net.host.name": "b", "net.host.port": 80}, "http://b/"),
        (SERVER, {"http.method": "GET", "host.name": "c", "net.host.port": 8080}, "http://c:8080/"),
    ],
)
def test_urls(kind: Any, attributes: dict[str, Any], url: str) -> None:
    """A whole URL as it is, else put together from its parts, without a scheme's own port."""
    assert one(span(kind, attributes=attributes))["http"]["request"]["url"] == url


def test_no_http() -> None:
    """A span without an attribute of HTTP has no such block; a size that an event tells is in it."""
    assert "http" not in one(span(CLIENT, attributes={"net.peer.name": "a"}))
    received = Span.Event(
        name="m", attributes=pairs({"message.type": "RECEIVED", "messaging.message_payload_size_bytes": 12452})
    )
    document = one(span(attributes={"http.method": "GET"}, events=[received]))
    assert document["http"]["response"] == {"content_length": 12452}


@pytest.mark.parametrize(
    ("attributes", "code", "expected"),
    [
        ({}, Status.STATUS_CODE_UNSET, {}),
        ({}, Status.STATUS_CODE_ERROR, {"fault": True}),
        ({"http.status_code": 404}, Status.STATUS_CODE_ERROR, {"error": True}),
        ({"http.status_code": 404}, Status.STATUS_CODE_UNSET, {"error": True}),
        ({"http.response.status_code": 429}, Status.STATUS_CODE_UNSET, {"error": True, "throttle": True}),
        ({"http.response.status_code": 503}, Status.STATUS_CODE_OK, {"fault": True}),
        ({"http.status_code": 200}, Status.STATUS_CODE_ERROR, {"fault": True}),
        ({"http.status_code": 600}, Status.STATUS_CODE_UNSET, {}),
    ],
)
def test_flags(attributes: dict[str, Any], code: Any, expected: dict[str, bool]) -> None:
    """4xx is an error, 429 a throttle too, 5xx a fault; without one of those a span that failed is a fault."""
    document = one(span(attributes=attributes, status=Status(code=code)))
    assert {name: document[name] for name in ("error", "fault", "throttle") if name in document} == expected


TRACEBACK = """Traceback (most recent call last):
  File "main.py", line 14, in <module>
    greet_many(['Chad', 'Dan', 1])
  File "greetings.py", line 12, in greet_many
    print('hi, ' + person)
TypeError: must be str, not int

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "main.py", line 20, in <module>
    run()
ValueError: bad: value"""


def test_exceptions() -> None:
    """An exception event is an exception with its stack, innermost first, and the one before it as its cause."""
    told = event(
        "exception",
        exception__type="ValueError",
        exception__message="bad: value",
        exception__stacktrace=TRACEBACK,
    )
    document = one(
        span(CLIENT, events=[told], status=Status(code=Status.STATUS_CODE_ERROR, message="not said")),
        resource={"telemetry.sdk.language": "python"},
    )
    first, before = document["cause"]["exceptions"]
    assert first == {
        "id": first["id"],
        "type": "ValueError",
        "message": "bad: value",
        "remote": True,
        "stack": [{"path": "main.py", "line": 20, "label": "<module>"}],
        "cause": before["id"],
    }
    assert before == {
        "id": before["id"],
        "type": "TypeError",
        "message": "must be str, not int",
        "remote": True,
        "stack": [
            {"path": "greetings.py", "line": 12, "label": "greet_many"},
            {"path": "main.py", "line": 14, "label": "<module>"},
        ],
    }
    assert len({first["id"], before["id"]}) == 2


def test_a_status_without_exceptions() -> None:
    """The status's message stands in; a status that is no error has no cause."""
    failed = Status(code=Status.STATUS_CODE_ERROR, message="it broke")
    (exception,) = one(span(status=failed))["cause"]["exceptions"]
    assert {**exception, "id": ""} == {"id": "", "message": "it broke"}
    assert "cause" not in one(span(status=Status(code=Status.STATUS_CODE_OK, message="fine")))


def test_tries_of_an_sdk() -> None:
    """An event "HTTP request failure" of an AWS SDK's span is a remote exception: status@seconds@message."""
    told = event("HTTP request failure", http__response__status_code="503", aws__http__error_message="slow down")
    document = one(span(CLIENT, attributes={"rpc.system": "aws-api"}, events=[told]))
    (exception,) = document["cause"]["exceptions"]
    assert {**exception, "id": ""} == {
        "id": "",
        "type": "aws.http.error.event",
        "message": "503@1583348093.123456@slow down",
        "remote": True,
    }


def test_aws() -> None:
    """The README's attributes: operation, account, region, request id, queue, table."""
    attributes = {
        "aws.operation": "PutItem",
        "aws.account_id": "987654321",
        "aws.region": "us-east-2",
        "aws.request_id": "75107C82-EC8A-4F75-883F-4440B491B0AB",
        "aws.queue_url": "https://sqs.use1.amazonaws.com/Meltdown-Alerts",
        "aws.table_name": "WIDGET_TYPES",
    }
    document = one(span(CLIENT, parent_span_id=PARENT_ID, attributes=attributes))
    assert document["aws"] == {
        "account_id": "987654321",
        "operation": "PutItem",
        "region": "us-east-2",
        "request_id": "75107C82-EC8A-4F75-883F-4440B491B0AB",
        "queue_url": "https://sqs.use1.amazonaws.com/Meltdown-Alerts",
        "table_name": "WIDGET_TYPES",
    }
    assert "metadata" not in document


@pytest.mark.parametrize(
    ("tables", "expected"),
    [
        (["one"], {"table_name": "one"}),
        (["one", "two"], {"table_names": ["one", "two"]}),
        ("one", {"table_name": "one"}),
    ],
)
def test_tables(tables: Any, expected: dict[str, Any]) -> None:
    """aws.dynamodb.table_names: one table or several; rpc.method is the operation."""
    attributes = {"aws.dynamodb.table_names": tables, "rpc.method": "GetItem", "rpc.system": "aws-api"}
    assert one(span(CLIENT, attributes=attributes))["aws"] == {"operation": "GetItem", **expected}


@pytest.mark.parametrize(
    ("resource", "origin", "block"),
    [
        (
            {"cloud.platform": "aws_ec2", "host.id": "i-1", "cloud.availability_zone": "us-east-1c"},
            "AWS::EC2::Instance",
            {"ec2": {"instance_id": "i-1", "availability_zone": "us-east-1c"}},
        ),
        (
            {"cloud.platform": "aws_ecs", "container.name": "c", "aws.ecs.launchtype": "fargate"},
            "AWS::ECS::Fargate",
            {"ecs": {"container": "c", "launch_type": "fargate"}},
        ),
        ({"cloud.platform": "aws_ecs", "aws.ecs.launchtype": "ec2"}, "AWS::ECS::EC2", {"ecs": {"launch_type": "ec2"}}),
        ({"cloud.platform": "aws_ecs", "container.id": "i"}, "AWS::ECS::Container", {"ecs": {"container_id": "i"}}),
        (
            {"cloud.platform": "aws_elastic_beanstalk", "service.instance.id": "32", "service.namespace": "prod"},
            "AWS::ElasticBeanstalk::Environment",
            {"elastic_beanstalk": {"environment_name": "prod", "deployment_id": 32}},
        ),
        (
            {"cloud.platform": "aws_eks", "k8s.cluster.name": "c", "k8s.pod.name": "p"},
            "AWS::EKS::Container",
            {"eks": {"cluster_name": "c", "pod": "p"}},
        ),
        ({"cloud.platform": "aws_app_runner"}, "AWS::AppRunner::Service", {}),
        ({"cloud.platform": "aws_lambda"}, None, {}),
        ({"cloud.provider": "gcp", "cloud.platform": "aws_ec2", "host.id": "i-1"}, None, None),
        (
            {"aws.log.group.names": "one&two"},
            None,
            {"cloudwatch_logs": [{"log_group": "one"}, {"log_group": "two"}]},
        ),
        (
            {"aws.log.group.arns": ["arn:aws:logs:us-east-1:123456789123:log-group:group1"]},
            None,
            {
                "cloudwatch_logs": [
                    {"arn": "arn:aws:logs:us-east-1:123456789123:log-group:group1", "log_group": "group1"}
                ]
            },
        ),
        (
            {"telemetry.sdk.name": "opentelemetry", "telemetry.sdk.language": "python", "telemetry.sdk.version": "1.2"},
            None,
            {"xray": {"sdk": "opentelemetry for python", "sdk_version": "1.2", "auto_instrumentation": False}},
        ),
    ],
)
def test_resources(resource: dict[str, Any], origin: str | None, block: dict[str, Any] | None) -> None:
    """Where the service runs: its origin, and what the aws block says of it; nothing of it on another cloud."""
    document = one(span(), resource=resource)
    assert document.get("origin") == origin
    assert document.get("aws") == (block or None)


def test_sql() -> None:
    """A query of an SQL database has an sql block; of another database its attributes are metadata."""
    attributes = {
        "db.system": "mysql",
        "db.name": "customers",
        "db.statement": "SELECT * FROM user WHERE user_id = ?",
        "db.user": "readonly_user",
        "db.connection_string": "mysql://db.dev.example.com:3306",
    }
    document = one(span(CLIENT, name="select", parent_span_id=PARENT_ID, attributes=attributes))
    assert document["sql"] == {
        "url": "select",
        "connection_string": "mysql://db.dev.example.com:3306/customers",
        "database_type": "mysql",
        "user": "readonly_user",
        "sanitized_query": "SELECT * FROM user WHERE user_id = ?",
    }
    assert "metadata" not in document
    other = one(span(CLIENT, parent_span_id=PARENT_ID, attributes={"db.system": "redis", "db.statement": "GET k"}))
    assert "sql" not in other
    assert other["metadata"] == {"default": {"db.system": "redis", "db.statement": "GET k"}}


def test_annotations_and_metadata() -> None:
    """The attributes that aws.xray.annotations names are indexed, with keys that X-Ray takes; the rest is metadata."""
    attributes: dict[str, Any] = {
        "aws.xray.annotations": ["tenant", "cart size", "ratio", "vip", "list", "http.method", 7],
        "tenant": "acme",
        "cart size": 3,
        "ratio": 0.5,
        "vip": True,
        "list": ["a", 1],
        "nothing": AnyValue(),
        "not.listed": {"a": {"b": 1}},
        "aws.xray.metadata.billing": '{"plan": "gold"}',
        "aws.xray.metadata.default": '{"key": "value"}',
        "aws.xray.metadata.broken": "{",
        "http.method": "GET",
        "enduser.id": "alice",
    }
    nothing = KeyValue(key="nothing", value=attributes.pop("nothing"))
    built = span(INTERNAL, parent_span_id=PARENT_ID, attributes=attributes)
    built.attributes.append(nothing)
    document = one(built)
    assert document["annotations"] == {
        "tenant": "acme",
        "cart_size": 3,
        "ratio": 0.5,
        "vip": True,
        "http.method": "GET",
    }
    assert document["metadata"] == {
        "default": {
            "list": ["a", 1],
            "not.listed": {"a": {"b": 1}},
            "key": "value",
            "aws.xray.metadata.broken": "{",
        },
        "billing": {"plan": "gold"},
    }
    assert document["user"] == "alice"
    assert document["http"]["request"] == {"method": "GET"}


def test_resource_attributes_can_be_indexed() -> None:
    """By their name with otel.resource. before it."""
    attributes = {"aws.xray.annotations": ["otel.resource.service.name"]}
    document = one(span(attributes=attributes), resource={"service.name": "items"})
    assert document["annotations"] == {"otel.resource.service.name": "items"}


def test_a_call_that_is_the_first_span() -> None:
    """A local root that calls another service is two documents: the service's segment, and in it the call."""
    attributes = {
        "aws.span.kind": "LOCAL_ROOT",
        "aws.local.service": "worker",
        "aws.remote.service": "AWS::SQS",
        "aws.remote.operation": "ReceiveMessage",
        "rpc.system": "aws-api",
        "aws.operation": "ReceiveMessage",
        "http.method": "POST",
    }
    call, service = read(span(CONSUMER, attributes=attributes), resource={"service.name": "worker"})
    assert (call["id"], call["type"], call["name"], call["namespace"]) == (
        "00f067aa0ba902b7",
        "subsegment",
        "SQS",
        "aws",
    )
    assert call["parent_id"] == service["id"]
    assert service["name"] == "worker"
    assert not {"type", "parent_id", "namespace", "http", "aws"} & set(service)
    assert service["metadata"] == {"default": {"otel.resource.service.name": "worker"}}


def test_a_local_root_of_its_own() -> None:
    """A local root that works for itself is a segment named after its service."""
    attributes = {"aws.span.kind": "LOCAL_ROOT", "aws.local.service": "worker"}
    document = one(span(INTERNAL, parent_span_id=PARENT_ID, attributes=attributes))
    assert (document["name"], document.get("type"), document["parent_id"]) == ("worker", None, "5555555555555555")


def test_links() -> None:
    """A link names the trace in X-Ray's way, the span, and its attributes."""
    link = Span.Link(trace_id=TRACE_ID, span_id=PARENT_ID, attributes=pairs({"a": 1}))
    assert one(span(links=[link]))["links"] == [
        {"trace_id": "1-4bf92f35-77b34da6a3ce929d0e0e4736", "id": "5555555555555555", "attributes": {"a": 1}}
    ]


KEYS = st.sampled_from(
    [
        *(*OLD, *NEW, "aws.xray.annotations", "aws.xray.metadata.x", "aws.span.kind", "aws.remote.service"),
        *("rpc.system", "db.system", "db.name", "db.connection_string", "aws.dynamodb.table_names", "enduser.id"),
        *("exception.type", "exception.stacktrace", "cloud.platform", "host.id", "service.instance.id"),
        *("aws.log.group.arns", "peer.service", "telemetry.sdk.language", "aws.http.error_message"),
    ]
)
VALUES = st.recursive(
    st.text(max_size=8)
    | st.sampled_from(["LOCAL_ROOT", "aws-api", "mysql", "python", "aws_ecs", "jdbc:mysql://[", "²", TRACEBACK])
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
ATTRIBUTES = st.dictionaries(KEYS, VALUES, max_size=6)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from([0, 1, 2, 3, 4, 5]), ATTRIBUTES, ATTRIBUTES, ATTRIBUTES, st.text(max_size=5))
def test_whatever_a_span_says(
    kind: Any, attributes: dict[str, Any], resource: dict[str, Any], told: dict[str, Any], name: str
) -> None:
    """Any attributes make documents that can be written, and that X-Ray takes or refuses with a reason."""
    events = [Span.Event(name=of, attributes=pairs(told)) for of in ("exception", "HTTP request failure", name)]
    built = span(kind, name=name, attributes=attributes, events=events)
    for document in read(built, resource=resource):
        json.dumps(document, allow_nan=False)
        reason = reason_against(document)
        assert reason is None or reason.split(":")[0].split(".")[0] in ("annotations", "user", "http")
