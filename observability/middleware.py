"""The ASGI middleware that surrounds everything: the only file that knows ASGI."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from observability.context import entered
from observability.invocation import INVOCATION, Invocation
from observability.json_text import without_lone_surrogates

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    from observability.observer import Observer
    from observability.record import Record

    Scope = MutableMapping[str, Any]
    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]
    App = Callable[[Scope, Receive, Send], Awaitable[None]]
    Template = Callable[[Scope, str, int | None], str]

_EXCHANGE = "observability.exchange"
"""The scope's member by which an inner middleware of ours finds the outer one."""

_CORRELATION_ID = re.compile(r"[A-Za-z0-9._:/+=@\-]{1,128}")
_GONE = 499
"""The status that proxies log for a client that went away before its answer; HTTP has none."""
_LONGEST_PATH = 1024
_LONGEST_AGENT = 256


class Middleware:
    """Opens and closes a record around each HTTP request. `template(scope, root_path, status)` is the route taken.
    `is_watched`: a RouteWatch further in says which scope the router has.
    """

    def __init__(self, app: App, observer: Observer, template: Template, *, is_watched: bool = True) -> None:
        self.app = app
        self._observer = observer
        self._template = template
        self._is_watched = is_watched

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or _EXCHANGE in scope:  # an observed application mounted in another
            await self.app(scope, receive, send)
            return
        invocation = scope.get(INVOCATION)
        record = self._observer.open(invocation)
        exchange = Exchange(record, receive, send, self._template)
        scope[_EXCHANGE] = exchange
        record.source = exchange
        if not self._is_watched:
            exchange.watch(scope)
        exchange.arrive(self._observer, scope, invocation)
        with entered(record):
            try:
                await self.app(scope, exchange.receive, exchange.send)
            except BaseException as error:
                exchange.broke(error)
                # In Lambda, Mangum would log it as a second line, although its answer is complete.
                if not (record.in_lambda and exchange.complete and isinstance(error, Exception)):
                    raise
            finally:
                exchange.settle()
                self._observer.close(record)
                # Nothing of a request may refer to itself: it would be the garbage collector's to find.
                scope.pop(_EXCHANGE, None)


