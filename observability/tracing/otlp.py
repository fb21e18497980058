"""Spans -> an ExportTraceServiceRequest of the OpenTelemetry protocol, in protobuf's wire format. PURE.

Sources: opentelemetry-proto's trace_service.proto, trace.proto, resource.proto and common.proto (the field numbers);
protobuf.dev, "Encoding". Written out, because protobuf's package costs 50 ms of every cold start.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from observability.json_text import encode as json_encode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

KINDS = {"INTERNAL": 1, "SERVER": 2, "CLIENT": 3, "PRODUCER": 4, "CONSUMER": 5}
"""trace.proto, Span.SpanKind."""
ERROR = 2
"""trace.proto, Status.StatusCode."""

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_SAMPLED_AND_LOCAL_PARENT = 0x101
"""Span.flags: the W3C sampled flag, and that it is known that the parent is not remote (bit 8; bit 9 would be)."""
_SAMPLED_AND_REMOTE_PARENT = 0x301
_LARGEST_INT = 2**63


@dataclass(slots=True)
class OtlpSpan:
    """Ids in hexadecimal; moments in nanoseconds since the epoch. `events`: name, moment, attributes. `links`: trace
    id, span id, attributes.
    """

    trace_id: str
    span_id: str
    parent_id: str | None
    name: str
    kind: str
    started_ns: int
    ended_ns: int
    attributes: Mapping[str, Any]
    events: list[tuple[str, int, Mapping[str, Any]]] = field(default_factory=list)
    links: list[tuple[str, str, Mapping[str, Any]]] = field(default_factory=list)
    failed: bool = False
    reason: str = ""
    scope: str = "observability"
    parent_is_remote: bool = False


def request(resource: Mapping[str, Any], spans: Iterable[tuple[str, bytes]]) -> bytes:
    """One request with spans that span() has encoded, each with its scope's name."""
    by_scope: dict[str, list[bytes]] = {}
    for scope, encoded in spans:
        by_scope.setdefault(scope, []).append(_message(2, encoded))
    scopes = [_message(2, _message(1, _text(1, scope)) + b"".join(found)) for scope, found in by_scope.items()]
    return _message(1, _message(1, _attributes(1, resource)) + b"".join(scopes))


def encode(span: OtlpSpan) -> bytes:
    """One Span message. What isn't a text, a number, a boolean or a list of them becomes its JSON."""
    parts = [
        _message(1, bytes.fromhex(span.trace_id)),
        _message(2, bytes.fromhex(span.span_id)),
        _message(4, bytes.fromhex(span.parent_id)) if span.parent_id else b"",
        _text(5, span.name),
        _number(6, KINDS.get(span.kind, 1)),
        _fixed64(7, span.started_ns),
        _fixed64(8, span.ended_ns),
        _attributes(9, span.attributes),
    ]
    parts += [_message(11, _fixed64(1, at) + _text(2, name) + _attributes(3, said)) for name, at, said in span.events]
    parts += [
        _message(13, _message(1, bytes.fromhex(trace_id)) + _message(2, bytes.fromhex(one)) + _attributes(4, said))
        for trace_id, one, said in span.links
    ]
    if span.failed:
        parts.append(_message(15, (_text(2, span.reason) if span.reason else b"") + _number(3, ERROR)))
    flags = _SAMPLED_AND_REMOTE_PARENT if span.parent_is_remote else _SAMPLED_AND_LOCAL_PARENT
    parts.append(_tag(16, _FIXED32) + struct.pack("<I", flags))
    return b"".join(parts)


def _attributes(number: int, attributes: Mapping[str, Any]) -> bytes:
    return b"".join(
        _message(number, _text(1, str(key)) + _message(2, _value(value)))
        for key, value in attributes.items()
        if value is not None
    )


def _value(value: Any) -> bytes:
    """An AnyValue."""
    if isinstance(value, str):
        return _text(1, value)
    if isinstance(value, bool):
        return _number(2, int(value))
    if isinstance(value, int) and -_LARGEST_INT <= value < _LARGEST_INT:
        return _number(3, value)
    if isinstance(value, float):
        return _tag(4, _FIXED64) + struct.pack("<d", value)
    if isinstance(value, (list, tuple)) and all(isinstance(one, (str, bool, int, float)) for one in value):
        return _message(5, b"".join(_message(1, _value(one)) for one in value))
    return _text(1, json_encode(value)[0])


def _text(number: int, text: str) -> bytes:
    return _message(number, text.encode("utf-8", "replace"))


def _message(number: int, content: bytes) -> bytes:
    return _tag(number, _BYTES) + _varint(len(content)) + content


def _number(number: int, value: int) -> bytes:
    return _tag(number, _VARINT) + _varint(value & 0xFFFF_FFFF_FFFF_FFFF)


def _fixed64(number: int, value: int) -> bytes:
    return _tag(number, _FIXED64) + struct.pack("<Q", max(0, value))


def _tag(number: int, wire_type: int) -> bytes:
    return _varint(number << 3 | wire_type)


def _varint(value: int) -> bytes:
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    found.append(value)
    return bytes(found)
