"""PURE: the documents of one trace -> the rows of its waterfall, each below what called it.

Source: AWS pages "AWS X-Ray segment documents" (what the members mean) and "Visualize Lambda function invocations
using AWS X-Ray" (Initialization is a cold start's, and may begin before its segment).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from local.viewer.traces.document import Document, objects, seconds, text

_Span = tuple[float, float]


class Kind(StrEnum):
    """What a row stands for.

    SEGMENT: a service's own account of a request. INFERRED: what X-Ray made of a call to a service that sends none.
    INIT: a Lambda function's start. AWS, SQL, REMOTE: a call to an AWS service, a database, another service.
    LOCAL: work inside a service.
    """

    SEGMENT = "segment"
    INFERRED = "inferred"
    INIT = "init"
    AWS = "aws"
    SQL = "sql"
    REMOTE = "remote"
    LOCAL = "local"


class Flag(StrEnum):
    """How it went. FAULT: 5xx; ERROR: 4xx; THROTTLE: 429; IN_PROGRESS: it has no end yet."""

    FAULT = "fault"
    ERROR = "error"
    THROTTLE = "throttle"
    IN_PROGRESS = "in progress"


@dataclass(frozen=True, slots=True)
class Row:
    """`parent` is the place of the row above it in the tree, None at a root. `start_s` counts from the trace's start;
    `duration_s` is None while it is in progress, `own_s` the part of it in which nothing below it ran.
    """

    document: Document
    place: int
    parent: int | None
    depth: int
    name: str
    kind: Kind
    origin: str | None
    start_s: float
    duration_s: float | None
    own_s: float | None
    flags: tuple[Flag, ...]


@dataclass(frozen=True, slots=True)
class Waterfall:
    """`start_s` is seconds since the epoch; `duration_s` reaches to the last end that is known."""

    rows: tuple[Row, ...]
    start_s: float
    duration_s: float

    @property
    def init_s(self) -> float | None:
        """How long the starts that were waited for took, together; None where nothing started."""
        found = [row.duration_s for row in self.rows if row.kind is Kind.INIT and row.duration_s is not None]
        return sum(found) if found else None


def folded(rows: Sequence[Row]) -> dict[int, Row]:
    """The inferred segments that tell nothing that the call above them does not, but for its kind of resource: those
    with nothing below them, by the place of the call.
    """
    callers = {row.parent for row in rows}
    inferred = [row for row in rows if row.kind is Kind.INFERRED and row.place not in callers]
    return {row.parent: row for row in inferred if row.parent is not None}


def without_folded(rows: Sequence[Row]) -> list[Row]:
    gone = {row.place for row in folded(rows).values()}
    return [row for row in rows if row.place not in gone]


@dataclass(slots=True)
class _Entity:
    """A document on its way to a row. `below` holds its subsegments, and the segments that they called."""

    document: Document
    is_segment: bool
    below: "list[_Entity]"
    is_placed: bool = False


@dataclass(frozen=True, slots=True)
class _Placed:
    entity: _Entity
    place: int
    parent: int | None
    depth: int


def waterfall(documents: Iterable[Document]) -> Waterfall:
    """Rows in the order in which they are read: what is called stands below its caller, the earlier call first."""
    entities, roots = _linked(documents)
    times = [time for entity in entities for time in _times(entity.document)]
    start = min(times, default=0.0)
    placed = _placed([*sorted(roots, key=_beginning), *entities])
    rows = [_row(one, start, own) for one, own in zip(placed, _own_times(placed), strict=True)]
    return Waterfall(tuple(rows), start, max(times, default=0.0) - start)


def _linked(documents: Iterable[Document]) -> tuple[list[_Entity], list[_Entity]]:
    """All entities, and those that nothing in the trace called."""
    tops = [_Entity(document, document.get("type") != "subsegment", []) for document in documents]
    entities: list[_Entity] = []
    left = tops[::-1]
    while left:
        entity = left.pop()
        entities.append(entity)
        entity.below = [_Entity(child, False, []) for child in objects(entity.document, "subsegments")]
        left.extend(reversed(entity.below))
    by_id = {found: entity for entity in entities if (found := text(entity.document, "id"))}
    roots = []
    for top in tops:
        caller = by_id.get(text(top.document, "parent_id") or "")
        if caller is None or caller is top:
            roots.append(top)
        else:
            caller.below.append(top)
    return entities, roots


def _placed(roots: Sequence[_Entity]) -> list[_Placed]:
    """Depth first, each entity once. Documents that name each other in a circle hang below no root, so `roots` ends
    with all entities: the first of a circle becomes one.
    """
    found: list[_Placed] = []
    for root in roots:
        left: list[tuple[_Entity, int | None, int]] = [(root, None, 0)]
        while left:
            entity, parent, depth = left.pop()
            if entity.is_placed:
                continue
            entity.is_placed = True
            below = sorted(entity.below, key=_beginning, reverse=True)
            left.extend((child, len(found), depth + 1) for child in below)
            found.append(_Placed(entity, len(found), parent, depth))
    return found


def _row(placed: _Placed, start: float, own: float | None) -> Row:
    document = placed.entity.document
    begun, span = seconds(document, "start_time"), _span(document)
    return Row(
        document=document,
        place=placed.place,
        parent=placed.parent,
        depth=placed.depth,
        name=text(document, "name") or "(no name)",
        kind=_kind(placed.entity),
        origin=text(document, "origin"),
        start_s=0.0 if begun is None else begun - start,
        duration_s=None if span is None else span[1] - span[0],
        own_s=own,
        flags=tuple(_flags(document)),
    )


def _kind(entity: _Entity) -> Kind:
    document = entity.document
    if entity.is_segment:
        return Kind.INFERRED if document.get("inferred") is True else Kind.SEGMENT
    if document.get("name") == "Initialization" and text(document, "aws", "function_arn"):
        return Kind.INIT
    if isinstance(document.get("sql"), dict):
        return Kind.SQL
    return {"aws": Kind.AWS, "remote": Kind.REMOTE}.get(text(document, "namespace") or "", Kind.LOCAL)


def _flags(document: Document) -> Iterable[Flag]:
    for flag in (Flag.FAULT, Flag.ERROR, Flag.THROTTLE):
        if document.get(flag.value) is True:
            yield flag
    if document.get("in_progress") is True or seconds(document, "end_time") is None:
        yield Flag.IN_PROGRESS


def _own_times(placed: Sequence[_Placed]) -> list[float | None]:
    """For each, the seconds in which it ran and nothing below it did; None while it is in progress."""
    spans = [_span(one.entity.document) for one in placed]
    below: dict[int, list[_Span]] = {}
    for one, span in zip(placed, spans, strict=True):
        if one.parent is not None and span is not None:
            below.setdefault(one.parent, []).append(span)
    return [
        None if span is None else span[1] - span[0] - _covered(span, below.get(place, []))
        for place, span in enumerate(spans)
    ]


def _covered(span: _Span, others: Iterable[_Span]) -> float:
    """How much of a span others cover, each moment counted once."""
    total, reached = 0.0, span[0]
    for begun, ended in sorted(others):
        first, last = max(begun, reached), min(ended, span[1])
        if last > first:
            total += last - first
            reached = last
    return total


def _span(document: Document) -> _Span | None:
    begun, ended = seconds(document, "start_time"), seconds(document, "end_time")
    return None if begun is None or ended is None else (begun, max(begun, ended))


def _times(document: Document) -> Iterable[float]:
    found = (seconds(document, "start_time"), seconds(document, "end_time"))
    return (time for time in found if time is not None)


def _beginning(entity: _Entity) -> float:
    return seconds(entity.document, "start_time") or 0.0
