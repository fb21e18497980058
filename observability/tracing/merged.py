"""A span of which other tracing APIs told something -> the same in X-Ray's terms only. PURE."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from observability.spans import Span, client_error
from observability.tracing.semantics import Blocks, attributes, blocks, kind

if TYPE_CHECKING:
    from observability.spans import Told

__all__ = ["as_attributes", "cause", "merged", "metadata", "outcome"]

_FLAG = "xray.flag."
_OTEL = "otel"
"""The namespace of metadata for what X-Ray has no word for: events and links."""


def merged(span: Span) -> Span:
    """A copy whose blocks hold what the attributes say; what span() was given itself stands over that."""
    if span.told is None:
        return span
    found = blocks(span.told.kind, span.told.attributes)
    copy = Span(span.name, span.id, span.started)
    copy.ended, copy.exception, copy.children = span.ended, span.exception, span.children
    copy.parent_id = span.parent_id
    copy.namespace = span.namespace or found.namespace
    copy.annotations = {**found.annotations, **span.annotations}
    copy.metadata_ = {**found.metadata.pop("default", {}), **span.metadata_}
    for block in ("http", "aws", "sql"):
        setattr(copy, block, {**getattr(found, block), **getattr(span, block)})
    copy.told = span.told
    copy.told.metadata.update(found.metadata)
    return copy


def metadata(span: Span) -> dict[str, Any]:
    """By namespace."""
    found: dict[str, Any] = {"default": dict(span.metadata_)} if span.metadata_ else {}
    if span.told is not None:
        found.update(span.told.metadata)
        if more := _more(span.told):
            found[_OTEL] = more
    return found


def _more(told: Told) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if told.events:
        found["events"] = [{"name": name, "time": at, **said} for name, at, said in told.events]
    if told.links:
        found["links"] = [{"trace_id": trace, "span_id": one, **said} for trace, one, said in told.links]
    return found


def outcome(span: Span) -> tuple[int | None, bool]:
    """The HTTP status that it ended with or stands for, and whether it is a fault whatever that is."""
    error = cause(span)
    status = client_error(error)
    response = span.http.get("response")
    if status is None and isinstance(response, dict) and isinstance(response.get("status"), int):
        status = response["status"]
    failed = span.exception is not None or (span.told is not None and span.told.failed)
    return status, failed and not (status is not None and 400 <= status < 500)


def cause(span: Span) -> BaseException | None:
    return span.exception or (span.told.exception if span.told is not None else None)


def as_attributes(span: Span) -> tuple[str, dict[str, Any]]:
    """The span in OpenTelemetry's terms: its kind and attributes."""
    found = Blocks(span.namespace)
    found.annotations, found.http, found.aws, found.sql = span.annotations, span.http, span.aws, span.sql
    if span.metadata_:
        found.metadata = {"default": span.metadata_}
    if span.told is None:
        return kind(found), attributes(found)
    found.metadata = {**span.told.metadata, **found.metadata}
    said = {**span.told.attributes, **attributes(found), **{_FLAG + flag: True for flag in span.told.flags}}
    return span.told.kind if span.told.kind != "INTERNAL" else kind(found), said
