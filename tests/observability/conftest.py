"""What the tests of the library share: a client that calls an application in process, and a daemon that listens."""

from __future__ import annotations

import asyncio
import json
import socket
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def call() -> Callable[..., httpx.Response]:
    """`call(app, "GET", "/path", root_path="", raise_errors=False, **httpx's)`: a request to an ASGI application."""

    def one(
        app: Any, method: str, path: str, *, root_path: str = "", raise_errors: bool = False, **more: Any
    ) -> httpx.Response:
        async def request() -> httpx.Response:
            transport = httpx.ASGITransport(
                app=app, root_path=root_path, client=("192.0.2.7", 1234), raise_app_exceptions=raise_errors
            )
            async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
                return await client.request(method, path, **more)

        return asyncio.run(request())

    return one


class ListeningDaemon:
    """A UDP socket in the place of the X-Ray daemon."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(30)  # far longer than a datagram on the loopback takes: only a lost one gets there
        self.address = f"127.0.0.1:{self.socket.getsockname()[1]}"

    def datagram(self) -> bytes:
        return self.socket.recv(70_000)

    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.datagram().partition(b"\n")[2])
        return found

    def is_silent(self) -> bool:
        """Whether nothing has arrived: on the loopback a datagram is there once it was sent."""
        self.socket.setblocking(False)
        try:
            self.socket.recv(70_000)
        except BlockingIOError:
            return True
        finally:
            self.socket.settimeout(30)
        return False


@pytest.fixture
def daemon() -> Iterator[ListeningDaemon]:
    listening = ListeningDaemon()
    yield listening
    listening.socket.close()
