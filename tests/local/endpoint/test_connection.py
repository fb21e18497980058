"""Connections: ordinary requests are read here, all others by aiohttp, and a client can't tell which it was."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from aiohttp.base_protocol import BaseProtocol
from aiohttp.http import HttpRequestParser
from aiohttp.http_exceptions import HttpProcessingError
from hypothesis import example, given, settings
from hypothesis import strategies as st

from local.endpoint import Answer, Call, Operation
from local.endpoint.head import MOST_BYTES, read_head
from local.endpoint.server import Endpoint
from local.ports import bind_tcp
from tests.local.endpoint.conftest import EVERYTHING
from tests.local.endpoint.serving import SIGNED, Served

BODY = b'{"logGroupName": "g"}'
LINES = (
    "POST / HTTP/1.1",
    "Host: localhost",
    "X-Amz-Target: Logs_20140328.DeleteLogGroup",
    "Content-Type: application/x-amz-json-1.1",
    f"Authorization: {SIGNED.format(service='logs')}",
)


def request(*more: str, body: bytes = BODY, first: str = LINES[0]) -> bytes:
    return "\r\n".join([first, *LINES[1:], *more, "", ""]).encode() + body


ORDINARY = request(f"Content-Length: {len(BODY)}")


@pytest.fixture
def served(serve: Any) -> Served:
    found: Served = serve(logs={"DeleteLogGroup": {}})
    return found


@contextmanager
def connected(served: Served) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", served.port), timeout=20) as sock:
        yield sock


def answer(sock: socket.socket) -> tuple[bytes, dict[str, str]]:
    """The status line and the headers of an answer without a body."""
    came = b""
    while b"\r\n\r\n" not in came:
        more = sock.recv(1)
        assert more, came
        came += more
    status, *lines = came.decode().strip().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    assert sock.recv(int(headers["content-length"]), socket.MSG_WAITALL) == b"" or headers["content-length"] != "0"
    return status.encode(), headers


def test_both_ways_answer_alike(served: Served) -> None:
    """The same status line and headers, in the same order, whoever read the request."""
    with connected(served) as ordinary, connected(served) as other:
        ordinary.sendall(ORDINARY)
        other.sendall(request("Transfer-Encoding: chunked", body=b"%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY)))
        (status, headers), (other_status, other_headers) = answer(ordinary), answer(other)
    assert status == other_status == b"HTTP/1.1 200 OK"
    assert list(headers) == list(other_headers)
    for told_anew in ("x-amzn-requestid", "date"):
        assert headers.pop(told_anew)
        assert other_headers.pop(told_anew)
    assert headers == other_headers
    assert [call.parameters for call in served.calls] == [{"logGroupName": "g"}] * 2


@pytest.mark.parametrize(
    "sent",
    [
        request("Transfer-Encoding: chunked", body=b"15\r\n" + BODY + b"\r\n0\r\n\r\n"),
        request("Content-Length: 21", first="POST /?x=1 HTTP/1.1"),
        request("Content-Length: 21", "Connection: close"),
        request("Content-Length: 21", "X-Empty:"),
        request("Content-Length: 21", "X-Latin: \xe9"),
        request("content-length: 21", first="POST / HTTP/1.0"),
        request("Content-Length: 21", "X-Long: " + "x" * MOST_BYTES),
    ],
)
def test_what_is_not_ordinary_is_answered_all_the_same(served: Served, sent: bytes) -> None:
    """After an ordinary request on the same connection, too."""
    with connected(served) as sock:
        sock.sendall(ORDINARY)
        assert answer(sock)[0] == b"HTTP/1.1 200 OK"
        sock.sendall(sent)
        assert answer(sock)[0].endswith(b" 200 OK")
    assert [call.parameters for call in served.calls] == [{"logGroupName": "g"}] * 2


def test_who_waits_to_be_told_to_go_on_is_told(served: Served) -> None:
    """Expect: 100-continue: nothing of the body comes before that."""
    with connected(served) as sock:
        sock.sendall(request("Content-Length: 21", "Expect: 100-continue", body=b""))
        assert sock.recv(1024) == b"HTTP/1.1 100 Continue\r\n\r\n"
        sock.sendall(BODY)
        assert answer(sock)[0] == b"HTTP/1.1 200 OK"


@pytest.mark.parametrize(
    "sent",
    [
        b"GARBAGE\r\n\r\n",
        request("Content-Length: 21", "Content-Length: 22"),
        request("Content-Length: 21", "Transfer-Encoding: chunked"),
        request("Content-Length: -1"),
        request("Content-Length: 21", "X Y: z"),
        request("Content-Length: 21", "X: a\nEvil: 1"),
        request("Content-Length: 21", "X: a\0b"),
    ],
)
def test_what_is_no_http_is_a_400(served: Served, sent: bytes) -> None:
    """As it was before, and its sender's connection ends; no operation sees any of it."""
    with connected(served) as sock:
        sock.sendall(sent)
        assert sock.recv(1024).startswith(b"HTTP/1.0 400 Bad Request")
    assert served.calls == []


