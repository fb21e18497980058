"""Lines of JSON -> X-Ray documents. PURE.

A line is an X-Ray document (X-Ray developer guide, "X-Ray segment documents"), as the daemon is sent it, or an OTLP
request in JSON (OpenTelemetry protocol specification, "JSON Protobuf Encoding"), as collectors' file exporters write.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from observability.compare_traces.errors import RecordingError
from observability.compare_traces.otlp_json import documents

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["read"]

_RIGHT = "an X-Ray document (id, name, trace_id) or an OTLP request (resourceSpans) in each line"


def read(name: str, lines: Iterable[str]) -> list[dict[str, Any]]:
    """All documents. Raises RecordingError, which names the recording and the line."""
    found: list[dict[str, Any]] = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            found += _documents(f"{name}, line {number}", line)
    if not found:
        raise RecordingError(name, "no traces in it", _RIGHT)
    return found


def _documents(where: str, line: str) -> Iterator[dict[str, Any]]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise RecordingError(where, f"no JSON ({error})", _RIGHT) from None
    if isinstance(value, dict) and isinstance(value.get("resourceSpans"), list):
        try:
            yield from documents(value)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise RecordingError(where, f"no OTLP request ({type(error).__name__}: {error})", _RIGHT) from None
    elif isinstance(value, dict) and all(isinstance(value.get(key), str) for key in ("id", "name", "trace_id")):
        yield value
    else:
        raise RecordingError(where, "something else", _RIGHT)
