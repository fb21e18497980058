"""The xray-sdk backend: native's documents, and in them the subsegments of code that uses aws-xray-sdk's recorder.

The recorder keeps its entities in a context, which may be exchanged: this one keeps them in the request's record. So
span(), OpenTelemetry's API and the recorder nest in each other, in tasks and in the thread pool too, and the recorder
itself sends nothing. Outside a request the recorder works as it did before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.core.context import Context
from aws_xray_sdk.core.models.entity import Entity
from aws_xray_sdk.core.models.trace_header import TraceHeader

from observability.context import current, current_span, enter, start
from observability.tracing.native import Native

if TYPE_CHECKING:
    from observability.record import Record
    from observability.spans import Span

__all__ = ["RecordContext", "SpanEntity", "XRaySdk"]

_FLAGS = ("error", "fault", "throttle")


class XRaySdk(Native):
    def install(self) -> None:
        super().install()
        if not isinstance(xray_recorder.context, RecordContext):
            xray_recorder.context = RecordContext(xray_recorder.context)


class SpanEntity(Entity):  # type: ignore[misc] # the SDK has no types
    """A span of ours as the recorder's code sees it: whatever is put here is in the span."""

    def __init__(self, record: Record, span: Span) -> None:
        self._span = span
        self._record = record
        self.id = span.id
        self.name = span.name
        self.parent_id = None
        self.trace_id = record.trace_id
        self.start_time = record.wall(span.started)
        self.sampled = record.sampled
        self.in_progress = span.ended is None
        self.subsegments: list[Any] = []
        self.save_origin_trace_header(TraceHeader(record.trace_id, record.parent_id, int(record.sampled)))

    @property
    def type(self) -> str:
        """The request itself is a segment, but in Lambda, which owns the segment."""
        if self._span is self._record.root and not self._record.in_lambda:
            raise AttributeError("type")
        return "subsegment"

    @property
    def parent_segment(self) -> SpanEntity:
        return SpanEntity(self._record, self._record.root)

    @property
    def namespace(self) -> str:
        return self._span.namespace or "local"

    @namespace.setter
    def namespace(self, value: str) -> None:
        self._span.namespace = None if value == "local" else value

    @property
    def annotations(self) -> dict[str, Any]:
        return self._span.annotations

    @property
    def metadata(self) -> dict[str, dict[str, Any]]:
        return self._span.tell().metadata

    @property
    def http(self) -> dict[str, Any]:
        return self._span.http

    @property
    def aws(self) -> dict[str, Any]:
        return self._span.aws

    @aws.setter
    def aws(self, value: dict[str, Any]) -> None:
        self._span.aws = value

    @property
    def sql(self) -> dict[str, Any]:
        return self._span.sql

    @sql.setter
    def sql(self, value: dict[str, Any]) -> None:
        self._span.sql = value

    def set_sql(self, sql: dict[str, Any]) -> None:
        self._span.sql = sql

    def add_exception(self, exception: BaseException, stack: Any, remote: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 (the SDK's signature)
        self._span.exception = exception

    def add_fault_flag(self) -> None:
        self._span.tell().flags["fault"] = True

    def add_error_flag(self) -> None:
        self._span.tell().flags["error"] = True

    def add_throttle_flag(self) -> None:
        self._span.tell().flags["throttle"] = True

    # What else the recorder asks of a segment: it never is to be sent, in whole or in parts.
    def ready_to_send(self) -> bool:
        return False

    def get_total_subsegments_size(self) -> int:
        return 0

    def increment(self) -> None: ...
    def decrement_ref_counter(self) -> None: ...


class RecordContext(Context):  # type: ignore[misc] # the SDK has no types
    """Where the recorder keeps its entities. `outside`: the context that it had, for work outside of requests."""

    def __init__(self, outside: Context) -> None:
        super().__init__()
        self._outside = outside

    def put_segment(self, segment: Any) -> None:
        """In a request there is a segment already, and it stays the one, as in Lambda."""
        if _no_request():
            self._outside.put_segment(segment)

    def end_segment(self, end_time: float | None = None) -> None:
        if _no_request():
            self._outside.end_segment(end_time)

    def put_subsegment(self, subsegment: Any) -> None:
        if _no_request():
            self._outside.put_subsegment(subsegment)
            return
        above, started = current_span(), start(subsegment.name)
        if started is not None:
            started.tell().entity = (subsegment, above)
            started.id = subsegment.id
            enter(started)

    def end_subsegment(self, end_time: float | None = None) -> bool:
        if _no_request():
            return bool(self._outside.end_subsegment(end_time))
        record, span = current(), current_span()
        if span is None or span.told is None or span.told.entity is None:
            return False  # the innermost span isn't the recorder's: not the recorder's to end
        subsegment, above = span.told.entity
        subsegment.close(end_time)
        _copy(subsegment, span)
        record.end(span)
        enter(above or record.root)
        return True

    def get_trace_entity(self) -> Any:
        if _no_request():
            return self._outside.get_trace_entity()
        record, span = current(), current_span() or current().root
        made = span.told.entity if span.told is not None else None
        return SpanEntity(record, span) if made is None else made[0]

    def set_trace_entity(self, trace_entity: Any) -> None:
        """What code does that takes an entity into another thread."""
        if _no_request():
            self._outside.set_trace_entity(trace_entity)
            return
        record = current()
        found = _named(record.root, trace_entity.id)
        if found is not None:
            enter(found)

    def clear_trace_entities(self) -> None:
        if _no_request():
            self._outside.clear_trace_entities()
        else:
            enter(current().root)

    def handle_context_missing(self) -> None:
        self._outside.handle_context_missing()

    @property
    def context_missing(self) -> Any:
        return self._outside.context_missing

    @context_missing.setter
    def context_missing(self, value: Any) -> None:
        if hasattr(self, "_outside"):
            self._outside.context_missing = value


def _no_request() -> bool:
    return current().trace_id is None or current().closed


def _copy(subsegment: Any, span: Span) -> None:
    """What the recorder's code has put into its subsegment."""
    if not subsegment.sampled:
        return
    told = span.tell()
    span.namespace = None if subsegment.namespace == "local" else subsegment.namespace
    span.annotations.update(subsegment.annotations)
    span.http.update(subsegment.http)
    span.aws.update(subsegment.aws or {})
    span.sql.update(getattr(subsegment, "sql", None) or {})
    told.metadata.update(subsegment.metadata)
    told.flags.update({flag: True for flag in _FLAGS if getattr(subsegment, flag, False)})
    found = subsegment.cause
    if isinstance(found, dict) and "exceptions" in found:
        told.cause = {**found, "exceptions": [one.to_dict() for one in found["exceptions"]]}
    elif found:
        told.cause = found


def _named(root: Span, span_id: str) -> Span | None:
    waiting = [root]
    while waiting:
        span = waiting.pop()
        if span.id == span_id:
            return span
        waiting += span.children
    return None
