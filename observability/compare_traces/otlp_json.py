"""An OTLP request in JSON -> the X-Ray documents that say the same. PURE."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from observability.tracing.semantics import blocks
from observability.tracing.xray_text import flags, key

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["documents"]

_KINDS = ("UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER")
_ERROR = (2, "STATUS_CODE_ERROR")
_REMOTENESS_KNOWN, _REMOTE = 0x100, 0x200
_FLAG = "xray.flag."
_SAID_ELSEWHERE = ("faas.invocation_id", "in_progress")
"""What X-Ray's documents have another place for."""


def documents(request: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """One document a span, none in another. Raises what malformed input makes it raise."""
    for resource_spans in request["resourceSpans"]:
        resource = _attributes(resource_spans.get("resource", {}))
        for scope_spans in resource_spans.get("scopeSpans", []):
            for span in scope_spans.get("spans", []):
                yield _document(span, str(resource.get("service.name", "")))


def _document(span: dict[str, Any], service: str) -> dict[str, Any]:
    attributes = _attributes(span)
    kind = _kind(span.get("kind", 1))
    flagged = {name.removeprefix(_FLAG): True for name in list(attributes) if name.startswith(_FLAG)}
    error_type = str(attributes.get("error.type", ""))
    for name in (*_SAID_ELSEWHERE, *(_FLAG + flag for flag in flagged)):
        attributes.pop(name, None)
    if error_type.isdecimal():
        attributes.pop("error.type")
    found = blocks(kind, attributes)
    digits = span["traceId"].lower()
    document: dict[str, Any] = {
        "trace_id": f"1-{digits[:8]}-{digits[8:]}",
        "id": span["spanId"].lower(),
        "name": service if kind == "SERVER" and service and _is_remote(span) else span["name"],
        "start_time": int(span["startTimeUnixNano"]) / 1e9,
        "namespace": found.namespace,
        "annotations": {key(name): value for name, value in found.annotations.items()},
        "http": found.http,
        "aws": found.aws,
        "sql": found.sql,
        **flagged,
    }
    if span.get("parentSpanId"):
        document["parent_id"] = span["parentSpanId"].lower()
    status = found.http.get("response", {}).get("status")
    if status is None and error_type.isdecimal():
        status = int(error_type)
    failed = span.get("status", {}).get("code") in _ERROR
    document |= flags(status, fault=failed and not (status is not None and 400 <= status < 500))
    exceptions = [_attributes(event) for event in span.get("events", []) if event.get("name") == "exception"]
    if exceptions:
        document["cause"] = {
            "exceptions": [
                {"type": one.get("exception.type"), "message": one.get("exception.message")} for one in exceptions[:1]
            ]
        }
    return document


def _kind(kind: int | str) -> str:
    return _KINDS[kind] if isinstance(kind, int) else kind.removeprefix("SPAN_KIND_")


def _is_remote(span: dict[str, Any]) -> bool:
    """Whether the parent is in another process; a server's span's is, where nothing is said."""
    said = int(span.get("flags", 0))
    return not span.get("parentSpanId") or not said & _REMOTENESS_KNOWN or bool(said & _REMOTE)


def _attributes(holder: dict[str, Any]) -> dict[str, Any]:
    return {one["key"]: _value(one.get("value", {})) for one in holder.get("attributes", [])}


def _value(value: dict[str, Any]) -> Any:
    """An AnyValue. 64-bit integers are texts in OTLP's JSON."""
    for name, made in (("stringValue", str), ("boolValue", bool), ("intValue", int), ("doubleValue", float)):
        if name in value:
            return made(value[name])
    if "arrayValue" in value:
        return [_value(one) for one in value["arrayValue"].get("values", [])]
    if "kvlistValue" in value:
        return {one["key"]: _value(one.get("value", {})) for one in value["kvlistValue"].get("values", [])}
    return value.get("bytesValue")
