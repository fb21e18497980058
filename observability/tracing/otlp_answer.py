"""PURE: how many spans an OTLP server has rejected, of the answer in protobuf's wire format.

Sources: opentelemetry-proto's trace_service.proto (the field numbers); protobuf.dev, "Encoding". OpenTelemetry protocol
specification, "Partial Success": status 200, and the count in the answer; what was rejected is not to be sent again.
"""

from __future__ import annotations

__all__ = ["rejected"]

_PARTIAL_SUCCESS, _REJECTED_SPANS = 1, 1
_VARINT, _BYTES = 0, 2
_FIXED = {1: 8, 5: 4}


def rejected(answer: bytes) -> int:
    """0 too where the answer is no ExportTraceServiceResponse: some servers answer nothing, or a text."""
    try:
        partial = _fields(answer).get(_PARTIAL_SUCCESS, b"")
        found = _fields(partial).get(_REJECTED_SPANS, 0) if isinstance(partial, bytes) else 0
    except (IndexError, ValueError):
        return 0
    return found if isinstance(found, int) else 0


def _fields(message: bytes) -> dict[int, int | bytes]:
    """The last value of each field, numbers and bytes. Raises IndexError, ValueError."""
    found: dict[int, int | bytes] = {}
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        number, wire_type = tag >> 3, tag & 7
        if wire_type == _VARINT:
            found[number], at = _varint(message, at)
            continue
        length = _FIXED.get(wire_type)
        if wire_type == _BYTES:
            length, at = _varint(message, at)
        if length is None or at + length > len(message):
            raise ValueError(wire_type)
        found[number] = message[at : at + length]
        at += length
    return found


def _varint(message: bytes, at: int) -> tuple[int, int]:
    """The number, and where the next begins."""
    value = 0
    for shift in range(0, 70, 7):
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise ValueError(value)
