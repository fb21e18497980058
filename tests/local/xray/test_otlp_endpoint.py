"""POST /v1/traces, asked over HTTP; what it keeps is read by boto3."""

import gzip
import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span

from local.endpoint.wire import WireRequest
from local.xray import otlp_paths
from local.xray.otlp import NotOtlp, in_json, of_json, of_protobuf
from tests.local.endpoint.serving import Served, serving
from tests.local.xray.api import NOW, Api

_PATH = "/v1/traces"
_NS = 1_000_000_000
DAY_S = 86_400
_PROTOBUF, _JSON = "application/x-protobuf", "application/json"


@pytest.fixture
def served(api: Api) -> Iterator[Served]:
    with serving({"xray": api.traces.operations()}, paths=otlp_paths(api.traces, api.clock)) as one:
        yield one
        assert one.told == []


def span(number: int = 1, start_s: float = NOW, **members: Any) -> Span:
    """A server's. The trace's id is W3C's, of which no part is a time."""
    start = int(start_s * _NS)
    given_members: dict[str, Any] = {
        "trace_id": bytes.fromhex("4efaaf4d1e8720b39541901950019ee5"),
        "span_id": number.to_bytes(8),
        "name": f"work-{number}",
        "kind": Span.SPAN_KIND_SERVER,
        "start_time_unix_nano": start,
        "end_time_unix_nano": start + _NS // 4,
    }
    return Span(**{**given_members, **members})


def request(*spans: Span) -> ExportTraceServiceRequest:
    return ExportTraceServiceRequest(resource_spans=[ResourceSpans(scope_spans=[ScopeSpans(spans=spans)])])


def post(served: Served, body: bytes, kind: str = _PROTOBUF, **headers: str) -> tuple[int, str, bytes]:
    status, received, answer = served.send(
        "POST", _PATH, body, {"Content-Type": kind, **{name.replace("_", "-"): v for name, v in headers.items()}}
    )
    return status, received["content-type"], answer


def ids_kept(api: Api) -> list[str]:
    (trace,) = api("BatchGetTraces", TraceIds=["1-4efaaf4d-1e8720b39541901950019ee5"])["Traces"] or ({"Segments": []},)
    return sorted(segment["Id"] for segment in trace["Segments"])


def test_protobuf(served: Served) -> None:
    """Status 200, an empty ExportTraceServiceResponse, the request's content type ("OTLP/HTTP Response"); boto3 reads
    the trace by the id that AWS's page of PutTraceSegments gives it.
    """
    assert post(served, request(span()).SerializeToString()) == (200, _PROTOBUF, b"")
    (trace,) = served.client("xray").batch_get_traces(TraceIds=["1-4efaaf4d-1e8720b39541901950019ee5"])["Traces"]
    document = json.loads(trace["Segments"][0]["Document"])
    assert (document["name"], document["start_time"], document["end_time"]) == ("work-1", NOW, NOW + 0.25)


def test_json(served: Served, api: Api) -> None:
    """The specification's own form: ids in hexadecimal of either case, enums as numbers, 64-bit numbers as texts or
    as numbers; a member that the protocol doesn't have is passed over.
    """
    members = {
        "traceId": "4EFAAF4D1E8720b39541901950019ee5",
        "spanId": "EEE19B7EC3C1B174",
        "parentSpanId": "EEE19B7EC3C1B173",
        "name": "I'm a server span",
        "startTimeUnixNano": str(int(NOW) * _NS),
        "endTimeUnixNano": int(NOW + 1) * _NS,
        "kind": 2,
        "attributes": [{"key": "my.span.attr", "value": {"stringValue": "some value"}}],
        "brandNew": [{"traceId": 7}],
    }
    body = json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [members]}]}]}).encode()
    assert post(served, body, f"{_JSON}; charset=utf-8") == (200, _JSON, b"{}")
    assert ids_kept(api) == ["eee19b7ec3c1b174"]


def test_gzip(served: Served, api: Api) -> None:
    """The one compression of "OTLP Endpoints"; another is refused by name."""
    body = request(span()).SerializeToString()
    assert post(served, gzip.compress(body), Content_Encoding="gzip")[0] == 200
    assert ids_kept(api) == ["0000000000000001"]
    status, _, answer = post(served, body, Content_Encoding="br")
    assert (status, b"br is not supported" in answer) == (501, True)


