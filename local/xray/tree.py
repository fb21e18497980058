"""PURE: the documents of one trace, in whatever order they came -> its segments, each with its subsegments inside.

Source: AWS pages "AWS X-Ray segment documents" (Subsegments) and "Getting data from AWS X-Ray", which shows that a
subsegment that was sent by itself comes back inside its segment.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Document = Mapping[str, Any]

MAX_DEPTH = 200  # ours: json refuses to write what is nested some hundreds deep
_OF_ITS_OWN = ("type", "trace_id", "parent_id")  # what a subsegment has only while it travels by itself


@dataclass(frozen=True, slots=True)
class Trace:
    """`segments` in the order of their start; `orphans` are subsegments whose parent has not come (yet)."""

    trace_id: str
    segments: tuple[Document, ...]
    orphans: tuple[Document, ...]


def build(trace_id: str, documents: Iterable[Document]) -> Trace:
    """Documents whose parents name each other in a circle, or are nested deeper than MAX_DEPTH, stay orphans."""
    segments: list[dict[str, Any]] = []
    waiting: dict[str, list[Document]] = {}
    for document in documents:
        if document.get("type") == "subsegment":
            waiting.setdefault(document["parent_id"], []).append(document)
        else:
            segments.append({name: value for name, value in document.items() if name != "inferred"})  # ours to say
    for segment in segments:
        _fill(segment, waiting)
    orphans = [orphan for left in waiting.values() for orphan in left]
    return Trace(trace_id, tuple(sorted(segments, key=_start)), tuple(sorted(orphans, key=_start)))


def inside(document: Document) -> Iterator[Document]:
    """The subsegments of a document at any depth, each before its own."""
    left = deque(document.get("subsegments", ()))
    while left:
        yield (subsegment := left.popleft())
        left.extendleft(reversed(subsegment.get("subsegments", ())))


def _fill(segment: dict[str, Any], waiting: dict[str, list[Document]]) -> None:
    """Puts what waits for the segment, or for anything in it, to its place."""
    level: list[dict[str, Any]] = [segment]
    for depth in range(MAX_DEPTH):
        level = [child for entity in level for child in _children(entity, waiting, depth)]
        if not level:
            return


def _children(entity: dict[str, Any], waiting: dict[str, list[Document]], depth: int) -> list[dict[str, Any]]:
    children = {child["id"]: dict(child) for child in entity.get("subsegments", ())}
    arrived = waiting.pop(entity["id"], ()) if depth + 1 < MAX_DEPTH else ()
    for document in arrived:
        child = {name: value for name, value in document.items() if name not in _OF_ITS_OWN}
        # Sent twice, inside its segment and by itself: what is complete stands.
        if child["id"] not in children or children[child["id"]].get("in_progress"):
            children[child["id"]] = child
    if children:
        entity["subsegments"] = list(children.values())
    return list(children.values())


def _start(document: Document) -> float:
    return float(document["start_time"])
