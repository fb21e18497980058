"""PURE: what is read of an X-Ray segment or subsegment document, whatever stands in it.

Source: AWS page "AWS X-Ray segment documents". BatchGetTraces gives documents as their senders wrote them: what has not
the form that the page asks for is shown in the raw document and counts as absent here.
"""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from local.viewer.json_text import read_json

Document = Mapping[str, Any]


def parse(text: str) -> Document | None:
    """The document in a segment's text; None where it holds no JSON object."""
    try:
        found = read_json(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def seconds(document: Document, member: str) -> float | None:
    """A time in seconds since the epoch."""
    value = document.get(member)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value) if math.isfinite(value) else None
    except OverflowError:
        return None


def text(document: Document, *path: str) -> str | None:
    """The string at a path of members; None where there is none."""
    value: Any = document
    for member in path:
        value = value.get(member) if isinstance(value, Mapping) else None
    return value if isinstance(value, str) else None


def part(document: Document, member: str) -> Document:
    """A member that is an object; empty where it is none."""
    value = document.get(member)
    return value if isinstance(value, Mapping) else {}


def objects(document: Document, member: str) -> Sequence[Document]:
    """The objects of a member that is a list."""
    value = document.get(member)
    return [entry for entry in value if isinstance(entry, Mapping)] if isinstance(value, list) else []


def shown(value: Any) -> str:
    """A value as a person reads it: a text as it is, all else as JSON."""
    if isinstance(value, str):
        return value
    try:
        return json.dumps(value, ensure_ascii=False, default=str)
    except (ValueError, RecursionError):
        return "(nested too deep to show)"


def indented(value: Any) -> str:
    """The same over several lines."""
    try:
        return json.dumps(value, ensure_ascii=False, indent=2, default=str)
    except (ValueError, RecursionError):
        return "(nested too deep to show)"
