"""The way to the X-Ray daemon: one UDP socket, made at the first datagram, reused, and never waited for."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from socket import socket


class Daemon:
    def __init__(self, address: tuple[str, int]) -> None:
        self._address = address
        self._open: list[socket] = []
        # Closes the socket with its owner; a finalizer comes before the socket's own complaint that it is open.
        weakref.finalize(self, _close, self._open)

    def send(self, datagram: bytes) -> None:
        """Raises OSError: a full buffer, or (of the datagram before) that nobody listens. The next call starts anew."""
        if not self._open:
            self._open.append(self._connect())
        try:
            self._open[0].send(datagram)
        except OSError:
            self.close()
            raise

    def close(self) -> None:
        _close(self._open)

    def _connect(self) -> socket:
        import socket  # noqa: PLC0415 (not loaded while nothing is traced)

        host, port = self._address
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        made = socket.socket(family, socket.SOCK_DGRAM | getattr(socket, "SOCK_CLOEXEC", 0))
        try:
            made.setblocking(False)
            if not hasattr(socket, "SOCK_CLOEXEC"):  # macOS sends no datagram above 9,216 bytes unless asked to
                made.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65_535)
            made.connect((host, port))
        except OSError:
            made.close()
            raise
        return made


def _close(sockets: list[socket]) -> None:
    while sockets:
        sockets.pop().close()
