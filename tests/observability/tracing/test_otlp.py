"""OTLP over UDP to the daemon, judged by OpenTelemetry's own protobuf classes."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from observability import Settings, span
from observability.testing import Capture, CountingIds, SteppingClock
from observability.tracing.otlp import OtlpSpan, encode, request

if TYPE_CHECKING:
    from tests.observability.conftest import ListeningDaemon

ROOT = Path(__file__).parents[3]
_TRACE, _SPAN, _PARENT = "5759e988bd862e3fe1be46a994272793", "53995c3f42cd8ad8", "00000000000000ab"


def test_every_kind_of_value_arrives() -> None:
    """Each field in its place, each type as itself (trace.proto, common.proto); what is none of them as its JSON."""
    attributes = {"s": "é", "b": True, "i": -3, "big": 2**70, "f": 0.5, "l": ["x", 1], "d": {"k": [1]}, "none": None}
    one = OtlpSpan(_TRACE, _SPAN, _PARENT, "name", "CLIENT", 10**18, 10**18 + 5, attributes)
    one.events = [("sent", 7, {"n": 1})]
    one.links = [(_TRACE, _PARENT, {"why": "batch"})]
    one.failed, one.reason = True, "no good"
    decoded = ExportTraceServiceRequest.FromString(request({"service.name": "items"}, [("lib", encode(one))]))
    (resource_spans,) = decoded.resource_spans
    assert resource_spans.resource.attributes[0].value.string_value == "items"
    (scope_spans,) = resource_spans.scope_spans
    assert scope_spans.scope.name == "lib"
    (found,) = scope_spans.spans
    assert (found.trace_id.hex(), found.span_id.hex(), found.parent_span_id.hex()) == (_TRACE, _SPAN, _PARENT)
    assert (found.name, found.kind, found.flags) == ("name", 3, 0x101)
    assert (found.start_time_unix_nano, found.end_time_unix_nano) == (10**18, 10**18 + 5)
    values = {each.key: each.value for each in found.attributes}
    assert values["s"].string_value == "é"
    assert values["b"].WhichOneof("value") == "bool_value"
    assert values["i"].int_value == -3
    assert values["big"].string_value == "1180591620717411303424"
    assert values["f"].double_value == 0.5
    assert [each.WhichOneof("value") for each in values["l"].array_value.values] == ["string_value", "int_value"]
    assert values["d"].string_value == '{"k":[1]}'
    assert "none" not in values
    assert (found.events[0].name, found.events[0].time_unix_nano) == ("sent", 7)
    assert found.links[0].span_id.hex() == _PARENT
    assert (found.status.code, found.status.message) == (2, "no good")


def _spans(body: bytes) -> list[Any]:
    decoded = ExportTraceServiceRequest.FromString(body)
    return [one for each in decoded.resource_spans for scope in each.scope_spans for one in scope.spans]


def test_what_a_datagram_does_not_take_is_split() -> None:
    """64 kB a datagram: many spans are several requests; a span too large by itself loses what makes it so, counted."""
    from observability.context import entered  # noqa: PLC0415 (only here)
    from observability.observer import Observer  # noqa: PLC0415 (only here)

    seen = Capture()
    settings = Settings.from_env({"OBSERVABILITY_TRACING": "otel"})
    observer = Observer(settings, seen.instruments(SteppingClock(), CountingIds()))
    record = observer.open(None)
    observer.join(record, None)
    with entered(record):
        for n in range(400):
            with span(f"work-{n}", text="x" * 500):
                pass
        with span("huge", text="x" * 70_000):
            pass
    observer.close(record)
    assert len(seen.datagrams) > 3
    assert all(len(one) <= 64_100 for one in seen.datagrams)
    found = [one for each in seen.datagrams for one in _spans(base64.b64decode(each.partition(b"T1S")[2]))]
    assert len(found) == 402
    assert len({one.span_id for one in found}) == 402
    assert {one.trace_id for one in found} == {found[0].trace_id}
    assert found[-1].attributes[0].key == "left_out"
    assert seen.lines[0]["TelemetryFailures"] == 1


def _alone(code: str, *arguments: str) -> str:
    """In an interpreter of its own: OpenTelemetry's provider can be set once a process."""
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


_JOIN = """
import asyncio, sys
from fastapi import FastAPI
from opentelemetry import propagate, trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from observability import Settings, observe, span
theirs = InMemorySpanExporter()
if sys.argv[2] == "joined":
    trace.set_tracer_provider(TracerProvider())
app = FastAPI()
observe(app, settings=Settings.from_env({"OBSERVABILITY_TRACING": "otel", "AWS_XRAY_DAEMON_ADDRESS": sys.argv[1]}))
trace.get_tracer_provider().add_span_processor(SimpleSpanProcessor(theirs))
tracer = trace.get_tracer("library")
found = {}
@app.get("/")
async def home() -> None:
    with span("ours"), tracer.start_as_current_span("sdk's"):
        propagate.inject(found)
with tracer.start_as_current_span("outside") as one:
    recorded = one.is_recording()
async def go():
    async def send(message): pass
    async def receive(): return {"type": "http.request"}
    for number, sampled in enumerate(("01", "00")):
        header = f"00-5759e988bd862e3fe1be46a99427279{number}-53995c3f42cd8ad8-{sampled}".encode()
        xray = b"Root=1-00000000-000000000000000000000001;Parent=53995c3f42cd8ad8"
        headers = [(b"traceparent", header), (b"x-amzn-trace-id", xray)]
        scope = {"type": "http", "method": "GET", "path": "/", "headers": headers, "query_string": b""}
        await app(scope, receive, send)
        if number == 0:
            print(sorted(found.items()))
asyncio.run(go())
print(recorded, [one.name for one in theirs.get_finished_spans()])
header = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0"
context = propagate.extract({"X-Amzn-Trace-Id": header})
print(trace.get_current_span(context).get_span_context())
"""


