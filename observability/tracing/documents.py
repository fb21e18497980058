"""A finished record -> X-Ray documents. PURE: entropy is an argument.

X-Ray developer guide, "X-Ray segment documents": the fields, their limits, and which process may send which kind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from observability.json_text import clean, strict
from observability.tracing.causes import Causes
from observability.tracing.merged import cause, merged, outcome
from observability.tracing.merged import metadata as found_metadata
from observability.tracing.plain_document import plain_document
from observability.tracing.xray_text import annotation, flags, key, name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from observability.record import Record
    from observability.spans import Span

_MOST_BYTES = 64_000
"""X-Ray takes 64 kB a document, and a UDP datagram carries 65,507 bytes."""
_MOST_ANNOTATIONS = 50
"""X-Ray indexes 50 annotations a trace: what comes after them becomes metadata."""
_ABOUT = ("route", "cold_start", "request_id", "correlation_id")
"""The request's own annotations: attributes of its record."""
_DEEPEST = 50
"""Spans nested deeper are sent apart: readers of JSON have their limits."""


def documents(record: Record, entropy: Callable[[int], bytes]) -> tuple[list[str], int]:
    """The documents, the one of the request first, and how many values had to be repaired or left out.

    In Lambda the first is a subsegment of the function's segment, which the Lambda service itself sends;
    anywhere else it is a whole segment. What doesn't fit into it is sent as subsegments of their own.
    """
    if (plain := plain_document(record)) is not None:
        return [plain], 0
    try:
        return _all_fitting(_Tree(record, entropy, _as_is).documents())
    except Exception:  # noqa: BLE001 (some value isn't JSON: clean each by itself, and count)
        repairs = _Repairs()
        found, left_out = _all_fitting(_Tree(record, entropy, repairs).documents())
        return found, left_out + repairs.count


def _as_is(value: Any) -> Any:
    return value


class _Repairs:
    def __init__(self) -> None:
        self.count = 0

    def __call__(self, value: Any) -> Any:
        value, repairs = clean(value)
        self.count += repairs
        return value


class _Tree:
    """Builds the nested document. `tidy` makes a block of somebody else's values into JSON."""

    def __init__(self, record: Record, entropy: Callable[[int], bytes], tidy: Callable[[Any], Any]) -> None:
        self._record = record
        self._tidy = tidy
        self._causes = Causes(entropy, record.redaction.text)
        self._annotations_left = _MOST_ANNOTATIONS
        self._too_deep: list[tuple[str, Span]] = []

    def documents(self) -> Iterator[dict[str, Any]]:
        """The request's, then those of spans nested too deep to stay in it."""
        yield self._root()
        while self._too_deep:
            parent_id, span = self._too_deep.pop()
            yield {
                **self._span(span, 0),
                "type": "subsegment",
                "trace_id": self._record.trace_id,
                "parent_id": parent_id,
            }

    def _root(self) -> dict[str, Any]:
        record = self._record
        self._annotations_left -= len(_ABOUT)
        document = {"trace_id": record.trace_id, **self._span(record.root, 0)}
        about = self._tidy({name: getattr(record, name) for name in _ABOUT})
        document["annotations"] = {**document.get("annotations", {}), **about}
        if record.in_lambda:
            document["type"] = "subsegment"
        if record.parent_id is not None:
            document["parent_id"] = record.parent_id
        if record.method:
            document["http"] = self._tidy(_http(record))
        document.update(flags(record.status, fault=record.is_fault()))
        if record.exceptions:
            document["cause"] = self._tidy(self._causes.of(record.exceptions[0]))
        return document

    def _span(self, span: Span, depth: int) -> dict[str, Any]:
        span = merged(span)
        wall = self._record.wall
        document: dict[str, Any] = {
            "id": span.id,
            "name": name(span.name),
            "start_time": round(wall(span.started), 6),
        }
        if span.ended is None:  # work that outlives its request
            document["in_progress"] = True
        else:
            document["end_time"] = round(wall(span.ended), 6)
        if span.namespace is not None:
            document["namespace"] = span.namespace
        metadata = found_metadata(span)
        if span.annotations:
            self._annotate(document, dict(span.annotations), metadata)
        for block in ("aws", "http", "sql"):
            if found := getattr(span, block):
                document[block] = self._tidy(dict(found))
        if metadata:
            document["metadata"] = self._tidy(metadata)
        if span.children and depth == _DEEPEST:
            self._too_deep.extend((span.id, child) for child in list(span.children))
        elif span.children:
            document["subsegments"] = [self._span(child, depth + 1) for child in list(span.children)]
        if span.exception is not None or span.http or span.told is not None:
            self._outcome(document, span)
        return document

    def _annotate(self, document: dict[str, Any], annotations: dict[str, Any], metadata: dict[str, Any]) -> None:
        found = {key(name): annotation(self._tidy(value)) for name, value in annotations.items()}
        kept = dict(list(found.items())[: self._annotations_left])
        self._annotations_left -= len(kept)
        if kept:
            document["annotations"] = kept
        if len(kept) < len(found):
            metadata["annotations"] = {key: value for key, value in found.items() if key not in kept}

    def _outcome(self, document: dict[str, Any], span: Span) -> None:
        status, is_fault = outcome(span)
        document.update(flags(status, fault=is_fault))
        if (error := cause(span)) is not None:
            document["cause"] = self._tidy(self._causes.of(error))
        elif span.told is not None:
            document.update(span.told.flags)
            if span.told.cause:
                document["cause"] = self._tidy(span.told.cause)


def _http(record: Record) -> dict[str, Any]:
    request = {
        "method": record.method,
        "url": record.url,
        "client_ip": record.client_ip,
        "user_agent": record.user_agent,
    }
    return {
        "request": {key: value for key, value in request.items() if value is not None},
        "response": {"status": record.status, "content_length": record.response_bytes},
    }


def _all_fitting(found: Iterator[dict[str, Any]]) -> tuple[list[str], int]:
    texts: list[str] = []
    left_out = 0
    for document in found:
        more, missing = _fitting(document)
        texts += more
        left_out += missing
    return texts, left_out


def _fitting(document: dict[str, Any]) -> tuple[list[str], int]:
    """The document, with so many of its subsegments taken out to be documents themselves that each fits."""
    text = strict(document)
    if len(text) <= _MOST_BYTES:
        return [text], 0
    children = document.pop("subsegments", [])
    left_out = _shrink(document)
    room = _MOST_BYTES - len(strict(document)) - len(',"subsegments":[]')
    kept: list[dict[str, Any]] = []
    apart: list[dict[str, Any]] = []
    for child in children:
        size = len(strict(child)) + 1
        (kept if size <= room else apart).append(child)
        room -= size if size <= room else 0
    found = [strict({**document, "subsegments": kept} if kept else document)]
    for child in apart:
        child.update(type="subsegment", trace_id=document["trace_id"], parent_id=document["id"])
        texts, more = _fitting(child)
        found += texts
        left_out += more
    return found, left_out


def _shrink(document: dict[str, Any]) -> int:
    """Leaves out the largest blocks until the document by itself fits; says so in its metadata."""
    blocks = [block for block in ("metadata", "annotations", "sql", "aws", "http", "cause") if block in document]
    left_out: dict[str, str] = {}
    while blocks and len(strict(document)) > _MOST_BYTES:
        largest = max(blocks, key=lambda block: len(strict(document[block])))
        left_out[largest] = f"{len(strict(document.pop(largest)))} bytes: more than a document takes"
        blocks.remove(largest)
        document["metadata"] = {**document.get("metadata", {}), "left_out": left_out}
    return len(left_out)
