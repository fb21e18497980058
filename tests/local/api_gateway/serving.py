"""What the tests of the front share: small functions behind it, and a client."""

import asyncio
import http.client
import json
import socket
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from local.api_gateway import RequestRecord, RestApi, Route
from local.errors import InvokeError
from local.lambda_runtime.invocation import InvokeResult, Outcome

Handler = Callable[[dict[str, Any]], Awaitable[InvokeResult]]
API = RestApi("items", "dev", (Route("/"), Route("/{proxy+}")), tracing=True)


def ok(document: Any) -> InvokeResult:
    return InvokeResult("id-of-the-invocation", Outcome.OK, json.dumps(document).encode(), 1.5)


async def echo(event: dict[str, Any]) -> InvokeResult:
    return ok({"statusCode": 200, "body": json.dumps(event)})


@dataclass
class Function:
    """A Lambda function that is a coroutine of the test."""

    handler: Handler
    trace_headers: list[str | None] = field(default_factory=list)

    async def invoke(
        self, payload: bytes, *, trace_header: str | None = None, client_context: str | None = None
    ) -> InvokeResult:
        assert client_context is None
        self.trace_headers.append(trace_header)
        # Like the real one: an invocation runs to its end even if its caller is cancelled.
        return await asyncio.shield(asyncio.ensure_future(self.handler(json.loads(payload))))


class Kept:
    """What the front hands on."""

    def __init__(self) -> None:
        self.documents: list[Mapping[str, Any]] = []
        self.records: list[RequestRecord] = []

    def put(self, document: Mapping[str, Any]) -> None:
        self.documents.append(document)


@dataclass
class Served:
    port: int
    function: Function
    kept: Kept

    def request(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def raw(self, *parts: bytes) -> bytes:
        """Sends bytes as they are and returns all that comes until the server closes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as client:
            for part in parts:
                client.sendall(part)
            return b"".join(iter(lambda: client.recv(65536), b""))

    def event(self, method: str, path: str, headers: dict[str, str] | None = None) -> Any:
        return json.loads(self.request(method, path, headers=headers)[2])


Serve = Callable[..., Served]


def refuses(error: InvokeError) -> Handler:
    async def handler(_event: dict[str, Any]) -> InvokeResult:
        raise error

    return handler


def ends(outcome: Outcome, payload: bytes) -> Handler:
    async def handler(_event: dict[str, Any]) -> InvokeResult:
        return InvokeResult("i", outcome, payload, 1.0)

    return handler


INTERNAL = b'{"message": "Internal server error"}'
TIMED_OUT = b'{"message": "Endpoint request timed out"}'