def test_a_request_in_pieces(served: Served) -> None:
    """Byte by byte, and two in one go: each is answered once, in order."""
    with connected(served) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in ORDINARY:
            sock.sendall(bytes([byte]))
        assert answer(sock)[0] == b"HTTP/1.1 200 OK"
        sock.sendall(ORDINARY + request("Content-Length: 1", body=b"["))
        assert answer(sock)[0] == b"HTTP/1.1 200 OK"
        assert sock.recv(1024).startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert len(served.calls) == 2


def test_a_thousand_in_one_go(served: Served) -> None:
    """All are answered, in their order, those that are refused at once too; what is read ahead stays bounded."""
    refused = request("Content-Length: 21").replace(b"Host: localhost", b"Host: evil.test")
    with connected(served) as sock:
        sender = threading.Thread(target=sock.sendall, args=((refused * 9 + ORDINARY) * 300,))
        sender.start()
        statuses: list[bytes] = []
        with sock.makefile("rb") as came:
            while len(statuses) < 3000:
                statuses.append(came.readline().split()[1])
                length = 0
                while (line := came.readline()) != b"\r\n":
                    name, _, value = line.partition(b": ")
                    length = int(value) if name == b"Content-Length" else length
                came.read(length)
        sender.join()
    assert statuses == ([b"403"] * 9 + [b"200"]) * 300
    assert len(served.calls) == 300


def test_who_has_gone_away_is_not_answered(served: Served) -> None:
    """A client that closes its end while it is answered is nobody's bug."""
    with connected(served) as sock:
        sock.sendall(ORDINARY)
    with connected(served) as sock:
        sock.sendall(ORDINARY)
        assert answer(sock)[0] == b"HTTP/1.1 200 OK"
    assert served.told == []


async def parsed(head: bytes) -> Any:
    """What aiohttp's parser makes of it: method, target, headers; None where it refuses it."""
    loop = asyncio.get_running_loop()
    try:
        messages, *_ = HttpRequestParser(BaseProtocol(loop), loop, 2**16).feed_data(head + b"\r\n\r\n")
    except HttpProcessingError:
        return None
    ((message, _),) = messages
    return message


NAMES = st.sampled_from(["Host", "Content-Length", "X-A", "x-a", "Connection", "Transfer-Encoding", "Upgrade", "A B"])
VALUES = st.sampled_from(["localhost", "5", "05", "+5", "5 ", " 5", "close", "keep-alive", "chunked"]) | st.text(
    st.characters(max_codepoint=260), max_size=6
)
FIRST = st.sampled_from(
    ["POST / HTTP/1.1", "POST /service/A/operation/B HTTP/1.1", "POST  / HTTP/1.1", "GET / HTTP/1.1", "POST / HTTP/1.0"]
)


@example("POST / HTTP/1.1", [("Host", "a"), ("Content-Length", "5")], ": ", "\r\n")
@example("POST / HTTP/1.1", [("Host", "a"), ("Content-Length", "5"), ("X-A", "b\r\n c")], ": ", "\r\n")
@given(FIRST, st.lists(st.tuples(NAMES, VALUES)), st.sampled_from([": ", ":", " : "]), st.sampled_from(["\r\n", "\n"]))
@settings(deadline=None, max_examples=500)
def test_what_is_read_here_aiohttp_reads_alike(
    first: str, headers: list[tuple[str, str]], colon: str, end: str
) -> None:
    """A head is either not read here, or as a whole parser of HTTP reads it: nothing can be smuggled past it."""
    lines = [first, "Host: h", "Content-Length: 3", *(f"{name}{colon}{value}" for name, value in headers)]
    for some in (lines, [first, *lines[3:]]):
        head = end.join(some).encode()
        found = read_head(head)
        if found is None:
            continue
        message = asyncio.run(parsed(head))
        assert (message.method, message.path, message.version) == ("POST", found.path, (1, 1))
        assert {name.lower(): value for name, value in message.headers.items()} == found.headers
        assert len(message.headers) == len(found.headers)
        assert (message.chunked, message.upgrade, message.should_close) == (False, False, False)
        assert int(message.headers["Content-Length"]) == found.length


def test_the_answer_that_is_under_way_is_given_at_the_end() -> None:
    """stop() closes the connections that wait, and those that are answered after their answer."""
    released = threading.Event()

    def answer_late(_call: Call) -> Answer:
        assert released.wait(20)
        return {}

    async def stop() -> tuple[bytes, bytes]:
        endpoint = Endpoint({"logs": {"DeleteLogGroup": Operation(answer_late, EVERYTHING)}}, tell=print)
        sock = bind_tcp(0, "a test's")
        await endpoint.start(sock)
        idle, idle_writer = await asyncio.open_connection(*sock.getsockname()[:2])
        reader, writer = await asyncio.open_connection(*sock.getsockname()[:2])
        writer.write(ORDINARY)
        await asyncio.sleep(0.2)
        asyncio.get_running_loop().call_later(0.2, released.set)
        await endpoint.stop(10.0)
        came = await reader.read(), await idle.read()
        for each in (writer, idle_writer):
            each.close()
            await each.wait_closed()
        return came

    late, nothing = asyncio.run(stop())
    assert late.startswith(b"HTTP/1.1 200 OK\r\n")
    assert nothing == b""
