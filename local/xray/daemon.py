"""The X-Ray daemon's UDP socket: takes documents and OTLP, rejects the rest by name."""

import asyncio
import contextlib
import socket
from collections.abc import Mapping
from typing import Any, Protocol

from local.xray.datagrams import Rejected, XRayDocument, read_datagram

RECEIVE_BUFFER = 4 * 1024 * 1024  # bytes; Linux cuts it to net.core.rmem_max
EXCERPT = 500  # bytes of a rejected datagram that are kept


class TraceStore(Protocol):
    """Where the daemon puts what it takes."""

    def put(self, document: Mapping[str, Any]) -> None: ...
    def put_otlp(self, request: Mapping[str, Any], *, sampled: bool) -> None: ...
    def reject(self, reason: str, excerpt: str, size: int) -> None: ...


class Daemon(asyncio.DatagramProtocol):
    """Serves a bound UDP socket until stop()."""

    def __init__(self, store: TraceStore) -> None:
        self._store = store
        self._sock: socket.socket | None = None
        self._transport: asyncio.DatagramTransport | None = None

    async def start(self, sock: socket.socket) -> None:
        # No datagram is answered, so all that can be done against loss is room to wait in.
        # macOS refuses more than it allows, Linux takes what it allows.
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        sock.setblocking(False)
        self._sock = sock
        self._transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(lambda: self, sock=sock)

    async def stop(self) -> None:
        """Takes what has already arrived, then closes."""
        if self._transport is None or self._sock is None:
            return
        with contextlib.suppress(BlockingIOError):
            while data := self._sock.recv(65_535):
                self.datagram_received(data, ("", 0))
        self._transport.close()
        await asyncio.sleep(0)

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        del addr
        try:
            taken = read_datagram(data)
        except Rejected as rejected:
            self._reject(str(rejected), data)
            return
        try:
            if isinstance(taken, XRayDocument):
                self._store.put(taken.document)
            else:
                self._store.put_otlp(taken.request, sampled=taken.sampled)
        except Rejected as rejected:
            self._reject(str(rejected), data)
        except (ValueError, RecursionError):
            # A number like 1e999, or nesting that could be read but not written.
            self._reject("document: cannot be written as JSON again", data)

    def _reject(self, reason: str, data: bytes) -> None:
        self._store.reject(reason, data[:EXCERPT].decode("utf-8", "replace"), len(data))
