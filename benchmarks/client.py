"""HTTP clients that cost next to nothing: plain sockets, one request prepared once, kept alive."""

import asyncio
import re
import socket
import time

from benchmarks.event import PATH

REQUEST = (
    f"GET {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: benchmarks\r\nAccept: application/json\r\n\r\n".encode()
)
LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
REQUEST_ID = re.compile(rb"(?i)\r\nx-amzn-requestid: *([^\r]+)")


def missing(received: bytes) -> int:
    """Bytes that the answer at the start of `received` still lacks; -1 while its head is not complete."""
    end = received.find(b"\r\n\r\n")
    if end < 0:
        return -1
    length = LENGTH.search(received[:end])
    return end + 4 + (int(length[1]) if length else 0) - len(received)


def ask(connection: socket.socket) -> tuple[float, str]:
    """Seconds from sending a request to its whole answer, and its request id. Raises RuntimeError unless it is 200."""
    started = time.perf_counter()
    connection.sendall(REQUEST)
    received = b""
    while missing(received) != 0:
        chunk = connection.recv(65_536)
        if not chunk:
            raise RuntimeError("the gateway hung up")
        received += chunk
    taken = time.perf_counter() - started
    name = REQUEST_ID.search(received)
    if not received.startswith(b"HTTP/1.1 200") or name is None:
        raise RuntimeError(f"the gateway's answer is not 200: {received[:2000].decode(errors='replace')}")
    return taken, name[1].decode()


class Loop(asyncio.Protocol):
    """One connection that asks again as soon as it is answered, until `until` (of time.perf_counter)."""

    def __init__(self, until: float) -> None:
        self.until = until
        self.answers = 0
        self.others = 0
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 (TCP; the protocol's signature says less)
        self._transport = transport
        transport.write(REQUEST)

    def data_received(self, data: bytes) -> None:
        self._received += data
        if missing(self._received) != 0:
            return
        good = self._received.startswith(b"HTTP/1.1 200")
        self.answers, self.others = self.answers + good, self.others + (not good)
        self._received = b""
        if time.perf_counter() < self.until:
            self._transport.write(REQUEST)
        else:
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if exc is None:
            self.ended.set_result(None)
        else:
            self.ended.set_exception(exc)
