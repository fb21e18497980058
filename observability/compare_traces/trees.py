"""X-Ray documents -> trees of what is compared. PURE."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["Node", "trees"]

_BLOCKS = ("annotations", "http", "aws", "sql")
_FLAGS = ("error", "fault", "throttle")
_SDKS_OWN = "xray"
"""The member of a segment's aws block in which the X-Ray SDK writes about itself."""


@dataclass
class Node:
    """A segment or subsegment. `facts`: what is compared of it, by path: http.response.status."""

    name: str
    facts: dict[str, Any] = field(default_factory=dict)
    children: list[Node] = field(default_factory=list)


def trees(documents: Iterable[dict[str, Any]]) -> list[Node]:
    """The traces in the order in which they began. A span whose parent isn't there is the top of a tree."""
    traces: dict[str, list[dict[str, Any]]] = {}
    for document in documents:
        traces.setdefault(document["trace_id"], []).extend(_flat(document, document.get("parent_id")))
    tops = [top for spans in traces.values() for top in _trees(spans)]
    return [node for _, node in sorted(tops, key=lambda top: top[0])]


def _flat(span: dict[str, Any], parent_id: str | None) -> Iterator[dict[str, Any]]:
    yield {**span, "parent_id": parent_id}
    for child in span.get("subsegments") or ():
        yield from _flat(child, span["id"])


def _trees(spans: list[dict[str, Any]]) -> Iterator[tuple[float, Node]]:
    described = {one["id"]: one for span in spans for one in _exceptions(span) if "id" in one}
    nodes = {span["id"]: Node(str(span["name"]), _facts(span, described)) for span in spans}
    for span in sorted(spans, key=lambda span: float(span.get("start_time", 0))):
        above = nodes.get(span["parent_id"] or "")
        if above is None:
            yield float(span.get("start_time", 0)), nodes[span["id"]]
        else:
            above.children.append(nodes[span["id"]])


def _exceptions(span: dict[str, Any]) -> list[dict[str, Any]]:
    cause = span.get("cause")
    return list(cause.get("exceptions") or ()) if isinstance(cause, dict) else []


def _facts(span: dict[str, Any], described: dict[str, Any]) -> dict[str, Any]:
    facts: dict[str, Any] = {flag: True for flag in _FLAGS if span.get(flag)}
    if span.get("namespace") not in (None, "local"):  # the X-Ray SDK writes out what is so by itself
        facts["namespace"] = span["namespace"]
    for block in _BLOCKS:
        facts.update(_leaves(block, span.get(block) or {}))
    cause = span.get("cause")
    first = described.get(cause) if isinstance(cause, str) else next(iter(_exceptions(span)), None)
    if first is not None:
        facts["exception.type"] = str(first.get("type")).rpartition(".")[2]
        facts["exception.message"] = first.get("message")
    return facts


def _leaves(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    if not isinstance(value, dict):
        yield path, value
        return
    for name, inner in value.items():
        if (path, name) != ("aws", _SDKS_OWN) and inner is not None:
            yield from _leaves(f"{path}.{name}", inner)
