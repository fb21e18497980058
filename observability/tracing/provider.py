"""OpenTelemetry's tracing API over the current request's record: a TracerProvider whose spans are ours.

So the spans of FastAPI and of any library that is instrumented for OpenTelemetry are in the request's trace, nested
with span()'s. Outside a request nothing is recorded. Imported when the application has imported opentelemetry.trace.
"""

# ruff: noqa: ARG002, FBT001, FBT002, PLR0913, PLR0917 (the signatures are OpenTelemetry's)

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from opentelemetry import context as otel_context
from opentelemetry import trace
from opentelemetry.trace import SpanContext, StatusCode, TraceFlags

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextvars import Token

    from opentelemetry.context import Context

    from observability.record import Record
    from observability.spans import Span

__all__ = ["Bridge", "Provider", "RecordSpan", "RecordTracer"]


class RecordSpan(trace.Span):
    """A span of ours as OpenTelemetry's API sees it."""

    __slots__ = ("_on_exception", "record", "span")

    def __init__(self, record: Record, span: Span, on_exception: tuple[bool, bool] = (True, True)) -> None:
        self.record = record
        self.span = span
        self._on_exception = on_exception

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        """The end of `with tracer.start_span(...) as span`."""
        if isinstance(error, Exception):
            keep, fail = self._on_exception
            if keep:
                self.record_exception(error)
            if fail:
                self.set_status(StatusCode.ERROR, f"{type(error).__name__}: {error}")
        self.end()

    def get_span_context(self) -> SpanContext:
        trace_id = int((self.record.trace_id or "0")[2:].replace("-", "") or "0", 16)
        flags = TraceFlags(TraceFlags.SAMPLED if self.record.sampled else TraceFlags.DEFAULT)
        return SpanContext(trace_id, int(self.span.id, 16), is_remote=False, trace_flags=flags)

    def is_recording(self) -> bool:
        return self.record.sampled and not self._over()

    def _over(self) -> bool:
        return self.record.closed or self.span.ended is not None

    def set_attributes(self, attributes: Mapping[str, Any]) -> None:
        if not self._over():
            self.span.tell().attributes.update(attributes)

    def set_attribute(self, key: str, value: Any) -> None:
        if not self._over():
            self.span.tell().attributes[key] = value

    def add_event(self, name: str, attributes: Any = None, timestamp: int | None = None) -> None:
        """`timestamp`: nanoseconds since the epoch."""
        if not self._over():
            at = self.record.wall(self.record.now()) if timestamp is None else timestamp / 1e9
            self.span.tell().events.append((name, at, dict(attributes or {})))

    def add_link(self, context: SpanContext, attributes: Any = None) -> None:
        if not self._over():
            link = (f"{context.trace_id:032x}", f"{context.span_id:016x}", dict(attributes or {}))
            self.span.tell().links.append(link)

    def update_name(self, name: str) -> None:
        if not self._over():
            self.span.name = name

    def set_status(self, status: Any, description: str | None = None) -> None:
        code = status if isinstance(status, StatusCode) else status.status_code
        if not self._over() and code is not StatusCode.UNSET:
            told = self.span.tell()
            told.failed = code is StatusCode.ERROR
            told.reason = description if isinstance(status, StatusCode) else status.description

    def record_exception(
        self, exception: BaseException, attributes: Any = None, timestamp: int | None = None, escaped: bool = False
    ) -> None:
        """The cause of the failure, if the status says that it is one."""
        if not self._over():
            self.span.tell().exception = exception

    def end(self, end_time: int | None = None) -> None:
        """`end_time`: nanoseconds since the epoch."""
        if not self._over():
            self.record.end(self.span)
            if end_time is not None:
                self.span.ended = _monotonic(self.record, end_time)


def _monotonic(record: Record, wall_ns: int) -> float:
    return record.started + (wall_ns / 1e9 - record.opened_at)


class PassedSpan(RecordSpan):
    """Stands for a span that isn't wanted: what is started below it belongs to the span above, and it says nothing."""

    __slots__ = ()

    def _over(self) -> bool:
        return True


class RecordTracer(trace.NoOpTracer):
    """Starts spans below the current one. The API's own no-op tracer brings start_as_current_span."""

    def __init__(self, name: str) -> None:
        self._is_fastapi = name == "fastapi"

    def start_span(
        self,
        name: str,
        context: Context | None = None,
        kind: trace.SpanKind = trace.SpanKind.INTERNAL,
        attributes: Any = None,
        links: Sequence[trace.Link] | None = None,
        start_time: int | None = None,
        record_exception: bool = True,
        set_status_on_exception: bool = True,
    ) -> trace.Span:
        """A span that isn't recorded, outside a request and after its end."""
        from observability.context import current  # noqa: PLC0415 (context.py is loaded, and knows of this file)

        record = current()
        parent, parent_id = parent_of(record, context)
        if self._is_fastapi and isinstance(record.bridge, Bridge) and not record.bridge.fastapi_spans:
            return PassedSpan(record, parent or record.root)
        started = record.start(name, parent)
        if started is None:
            return trace.NonRecordingSpan(trace.get_current_span(context).get_span_context())
        started.parent_id = parent_id
        if start_time is not None:
            started.started = _monotonic(record, start_time)
        told = started.tell()
        told.kind = kind.name
        told.attributes.update(attributes or {})
        found = RecordSpan(record, started, (record_exception, set_status_on_exception))
        for link in links or ():
            found.add_link(link.context, link.attributes)
        return found


def parent_of(record: Record, context: Context | None = None) -> tuple[Span | None, str | None]:
    """The span below which a new one belongs; or the id of one that isn't ours; neither: the request itself."""
    found = trace.get_current_span(context)
    if isinstance(found, RecordSpan):
        return (found.span, None) if found.record is record else (None, None)
    above = found.get_span_context()
    if above.is_valid and not above.is_remote and f"{above.trace_id:032x}" == _digits(record.trace_id):
        return None, f"{above.span_id:016x}"
    return None, None


def _digits(trace_id: str | None) -> str:
    return (trace_id or "")[2:].replace("-", "")


class Provider(trace.TracerProvider):
    """Set as OpenTelemetry's provider, once a process: its tracers look for the current request themselves."""

    def get_tracer(
        self,
        instrumenting_module_name: str,
        instrumenting_library_version: str | None = None,
        schema_url: str | None = None,
        attributes: Any = None,
    ) -> trace.Tracer:
        return RecordTracer(instrumenting_module_name)


class Bridge:
    """Keeps one current span for span() and for OpenTelemetry's API: the one in OpenTelemetry's context."""

    def __init__(self, *, fastapi_spans: bool) -> None:
        self.fastapi_spans = fastapi_spans

    def enter(self, record: Record, span: Span) -> Token[Any]:
        return otel_context.attach(trace.set_span_in_context(RecordSpan(record, span)))

    def parent(self, record: Record) -> tuple[Span | None, str | None]:
        return parent_of(record)
