"""Finds the current request's record and span from anywhere: current() and span()."""

from __future__ import annotations

from contextlib import suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from observability.record import NoRecord, Record
from observability.spans import Span

if TYPE_CHECKING:
    from types import TracebackType

_NO_RECORD = NoRecord()
_RECORD: ContextVar[Record] = ContextVar("observability_record", default=_NO_RECORD)
_SPAN: ContextVar[Span | None] = ContextVar("observability_span", default=None)


def current() -> Record:
    """The record of the request that this code works for. Outside a request: one on which all calls do nothing."""
    return _RECORD.get()


class entered:  # noqa: N801 (used as a function: `with entered(record):`)
    """Makes the record the current one."""

    __slots__ = ("_record", "_tokens")

    def __init__(self, record: Record) -> None:
        self._record = record

    def __enter__(self) -> Record:
        self._tokens = (_RECORD.set(self._record), _SPAN.set(None))
        return self._record

    def __exit__(self, *_: object) -> None:
        _RECORD.reset(self._tokens[0])
        _SPAN.reset(self._tokens[1])


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
        started = self._record.start(self._name, _SPAN.get())
        # Without a record the block still gets something to annotate, which nobody will read.
        self._span = started or Span(self._name, "", 0.0)
        aws, http, sql = self._blocks
        self._span.namespace = self._namespace
        self._span.annotations.update(self._annotations)
        self._span.aws.update(aws or {})
        self._span.http.update(http or {})
        self._span.sql.update(sql or {})
        self._token = _SPAN.set(started)
        return self._span

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # A generator's block may end in another context than it began in; that one's value is gone with it.
        with suppress(ValueError):
            _SPAN.reset(self._token)
        if error is not None and not isinstance(error, GeneratorExit):
            self._span.exception = error
        if self._span.id:
            self._record.end(self._span)
