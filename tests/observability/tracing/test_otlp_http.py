"""OTLP over HTTP to a real server, judged by OpenTelemetry's own protobuf classes."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTracePartialSuccess,
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from observability import Settings, observe, span
from observability.settings import SettingError
from observability.tracing.otlp_answer import rejected
from observability.tracing.otlp_http import OtlpHttp, headers_of
from observability.tracing.sending import sender

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from tests.observability.tracing.conftest import Answering

    Call = Callable[..., httpx.Response]

ROOT = Path(__file__).parents[3]
_TRACE, _SPAN = "5759e988bd862e3fe1be46a994272793", "53995c3f42cd8ad8"


def _spans(body: bytes) -> list[Any]:
    decoded = ExportTraceServiceRequest.FromString(body)
    return [one for each in decoded.resource_spans for scope in each.scope_spans for one in scope.spans]


def _app(**environ: str) -> FastAPI:
    app = FastAPI()
    observe(app, service="items", settings=Settings.from_env({"OBSERVABILITY_TRACING": "otel", **environ}))

    @app.get("/")
    def home() -> None:
        with span("work", boxes=3):
            pass

    return app


def test_over_http_in_lambda(server: Answering, call: Call, capfd: pytest.CaptureFixture[str]) -> None:
    """Where an endpoint is set: POST of protobuf to its /v1/traces with the headers that are set, before the
    invocation ends (OpenTelemetry protocol specification, "OTLP/HTTP Request")."""
    app = _app(
        OTEL_EXPORTER_OTLP_ENDPOINT=f"{server.url}/",
        OTEL_EXPORTER_OTLP_HEADERS="api-key=a%20key,other=1",
        AWS_LAMBDA_FUNCTION_NAME="items",
    )
    for _ in range(2):
        call(app, "GET", "/", headers={"traceparent": f"00-{_TRACE}-{_SPAN}-01"})
    first, second = server.asked
    assert first[0] == "POST /v1/traces"
    assert (first[1]["content-type"], first[1]["api-key"]) == ("application/x-protobuf", "a key")
    root, work = _spans(first[2])
    assert (root.trace_id.hex(), root.parent_span_id.hex(), root.kind) == (_TRACE, _SPAN, 2)
    assert (work.name, work.parent_span_id) == ("work", root.span_id)
    assert len(_spans(second[2])) == 2
    assert [json.loads(line)["TelemetryFailures"] for line in capfd.readouterr().out.splitlines()] == [0, 0]


def test_over_http_a_refusal_is_counted(server: Answering, call: Call, capfd: pytest.CaptureFixture[str]) -> None:
    """A collector that answers 503, or nobody there: the client has its answer, and the loss is in the line."""
    server.answers = [(503, {}, b"")]
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: a connection is refused
        for url in (server.url, f"http://127.0.0.1:{taken.getsockname()[1]}"):
            app = _app(OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=url, AWS_LAMBDA_FUNCTION_NAME="items")
            assert call(app, "GET", "/", headers={"traceparent": f"00-{_TRACE}-{_SPAN}-01"}).status_code == 200
    lines = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert [line["telemetry_errors"] for line in lines] == [
        ["OTLP request not sent (status 503): OSError"],
        ["OTLP request not sent (ConnectionRefusedError): OSError"],
    ]


def test_outside_lambda_no_request_waits(server: Answering) -> None:
    """A thread sends; what it could not send is told with the next."""
    way = OtlpHttp("X", f"{server.url}/v1/traces", {}, 5, at_once=False)
    way.send(b"one")
    way.send(b"two")
    way.drain()
    assert [body for _, _, body in server.asked] == [b"one", b"two"]
    server.answers = [(500, {}, b"")]
    way.send(b"three")
    way.drain()
    with pytest.raises(OSError, match=r"^1 request\(s\) not taken, the last: status 500$"):
        way.send(b"four")
    way.drain()


def test_what_was_taken_is_sent_before_the_process_ends(server: Answering) -> None:
    """A process that ends right after its last request loses nothing."""
    code = """
import sys
from observability.tracing.otlp_http import OtlpHttp
way = OtlpHttp("X", sys.argv[1], {}, 30, at_once=False)
for n in range(20):
    way.send(b"%d" % n)
"""
    subprocess.run([sys.executable, "-c", code, server.url], cwd=ROOT, check=True)
    assert [int(body) for _, _, body in server.asked] == list(range(20))


def test_a_connection_that_was_closed_meanwhile_is_made_anew(server: Answering) -> None:
    """One connection serves all requests; when the other side has closed it, the next request opens another."""
    server.answers = [(200, {"Connection": "close"}, b"")]
    way = OtlpHttp("X", server.url, {}, 5, at_once=True)
    way.send(b"one")
    way.send(b"two")
    assert [body for _, _, body in server.asked] == [b"one", b"two"]


@pytest.mark.parametrize("url", ["ftp://a/b", "127.0.0.1:4318", "http://"])
def test_an_endpoint_that_is_none(url: str) -> None:
    """Refused when the application starts, by the variable's name."""
    settings = Settings.from_env({"OBSERVABILITY_TRACING": "otel", "OTEL_EXPORTER_OTLP_ENDPOINT": url})
    with pytest.raises(SettingError, match="OTEL_EXPORTER_OTLP_ENDPOINT"):
        sender(settings)
    with pytest.raises(SettingError) as caught:
        headers_of("secret-key")
    assert "secret-key" not in str(caught.value)


def test_a_refusal_is_not_sent_again(server: Answering) -> None:
    """Neither what was refused nor what was taken in part, although the connection was kept; the reason is told
    (OpenTelemetry protocol specification, "Partial Success": "The client MUST NOT retry the request").
    """
    partial = ExportTracePartialSuccess(rejected_spans=3, error_message="too old")
    answer = ExportTraceServiceResponse(partial_success=partial).SerializeToString()
    server.answers = [(200, {}, b""), (403, {}, b"no"), (200, {}, answer), (200, {}, b"")]
    way = OtlpHttp("X", f"{server.url}/v1/traces", {}, 5, at_once=True)
    way.send(b"one")
    with pytest.raises(OSError, match=r"^status 403$"):
        way.send(b"two")
    with pytest.raises(OSError, match=r"^3 span\(s\) rejected$"):
        way.send(b"three")
    way.send(b"four")
    assert [body for _, _, body in server.asked] == [b"one", b"two", b"three", b"four"]


@given(st.integers(0, 2**63 - 1), st.text(), st.binary(max_size=20))
def test_the_answers_count_is_protobufs(count: int, message: str, more: bytes) -> None:
    """With whatever else there is: fields of later versions of the protocol are passed over."""
    answer = ExportTraceServiceResponse(
        partial_success=ExportTracePartialSuccess(rejected_spans=count, error_message=message)
    ).SerializeToString()
    later = bytes([15 << 3 | 2, len(more)]) + more + bytes([3 << 3 | 1]) + b"8 bytes." + bytes([4 << 3 | 5]) + b"four"
    assert rejected(answer) == count
    assert rejected(later + answer + later) == count


@given(st.binary())
def test_an_answer_that_is_none(answer: bytes) -> None:
    """Some servers answer a text: no error, and no count that isn't there."""
    assert rejected(answer) >= 0
    assert rejected(b"{}") == rejected(b"OK") == rejected(b"") == 0
