"""PURE: the segments of a trace -> where its faults, or its errors, came from.

Source: the API's pages of FaultRootCause and ErrorRootCause, and AWS page "Getting data from AWS X-Ray" (Retrieving
and refining root cause analytics): a root cause is a path through services, in each a path through what failed
there. AWS does not say how it walks; here a path starts at the first service that saw the failure and follows what is
marked with it, to the last that is. Response time root causes are left out: AWS does not say what ends their path.
"""

from collections import deque
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any, TypeAlias

from local.xray.inferred import is_downstream, service_of
from local.xray.marks import Mark, is_marked
from local.xray.tree import Document, inside

RootCause: TypeAlias = dict[str, Any]
"""In the shape of the API's FaultRootCause."""

MAX_CAUSES = 50  # ours: a trace that fails in more places says nothing more
MAX_SERVICES = 100  # ours, of one path

_Path: TypeAlias = tuple[Document, ...]


def root_causes(segments: list[Document], mark: Mark) -> list[RootCause]:
    """`segments` are all of the trace, inferred ones too, in the order of their start."""
    entities = [entity for segment in segments for entity in (segment, *inside(segment))]
    marked = {entity["id"] for entity in entities if is_marked(entity, mark)}
    if not marked:
        return []
    walk = _Walk(mark, {entity["id"] for entity in entities}, segments)
    # Those that saw the failure, and whose caller, if it is known, did not.
    starts = [segment for segment in segments if segment.get("parent_id") not in marked and walk.has_failed(segment)]
    return list(islice(chain.from_iterable(walk.follow(start) for start in starts), MAX_CAUSES))


class _Walk:
    def __init__(self, mark: Mark, known: set[str], segments: list[Document]) -> None:
        self._mark = mark
        self._known = known
        self._below: dict[str, list[Document]] = {}
        for segment in segments:
            if is_marked(segment, mark) and "parent_id" in segment:
                self._below.setdefault(segment["parent_id"], []).append(segment)

    def has_failed(self, entity: Document) -> bool:
        return any(is_marked(each, self._mark) for each in (entity, *inside(entity)))

    def follow(self, first: Document) -> Iterator[RootCause]:
        impacting = is_marked(first, self._mark) and first.get("parent_id") not in self._known
        left: deque[tuple[Document, list[dict[str, Any]]]] = deque([(first, [])])
        visited = {first["id"]}
        while left:
            segment, services = left.popleft()
            for path in self._paths(segment):
                reached = [*services, _service(segment, path)]
                following = [after for after in self._below.get(path[-1]["id"], ()) if after["id"] not in visited]
                if following and len(reached) < MAX_SERVICES:
                    visited.update(after["id"] for after in following)
                    left.extend((after, reached) for after in following)
                else:
                    yield {"Services": reached, "ClientImpacting": impacting}

    def _paths(self, segment: Document) -> Iterator[_Path]:
        """From the segment to each innermost subsegment that failed."""
        left: deque[tuple[Document, _Path]] = deque([(segment, (segment,))])
        while left:
            entity, path = left.popleft()
            failed = [child for child in entity.get("subsegments", ()) if self.has_failed(child)]
            for child in failed:
                left.append((child, (*path, child) if is_marked(child, self._mark) else path))
            if not failed:
                yield path


def _service(segment: Document, path: _Path) -> dict[str, Any]:
    name, kind = service_of(segment)
    account = segment.get("aws", {}).get("account_id")
    return {
        "Name": name,
        "Names": [name],
        **({"Type": kind} if kind else {}),
        **({"AccountId": account} if isinstance(account, str) else {}),
        "EntityPath": [_entity(entity) for entity in path],
        "Inferred": bool(segment.get("inferred")),
    }


def _entity(entity: Document) -> dict[str, Any]:
    cause = entity.get("cause")
    raised = cause.get("exceptions", ()) if isinstance(cause, dict) else ()
    exceptions = [
        {"Name": str(one.get("type", "")), "Message": str(one.get("message", ""))}
        for one in (raised if isinstance(raised, list) else ())
        if isinstance(one, dict)
    ]
    return {"Name": entity["name"], "Exceptions": exceptions, "Remote": is_downstream(entity)}
