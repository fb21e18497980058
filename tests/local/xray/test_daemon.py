"""The daemon's socket."""

import asyncio
import base64
import json
import socket
from collections.abc import Mapping
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span

from local.ports import bind_udp
from local.xray import Traces
from local.xray.daemon import Daemon, TraceStore
from local.xray.datagrams import Rejected
from tests.local.xray.api import Api
from tests.local.xray.scorekeep import FUNCTION, SENT, TRACE_ID

HEADER = b'{"format": "json", "version": 1}\n'
DOCUMENT = {
    "trace_id": "1-5759e988-bd862e3fe1be46a994272793",
    "id": "53995c3f42cd8ad8",
    "name": "n",
    "start_time": 1,
    "end_time": 2,
}


class Kept:
    def __init__(self) -> None:
        self.documents: list[Mapping[str, Any]] = []
        self.rejected: list[tuple[str, str, int]] = []

    def put(self, document: Mapping[str, Any]) -> None:
        json.dumps(document, allow_nan=False)
        self.documents.append(document)

    def put_otlp(self, request: Mapping[str, Any], *, sampled: bool) -> None:
        raise Rejected(f"otlp: {sampled} {len(request['resourceSpans'])}")

    def reject(self, reason: str, excerpt: str, size: int) -> None:
        self.rejected.append((reason, excerpt, size))


def receive(*datagrams: bytes) -> Kept:
    """Sends datagrams to a daemon and stops it; what it kept."""
    kept = Kept()
    send(kept, *datagrams)
    return kept


def send(store: TraceStore, *datagrams: bytes) -> None:
    async def run() -> None:
        daemon = Daemon(store)
        with bind_udp(0, "LOCAL_XRAY_PORT") as sock:
            address = sock.getsockname()
            await daemon.start(sock)
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
                for datagram in datagrams:
                    sender.sendto(datagram, address)
            await daemon.stop()

    asyncio.run(run())


def test_what_arrived_before_the_stop_is_kept() -> None:
    """stop() takes what already waits in the socket: a burst of a hundred documents loses none."""
    kept = receive(*[HEADER + json.dumps(DOCUMENT).encode()] * 100)
    assert len(kept.documents) == 100
    assert kept.rejected == []


def test_a_rejected_datagram_is_kept_with_its_reason() -> None:
    """The reason, the beginning of the datagram as text, and its size; the next datagram is taken."""
    kept = receive(b"\xff" * 1000, HEADER + json.dumps(DOCUMENT).encode())
    ((reason, excerpt, size),) = kept.rejected
    assert reason.startswith("header: not JSON")
    assert (excerpt, size) == ("\ufffd" * 500, 1000)
    assert kept.documents == [DOCUMENT]


def test_a_document_that_cannot_be_written_again() -> None:
    """1e999 reads as infinity, which no JSON file can hold: rejected, and the daemon lives on."""
    text = json.dumps({**DOCUMENT, "metadata": {"a": "?"}}).replace('"?"', "1e999")
    kept = receive(HEADER + text.encode(), HEADER + json.dumps(DOCUMENT).encode())
    assert [reason for reason, _, _ in kept.rejected] == ["document: cannot be written as JSON again"]
    assert kept.documents == [DOCUMENT]


class Store(Traces):
    """X-Ray's own store as a daemon has it."""

    def reject(self, reason: str, excerpt: str, size: int) -> None:
        raise AssertionError((reason, excerpt, size))


def test_from_the_socket_to_the_answer(api: Api) -> None:
    """The segments of a trace and a span below them, sent as datagrams, are one whole trace."""
    span = Span(
        trace_id=bytes.fromhex(TRACE_ID.replace("-", "")[1:]),
        span_id=bytes(range(8)),
        parent_span_id=bytes.fromhex(FUNCTION["id"]),
        name="work",
        kind=Span.SPAN_KIND_INTERNAL,
        start_time_unix_nano=1_499_473_413_000_000_000,
        end_time_unix_nano=1_499_473_414_000_000_000,
    )
    request = ExportTraceServiceRequest(resource_spans=[ResourceSpans(scope_spans=[ScopeSpans(spans=[span])])])
    datagrams = [HEADER + json.dumps(document).encode() for document in SENT]
    send(Store(api.database, api.clock), *datagrams, HEADER + b"T1S" + base64.b64encode(request.SerializeToString()))
    (summary,) = api.summaries('service("random-name") AND ok')
    assert (summary["Revision"], summary["IsPartial"], summary["Duration"]) == (4, False, 3.232)


def test_spans_that_the_store_rejects() -> None:
    """The store's own reason is kept."""
    span = Span(trace_id=bytes(16), span_id=bytes(8), name="n")
    request = ExportTraceServiceRequest(resource_spans=[ResourceSpans(scope_spans=[ScopeSpans(spans=[span])])])
    kept = receive(HEADER + b"T1S" + base64.b64encode(request.SerializeToString()))
    assert [reason for reason, _, _ in kept.rejected] == ["otlp: True 1"]
