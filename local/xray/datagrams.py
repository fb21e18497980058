"""PURE: one datagram of the X-Ray daemon's protocol -> the document or the OTLP request in it.

A header line `{"format": "json", "version": 1}`, a newline, and either one X-Ray document (AWS page "Sending trace
data to AWS X-Ray", Using the X-Ray daemon) or, the AWS Distro for OpenTelemetry's way, `T1S` (sampled) or `T1U` (not
sampled) and a base64 ExportTraceServiceRequest of the OpenTelemetry protocol.
"""

import base64
import binascii
from dataclasses import dataclass
from typing import Any

from local.json_text import read_json
from local.xray.otlp import NotOtlp, in_json, of_protobuf
from local.xray.validation import MAX_BYTES, reason_against

_OTLP = {b"T1S": True, b"T1U": False}


class Rejected(ValueError):
    """Why a datagram was not taken; the text starts with the name of what is wrong."""


@dataclass(frozen=True, slots=True)
class XRayDocument:
    document: dict[str, Any]


@dataclass(frozen=True, slots=True)
class OtlpTraces:
    """`request` is an ExportTraceServiceRequest in OTLP's JSON encoding (ids in hexadecimal)."""

    sampled: bool
    request: dict[str, Any]


def read_datagram(data: bytes) -> XRayDocument | OtlpTraces:
    """Raises Rejected, and nothing else, whatever the bytes are."""
    head, newline, body = data.partition(b"\n")
    header = _json(head, "header")
    if not newline or not isinstance(header, dict):
        raise Rejected('header: no line {"format": "json", "version": 1} before the document')
    if header.get("format") != "json" or header.get("version") != 1 or isinstance(header.get("version"), bool):
        raise Rejected(f"header: {head[:80]!r} is not format json, version 1")
    if (sampled := _OTLP.get(body[:3])) is not None:
        return OtlpTraces(sampled, _otlp(body[3:].strip()))
    if len(body) > MAX_BYTES:
        raise Rejected(f"document: {len(body)} bytes, more than {MAX_BYTES}")
    document = _json(body, "document")
    if reason := reason_against(document):
        raise Rejected(reason)
    return XRayDocument(document)


def _json(text: bytes, what: str) -> Any:
    try:
        return read_json(text)
    except RecursionError:
        raise Rejected(f"{what}: nested too deep") from None
    except ValueError as error:
        raise Rejected(f"{what}: not JSON ({error})") from None


def _otlp(text: bytes) -> dict[str, Any]:
    try:
        request = of_protobuf(base64.b64decode(text, validate=True))
    except binascii.Error:
        raise Rejected("otlp: not base64") from None
    except NotOtlp as error:
        raise Rejected(f"otlp: {error}") from None
    if not request.resource_spans:
        raise Rejected("otlp: no resource_spans")
    return in_json(request)
