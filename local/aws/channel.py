"""The channel between the stack and the AWS process: a Unix socket pair, one message a line, both ways.

A message is a letter that says its kind, and JSON. Neither end ever waits for the other: what is sent is kept until the
other end reads it, up to a limit; what goes over the limit is lost, and counted.
"""

import asyncio
import socket
from collections.abc import Callable

GATHERED_S = 0.05  # a person sees no delay, and a batch is a transaction
MOST_BYTES = 64 * 1024 * 1024  # about ten seconds of 2,000 requests a second


class Channel(asyncio.Protocol):
    """`take` gets whole lines, several at once, without their line ends; `ended` hears when the other
    end sends no more, once or twice.
    """

    def __init__(
        self, take: Callable[[list[bytes]], None], ended: Callable[[], None], most_bytes: int = MOST_BYTES
    ) -> None:
        self.lost = 0
        self._take = take
        self._ended = ended
        self._most_bytes = most_bytes
        self._transport: asyncio.Transport | None = None
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0
        self._flushing = False
        self._pieces: list[bytes] = []

    async def open(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_unix_connection(lambda: self, sock=sock)

    def send(self, kind: bytes, message: bytes, *, urgent: bool = False) -> bool:
        """`message` is JSON without a line end. Returns whether it was kept; one that was not is in `lost`.

        What is urgent goes at the end of the loop's turn. The rest is gathered for a moment: a write for each of the
        ten lines that a request leaves would cost more than all else here.
        """
        if self._transport is None or self._transport.is_closing() or self._full():
            self.lost += 1
            return False
        self._waiting.append(kind + message)
        self._waiting_bytes += len(message) + 2
        if urgent:
            asyncio.get_running_loop().call_soon(self._flush)
        elif not self._flushing:
            self._flushing = True
            asyncio.get_running_loop().call_later(GATHERED_S, self._flush)
        return True

    def pause(self) -> None:
        """No more lines, until resume()."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.pause_reading()

    def resume(self) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()

    def finish(self) -> None:
        """Nothing more will be sent; what the other end sends is still taken."""
        self._flush()
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write_eof()

    def close(self) -> None:
        self._flush()
        if self._transport is not None:
            self._transport.close()

    def data_received(self, data: bytes) -> None:
        *ended, rest = data.split(b"\n")
        if ended:
            ended[0] = b"".join([*self._pieces, ended[0]])
            self._pieces = []
        if rest:
            self._pieces.append(rest)
        if ended:
            self._take(ended)

    def eof_received(self) -> bool:
        self._ended()
        return True  # the other end may still read what is sent to it

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self._ended()

    def _full(self) -> bool:
        assert self._transport is not None  # noqa: S101 - for the type checker: send() has asked
        return self._waiting_bytes + self._transport.get_write_buffer_size() > self._most_bytes

    def _flush(self) -> None:
        self._flushing = False
        lines, self._waiting, self._waiting_bytes = self._waiting, [], 0
        if lines and self._transport is not None and not self._transport.is_closing():
            self._transport.write(b"\n".join(lines) + b"\n")
