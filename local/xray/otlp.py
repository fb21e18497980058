"""PURE: OTLP over HTTP and in datagrams: a request in protobuf or in JSON -> OTLP's JSON encoding, and the answers.

Source: OpenTelemetry protocol specification, "OTLP/HTTP": "JSON Protobuf Encoding" (ids in hexadecimal, where
protobuf's own has base64), "Partial Success", "Failures".
"""

import base64
import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from local.json_text import read_json

# ruff: noqa: PLC0415 (protobuf costs 50 ms of start-up, and most functions send X-Ray documents)
if TYPE_CHECKING:
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
    from opentelemetry.proto.trace.v1.trace_pb2 import Span

INVALID_ARGUMENT, UNIMPLEMENTED = 3, 12  # google.rpc.Code

_IDS = ("traceId", "spanId", "parentSpanId")
_ENUMS = ("kind", "code")
_LONGEST = 1_000  # bytes of a message; two bytes say up to 16,383


class NotOtlp(ValueError):
    """What is wrong with it."""


def of_protobuf(data: bytes) -> "ExportTraceServiceRequest":
    """Raises NotOtlp."""
    from google.protobuf.message import DecodeError
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    request = ExportTraceServiceRequest()
    try:
        request.ParseFromString(data)
    except DecodeError:
        raise NotOtlp("not an ExportTraceServiceRequest") from None
    return request


def of_json(data: bytes) -> "ExportTraceServiceRequest":
    """Members that the protocol doesn't have are passed over, as it wants. Raises NotOtlp."""
    from google.protobuf.json_format import ParseDict, ParseError
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    try:
        given = read_json(data)
        _change(given, _in_protobufs_json)
    except RecursionError:
        raise NotOtlp("nested too deep") from None
    except ValueError as error:
        raise NotOtlp(str(error)) from None
    if not isinstance(given, dict):
        raise NotOtlp("not a JSON object")
    request = ExportTraceServiceRequest()
    try:
        ParseDict(given, request, ignore_unknown_fields=True)
    except (ParseError, TypeError, ValueError, AttributeError) as error:  # of some wrong types it says nothing better
        raise NotOtlp(f"not an ExportTraceServiceRequest: {error}") from None
    return request


def in_json(request: "ExportTraceServiceRequest") -> dict[str, Any]:
    """OTLP's JSON encoding, ids in hexadecimal and enums as numbers."""
    from google.protobuf.json_format import MessageToDict

    document: dict[str, Any] = MessageToDict(request, use_integers_for_enums=True)
    _change(document, _in_otlps_json)
    return document


def spans_of(request: "ExportTraceServiceRequest") -> "Iterator[Span]":
    return (span for of_resource in request.resource_spans for scope in of_resource.scope_spans for span in scope.spans)


def answer(rejected: int, reason: str, *, as_json: bool) -> bytes:
    """An ExportTraceServiceResponse; without what is rejected it is an empty message."""
    from google.protobuf.json_format import MessageToJson
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
        ExportTracePartialSuccess,
        ExportTraceServiceResponse,
    )

    partial = ExportTracePartialSuccess(rejected_spans=rejected, error_message=reason) if rejected else None
    response = ExportTraceServiceResponse(partial_success=partial)
    written: bytes = MessageToJson(response, indent=None).encode() if as_json else response.SerializeToString()
    return written


def failure(code: int, message: str, *, as_json: bool) -> bytes:
    """A google.rpc.Status: its package is none of ours, and it has two fields."""
    if as_json:
        return json.dumps({"code": code, "message": message}).encode()
    text = message[:_LONGEST].encode("ascii", "replace")
    return bytes([1 << 3, code, 2 << 3 | 2, len(text) & 0x7F | 0x80, len(text) >> 7]) + text


def _change(node: Any, changed: Callable[[str, str], str]) -> None:
    """Each text that is a member, in its place; `changed` takes its name and itself."""
    if isinstance(node, list):
        for child in node:
            _change(child, changed)
    elif isinstance(node, dict):
        for key, value in node.items():
            if isinstance(value, str):
                node[key] = changed(key, value)
            else:
                _change(value, changed)


def _in_otlps_json(name: str, value: str) -> str:
    return base64.b64decode(value).hex() if name in _IDS else value


def _in_protobufs_json(name: str, value: str) -> str:
    if name in _ENUMS:
        raise NotOtlp(f"{name} {value[:80]!r} is not a number: no name of an enum's value is one")
    try:
        return base64.b64encode(bytes.fromhex(value)).decode() if name in _IDS else value
    except ValueError:
        raise NotOtlp(f"{name} {value[:80]!r} is not hexadecimal") from None
