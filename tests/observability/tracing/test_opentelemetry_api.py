"""OpenTelemetry's API with the native backend: its spans are in the request's X-Ray trace, nested with span()'s."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fastapi import FastAPI, HTTPException
from opentelemetry import trace
from opentelemetry.trace import Link, SpanContext, SpanKind, Status, StatusCode, TraceFlags

from local.xray.validation import reason_against
from observability import Settings, current, observe, span
from observability.testing import capture

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    Call = Callable[..., httpx.Response]

ROOT = Path(__file__).parents[3]


@pytest.fixture
def tracer() -> trace.Tracer:
    with capture():  # an observer that is made puts our provider where the API looks for one
        return trace.get_tracer("library")


def test_spans_of_both_nest_in_each_other(tracer: trace.Tracer) -> None:
    """A span of the API in one of span() in one of the API; the current one is the innermost, whoever made it."""
    with capture() as seen, tracer.start_as_current_span("a"), span("b") as b:
        assert trace.get_current_span().get_span_context().span_id == int(b.id, 16)
        assert trace.get_current_span().get_span_context().trace_id == int(
            (current().trace_id or "")[2:].replace("-", ""), 16
        )
        with tracer.start_as_current_span("c") as c, span("d"):
            assert c.is_recording()
        assert not c.is_recording()
    a = seen.span("a")
    assert [one["name"] for one in seen.spans] == ["test", "a", "b", "c", "d"]
    assert a["subsegments"][0]["subsegments"][0]["subsegments"][0]["name"] == "d"
    assert all("end_time" in one for one in seen.spans)


def test_started_and_entered_apart(tracer: trace.Tracer) -> None:
    """start_span() doesn't make a span the current one, use_span() does; given times are kept."""
    with capture() as seen:
        apart = tracer.start_span("apart", start_time=1_767_225_600_500_000_000)
        with tracer.start_as_current_span("beside"):
            pass
        with trace.use_span(apart), span("below"):
            pass
        apart.end(1_767_225_601_500_000_000)
        apart.set_attribute("late", "yes")
    assert [one["name"] for one in seen.documents[0]["subsegments"]] == ["apart", "beside"]
    found = seen.span("apart")
    assert (found["start_time"], found["end_time"]) == (1767225600.5, 1767225601.5)
    assert [one["name"] for one in found["subsegments"]] == ["below"]
    assert "annotations" not in found


def test_attributes_become_x_rays_blocks(tracer: trace.Tracer) -> None:
    """By OpenTelemetry's semantic conventions: http, sql, aws; single values else are annotations, lists metadata."""
    with capture() as seen:
        http: dict[str, Any] = {
            "http.request.method": "GET",
            "url.full": "http://a/b",
            "http.response.status_code": 404,
            "server.port": 80,
            "peer.list": ["x", "y"],
        }
        with tracer.start_as_current_span("http", kind=SpanKind.CLIENT, attributes=http):
            pass
        sql: dict[str, str] = {"db.system": "postgresql", "db.statement": "SELECT 1", "db.user": "me"}
        with tracer.start_as_current_span("sql", kind=SpanKind.CLIENT, attributes=sql):
            pass
        aws: dict[str, Any] = {"rpc.system": "aws-api", "rpc.method": "GetItem", "cloud.region": "eu-central-1"}
        aws |= {"aws.dynamodb.table_names": ["items"], "aws.request_id": "R", "rpc.service": "DynamoDB"}
        with tracer.start_as_current_span("aws", kind=SpanKind.CLIENT, attributes=aws):
            pass
    found = seen.span("http")
    assert found["http"] == {"request": {"method": "GET", "url": "http://a/b"}, "response": {"status": 404}}
    assert (found["namespace"], found["error"]) == ("remote", True)
    assert found["metadata"] == {"default": {"peer.list": ["x", "y"]}}
    assert seen.span("sql")["sql"] == {"database_type": "postgresql", "sanitized_query": "SELECT 1", "user": "me"}
    found = seen.span("aws")
    assert found["aws"] == {"operation": "GetItem", "region": "eu-central-1", "table_name": "items", "request_id": "R"}
    assert (found["namespace"], found["annotations"]) == ("aws", {"rpc_service": "DynamoDB"})


def test_exceptions_and_status(tracer: trace.Tracer) -> None:
    """An exception that leaves a span makes it a fault with its cause, an answer to the client an error; one that is
    recorded and handled is a cause without a fault; a status without an exception is a fault too."""
    with capture() as seen:
        with pytest.raises(ValueError, match="bad"), tracer.start_as_current_span("fault"):
            raise ValueError("bad")
        with pytest.raises(ValueError, match="bad"), tracer.start_span("with fault"):
            raise ValueError("bad")
        with pytest.raises(HTTPException), tracer.start_as_current_span("error"):
            raise HTTPException(404)
        with tracer.start_as_current_span("handled") as one:
            one.record_exception(KeyError("k"))
        with tracer.start_as_current_span("status") as one:
            one.set_status(Status(StatusCode.ERROR, "no good"))
    for name in ("fault", "with fault"):
        assert seen.span(name)["fault"] is True
        assert seen.span(name)["cause"] if name == "fault" else True
    assert seen.span("fault")["cause"]["exceptions"][0]["message"] == "bad"
    assert (seen.span("error")["error"], "fault" in seen.span("error")) == (True, False)
    assert ("fault" in seen.span("handled"), "cause" in seen.span("handled")) == (False, True)
    assert seen.span("status")["fault"] is True


