"""What reaches the X-Ray daemon: real datagrams, of documents as X-Ray wants them."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING, Any

import pytest
from fastapi import FastAPI

from observability import Settings, observe, span
from observability.testing import CountingIds, capture
from observability.tracing.causes import Causes
from observability.tracing.daemon import Daemon
from observability.tracing.header import TraceHeader, parse
from observability.tracing.xray_text import name

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    Call = Callable[..., httpx.Response]

ROOT_ID = "1-5759e988-bd862e3fe1be46a994272793"
PARENT = "53995c3f42cd8ad8"


def test_each_request_is_one_datagram(daemon: Any, call: Call) -> None:
    """The header line and one document (X-Ray developer guide, "Sending trace data to X-Ray": the daemon)."""
    app = FastAPI()
    observe(
        app,
        service="items",
        settings=Settings.from_env({"AWS_XRAY_DAEMON_ADDRESS": daemon.address}),
    )
    for _ in range(2):
        call(app, "GET", "/nowhere")
    first, second = daemon.datagram(), daemon.datagram()
    header, _, document = first.partition(b"\n")
    assert header == b'{"format":"json","version":1}'
    assert json.loads(document)["name"] == "items"
    assert json.loads(document)["trace_id"] != json.loads(second.partition(b"\n")[2])["trace_id"]
    assert daemon.is_silent()


def test_no_daemon_is_a_counted_failure(call: Call, capfd: pytest.CaptureFixture[str]) -> None:
    """Nobody listens: the request is answered, the loss is counted once the system tells, and later sends go on."""
    # A socket that is connected elsewhere keeps the port, so that nobody else takes it, and refuses our datagrams.
    deaf = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    deaf.bind(("127.0.0.1", 0))
    port = deaf.getsockname()[1]
    deaf.connect(("127.0.0.1", 9))
    app = FastAPI()
    observe(app, settings=Settings.from_env({"AWS_XRAY_DAEMON_ADDRESS": f"127.0.0.1:{port}"}))
    for _ in range(4):
        assert call(app, "GET", "/").status_code == 404
    deaf.close()
    lines = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert len(lines) == 4
    assert sum(line["TelemetryFailures"] for line in lines) >= 1
    assert {"trace document not sent: ConnectionRefusedError"} == {
        message for line in lines for message in line.get("telemetry_errors", ())
    }


def test_the_socket_is_reused_and_made_anew_after_a_failure(daemon: Any) -> None:
    """One socket serves all datagrams; one that the system refuses costs itself only."""
    sender = Daemon(("127.0.0.1", int(daemon.address.rpartition(":")[2])))
    sender.send(b"one")
    sender.send(b"two")
    with pytest.raises(OSError, match="too long"):
        sender.send(b"x" * 70_000)
    sender.send(b"between")
    sender._open[0].close()  # noqa: SLF001 (as a restored snapshot's may be: broken, without the sender's doing)
    with pytest.raises(OSError, match="Bad file descriptor"):
        sender.send(b"lost")
    sender.send(b"three")
    sender.close()
    senders = [daemon.socket.recvfrom(100) for _ in range(4)]
    assert [data for data, _ in senders] == [b"one", b"two", b"between", b"three"]
    assert senders[0][1] == senders[1][1]


@pytest.mark.parametrize(
    ("text", "header"),
    [
        (f"Root={ROOT_ID};Parent={PARENT};Sampled=1", TraceHeader(ROOT_ID, PARENT, True)),
        (f"Root={ROOT_ID};Parent={PARENT};Sampled=0;Lineage=a87bd80c:1", TraceHeader(ROOT_ID, PARENT, False)),
        (f" Sampled=1 ; Root={ROOT_ID} ", TraceHeader(ROOT_ID, None, True)),
        (f"Self=1-67891234-12456789abcdef012345678;Root={ROOT_ID}", TraceHeader(ROOT_ID, None, None)),
        (f"Root={ROOT_ID};Parent={PARENT};Sampled=?", TraceHeader(ROOT_ID, PARENT, None)),
        (f"Root={ROOT_ID.upper()};Parent={PARENT}", TraceHeader(None, None, None)),
        (f"Parent={PARENT};Sampled=1", TraceHeader(None, None, True)),
        (f"Root={ROOT_ID}\n;Parent={PARENT}x", TraceHeader(ROOT_ID, None, None)),
        ("Root=1-2-3", TraceHeader()),
        (";;;===;", TraceHeader()),
        ("x" * 2000 + f";Root={ROOT_ID}", TraceHeader()),
        ("", TraceHeader()),
        (None, TraceHeader()),
    ],
)
def test_a_trace_header_is_read_defensively(text: str | None, header: TraceHeader) -> None:
    """What is usable is used, the rest is as if it weren't there (X-Ray developer guide, "Tracing header")."""
    assert parse(text) == header