def test_part_of_it(served: Served, api: Api) -> None:
    """What is good is kept; of the rest the count and the first reason ("Partial Success"), in either encoding. A
    span has 200 KB at most ("OTLP Endpoints").
    """
    large = span(2, attributes=[KeyValue(key="k", value=AnyValue(string_value="x" * 205_000))])
    nameless = span(3, trace_id=b"")
    status, _, answer = post(served, request(large, span(), nameless).SerializeToString())
    partial = ExportTraceServiceResponse.FromString(answer).partial_success
    assert (status, partial.rejected_spans) == (200, 2)
    assert partial.error_message == "a span has 204800 bytes at most"
    assert ids_kept(api) == ["0000000000000001"]
    body = json.dumps(in_json(request(nameless))).encode()
    status, kind, answer = post(served, body, _JSON)
    partial_success = json.loads(answer)["partialSuccess"]
    assert (status, kind, partial_success["rejectedSpans"]) == (200, _JSON, "1")
    assert partial_success["errorMessage"].startswith("trace_id: '1--' is not")


@pytest.mark.parametrize(
    ("spans", "reason"),
    [
        ([span(start_s=NOW - 14 * DAY_S - 1)], "more than 14 days ago or 2 hours from now"),
        ([span(start_s=NOW + 7201)], "more than 14 days ago or 2 hours from now"),
        ([span(start_s=NOW - DAY_S - 1), span(2)], "start within 24 hours"),
        ([span(number) for number in range(1, 10_002)], "10001 spans: a request has 10000 at most"),
    ],
)
def test_limits_of_a_request(served: Served, api: Api, spans: list[Span], reason: str) -> None:
    """The table of "OTLP Endpoints"; a request that breaks one is refused as a whole, with a Status ("Failures")."""
    status, _, answer = post(served, request(*spans).SerializeToString())
    assert (status, ids_kept(api)) == (400, [])
    assert reason in status_message(answer)


def test_just_within_the_limits(served: Served, api: Api) -> None:
    """Two weeks less a minute ago, in the future, and a day apart."""
    for number, start_s in enumerate((NOW - 14 * DAY_S + 60, NOW + 7100), start=1):
        assert post(served, request(span(number, start_s)).SerializeToString()) == (200, _PROTOBUF, b"")
    apart = request(span(3, NOW - DAY_S + 60), span(4)).SerializeToString()
    assert post(served, apart) == (200, _PROTOBUF, b"")
    assert len(ids_kept(api)) == 4


def status_message(answer: bytes) -> str:
    """Of google.rpc.Status, whose file says: int32 code = 1; string message = 2."""
    file = descriptor_pb2.FileDescriptorProto(name="s.proto", package="test", syntax="proto3")
    message = file.message_type.add(name="Status")
    optional = descriptor_pb2.FieldDescriptorProto.LABEL_OPTIONAL
    message.field.add(name="code", number=1, type=descriptor_pb2.FieldDescriptorProto.TYPE_INT32, label=optional)
    message.field.add(name="message", number=2, type=descriptor_pb2.FieldDescriptorProto.TYPE_STRING, label=optional)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    found = message_factory.GetMessageClass(pool.FindMessageTypeByName("test.Status")).FromString(answer)
    assert found.code in (3, 12)  # INVALID_ARGUMENT, UNIMPLEMENTED
    text: str = found.message
    return text


@pytest.mark.parametrize(
    ("body", "kind", "expected", "reason"),
    [
        (b"\xff\xff", _PROTOBUF, 400, "not an ExportTraceServiceRequest"),
        (b"{}", "text/plain", 415, "Content-Type 'text/plain': application/x-protobuf and application/json are taken"),
        (b"", "", 415, "Content-Type ''"),
        (b"x" * (5 * 1024 * 1024 + 1), _PROTOBUF, 413, "5242881 bytes: a request has 5242880 at most"),
    ],
    ids=["not protobuf", "no encoding of OTLP", "none", "too large"],
)
def test_what_is_no_request(served: Served, body: bytes, kind: str, expected: int, reason: str) -> None:
    """A Status that says what would be right, in protobuf where the request's encoding isn't known."""
    status, received, answer = post(served, body, kind)
    assert (status, received) == (expected, _PROTOBUF)
    assert reason in status_message(answer)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"[1", "Expecting"),
        (b"[]", "not a JSON object"),
        (b'"x"', "not a JSON object"),
        (b"[" * 100_000, "nested too deep"),
        (b'{"resourceSpans": 3}', "not an ExportTraceServiceRequest"),
        (b'{"resourceSpans": [{"scopeSpans": [{"spans": [{"traceId": "xyz"}]}]}]}', "traceId 'xyz' is not hexadecimal"),
        (b'{"resourceSpans": [{"scopeSpans": [{"spans": [{"kind": "SERVER"}]}]}]}', "kind 'SERVER' is not a number"),
    ],
    ids=["cut off", "a list", "a text", "deep", "a number for a list", "an id", "a name of an enum"],
)
def test_what_is_no_json(served: Served, body: bytes, reason: str) -> None:
    """A Status in JSON."""
    status, kind, answer = post(served, body, _JSON)
    told = json.loads(answer)
    assert (status, kind, told["code"]) == (400, _JSON, 3)
    assert reason in told["message"]


