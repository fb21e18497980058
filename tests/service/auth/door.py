"""A small service behind an Authentication, and a client that calls it in this process."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

import httpx
from fastapi import Depends, FastAPI

from service.auth import Authentication, Principal
from service.problems import install
from service.settings import AuthMode, AuthSettings
from tests.service.auth.issuer import AUDIENCE, ISSUER

GOOD_KEY = "correct horse battery staple"
GOOD_KEY_SHA256 = "c4bbcb1fbec99d65bf59d85c8cb62ee2db963f0fe106f483d9afa73bd4e39a8a"
"""From `printf %s 'correct horse battery staple' | sha256sum`."""


class SteppingClock:
    """Stands still until it is moved, in seconds."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def with_keys(mode: AuthMode = AuthMode.REQUIRED) -> AuthSettings:
    return AuthSettings(mode=mode, api_keys_sha256=(GOOD_KEY_SHA256,))


def with_tokens(url: str, mode: AuthMode = AuthMode.REQUIRED, **changes: Any) -> AuthSettings:
    given = {"jwks_url": url, "jwt_issuer": ISSUER, "jwt_audience": AUDIENCE, **changes}
    return AuthSettings(mode=mode, **given)


def service(settings: AuthSettings, clock: Callable[[], float] | None = None) -> FastAPI:
    """GET and POST /things, which answer who asked."""
    auth = Authentication(settings, realm="items", **({"clock": clock} if clock else {}))
    app = FastAPI()
    install(app)

    @app.get("/things")
    async def read(caller: Annotated[Principal, Depends(auth.reads)]) -> dict[str, object]:
        return {"subject": caller.subject, "kind": caller.kind.value, "scopes": caller.scopes}

    @app.post("/things")
    async def write(caller: Annotated[Principal, Depends(auth.writes)]) -> dict[str, object]:
        return {"subject": caller.subject, "kind": caller.kind.value, "scopes": caller.scopes}

    return app


@dataclass
class Caller:
    """Each call is an event loop of its own, as each invocation may be; `event` is what Lambda would give."""

    app: FastAPI
    event: dict[str, Any] | None = None

    def read(self, *headers: tuple[str, str]) -> httpx.Response:
        return asyncio.run(self._call("GET", headers))

    def write(self, *headers: tuple[str, str]) -> httpx.Response:
        return asyncio.run(self._call("POST", headers))

    def read_at_once(self, *each: tuple[str, str]) -> list[httpx.Response]:
        """One concurrent request for each header, in one event loop."""

        async def together() -> list[httpx.Response]:
            return await asyncio.gather(*(self._call("GET", (header,)) for header in each))

        return asyncio.run(together())

    async def _call(self, method: str, headers: tuple[tuple[str, str], ...]) -> httpx.Response:
        transport = httpx.ASGITransport(self._asgi)
        raw = [(name.encode(), value.encode()) for name, value in headers]
        async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
            return await client.request(method, "/things", headers=raw)

    async def _asgi(self, scope: Any, receive: Any, send: Any) -> None:
        await self.app(scope if self.event is None else {**scope, "aws.event": self.event}, receive, send)


def bearer(token: str) -> tuple[str, str]:
    return ("Authorization", f"Bearer {token}")