@pytest.mark.parametrize("provider", ["ours", "joined"])
def test_it_is_the_sdk(daemon: ListeningDaemon, provider: str) -> None:
    """The SDK's provider makes the API's spans, an application's own processors see them, and they are in the
    request's trace; a provider that the application has set is joined. Only the sampled request is sent. The headers:
    traceparent before X-Ray's in, both out.
    """
    told = _alone(_JOIN, daemon.address, provider)
    lines = [line for line in told.splitlines() if not line.startswith("{")]
    root, ours, theirs = _spans(base64.b64decode(daemon.datagram().partition(b"T1S")[2]))
    assert daemon.is_silent()
    assert (root.trace_id.hex(), root.parent_span_id.hex()) == ("5759e988bd862e3fe1be46a994272790", _SPAN)
    assert (ours.parent_span_id, theirs.parent_span_id) == (root.span_id, ours.span_id)
    assert (ours.name, theirs.name) == ("ours", "sdk's")
    assert lines[0] == str(
        [
            ("X-Amzn-Trace-Id", f"Root=1-5759e988-bd862e3fe1be46a994272790;Parent={theirs.span_id.hex()};Sampled=1"),
            ("traceparent", f"00-5759e988bd862e3fe1be46a994272790-{theirs.span_id.hex()}-01"),
        ]
    )
    if provider == "ours":  # a joined provider's sampler is its owner's
        assert lines[1] == 'False ["sdk\'s"]'
    assert "trace_id=0x5759e988bd862e3fe1be46a994272793, span_id=0x53995c3f42cd8ad8" in lines[2]


@pytest.mark.parametrize(("tracing", "package"), [("otel", "opentelemetry-sdk"), ("xray-sdk", "aws-xray-sdk")])
def test_a_missing_package_says_how_to_install_it(tracing: str, package: str) -> None:
    """The error is the exact line to type."""
    told = _alone(
        f"""
import sys
sys.modules["opentelemetry.sdk"] = sys.modules["aws_xray_sdk"] = None
from observability import ObservabilityError, Settings, observe
from fastapi import FastAPI
try:
    observe(FastAPI(), settings=Settings.from_env({{"OBSERVABILITY_TRACING": "{tracing}"}}))
except ObservabilityError as error:
    print(error)
"""
    )
    assert told == f"OBSERVABILITY_TRACING={tracing} needs {package}: pip install {package}\n"


def test_what_a_request_leaves_open_is_sent(daemon: ListeningDaemon) -> None:
    """A span of the SDK that has not ended with its request is there, ends with it and says so; one that is started
    later is lost, and counted with the next request."""
    told = _alone(
        """
import sys
from opentelemetry import trace
from observability import Settings
from observability.context import entered
from observability.instruments import Instruments
from observability.observer import Observer
settings = Settings.from_env({"OBSERVABILITY_TRACING": "otel", "AWS_XRAY_DAEMON_ADDRESS": sys.argv[1]})
observer = Observer(settings, Instruments.real(settings))
tracer = trace.get_tracer("x")
for _ in range(2):
    record = observer.open(None)
    observer.join(record, None)
    with entered(record):
        one = tracer.start_span("left open")
        observer.close(record)
        tracer.start_span("too late").end()
        one.end()
""",
        daemon.address,
    )
    root, left_open = _spans(base64.b64decode(daemon.datagram().partition(b"T1S")[2]))
    assert (left_open.name, left_open.parent_span_id) == ("left open", root.span_id)
    assert left_open.end_time_unix_nano == root.end_time_unix_nano
    assert [(one.key, one.value.bool_value) for one in left_open.attributes] == [("in_progress", True)]
    assert len(_spans(base64.b64decode(daemon.datagram().partition(b"T1S")[2]))) == 2
    lines = [json.loads(line) for line in told.splitlines()]
    assert [line["TelemetryFailures"] for line in lines] == [0, 1]


def test_the_sdks_spans_lose_their_secrets_too(daemon: ListeningDaemon) -> None:
    """What the SDK has recorded passes the same redaction as everything else."""
    _alone(
        """
import sys
from opentelemetry import trace
from observability import Settings
from observability.context import entered
from observability.instruments import Instruments
from observability.observer import Observer
settings = Settings.from_env({"OBSERVABILITY_TRACING": "otel", "AWS_XRAY_DAEMON_ADDRESS": sys.argv[1]})
observer = Observer(settings, Instruments.real(settings))
record = observer.open(None)
observer.join(record, None)
with entered(record), trace.get_tracer("x").start_as_current_span("one") as one:
    one.set_attribute("authorization", "hunter2")
    one.add_event("sent", {"password": "hunter2"})
observer.close(record)
""",
        daemon.address,
    )
    body = base64.b64decode(daemon.datagram().partition(b"T1S")[2])
    assert [one.name for one in _spans(body)][1:] == ["one"]
    assert b"hunter2" not in body
