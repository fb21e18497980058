"""Finds the current request's record and span from anywhere: current() and span()."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from observability.no_record import NoRecord
from observability.spans import Span

if TYPE_CHECKING:
    from contextvars import Token
    from types import TracebackType

    from observability.record import Record

_NO_RECORD = NoRecord()
_RECORD: ContextVar[Record] = ContextVar("observability_record", default=_NO_RECORD)
_SPAN: ContextVar[Span | None] = ContextVar("observability_span", default=None)


def current() -> Record:
    """The record of the request that this code works for. Outside a request: one on which all calls do nothing."""
    return _RECORD.get()


def current_span() -> Span | None:
    """The innermost span of the current request, whichever API started it; None for the request itself."""
    bridge = _RECORD.get().bridge
    return _SPAN.get() if bridge is None else bridge.parent(_RECORD.get())[0]


def start(name: str) -> Span | None:
    """A new span below the current one, which stays the current one. None outside a request, or after its end."""
    record = _RECORD.get()
    if record.bridge is None:
        return record.start(name, _SPAN.get())
    parent, parent_id = record.bridge.parent(record)
    started = record.start(name, parent)
    if started is not None:
        started.parent_id = parent_id
    return started


def enter(inner: Span | None) -> Token[Any]:
    """Makes the span the current one, for OpenTelemetry's API too where that is in use. leave() takes it back."""
    record = _RECORD.get()
    if record.bridge is None or inner is None:
        return _SPAN.set(inner)
    return record.bridge.enter(record, inner)


def leave(token: Token[Any]) -> None:
    """A generator's block may end in another context than it began in; that one's value is gone with it."""
    try:  # noqa: SIM105 (suppress() takes its time)
        token.var.reset(token)
    except ValueError:
        pass


class entered:  # noqa: N801 (used as a function: `with entered(record):`)
    """Makes the record the current one."""

    __slots__ = ("_record", "_tokens")

    def __init__(self, record: Record) -> None:
        self._record = record

    def __enter__(self) -> Record:
        record = self._record
        token = _RECORD.set(record)
        self._tokens = (token, _SPAN.set(None) if record.bridge is None else record.bridge.enter(record, record.root))
        return record

    def __exit__(self, *_: object) -> None:
        leave(self._tokens[1])
        _RECORD.reset(self._tokens[0])


class span:  # noqa: N801 (used as a function: `with span("pack"):`)
    """Times a piece of work as part of the current request's trace: `with span("pack", boxes=3) as packing:`.

    Spans nest in the code that runs inside, in async code, tasks and the thread pool alike. An exception that leaves
    the block makes it a fault; an exception that is an answer to the client (its `status_code` or `status` is 400 to
    499) an error. The keyword-only blocks are X-Ray's (segment documents, "HTTP request data" and following);
    every other keyword is an annotation.
    """

    __slots__ = ("_annotations", "_blocks", "_name", "_namespace", "_record", "_span", "_token")

    def __init__(
        self,
        name: str,
        *,
        namespace: str | None = None,
        aws: dict[str, Any] | None = None,
        http: dict[str, Any] | None = None,
        sql: dict[str, Any] | None = None,
        **annotations: Any,
    ) -> None:
        self._name = name
        self._namespace = namespace
        self._blocks = (aws, http, sql)
        self._annotations = annotations

    def __enter__(self) -> Span:
        self._record = _RECORD.get()
        started = start(self._name)
        # Without a record the block still gets something to annotate, which nobody will read.
        self._span = started or Span(self._name, "", 0.0)
        aws, http, sql = self._blocks
        self._span.namespace = self._namespace
        self._span.annotations.update(self._annotations)
        self._span.aws.update(aws or {})
        self._span.http.update(http or {})
        self._span.sql.update(sql or {})
        self._token = enter(started)
        return self._span

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        leave(self._token)
        if error is not None and not isinstance(error, GeneratorExit):
            self._span.exception = error
        if self._span.id:
            self._record.end(self._span)
