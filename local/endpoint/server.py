"""The HTTP server of the laptop's AWS: loopback only, one port for all services."""

import asyncio
import inspect
import socket
import zlib
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from aiohttp import web

from local.api_gateway.hosts import host_name, is_served
from local.api_gateway.reading import BodyTooLarge, read_body, read_headers, split_target
from local.endpoint.call import Operations
from local.endpoint.connection import Connection
from local.endpoint.dispatch import Dispatcher
from local.endpoint.json_values import dump
from local.endpoint.turns import Reply
from local.endpoint.wire import PathAction, WireAnswer, WireRequest
from local.errors import AwsError, NotSupported
from local.http_server import HttpServer

MOST_BYTES = 10 * 1024 * 1024  # after decompression: Lambda's Invoke takes the most of all operations, 6 MB
LOCAL = "/_local/"
GZIP = "gzip"

LocalAction: TypeAlias = Callable[[], Any]


class Endpoint:
    """Serves `services` (operations by botocore's name of their service) on a bound socket.

    `local_actions` are what tests may do beside AWS's API: POST /_local/<name>, answered with JSON; they run in
    a thread, unless they are coroutine functions. `paths` are what a service has at paths that botocore's models don't:
    requests of any method, answered in a thread. `tell` hears of bugs of ours.
    """

    def __init__(
        self,
        services: Mapping[str, Operations],
        *,
        tell: Callable[[str], None],
        local_actions: Mapping[str, LocalAction] | None = None,
        paths: Mapping[str, PathAction] | None = None,
    ) -> None:
        self._dispatcher = Dispatcher(services, tell)
        self._local_actions = dict(local_actions or {})
        self._paths = dict(paths or {})
        self._server = HttpServer("local.endpoint", self._handle, first=self._connection)
        self._connections: set[Connection] = set()

    async def start(self, sock: socket.socket) -> None:
        await self._server.start(sock)

    async def stop(self, grace_s: float = 2.0) -> None:
        """No new requests; those under way have `grace_s` seconds to end."""
        await asyncio.gather(self._server.stop(grace_s), self._end_connections(grace_s))
        self._dispatcher.close()

    async def _end_connections(self, grace_s: float) -> None:
        for connection in list(self._connections):
            connection.close()
        if gone := [connection.gone for connection in self._connections]:
            await asyncio.wait(gone, timeout=grace_s)

    def _connection(self, other: Callable[[], asyncio.Protocol]) -> Connection:
        return Connection(self._begin, other, self._connections, MOST_BYTES)

    def _begin(self, request: WireRequest, reply: Reply) -> None:
        try:
            _check_host(request.headers)
            if (encoding := _encoding(request.headers)) == GZIP:
                request = request._replace(body=_decoded(request.body, encoding))
        except AwsError as error:
            reply(self._dispatcher.refused(request, error))
        else:
            self._dispatcher.begin(request, reply)

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        path, query = split_target(request)
        headers = {name.lower(): value for name, value in read_headers(request)}
        unread = WireRequest(request.method, path, query, headers, b"")
        read = False
        try:
            _check_host(headers)
            body = await _body(request, headers)
            read = True
            whole = WireRequest(request.method, path, query, headers, body)
            if (action := self._paths.get(path)) is not None:
                answer = await asyncio.to_thread(action, whole)
            else:
                answer = await (self._local(whole) if path.startswith(LOCAL) else self._dispatcher.handle(whole))
        except Exception as error:
            if not read and not isinstance(error, AwsError):
                raise  # the connection's end, which is aiohttp's
            answer = self._dispatcher.refused(unread, error)
        response = web.Response(status=answer.status, body=answer.body, headers=answer.headers)
        if not read and request.body_exists:
            response.force_close()  # what follows on this connection is no request
        return response

    async def _local(self, request: WireRequest) -> WireAnswer:
        name = request.path.removeprefix(LOCAL)
        action = self._local_actions.get(name)
        if action is None:
            known = ", ".join(f"POST {LOCAL}{known}" for known in self._local_actions) or "none"
            return _json(404, {"message": f"{request.path} is not there; there is: {known}"})
        if request.method != "POST":
            return _json(405, {"message": f"{request.path} takes POST"})
        origin = request.headers.get("origin")
        if origin is not None and origin != f"http://{request.headers.get('host')}":
            # A web page may send a POST anywhere without being allowed to read the answer; to do is enough harm.
            return _json(403, {"message": f"pages of {origin} may not do this"})
        done = await action() if inspect.iscoroutinefunction(action) else await asyncio.to_thread(action)
        return _json(200, done)


def _check_host(headers: Mapping[str, str]) -> None:
    host = host_name(headers.get("host"))
    if not is_served(host, frozenset()):
        raise AwsError("AccessDeniedException", f"no host {host!r} here; 127.0.0.1 and localhost are", status=403)


def _encoding(headers: Mapping[str, str]) -> str:
    encoding = headers.get("content-encoding", "identity").lower()
    if "aws-chunked" in encoding or headers.get("x-amz-content-sha256", "").startswith("STREAMING-"):
        raise NotSupported("Content-Encoding: aws-chunked is not supported on the laptop")
    if encoding not in (GZIP, "identity", ""):
        raise NotSupported(f"Content-Encoding: {encoding} is not supported on the laptop; gzip is")
    return encoding


async def _body(request: web.BaseRequest, headers: Mapping[str, str]) -> bytes:
    encoding = _encoding(headers)
    try:
        body = await read_body(request)
    except BodyTooLarge:
        raise _too_large() from None
    return _decoded(body, encoding)


def _decoded(body: bytes, encoding: str) -> bytes:
    try:
        return _unzipped(body) if encoding == GZIP else body
    except BodyTooLarge:
        raise _too_large() from None


def _too_large() -> AwsError:
    message = f"the request is over {MOST_BYTES} bytes"
    return AwsError("RequestEntityTooLargeException", message, status=413)


def _unzipped(body: bytes) -> bytes:
    unzip = zlib.decompressobj(wbits=31)
    try:
        found = unzip.decompress(body, MOST_BYTES + 1)
    except zlib.error as error:
        raise AwsError("SerializationException", f"the body is not gzip: {error}") from None
    if len(found) > MOST_BYTES:
        raise BodyTooLarge
    if not unzip.eof or unzip.unused_data:
        raise AwsError("SerializationException", "the body is not one whole gzip stream")
    return found


def _json(status: int, document: Mapping[str, Any]) -> WireAnswer:
    return WireAnswer(status, dump(document), {"Content-Type": "application/json"})
