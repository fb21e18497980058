"""PURE: what FilterLogEvents answers -> events as the pages show them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.viewer.logs.line import Line, line

MOST_SHOWN = 20_000  # characters of a message; the rest is behind its link


@dataclass(frozen=True, slots=True)
class Event:
    """`time_ms` is milliseconds since the epoch."""

    id: str
    group: str
    stream: str
    time_ms: int
    message: str
    line: Line


def event(answer: Mapping[str, Any], group: str) -> Event:
    message = answer.get("message", "").rstrip("\n")
    return Event(
        id=answer.get("eventId", ""),
        group=group,
        stream=answer.get("logStreamName", ""),
        time_ms=int(answer.get("timestamp", 0)),
        message=message,
        line=line(message),
    )


def short(found: Event) -> dict[str, Any]:
    """For a page's script, which makes text nodes of it: a list's line. `parts` are [text, trace id or null]."""
    return {
        "id": found.id,
        "stream": found.stream,
        "time": found.time_ms,
        "level": found.line.level,
        "summary": found.line.summary,
        "parts": _cut(found),
        "cut": max(len(found.message) - MOST_SHOWN, 0),
    }


def _cut(found: Event) -> list[list[str | None]]:
    left, parts = MOST_SHOWN, []
    for part in found.line.parts:
        if left <= 0:
            break
        parts.append([part.text[:left], part.trace_id if len(part.text) <= left else None])
        left -= len(part.text)
    return parts
