"""A finished record -> the spans that OTLP sends. PURE."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from observability.spans import client_error
from observability.tracing.causes import message, stack_text
from observability.tracing.merged import as_attributes, cause, outcome
from observability.tracing.otlp import OtlpSpan
from observability.tracing.semantics import ANNOTATIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from observability.record import Record
    from observability.spans import Span

__all__ = ["spans", "trace_id"]

_ABOUT = ("route", "cold_start", "request_id", "correlation_id")
"""The request's own annotations, as its X-Ray document has them."""
_LONGEST_STACK = 16_000


def trace_id(root: str) -> str:
    """X-Ray's 1-<8 hex>-<24 hex> as OpenTelemetry has it: 32 hexadecimal digits."""
    return root[2:].replace("-", "")


def spans(record: Record) -> Iterator[OtlpSpan]:
    """The request's own, then those below it, in any depth. What hasn't ended ends with the request."""
    yield _root(record)
    waiting = [(record.root.id, child) for child in reversed(record.root.children)]
    while waiting:
        parent_id, span = waiting.pop()
        yield _span(record, span, span.parent_id or parent_id)
        waiting += [(span.id, child) for child in reversed(span.children)]


def _root(record: Record) -> OtlpSpan:
    found = _span(record, record.root, record.parent_id)
    found.name = f"{record.method} {record.route}" if record.method else record.root.name
    found.kind = "SERVER"
    found.parent_is_remote = True
    about = {
        "http.request.method": record.method or None,
        "url.full": record.url or None,
        "url.path": record.path or None,
        "http.route": record.route if record.method else None,
        "http.response.status_code": record.status,
        "http.response.body.size": record.response_bytes if record.method else None,
        "client.address": record.client_ip,
        "user_agent.original": record.user_agent,
        "faas.invocation_id": record.function_request_id,
    }
    own = {name: value for name in _ABOUT if (value := getattr(record, name)) is not None}
    listed = [*own, *found.attributes.get(ANNOTATIONS, ())]
    found.attributes = {**about, **own, **found.attributes, ANNOTATIONS: listed}
    found.failed = record.is_fault()
    found.events += [_exception(error, found.ended_ns, record.redaction.text) for error in record.exceptions[:1]]
    return found


def _span(record: Record, span: Span, parent_id: str | None) -> OtlpSpan:
    ended = record.ended if span.ended is None else span.ended
    kind, attributes = as_attributes(span)
    if span.ended is None:
        attributes["in_progress"] = True
    found = OtlpSpan(
        trace_id(record.trace_id or ""),
        span.id,
        parent_id,
        span.name,
        kind,
        _ns(record, span.started),
        _ns(record, record.started if ended is None else ended),
        attributes,
    )
    _, found.failed = outcome(span)
    if (error := cause(span)) is not None:
        found.events.append(_exception(error, found.ended_ns, record.redaction.text))
        if (status := client_error(error)) is not None:
            attributes.setdefault("error.type", str(status))
    if span.told is not None:
        found.reason = span.told.reason or ""
        found.events += [(name, int(at * 1e9), said) for name, at, said in span.told.events]
        found.links = list(span.told.links)
    return found


def _ns(record: Record, monotonic: float) -> int:
    return int(record.wall(monotonic) * 1e9)


def _exception(error: BaseException, at_ns: int, redact: Callable[[str], str]) -> tuple[str, int, dict[str, Any]]:
    """OpenTelemetry semantic conventions, "Recording exceptions"."""
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    stack = redact(stack_text(error))[-_LONGEST_STACK:]
    said = {"exception.type": name, "exception.message": redact(message(error)), "exception.stacktrace": stack}
    return "exception", at_ns, said
