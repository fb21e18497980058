"""PURE: a segment or subsegment document -> what its panel shows: sections of names and values, and its exceptions.

Source: AWS page "AWS X-Ray segment documents" (http, aws, sql, annotations, metadata, cause).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from local.viewer.traces.document import Document, indented, objects, part, shown, text

_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*", re.ASCII)
MOST_DEPTH = 20  # ours: what is nested deeper in `http` or `aws` is shown as one value


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    entries: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """One line of a stack; any of them may be unknown."""

    label: str
    path: str
    line: str


@dataclass(frozen=True, slots=True)
class Failure:
    """One exception. `hidden_frames` is how many frames its sender left out."""

    kind: str
    message: str
    is_remote: bool
    frames: tuple[Frame, ...]
    hidden_frames: int


@dataclass(frozen=True, slots=True)
class Details:
    """`cause_id` is the id of an exception that another document of the trace holds. `metadata`: namespace, JSON."""

    sections: tuple[Section, ...]
    failures: tuple[Failure, ...]
    cause_id: str | None
    metadata: tuple[tuple[str, str], ...]


def details(document: Document) -> Details:
    cause = document.get("cause")
    return Details(
        sections=tuple(_sections(document)),
        failures=tuple(_failure(exception) for exception in objects(part(document, "cause"), "exceptions")),
        cause_id=cause if isinstance(cause, str) else None,
        metadata=tuple((name, indented(value)) for name, value in part(document, "metadata").items()),
    )


def annotations(document: Document) -> tuple[tuple[str, str], ...]:
    return tuple((name, shown(value)) for name, value in part(document, "annotations").items())


def filter_for(name: str, value: Any) -> str | None:
    """The filter expression for the traces with this annotation; None where its key or value cannot be in one.

    Source: AWS page "Using filter expressions": annotation[key], values in double quotes.
    """
    if not _KEY.fullmatch(name):
        return None
    if isinstance(value, bool):
        return f"annotation[{name}] = {str(value).lower()}"
    if isinstance(value, int | float):
        return f"annotation[{name}] = {value}"
    if not isinstance(value, str) or '"' in value or "\\" in value:
        return None
    return f'annotation[{name}] = "{value}"'


def _sections(document: Document) -> Iterator[Section]:
    overview = [(name, shown(document[name])) for name in ("id", "parent_id", "origin", "user") if name in document]
    if overview:
        yield Section("Identity", tuple(overview))
    for title, member in (("HTTP", "http"), ("AWS", "aws"), ("SQL", "sql"), ("Service", "service")):
        if entries := tuple(_flat(part(document, member))):
            yield Section(title, entries)


def _flat(document: Document) -> Iterator[tuple[str, str]]:
    """Objects inside objects as one list: request.url."""
    left: list[tuple[str, Any, int]] = [(name, value, 0) for name, value in list(document.items())[::-1]]
    while left:
        name, value, depth = left.pop()
        if isinstance(value, dict) and value and depth < MOST_DEPTH:
            left.extend((f"{name}.{inner}", deeper, depth + 1) for inner, deeper in list(value.items())[::-1])
        else:
            yield name, shown(value)


def _failure(exception: Document) -> Failure:
    left_out = exception.get("truncated")
    return Failure(
        kind=text(exception, "type") or "Exception",
        message=text(exception, "message") or "",
        is_remote=exception.get("remote") is True,
        frames=tuple(_frames(objects(exception, "stack"))),
        hidden_frames=left_out if isinstance(left_out, int) else 0,
    )


def _frames(stack: Iterable[Document]) -> Iterator[Frame]:
    for frame in stack:
        label, path = text(frame, "label") or "", text(frame, "path") or ""
        yield Frame(label, path, shown(frame["line"]) if "line" in frame else "")
