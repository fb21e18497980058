"""The Runtime API of one sandbox: what its runtime client asks for work and posts answers to.

Source: the AWS page "Using the Lambda runtime API" (version 2018-06-01). Each sandbox has a port of its own, as in
Lambda: a runtime client says nowhere which sandbox it belongs to.
"""

import asyncio
import json
from dataclasses import dataclass
from typing import Any, Protocol

from aiohttp import web

from local.lambda_runtime.failures import Failure, posted, response_too_large
from local.lambda_runtime.invocation import RESPONSE_LIMIT_BYTES, Invocation

PREFIX = "/2018-06-01/runtime/"
HEADER_LIMIT_BYTES = 2 * 1024 * 1024  # awslambdaric posts X-Ray causes of up to 1 MiB in a header
IDLE_CONNECTION_S = 3600.0  # a handler may run for 15 minutes between two requests of its client
HOST = "127.0.0.1"


class RuntimeEvents(Protocol):
    """What the Runtime API tells its sandbox."""

    def asked_for_work(self) -> None:
        """The runtime client is initialised and free."""

    def answered(self, answer: bytes | Failure) -> None:
        """The invocation at hand was answered."""

    def init_failed(self, failure: Failure) -> None:
        """The runtime client could not initialise; its process is about to end."""


@dataclass(frozen=True, slots=True)
class Work:
    """An invocation with the instant at which it times out, in milliseconds since the epoch."""

    invocation: Invocation
    deadline_ms: int


class RuntimeApi:
    def __init__(self, events: RuntimeEvents) -> None:
        self._events = events
        self._server = web.Server(
            self._handle,
            access_log=None,
            keepalive_timeout=IDLE_CONNECTION_S,
            max_field_size=HEADER_LIMIT_BYTES,
        )
        self._listener: asyncio.Server | None = None
        self._at_hand: str | None = None
        self._waiting: asyncio.Future[Work] | None = None

    async def open(self) -> str:
        """Listens on a free loopback port and returns `host:port`, the form of AWS_LAMBDA_RUNTIME_API."""
        self._listener = await asyncio.get_running_loop().create_server(self._server, HOST, 0)
        port: int = self._listener.sockets[0].getsockname()[1]
        return f"{HOST}:{port}"

    async def close(self) -> None:
        self.reset()
        if self._listener is not None:
            self._listener.close()
            await self._server.shutdown(timeout=0)
            self._listener = None

    def reset(self) -> None:
        """Forgets the runtime client: its process ended and another may follow."""
        self._at_hand = None
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def hand(self, work: Work) -> None:
        """Gives the work to the client, which waits for it: see RuntimeEvents.asked_for_work."""
        if self._waiting is None:
            raise RuntimeError("the runtime client has not asked for work")
        self._at_hand = work.invocation.request_id
        self._waiting.set_result(work)
        self._waiting = None

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.path.removeprefix(PREFIX)
        if request.method == "GET" and path == "invocation/next":
            return await self._next()
        body = await _body(request)
        if request.method == "POST" and path == "init/error":
            return self._init_error(request, body)
        action, _, rest = path.partition("/")
        request_id, _, verb = rest.partition("/")
        if request.method == "POST" and action == "invocation" and verb in {"response", "error"}:
            return self._answer(request, request_id, verb, body)
        if action == "restore":
            return _refusal(404, "Runtime.RestoreUnsupported", f"{request.path}: SnapStart is not supported here")
        return _refusal(404, "Runtime.UnknownPath", f"{request.method} {request.path}: no such operation")

    async def _next(self) -> web.Response:
        if self._waiting is not None or self._at_hand is not None:
            return _wrong_state("Ready" if self._at_hand is None else "Running", "Ready")
        self._waiting = asyncio.get_running_loop().create_future()
        waiting = self._waiting
        self._events.asked_for_work()
        return _delivery(await waiting)

    def _answer(self, request: web.BaseRequest, request_id: str, verb: str, body: bytes | int) -> web.Response:
        if self._at_hand is None:
            return _wrong_state("Ready", "InvocationResponse" if verb == "response" else "InvocationErrorResponse")
        if request_id != self._at_hand:
            return _refusal(400, "InvalidRequestID", "Invalid request ID")
        self._at_hand = None
        if isinstance(body, int):
            self._events.answered(response_too_large(body))
            sentence = f"Exceeded maximum allowed payload size ({RESPONSE_LIMIT_BYTES} bytes)."
            return _refusal(413, "RequestEntityTooLarge", sentence)
        self._events.answered(body if verb == "response" else _posted(request, body))
        return _accepted()

    def _init_error(self, request: web.BaseRequest, body: bytes | int) -> web.Response:
        if self._at_hand is not None or self._waiting is not None:
            return _wrong_state("Ready", "InitError")
        self._events.init_failed(_posted(request, b"" if isinstance(body, int) else body))
        return _accepted()


async def _body(request: web.BaseRequest) -> bytes | int:
    """The body, or only its size where it is over the limit: it is read all the same, so that the client reads us."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.content.iter_any():
        size += len(chunk)
        if size <= RESPONSE_LIMIT_BYTES:
            chunks.append(chunk)
    return b"".join(chunks) if size <= RESPONSE_LIMIT_BYTES else size


def _posted(request: web.BaseRequest, body: bytes) -> Failure:
    cause = request.headers.get("Lambda-Runtime-Function-XRay-Error-Cause")
    return posted(body, request.headers.get("Lambda-Runtime-Function-Error-Type"), _json_or_none(cause))


def _json_or_none(text: str | None) -> Any:
    try:
        return json.loads(text) if text else None
    except ValueError:
        return None


def _delivery(work: Work) -> web.Response:
    invocation = work.invocation
    headers = {
        "Content-Type": "application/json",
        "Lambda-Runtime-Aws-Request-Id": invocation.request_id,
        "Lambda-Runtime-Deadline-Ms": str(work.deadline_ms),
        "Lambda-Runtime-Invoked-Function-Arn": invocation.function_arn,
    }
    if invocation.trace_header is not None:
        headers["Lambda-Runtime-Trace-Id"] = invocation.trace_header
    if invocation.client_context is not None:
        headers["Lambda-Runtime-Client-Context"] = invocation.client_context
    return web.Response(body=invocation.payload, headers=headers)


def _accepted() -> web.Response:
    return web.Response(status=202, body=b'{"status":"OK"}\n', content_type="application/json")


def _wrong_state(state: str, wanted: str) -> web.Response:
    sentence = f"State transition from {state} to {wanted} failed for runtime. Error: State transition is not allowed"
    return _refusal(403, "InvalidStateTransition", sentence)


def _refusal(status: int, error_type: str, message: str) -> web.Response:
    return web.json_response({"errorMessage": message, "errorType": error_type}, status=status)
