"""The HTTP server that stands for a REST API's stage."""

import json
import os
import socket
import time
import uuid
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from aiohttp import web
from multidict import CIMultiDict

from local.api_gateway.answers import Answer, GatewayAnswer
from local.api_gateway.context import context
from local.api_gateway.event import HttpRequest, build_event, header
from local.api_gateway.hosts import host_name, is_served
from local.api_gateway.integration import Integrated, Integration, Invoker
from local.api_gateway.own_answers import customised, response_type
from local.api_gateway.reading import (
    MAX_HEADER_BYTES,
    BodyTooLarge,
    header_bytes,
    read_body,
    read_headers,
    split_target,
)
from local.api_gateway.record import RequestRecord, function_fields
from local.api_gateway.routing import Match, RestApi, match
from local.api_gateway.segments import StageRequest, stage_segment
from local.api_gateway.throttle import TokenBucket
from local.http_server import HttpServer
from local.xray.documents import DocumentSink
from local.xray.trace_header import TraceHeader, new_segment_id

INTEGRATION_TIMEOUT_S = 29.0  # AWS page "Quotas for REST APIs": integration timeout
LINGER_S = 2.0  # how long a refused upload is read and thrown away, so that the client sees the answer and no reset
# The gateway says these itself, whatever the function answered.
_OWN_HEADERS = frozenset({"x-amzn-requestid", "x-amz-apigw-id", "x-amzn-trace-id"})


@dataclass(slots=True)
class _Exchange:
    """One request on its way through the gateway."""

    request: web.BaseRequest
    api: RestApi
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    trace: TraceHeader
    time_s: float
    clock_s: float
    source_ip: str
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    apigw_id: str = field(default_factory=lambda: b64encode(os.urandom(11)).decode())
    segment_id: str = field(default_factory=new_segment_id)
    lambda_id: str = field(default_factory=new_segment_id)
    body_bytes: int = 0
    match: Match | None = None
    at_stage: bool = False
    integrated: Integrated | None = None

    @property
    def traced(self) -> bool:
        return self.api.tracing and self.trace.sampled is not False


@dataclass(frozen=True, slots=True)
class FrontOptions:
    """`hosts`: names served beside the loopback ones. `stage_path`: serve under /{stage}/, as execute-api does, instead
    of at the root, as a custom domain name with an empty base path does. `timeout_s`: the integration timeout.
    """

    hosts: frozenset[str] = frozenset()
    stage_path: bool = False
    timeout_s: float = INTEGRATION_TIMEOUT_S


