"""PURE: a waterfall -> what its page draws: bars, ticks, and each row's details."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from local.viewer.traces.details import Details, annotations, details, filter_for
from local.viewer.traces.document import Document, objects, part, text
from local.viewer.traces.waterfall import Flag, Kind, Row, Waterfall, folded, without_folded

FULL = 1000.0  # a bar's whole width, in the units of its drawing
THINNEST = 3.0  # so that what took no time is seen
DEEPEST = 24  # deeper rows are indented no further
TICKS = 4


@dataclass(frozen=True, slots=True)
class Bar:
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class ShownRow:
    """`indent` is its depth as far as it is drawn. `notes` are short words about the call: operation, table, status."""

    row: Row
    bar: Bar
    indent: int
    has_below: bool
    notes: tuple[str, ...]
    annotations: tuple[tuple[str, str, str | None], ...]
    details: Details
    cause_place: int | None


@dataclass(frozen=True, slots=True)
class TraceView:
    rows: tuple[ShownRow, ...]
    ticks_s: tuple[float, ...]
    faults: int
    url: str
    method: str
    status: str
    user: str


def trace_view(found: Waterfall) -> TraceView:
    """An inferred segment that is folded is a note of the call above it and no row."""
    causes = dict(_exception_places(found.rows))
    inferred = folded(found.rows)
    shown = without_folded(found.rows)
    above = {row.parent for row in shown}
    root = found.rows[0].document if found.rows else {}
    return TraceView(
        rows=tuple(
            ShownRow(
                row=row,
                bar=bar(row, found.duration_s),
                indent=min(row.depth, DEEPEST),
                has_below=row.place in above,
                notes=tuple(_notes(row, inferred[row.place].origin if row.place in inferred else None)),
                annotations=tuple(_annotations(row.document)),
                details=(said := details(row.document)),
                cause_place=causes.get(said.cause_id) if said.cause_id else None,
            )
            for row in shown
        ),
        ticks_s=tuple(found.duration_s * tick / TICKS for tick in range(TICKS + 1)),
        faults=sum(Flag.FAULT in row.flags for row in found.rows),
        url=text(root, "http", "request", "url") or "",
        method=text(root, "http", "request", "method") or "",
        status=_status(root),
        user=text(root, "user") or "",
    )


def bar(row: Row, duration_s: float) -> Bar:
    """What is in progress reaches to the end. A bar stays inside the drawing, and is never too thin to be seen."""
    if duration_s <= 0:
        return Bar(0.0, FULL)
    x = min(row.start_s / duration_s * FULL, FULL - THINNEST)
    length = duration_s - row.start_s if row.duration_s is None else row.duration_s
    width = min(max(length / duration_s * FULL, THINNEST), FULL - x)
    return Bar(round(x, 2), round(width, 2))


def _annotations(document: Document) -> Iterator[tuple[str, str, str | None]]:
    """Name, value, and the filter for the traces that have it too."""
    values = part(document, "annotations")
    for name, shown in annotations(document):
        yield name, shown, filter_for(name, values[name])


def _notes(row: Row, called: str | None) -> Iterator[str]:
    """`called` is the kind of resource that X-Ray inferred."""
    document = row.document
    if row.kind is Kind.SEGMENT and row.origin:
        yield row.origin
    for path in (("aws", "operation"), ("aws", "table_name"), ("aws", "queue_url"), ("aws", "function_name")):
        if found := text(document, *path):
            yield found
    if query := text(document, "sql", "sanitized_query"):
        yield query
    if row.kind is Kind.REMOTE and (url := text(document, "http", "request", "url")):
        yield url
    if called:
        yield called
    if status := _status(document):
        yield status


def _status(document: Document) -> str:
    found = part(part(document, "http"), "response").get("status")
    return str(found) if isinstance(found, int) and not isinstance(found, bool) and abs(found) < 1000 else ""


def _exception_places(rows: Iterable[Row]) -> Iterator[tuple[str, int]]:
    """The ids of exceptions, and the places of the rows that hold them."""
    for row in rows:
        for exception in objects(part(row.document, "cause"), "exceptions"):
            if found := text(exception, "id"):
                yield found, row.place
