"""An aiohttp server on a bound socket, as the laptop's API Gateway and AWS both are."""

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable
from functools import partial

from aiohttp import web

BACKLOG = 1024  # connections that wait to be accepted: a load test opens hundreds at once
LINE_BYTES = 64 * 1024  # longer request lines and fields are a 400 of the parser; below it a room's own limit answers
LINGER_S = 10.0  # aiohttp's own default


class HttpServer:
    """`name` is the room's, for its logger; `linger_s` is how long the rest of a body is read that nobody wants. Where
    there is a `first`, it makes the protocol of each connection, of what makes aiohttp's.
    """

    def __init__(
        self,
        name: str,
        handle: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]],
        *,
        linger_s: float = LINGER_S,
        first: Callable[[Callable[[], asyncio.Protocol]], asyncio.Protocol] | None = None,
    ) -> None:
        self._name = name
        self._handle = handle
        self._linger_s = linger_s
        self._first = first
        self._server: web.Server | None = None
        self._listener: asyncio.Server | None = None

    async def start(self, sock: socket.socket) -> None:
        # Malformed HTTP is the client's doing: aiohttp answers 400 and must not write a traceback to the terminal.
        quiet = logging.getLogger(f"{self._name}.http")
        quiet.addHandler(logging.NullHandler())
        quiet.propagate = False
        self._server = web.Server(
            self._handle,
            access_log=None,
            logger=quiet,
            auto_decompress=False,
            lingering_time=self._linger_s,
            max_line_size=LINE_BYTES,
            max_field_size=LINE_BYTES,
        )
        protocol = self._server if self._first is None else partial(self._first, self._server)
        loop = asyncio.get_running_loop()
        self._listener = await loop.create_server(protocol, sock=sock, backlog=BACKLOG)

    async def stop(self, grace_s: float) -> None:
        """No new requests; those under way have `grace_s` seconds to end."""
        if self._listener is not None:
            self._listener.close()
        if self._server is not None:
            await self._server.shutdown(grace_s)
