"""PURE: one log message -> its parts: plain text and links to traces; and what its JSON says about it.

Source: AWS page "X-Ray concepts" for the form of a trace id.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from local.viewer.json_text import read_json

TRACE_ID = re.compile(r"(?<![0-9A-Za-z-])1-[0-9a-f]{8}-[0-9a-f]{24}(?![0-9A-Za-z])", re.ASCII)
MOST_PARTS = 200  # ours: a line with more trace ids than that shows the rest as text
MOST_FIELDS = 500  # ours
_LEVEL = re.compile(r"(?:^|[\s\[])(CRITICAL|FATAL|ERROR|WARN(?:ING)?|INFO|DEBUG|TRACE)(?=[\s:\]]|$)", re.ASCII)
_LEVELS = {"FATAL": "critical", "WARN": "warning", "TRACE": "debug"}
_KNOWN = frozenset(("critical", "error", "warning", "info", "debug"))


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a message as it stands; `trace_id` where it names a trace."""

    text: str
    trace_id: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """`level` is critical, error, warning, info or debug, else empty. `summary` is a JSON line's own message. `fields`
    are a JSON line's members, by the names that Logs Insights has for them; empty for a line that is none.
    """

    parts: tuple[Part, ...]
    level: str
    summary: str
    fields: tuple[tuple[str, str], ...]


def line(message: str) -> Line:
    """Takes any text."""
    document = _document(message)
    said = document.get("message")
    return Line(
        parts=tuple(parts(message)),
        level=_level(message, document),
        summary=said if isinstance(said, str) else _platform(document),
        fields=tuple((name, _text(value)) for name, value in flat(document)),
    )


def parts(message: str) -> Iterator[Part]:
    """Put together they are the message."""
    reached = 0
    for number, found in enumerate(TRACE_ID.finditer(message)):
        if number == MOST_PARTS:
            break
        if found.start() > reached:
            yield Part(message[reached : found.start()])
        yield Part(found[0], found[0])
        reached = found.end()
    if reached < len(message) or not message:
        yield Part(message[reached:])


def flat(document: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The members of objects and lists as Logs Insights names them: `a.b`, `list.0`; the first MOST_FIELDS."""
    left: list[tuple[str, Any]] = list(reversed(document.items()))
    given = 0
    while left and given < MOST_FIELDS:
        name, value = left.pop()
        if isinstance(value, dict) and value:
            left.extend((f"{name}.{inner}", deeper) for inner, deeper in reversed(value.items()))
        elif isinstance(value, list) and value:
            inside = [(f"{name}.{place}", entry) for place, entry in enumerate(value[:MOST_FIELDS])]
            left.extend(reversed(inside))
        else:
            yield name, value
            given += 1


def _document(message: str) -> dict[str, Any]:
    if not message.lstrip().startswith("{"):
        return {}
    try:
        found = read_json(message)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _level(message: str, document: dict[str, Any]) -> str:
    said = document.get("level")
    if not isinstance(said, str):
        found = None if document else _LEVEL.search(message[:200])
        said = found[1] if found else ""
    level = _LEVELS.get(said.upper(), said.lower())
    return level if level in _KNOWN else ""


def _platform(document: dict[str, Any]) -> str:
    """Lambda's own records have no message: platform.report success."""
    kind, record = document.get("type"), document.get("record")
    if not isinstance(kind, str) or not isinstance(record, dict):
        return ""
    status = record.get("status")
    return f"{kind} {status}" if isinstance(status, str) else kind


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
