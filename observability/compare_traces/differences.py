"""Two lists of trees -> what differs, one line each. PURE."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from observability.compare_traces.trees import Node

__all__ = ["differences"]

EACH_ITS_OWN = frozenset({"annotations.request_id", "annotations.correlation_id", "aws.request_id"})
"""Ids, which no two requests share: only whether they are there is compared."""

_MISSING = object()


def differences(a: Sequence[Node], b: Sequence[Node], ignored: frozenset[str] = frozenset()) -> list[str]:
    """Traces are compared in their order, spans below one parent by their names. `ignored`: paths of facts that
    don't count, such as annotations.cold_start, with all below them.
    """
    found: list[str] = []
    for number, (one, other) in enumerate(zip_longest(a, b), start=1):
        place = f"trace {number}"
        if one is None or other is None:
            found.append(f"{place}: {(one or other).name!r} is only in {'A' if other is None else 'B'}")
        else:
            found += _nodes(f"{place}: ", one, other, ignored)
    return found


def _nodes(above: str, one: Node, other: Node, ignored: frozenset[str]) -> Iterator[str]:
    place = above + one.name
    if one.name != other.name:
        yield f"{place}: name: {one.name!r} in A, {other.name!r} in B"
    for path in sorted({*one.facts, *other.facts}):
        if not any(path == each or path.startswith(f"{each}.") for each in ignored):
            yield from _facts(f"{place}: {path}", path, one.facts, other.facts)
    left, right = _by_name(one), _by_name(other)
    for name in {**left, **right}:
        for first, second in zip_longest(left.get(name, ()), right.get(name, ())):
            if first is None or second is None:
                yield f"{place} > {name}: is only in {'A' if second is None else 'B'}"
            else:
                yield from _nodes(f"{place} > ", first, second, ignored)


def _facts(place: str, path: str, one: dict[str, Any], other: dict[str, Any]) -> Iterator[str]:
    first, second = one.get(path, _MISSING), other.get(path, _MISSING)
    if first is _MISSING or second is _MISSING:
        there = second if first is _MISSING else first
        yield f"{place}: {there!r} is only in {'B' if first is _MISSING else 'A'}"
    elif (type(first) is bool) != (type(second) is bool) or (first != second and path not in EACH_ITS_OWN):
        yield f"{place}: {first!r} in A, {second!r} in B"


def _by_name(node: Node) -> dict[str, list[Node]]:
    found: dict[str, list[Node]] = {}
    for child in node.children:
        found.setdefault(child.name, []).append(child)
    return found
