"""Calls by httpx as spans, over real sockets."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

import httpx
import pytest

from observability import current, span
from observability.testing import capture
from observability.tracing.httpx import instrument

if TYPE_CHECKING:
    from tests.observability.tracing.conftest import Answering


def test_a_call_is_a_remote_subsegment_and_carries_its_trace(server: Answering) -> None:
    """Named after the host, with method, URL and status; the callee gets the trace and the call's own id
    (X-Ray developer guide, "Tracing header"; W3C Trace Context)."""
    server.answers = [(200, {}, b"hello")]
    with capture() as seen, span("work"), httpx.Client() as client:
        instrument(client)
        instrument(client)  # twice is once
        assert client.get(f"{server.url}/a?token=secret").text == "hello"
        trace_id = current().trace_id or ""
    (call,) = seen.span("work")["subsegments"]
    assert (call["name"], call["namespace"]) == ("127.0.0.1", "remote")
    assert call["http"] == {
        "request": {"method": "GET", "url": f"{server.url}/a"},
        "response": {"status": 200, "content_length": 5},
    }
    ((_, asked, _),) = server.asked
    assert asked["x-amzn-trace-id"] == f"Root={trace_id};Parent={call['id']};Sampled=1"
    assert asked["traceparent"] == f"00-{trace_id[2:].replace('-', '')}-{call['id']}-01"


def test_an_async_call(server: Answering) -> None:
    """The same for an AsyncClient; a 5xx answer of the other side is a fault of the call, not of the request."""
    server.answers = [(503, {}, b"")]

    async def ask() -> int:
        async with httpx.AsyncClient() as client:
            instrument(client)
            return (await client.get(server.url)).status_code

    with capture() as seen:
        assert asyncio.run(ask()) == 503
    assert seen.span("127.0.0.1")["fault"] is True
    assert "fault" not in seen.documents[0]
    assert server.asked[0][1]["x-amzn-trace-id"].endswith(f"Parent={seen.span('127.0.0.1')['id']};Sampled=1")


def test_nobody_answers() -> None:
    """A refused connection is a fault with its cause."""
    with socket.socket() as taken, httpx.Client() as client, capture() as seen:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: a connection is refused
        instrument(client)
        with pytest.raises(httpx.ConnectError):
            client.get(f"http://127.0.0.1:{taken.getsockname()[1]}/")
    call = seen.span("127.0.0.1")
    assert call["fault"] is True
    assert call["cause"]["exceptions"][0]["type"] == "ConnectError"


def test_an_unsampled_request_says_so(server: Answering) -> None:
    """The callee is told the decision that was made for the request."""
    with capture() as seen, httpx.Client() as client:
        current().sampled = False
        instrument(client)
        client.get(server.url)
    assert seen.datagrams == []
    assert server.asked[0][1]["x-amzn-trace-id"].endswith(";Sampled=0")
    assert server.asked[0][1]["traceparent"].endswith("-00")


def test_headers_that_are_set_stay(server: Answering) -> None:
    """A header that the caller has set itself is the caller's."""
    with capture(), httpx.Client() as client:
        instrument(client)
        client.get(server.url, headers={"traceparent": "mine"})
    assert server.asked[0][1]["traceparent"] == "mine"


def test_outside_a_request(server: Answering) -> None:
    """Without a request the call is made as ever, and names no trace."""
    with httpx.Client() as client:
        instrument(client)
        client.get(server.url)
    assert "x-amzn-trace-id" not in server.asked[0][1]
