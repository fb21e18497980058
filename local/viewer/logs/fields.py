"""PURE: log messages -> the fields that a query of them can name, the most frequent first.

Source: AWS page "Supported logs and discovered fields": the @ fields of every log, those of Lambda, those of JSON.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable

from local.viewer.json_text import whole
from local.viewer.logs.line import flat

OF_ALL = ("@timestamp", "@message", "@logStream", "@log", "@ingestionTime", "@entity")
OF_LAMBDA = (
    "@requestId",
    "@type",
    "@duration",
    "@billedDuration",
    "@initDuration",
    "@memorySize",
    "@maxMemoryUsed",
    "@xrayTraceId",
    "@xraySegmentId",
)
MOST = 200  # "CloudWatch Logs Insights can extract a maximum of 200 log event fields from a JSON log"
_LAMBDA = re.compile(r"(?:START|END|REPORT) RequestId: ")
_PLAIN = re.compile(r"[A-Za-z_@][A-Za-z0-9_@.]*", re.ASCII)


def discovered(messages: Iterable[str]) -> tuple[str, ...]:
    """As a query writes them: in backticks where a name has other characters than letters, digits, @ _ and dots."""
    counts: Counter[str] = Counter()
    is_lambda = False
    for message in messages:
        is_lambda = is_lambda or _LAMBDA.match(message) is not None
        counts.update(_names(message))
    named = [_quoted(name) for name, _ in counts.most_common(MOST) if "`" not in name]
    return (*OF_ALL, *(OF_LAMBDA if is_lambda else ()), *named)


def _names(message: str) -> Iterable[str]:
    start = message.find("{")
    if start < 0:
        return ()
    try:
        found, _ = json.JSONDecoder().raw_decode(message, start)
    except (ValueError, RecursionError):
        return ()
    return [whole(name) for name, _ in flat(found)] if isinstance(found, dict) else ()


def _quoted(name: str) -> str:
    return name if _PLAIN.fullmatch(name) else f"`{name}`"