def test_only_post(served: Served) -> None:
    status, headers, _ = served.send("GET", _PATH)
    assert (status, headers["allow"]) == (405, "POST")


@pytest.mark.parametrize("path", ["/v1/logs", "/v1/metrics"])
def test_the_other_signals(served: Served, path: str) -> None:
    """An SDK that has one address for all of them is told by name."""
    status, _, answer = served.send("POST", path, b"", {"Content-Type": _PROTOBUF})
    assert status == 501
    assert status_message(answer) == f"OTLP at {path} is not supported on the laptop; at /v1/traces it is"


def test_other_hosts_are_refused(served: Served) -> None:
    """As at every other path: a page of some site that has been pointed at this address gets nothing done."""
    body = request(span()).SerializeToString()
    status, _, _ = served.send("POST", _PATH, body, {"Content-Type": _PROTOBUF, "Host": "attacker.example"})
    assert status == 403


@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    """Read, or NotOtlp; nothing else."""
    for read in (of_protobuf, of_json):
        with suppress(NotOtlp):
            in_json(read(data))


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["resourceSpans", "scopeSpans", "spans", "traceId", "name", "attributes", "value", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(_VALUES)
def test_any_json(value: Any) -> None:
    """Whatever its members are."""
    with suppress(NotOtlp):
        in_json(of_json(json.dumps(value).encode()))


_TEXTS = st.text(max_size=20)
_ANY_VALUES = st.recursive(
    st.builds(AnyValue, string_value=_TEXTS)
    | st.builds(AnyValue, bool_value=st.booleans())
    | st.builds(AnyValue, int_value=st.integers(-(2**63), 2**63 - 1))
    | st.builds(AnyValue, double_value=st.floats())
    | st.builds(AnyValue, bytes_value=st.binary(max_size=9)),
    lambda inner: st.lists(inner, max_size=3).map(lambda values: AnyValue(array_value=ArrayValue(values=values))),
    max_leaves=6,
)
_KEYS = _TEXTS | st.sampled_from(
    ["aws.xray.annotations", "http.status_code", "http.url", "db.system", "aws.xray.metadata.x"]
)
_SPANS = st.builds(
    Span,
    trace_id=st.binary(max_size=17),
    span_id=st.binary(max_size=9),
    parent_span_id=st.binary(max_size=9),
    name=_TEXTS,
    kind=st.integers(0, 5),
    start_time_unix_nano=st.just(int(NOW) * _NS) | st.integers(0, 2**64 - 1),
    end_time_unix_nano=st.integers(0, 2**64 - 1),
    attributes=st.lists(st.builds(KeyValue, key=_KEYS, value=_ANY_VALUES), max_size=4),
)


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(_SPANS, max_size=3))
def test_any_spans(api: Api, spans: list[Span]) -> None:
    """Each is kept, or counted with a reason, or the request is refused: no span is an error of ours."""
    answered = otlp_paths(api.traces, api.clock)[_PATH]
    body = request(*spans).SerializeToString()
    answer = answered(WireRequest("POST", _PATH, "", {"content-type": _PROTOBUF}, body))
    if answer.status == 200:
        assert ExportTraceServiceResponse.FromString(answer.body).partial_success.rejected_spans <= len(spans)
    else:
        assert (answer.status, status_message(answer.body) != "") == (400, True)
    api.summaries()


def test_both_encodings_are_one() -> None:
    """What is read of a request's JSON is what its protobuf says."""
    whole = request(span(parent_span_id=b"\x01" * 8, events=[Span.Event(name="e", time_unix_nano=7)]))
    assert of_json(json.dumps(in_json(whole)).encode()) == whole
    assert of_protobuf(whole.SerializeToString()) == whole