def nested(document: dict[str, Any]) -> int:
    return 1 + sum(nested(child) for child in document.get("subsegments", ()))


def test_a_document_over_64_kb_is_split_into_subsegments() -> None:
    """X-Ray takes 64 kB a document: what doesn't fit is sent apart, under its parent, and every span arrives once."""
    with capture() as seen:
        for n in range(300):
            with span(f"work-{n}") as work:
                work.metadata(text="x" * 500)
                with span(f"inner-{n}"):
                    pass
        with span("big"):
            for n in range(100):
                with span(f"part-{n}") as part:
                    part.metadata(text="y" * 2000)
    assert all(len(datagram) <= 64_050 for datagram in seen.datagrams)
    assert len(seen.documents) > 1
    assert sum(nested(document) for document in seen.documents) == 1 + 600 + 101
    assert len({one["id"] for one in seen.spans}) == 702
    root, *apart = seen.documents
    known = {one["id"] for one in seen.spans}
    assert "type" not in root
    assert {one["type"] for one in apart} == {"subsegment"}
    assert {one["trace_id"] for one in apart} == {root["trace_id"]}
    assert {one["parent_id"] for one in apart} <= known
    assert seen.lines[0]["TelemetryFailures"] == 0


def test_a_span_too_large_by_itself_loses_its_largest_block_and_says_so() -> None:
    """What can't be split is left out, named in its place and counted."""
    with capture() as seen, span("huge", kept="yes") as huge:
        huge.metadata(text="x" * 70_000)
    found = seen.span("huge")
    assert found["annotations"] == {"kept": "yes"}
    assert found["metadata"]["left_out"] == {"metadata": "70023 bytes: more than a document takes"}
    assert seen.lines[0]["TelemetryFailures"] == 1


def test_more_than_50_annotations_become_metadata() -> None:
    """X-Ray indexes 50 annotations a trace, the four of the request among them; none is lost."""
    given: dict[str, Any] = {f"a{n}": n for n in range(60)}
    with capture() as seen, span("many", **given):
        pass
    found = seen.span("many")
    assert len(found["annotations"]) == 46
    assert len(found["metadata"]["annotations"]) == 14
    assert {**found["annotations"], **found["metadata"]["annotations"]} == given


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("items", "items"),
        ("a b_.:/%&#=+\\-@", "a b_.:/%&#=+\\-@"),
        ("Straße 7", "Straße 7"),
        ('bad"<>|name', "bad____name"),
        ("", "_"),
        ("x" * 300, "x" * 200),
    ],
)
def test_names_get_x_rays_alphabet(given: str, taken: str) -> None:
    """Letters, numbers, whitespace and _ . : / % & # = + \\ - @, 200 of them (X-Ray segment documents, `name`)."""
    assert name(given) == taken


def test_a_long_stack_is_cut_and_says_so() -> None:
    """The frames nearest to the error are kept; `truncated` is the number of the others."""

    def deep(n: int) -> None:
        if n == 0:
            raise ValueError("bottom")
        deep(n - 1)

    with pytest.raises(ValueError, match="bottom") as caught:
        deep(99)
    cause = Causes(CountingIds()).of(caught.value)
    assert isinstance(cause, dict)
    (told,) = cause["exceptions"]
    assert (told["id"], len(told["stack"]), told["truncated"]) == ("0000000000000001", 50, 51)
    assert told["stack"][-1]["label"] == "deep"
