"""`python -m local view`: the viewer as a process of its own, for an account or for the laptop."""

import asyncio
import signal
import socket
from collections.abc import Callable

from local.viewer.place import Place
from local.viewer.server import ViewerServer


async def serve_until_signal(place: Place, sock: socket.socket, tell: Callable[[str], None]) -> None:
    """Serves until SIGINT or SIGTERM."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, ended.set)
    server = ViewerServer(place, tell=tell)
    await server.start(sock)
    try:
        await ended.wait()
    finally:
        await server.stop()