class Front:
    """Serves `api` on `sock` (already bound to a loopback address) with `function` behind it.

    `api` may be set anew while it serves: the next request meets the new one.
    """

    def __init__(
        self,
        api: RestApi,
        function: Invoker,
        *,
        segments: DocumentSink,
        on_request: Callable[[RequestRecord], None],
        options: FrontOptions | None = None,
    ) -> None:
        self._options = options or FrontOptions()
        self.api = api
        self._integration = Integration(function, self._options.timeout_s)
        self._segments = segments
        self._on_request = on_request
        self._server = HttpServer("local.api_gateway", self._handle, linger_s=LINGER_S)
        self._port = 0

    @property
    def api(self) -> RestApi:
        return self._api

    @api.setter
    def api(self, api: RestApi) -> None:
        self._api = api
        self._bucket = TokenBucket(api.throttle) if api.throttle else None

    async def start(self, sock: socket.socket) -> None:
        self._port = sock.getsockname()[1]
        await self._server.start(sock)

    async def stop(self, grace_s: float = 2.0) -> None:
        """No new requests; those under way have `grace_s` to end."""
        await self._server.stop(grace_s)

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        exchange = self._open(request)
        try:
            answer = await self._answer(exchange)
        except ConnectionError:
            raise  # the client went away while it sent its body
        except Exception as error:  # noqa: BLE001 - a bug of ours must not end the server: the client gets a 500
            answer = GatewayAnswer.INTERNAL_ERROR.because(f"the gateway itself failed: {error!r}")
        return _respond(exchange, self._close(exchange, answer))

    def _open(self, request: web.BaseRequest) -> _Exchange:
        now = time.time()
        path, query = split_target(request)
        headers = read_headers(request)
        trace = TraceHeader.read(header(headers, "x-amzn-trace-id"), now)
        if self.api.tracing and trace.sampled is None:
            trace = TraceHeader(trace.root, trace.parent, sampled=True)
        source = request.remote or "127.0.0.1"
        return _Exchange(request, self.api, path, query, headers, trace, now, time.perf_counter(), source)

    async def _answer(self, exchange: _Exchange) -> Answer:
        if header_bytes(exchange.request) > MAX_HEADER_BYTES:
            return GatewayAnswer.HEADERS_TOO_LARGE.because(f"the headers are over {MAX_HEADER_BYTES} bytes")
        host = host_name(header(exchange.headers, "host"))
        if not is_served(host, self._options.hosts):
            return GatewayAnswer.FORBIDDEN.because(f"no domain name {host!r} here; LOCAL_HOSTS adds one")
        path = self._below_stage(exchange.path)
        exchange.at_stage = path is not None
        found = match(exchange.api.routes, exchange.request.method, path) if path is not None else None
        if found is None or path is None:
            return GatewayAnswer.MISSING_AUTHENTICATION_TOKEN.because("no resource and method of the API matches")
        exchange.match = found
        if self._bucket is not None and not self._bucket.take():
            return GatewayAnswer.THROTTLED.because("over the rate and the burst that the stage lets in")
        try:
            body = await read_body(exchange.request)
        except BodyTooLarge:
            return GatewayAnswer.REQUEST_TOO_LARGE.because("the body is over 10 MB")
        exchange.body_bytes = len(body)
        return await self._integrate(exchange, found, path, body)

    async def _integrate(self, exchange: _Exchange, found: Match, path: str, body: bytes) -> Answer:
        trace = exchange.trace
        if exchange.traced:
            trace = TraceHeader(trace.root, exchange.lambda_id, trace.sampled)
        version = exchange.request.version
        request = HttpRequest(
            method=exchange.request.method,
            path=path,
            context_path=exchange.path,
            query=exchange.query,
            headers=exchange.headers,
            body=body,
            protocol=f"HTTP/{version.major}.{version.minor}",
            source_ip=exchange.source_ip,
            port=self._port,
            time_ms=int(exchange.time_s * 1000),
            request_id=exchange.request_id,
            extended_request_id=exchange.apigw_id,
            trace_header=str(trace),
        )
        payload = json.dumps(build_event(request, exchange.api, found), separators=(",", ":")).encode()
        exchange.integrated = await self._integration.call(payload, str(trace))
        return exchange.integrated.answer

    def _below_stage(self, path: str) -> str | None:
        """The path without the stage (execute-api's URLs), or as it is (a custom domain name's)."""
        if not self._options.stage_path:
            return path
        stage, _, rest = path[1:].partition("/")
        return f"/{rest}" if stage == self.api.stage else None

    def _close(self, exchange: _Exchange, answer: Answer) -> Answer:
        """Writes down what was answered; the answer as the API's gateway responses want it."""
        record = _record(exchange, answer)
        if answer.reason is not None and exchange.at_stage:
            answer = customised(answer, exchange.api.own_answers, context(exchange.api, record))
            record = replace(record, status=answer.status, response_bytes=len(answer.body))
        if exchange.traced:
            self._segments.put(stage_segment(exchange.api, self._stage_request(exchange, answer)))
        self._on_request(record)
        return answer

    def _stage_request(self, exchange: _Exchange, answer: Answer) -> StageRequest:
        host = header(exchange.headers, "host") or f"127.0.0.1:{self._port}"
        integrated = exchange.integrated
        return StageRequest(
            root=exchange.trace.root,
            segment_id=exchange.segment_id,
            parent_id=exchange.trace.parent,
            start_s=exchange.time_s,
            end_s=max(time.time(), exchange.time_s),
            method=exchange.request.method,
            url=f"http://{host}{exchange.path}",
            user_agent=header(exchange.headers, "user-agent"),
            client_ip=exchange.source_ip,
            status=answer.status,
            content_length=len(answer.body),
            request_id=exchange.request_id,
            lambda_id=exchange.lambda_id,
            function_arn=exchange.api.function_arn,
            lambda_start_s=integrated.start_s if integrated else None,
            lambda_end_s=integrated.end_s if integrated else 0.0,
            lambda_status=integrated.status if integrated else None,
            lambda_fault=integrated.fault if integrated else False,
        )


def _record(exchange: _Exchange, answer: Answer) -> RequestRecord:
    version, integrated = exchange.request.version, exchange.integrated
    return RequestRecord(
        time_ms=int(exchange.time_s * 1000),
        method=exchange.request.method,
        path=exchange.path,
        resource=exchange.match.resource if exchange.match else None,
        status=answer.status,
        duration_ms=round((time.perf_counter() - exchange.clock_s) * 1000, 3),
        request_id=exchange.request_id,
        trace_id=exchange.trace.root,
        source_ip=exchange.source_ip,
        user_agent=header(exchange.headers, "user-agent"),
        request_bytes=exchange.body_bytes,
        response_bytes=len(answer.body),
        failure=answer.failure,
        protocol=f"HTTP/{version.major}.{version.minor}",
        extended_request_id=exchange.apigw_id,
        error=answer.reason.message if answer.reason else None,
        error_type=response_type(answer) if exchange.at_stage else None,
        integration_ms=None if integrated is None else round((integrated.end_s - integrated.start_s) * 1000, 3),
        **function_fields(integrated.result if integrated else None),
    )


def _respond(exchange: _Exchange, answer: Answer) -> web.Response:
    headers: CIMultiDict[str] = CIMultiDict()
    for name, value in answer.headers:
        if name.lower() not in _OWN_HEADERS:
            headers.add(name, value)
    headers["Server"] = "Server"
    headers["x-amzn-RequestId"] = exchange.request_id
    headers["x-amz-apigw-id"] = exchange.apigw_id
    headers["X-Amzn-Trace-Id"] = str(TraceHeader(exchange.trace.root, sampled=exchange.trace.sampled))
    response = web.Response(status=answer.status, body=answer.body, headers=headers)
    if exchange.integrated is None and exchange.request.body_exists:
        response.force_close()  # the body was not read: what follows on this connection is no request
    return response
