"""PURE: the fields that Logs Insights discovers in the text lines of Lambda.

Source: the AWS page "Supported logs and discovered fields": the @ fields, and the fields of the first JSON in the line.
"""

import json
import re
from collections.abc import Callable
from typing import Any

from local.cloudwatch.logs.texts import whole_text
from local.json_text import read_first_json, read_json

_ID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_PLATFORM = re.compile(rf"(START|END|REPORT) RequestId: ({_ID})")
_REQUEST = re.compile(rf"RequestId: ({_ID})|\t({_ID})\t")
_MEGABYTE = 1_000_000  # the page's samples divide @memorySize by 1000 twice to show megabytes


def _megabytes(text: str) -> float:
    return float(text) * _MEGABYTE


_REPORT: tuple[tuple[str, re.Pattern[str], Callable[[str], Any]], ...] = (
    ("@duration", re.compile(r"\tDuration: ([0-9.]+) ms"), float),
    ("@billedDuration", re.compile(r"\tBilled Duration: ([0-9.]+) ms"), float),
    ("@memorySize", re.compile(r"\tMemory Size: ([0-9]+) MB"), _megabytes),
    ("@maxMemoryUsed", re.compile(r"\tMax Memory Used: ([0-9]+) MB"), _megabytes),
    ("@initDuration", re.compile(r"\tInit Duration: ([0-9.]+) ms"), float),
    ("@xrayTraceId", re.compile(r"XRAY TraceId: (\S+)"), str),
    ("@xraySegmentId", re.compile(r"\tSegmentId: (\S+)"), str),
)


def line_fields(message: str) -> tuple[str | None, bool]:
    """The line's fields as the text of a JSON object, the JSON in it under "json"; and whether there was any JSON."""
    fields = _platform_fields(message)
    found = _first_json(message)
    if not fields and found is None:
        return None, False
    text = json.dumps(fields)
    if found is None:
        return text, False
    return f'{text[:-1]}{", " if fields else ""}"json": {found}}}', True


def _platform_fields(message: str) -> dict[str, Any]:
    platform = _PLATFORM.match(message)
    if platform is None:
        request = _REQUEST.search(message[:300])
        return {"@requestId": request[1] or request[2]} if request else {}
    fields: dict[str, Any] = {"@type": platform[1], "@requestId": platform[2]}
    if platform[1] == "REPORT":
        fields |= {name: read(found[1]) for name, pattern, read in _REPORT if (found := pattern.search(message))}
    return fields


def whole_json(message: str) -> str | None:
    """The JSON of a message that spells half a character, with U+FFFD in its place, as in line_fields(); else None.

    SQLite would make texts of the message itself that are no UTF-8.
    """
    try:
        found = read_json(message)
    except (ValueError, RecursionError):
        return None
    return f'{{"json": {whole_text(json.dumps(found, ensure_ascii=False))}}}'


def _first_json(message: str) -> str | None:
    start = message.find("{")
    if start < 0:
        return None
    try:
        document, end = read_first_json(message, start)
    except (ValueError, RecursionError):
        return None
    found = message[start:end]
    return whole_text(json.dumps(document, ensure_ascii=False)) if "\\u" in found else found