class RouteWatch:
    """The innermost middleware: keeps the scope that the router will fill in, whatever copies were made above."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange = scope.get(_EXCHANGE)
        if exchange is not None and exchange.routed is None:
            exchange.watch(scope)
        await self.app(scope, receive, send)


class Exchange:
    """One request and its answer, as they pass."""

    __slots__ = (
        "_broken_pipe",
        "_client",
        "_headers",
        "_path",
        "_receive",
        "_scheme",
        "_send",
        "_template",
        "complete",
        "record",
        "root_path",
        "routed",
        "started",
    )

    def __init__(self, record: Record, receive: Receive, send: Send, template: Template) -> None:
        self.record = record
        self._receive = receive
        self._send = send
        self._template = template
        self._path: Any = ""
        self._scheme = "http"
        self._client: Any = None
        self._headers: dict[bytes, str] = {}
        self._broken_pipe = False
        self.routed: Scope | None = None
        self.root_path = ""
        self.started = False
        self.complete = False

    def arrive(self, observer: Observer, scope: Scope, invocation: Invocation | None) -> None:
        """Takes what the request needs to know of itself, and keeps, before anyone changes the scope, what describe()
        is to make of the rest once its client has been answered.
        """
        record = self.record
        trace_header = invocation.trace_header if invocation is not None else None
        traceparent = None
        try:
            record.method = _text(record, "method", scope["method"][:32])
            self._path = scope["path"]
            self._scheme = scope.get("scheme", "http")
            self._client = scope.get("client")
            headers = self._headers = _interesting(scope)
            traceparent = headers.get(b"traceparent")
            if invocation is None:
                trace_header = headers.get(b"x-amzn-trace-id")
            correlation_id = headers.get(b"x-correlation-id")
            if correlation_id is not None and _CORRELATION_ID.fullmatch(correlation_id):
                record.correlation_id = correlation_id
        except Exception as error:  # noqa: BLE001 (the telemetry edge)
            record.failed("request half described", error)
        observer.join(record, trace_header, traceparent)

    def watch(self, scope: Scope) -> None:
        """Keeps the scope that the router will fill in."""
        self.routed = scope
        self.root_path = scope.get("root_path", "")

    async def receive(self) -> Message:
        message = await self._receive()
        kind = message.get("type")
        if kind == "http.request":
            self.record.request_bytes += _length(message)
        elif kind == "http.disconnect" and not self.complete:
            self.record.client_disconnected = True
        return message

    async def send(self, message: Message) -> None:
        kind = message.get("type")
        record = self.record
        if kind == "http.response.body":
            record.response_bytes += _length(message)
        elif kind == "http.response.start":
            self.started = True
            # An answer that begins after the client has gone reaches nobody, whatever its status.
            record.status = _GONE if record.client_disconnected else _status(message)
            message = self._with_our_headers(message)
        try:
            await self._send(message)
        except OSError:  # how a server says that the client has gone (ASGI, HTTP spec 2.4)
            self._broken_pipe = record.client_disconnected = True
            raise
        if (kind == "http.response.body" and not message.get("more_body")) or kind == "http.response.pathsend":
            self.complete = True
            record.answered = record.now()

    def _with_our_headers(self, message: Message) -> Message:
        try:
            return {**message, "headers": _with_ours(self.record, message.get("headers", ()))}
        except Exception as error:  # noqa: BLE001 (the telemetry edge)
            self.record.failed("headers not added", error)
            return message

    def broke(self, error: BaseException) -> None:
        """An exception left the application: a fault, unless it only says that the client went away."""
        if self.record.client_disconnected and (self._broken_pipe or type(error).__name__ == "ClientDisconnect"):
            return
        self.record.fault(error)
        # Mangum replaces an answer that was not completed by a 500; any other server has sent its start already.
        if not self.started or (self.record.in_lambda and not self.complete):
            self.record.status = 500

    def route(self) -> str:
        """The route template, as far as the request has come."""
        if self.routed is None:
            return self.record.route
        return self._template(self.routed, self.root_path, self.record.status)

    def settle(self) -> None:
        """What becomes of a request that ends without a whole answer."""
        record = self.record
        # Lambda sends whole answers only.
        if record.status is None or (record.in_lambda and not self.complete):
            record.status = _GONE if record.client_disconnected else 500

    def describe(self) -> None:
        """The facts that nobody needs before the request's end, in a form that lines and traces can show."""
        record, headers = self.record, self._headers
        try:
            record.route = self.route()
            record.path = _text(record, "path", self._path[:_LONGEST_PATH])
            record.url = f"{self._scheme}://{headers.get(b'host', '')[:255]}{record.path}"
            record.user_agent = headers.get(b"user-agent", "")[:_LONGEST_AGENT] or None
            if self._client and self._client[0]:
                record.client_ip = _text(record, "client", self._client[0])
        except Exception as error:  # noqa: BLE001 (the telemetry edge)
            record.failed("request half described", error)
        self.routed = None


def _status(message: Message) -> int | None:
    """The server judges the message; the line takes what can be a status."""
    status = message.get("status")
    return int(status) if isinstance(status, int) else None


def _length(message: Message) -> int:
    try:
        return len(message.get("body") or b"")
    except TypeError:  # no bytes: the server's to complain about
        return 0


_INTERESTING = frozenset((b"x-amzn-trace-id", b"traceparent", b"x-correlation-id", b"host", b"user-agent"))


def _interesting(scope: Scope) -> dict[bytes, str]:
    return {name: value[:1024].decode("latin-1") for name, value in scope["headers"] if name in _INTERESTING}


def _text(record: Record, what: str, value: str) -> str:
    """A text that any encoding takes. A server decodes bytes that are no UTF-8 to halves of surrogate pairs."""
    found = value if value.isascii() else without_lone_surrogates(value)
    if found != value:
        record.failed(f"the {what} is no text")
    return found


_OURS = frozenset((b"x-request-id", b"x-correlation-id", b"x-amzn-trace-id", b"server-timing"))
_COUNT = len(_OURS)


def _with_ours(record: Record, headers: Any) -> list[tuple[bytes, bytes]]:
    """The response's headers and ours; where the application has set one of them itself, its own stays."""
    timing = f"app;dur={record.duration_ms():.3f}"
    if record.init_ms is not None:
        timing += f", init;dur={record.init_ms}"
    request_id = (record.request_id or "").encode()
    same = record.correlation_id is record.request_id
    given = [
        *headers,
        (b"x-request-id", request_id),
        (b"x-correlation-id", request_id if same else (record.correlation_id or "").encode()),
        (b"x-amzn-trace-id", f"Root={record.trace_id}".encode()),
        (b"server-timing", timing.encode()),
    ]
    theirs = given[:-_COUNT]
    for name, _ in theirs:
        if bytes(name).lower() in _OURS:
            names = {bytes(name).lower() for name, _ in theirs}
            return theirs + [one for one in given[-_COUNT:] if one[0] not in names]
    return given
