"""One connection of a client. Ordinary requests are answered here; with the first that is not one, the connection goes
to aiohttp for good: what it costs for each request, an ordinary one does not need.
"""

import asyncio
import socket
from collections.abc import Callable
from email.utils import formatdate
from functools import cache, lru_cache
from http import HTTPStatus
from time import time
from typing import cast

from aiohttp.http import SERVER_SOFTWARE

from local.endpoint.head import MOST_BYTES, Head, read_head
from local.endpoint.turns import Reply
from local.endpoint.wire import WireAnswer, WireRequest

IDLE_S = 3630.0  # after which a connection that nobody uses is closed: aiohttp's own
MOST_WAITING = 64 * 1024  # bytes that are read ahead of the request that is being answered

START, END = b"POST /", b"\r\n\r\n"

Begin = Callable[[WireRequest, Reply], None]


class Connection(asyncio.Protocol):
    """`begin` starts an answer; `other` makes the protocol of a connection that is not ordinary. `open_ones` are those
    that are here; one that no longer is, is `gone`. Bodies over `most_bytes` are not ordinary.
    """

    def __init__(
        self, begin: Begin, other: Callable[[], asyncio.Protocol], open_ones: "set[Connection]", most_bytes: int
    ) -> None:
        self._begin = begin
        self._other = other
        self._open_ones = open_ones
        self.gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._most_bytes = most_bytes
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport
        self._timer: asyncio.TimerHandle
        self._came = bytearray()
        self._head: Head | None = None  # of a request whose body is still coming; it is `_skip` bytes long
        self._skip = 0
        self._busy = self._full = self._closing = False
        self._writable = True
        self._used_s = self._loop.time()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is of no type of asyncio's
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        self._open_ones.add(self)
        self._timer = self._loop.call_later(IDLE_S, self._close_idle)

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self._leave()

    def data_received(self, data: bytes) -> None:
        self._used_s = self._loop.time()
        self._came += data
        if not self._busy:
            self._next()
        elif len(self._came) > MOST_WAITING:
            self._full = True
            self._transport.pause_reading()

    def pause_writing(self) -> None:
        self._writable = False

    def resume_writing(self) -> None:
        self._writable = True
        self._next()

    def close(self) -> None:
        """Now, or after the answer that is under way."""
        self._closing = True
        if not self._busy:
            self._transport.close()

    def _next(self) -> None:
        """Begins with what has come as soon as it is a whole request."""
        if self._busy or not self._writable or not self._came or self._transport.is_closing():
            return
        if self._head is None and not self._read_head():
            return
        if self._head is not None and len(self._came) >= self._skip + self._head.length:
            path, headers, length = self._head
            request = WireRequest("POST", path, "", headers, bytes(self._came[self._skip : self._skip + length]))
            del self._came[: self._skip + length]
            self._head, self._busy = None, True
            self._begin(request, self._reply)

    def _read_head(self) -> bool:
        """False where it has not come as a whole, and where it is not ordinary."""
        end = self._came.find(END)
        if end < 0 and len(self._came) <= MOST_BYTES and self._came.startswith(START[: len(self._came)]):
            return False
        self._head, self._skip = read_head(bytes(self._came[: max(end, 0)])), end + len(END)
        if self._head is None or self._head.length > self._most_bytes:
            self._hand_over()
            return False
        return True

    def _reply(self, answer: WireAnswer) -> None:
        self._busy = False
        if self._transport.is_closing():
            return
        self._transport.write(written(answer))
        if self._closing:
            self._transport.close()
        if self._full:
            self._full = False
            self._transport.resume_reading()
        if self._came:
            self._loop.call_soon(self._next)  # not at once: there may be hundreds that are refused

    def _hand_over(self) -> None:
        self._leave()
        other = self._other()
        self._transport.set_protocol(other)
        other.connection_made(self._transport)
        other.data_received(bytes(self._came))

    def _close_idle(self) -> None:
        left_s = self._used_s + IDLE_S - self._loop.time()
        if left_s <= 0 and not self._busy:
            self._transport.close()
        else:
            self._timer = self._loop.call_later(max(left_s, 1.0), self._close_idle)

    def _leave(self) -> None:
        self._open_ones.discard(self)
        self._timer.cancel()
        if not self.gone.done():
            self.gone.set_result(None)


def written(answer: WireAnswer) -> bytes:
    """With the headers that aiohttp gives its answers."""
    lines = [_status(answer.status)]
    lines += [f"{name}: {value}" for name, value in answer.headers.items()]
    lines += [f"Content-Length: {len(answer.body)}", _date(int(time())), f"Server: {SERVER_SOFTWARE}\r\n\r\n"]
    return "\r\n".join(lines).encode() + answer.body


@cache
def _status(status: int) -> str:
    return f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"


@lru_cache(1)
def _date(now_s: int) -> str:
    return f"Date: {formatdate(now_s, usegmt=True)}"