def test_events_and_links_are_metadata(tracer: trace.Tracer) -> None:
    """X-Ray has no word for them: they are kept beside."""
    other = SpanContext(
        0x5759E988BD862E3FE1BE46A994272793, 0x53995C3F42CD8AD8, is_remote=True, trace_flags=TraceFlags(1)
    )
    with capture() as seen, tracer.start_as_current_span("one", links=[Link(other, {"why": "batch"})]) as one:
        one.add_event("sent", {"size": 3}, timestamp=1_767_225_600_000_000_000)
        one.update_name("renamed")
    assert seen.span("renamed")["metadata"]["otel"] == {
        "events": [{"name": "sent", "time": 1767225600.0, "size": 3}],
        "links": [
            {"trace_id": "5759e988bd862e3fe1be46a994272793", "span_id": "53995c3f42cd8ad8", "why": "batch"},
        ],
    }


def test_hostile_attributes_cost_only_themselves(tracer: trace.Tracer) -> None:
    """Keys and values of any type: the trace is sent, the local daemon takes it, what JSON can't say is counted."""
    hostile: Any = {
        5: "five",
        "nan": float("nan"),
        "set": object(),
        "surrogate": "\ud800",
        "": "",
        "http.status_code": "x",
    }
    with capture() as seen, tracer.start_as_current_span("hostile", attributes=hostile) as one:
        one.set_attribute("db.system", ["not", "a", "text"])
        one.add_event("event", {"bytes": b"\xff"})
    found = seen.span("hostile")
    assert found["annotations"]["5"] == "five"
    assert [reason_against(document) for document in seen.documents] == [None]
    assert seen.lines[0]["TelemetryFailures"] > 0


def test_outside_a_request_nothing_is_recorded(tracer: trace.Tracer) -> None:
    """Work between requests, and work that goes on after one, makes no spans; the latter is counted."""
    with tracer.start_as_current_span("between") as one:
        assert not one.is_recording()
    with capture() as seen:
        record = current()
    assert [one["name"] for one in seen.spans] == ["test"]
    assert record.start("late", None) is None


@pytest.mark.parametrize("wanted", [True, False])
def test_fastapis_own_spans_are_a_setting(call: Call, *, wanted: bool) -> None:
    """On: dependencies, endpoint and serialization are below the request. Off: they are not, and what is below them is
    where it would be without them, even where the application turns them on again."""
    for turned_on_again in (False, True):
        app = FastAPI()
        observe(app, settings=Settings(fastapi_spans=wanted))
        if turned_on_again:
            app._telemetry["tracing"] = True  # noqa: SLF001 (as an application that is mounted may have it)

        @app.get("/")
        async def home() -> dict[str, int]:
            with span("work"):
                return {}

        with capture(app) as seen:
            call(app, "GET", "/", headers={"traceparent": "00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01"})
        names = [one["name"] for one in seen.spans]
        if wanted:
            assert names[1:] == ["fastapi.dependencies", "fastapi.endpoint", "work", "fastapi.serialization"]
        else:
            assert names[1:] == ["work"]


def _alone(code: str) -> str:
    """In an interpreter of its own: OpenTelemetry's provider can be set once a process."""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout + done.stderr


def test_a_provider_that_is_set_already_is_left_alone() -> None:
    """The log says that it is, and span() works as without OpenTelemetry."""
    told = _alone(
        """
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from fastapi import FastAPI
from observability import observe, span
from observability.testing import capture
theirs = TracerProvider()
trace.set_tracer_provider(theirs)
with capture() as seen, span("ours"):
    with trace.get_tracer("x").start_as_current_span("theirs"), span("below"):
        pass
print(trace.get_tracer_provider() is theirs, [one["name"] for one in seen.spans])
"""
    )
    assert "True ['test', 'ours', 'below']" in told
    assert "OpenTelemetry's provider is opentelemetry.sdk.trace.TracerProvider already" in told


def test_native_loads_no_sdk() -> None:
    """A FastAPI application with the native backend serves a request without loading any SDK or protobuf, and without
    FastAPI not even OpenTelemetry's API."""
    listed = _alone(
        """
import sys
from observability.testing import capture
from observability import span
with capture(), span("x"):
    pass
assert not any(name.startswith("opentelemetry") for name in sys.modules)
from fastapi import FastAPI
from observability import Settings, observe
import asyncio, socket
app = FastAPI()
observe(app, settings=Settings(daemon_address="127.0.0.1:9"))
async def go():
    sent = []
    async def send(message): sent.append(message)
    async def receive(): return {"type": "http.request"}
    scope = {"type": "http", "method": "GET", "path": "/", "headers": [], "query_string": b"", "scheme": "http"}
    await app(scope, receive, send)
asyncio.run(go())
bad = ("opentelemetry.sdk", "opentelemetry.exporter", "opentelemetry.proto", "google", "aws_xray_sdk", "requests")
bad += ("wrapt", "observability.tracing.o", "observability.tracing.xray_sdk")
print("found:", [name for name in sys.modules if name.startswith(bad)])
"""
    )
    assert listed.endswith("found: []\n")
