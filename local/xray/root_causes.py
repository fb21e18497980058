"""PURE: the segments of a trace -> where its faults, or its errors, came from.

Source: the API's pages of FaultRootCause and ErrorRootCause, and AWS page "Getting data from AWS X-Ray" (Retrieving
and refining root cause analytics): a root cause is a path through services, in each a path through what failed
there. AWS does not say how it walks; here a path starts at the first service that saw the failure and follows what is
marked with it, to the last that is. Response time root causes are left out: AWS does not say what ends their path.
"""

from collections import deque
from collections.abc import Iterator
from typing import Any, TypeAlias

from local.xray.inferred import is_downstream, service_of
from local.xray.tree import Document, inside

RootCause: TypeAlias = dict[str, Any]
"""In the shape of the API's FaultRootCause."""

MAX_CAUSES = 50  # ours: a trace that fails in more places says nothing more
MAX_SERVICES = 100  # ours, of one path

_Path: TypeAlias = tuple[Document, ...]


def root_causes(segments: list[Document], flag: str) -> list[RootCause]:
    """`flag` is "fault" or "error"; `segments` are all of the trace, inferred ones too, in the order of their start."""
    if not any(entity.get(flag) is True for segment in segments for entity in (segment, *inside(segment))):
        return []
    below: dict[str, list[Document]] = {}
    for segment in segments:
        if segment.get(flag) is True and "parent_id" in segment:
            below.setdefault(segment["parent_id"], []).append(segment)
    found: list[RootCause] = []
    for first in _starts(segments, flag):
        found += _follow(first, below, flag)
    return found[:MAX_CAUSES]


def _starts(segments: list[Document], flag: str) -> Iterator[Document]:
    """The segments that saw the failure, and whose caller, if it is known, did not."""
    seen_by_caller = {
        entity["id"] for segment in segments for entity in (segment, *inside(segment)) if entity.get(flag) is True
    }
    for segment in segments:
        failed = any(entity.get(flag) is True for entity in (segment, *inside(segment)))
        if failed and segment.get("parent_id") not in seen_by_caller:
            yield segment


def _follow(first: Document, below: dict[str, list[Document]], flag: str) -> Iterator[RootCause]:
    impacting = first.get(flag) is True and "parent_id" not in first
    left: deque[tuple[Document, list[dict[str, Any]]]] = deque([(first, [])])
    visited = {first["id"]}
    while left:
        segment, services = left.popleft()
        for path in _paths(segment, flag):
            reached = [*services, _service(segment, path)]
            following = [after for after in below.get(path[-1]["id"], ()) if after["id"] not in visited]
            if following and len(reached) < MAX_SERVICES:
                visited.update(after["id"] for after in following)
                left.extend((after, reached) for after in following)
            else:
                yield {"Services": reached, "ClientImpacting": impacting}


def _paths(segment: Document, flag: str) -> Iterator[_Path]:
    """From the segment to each innermost subsegment that failed."""
    left: deque[tuple[Document, _Path]] = deque([(segment, (segment,))])
    while left:
        entity, path = left.popleft()
        deeper = False
        for child in entity.get("subsegments", ()):
            failed = child.get(flag) is True
            if failed or any(under.get(flag) is True for under in inside(child)):
                left.append((child, (*path, child) if failed else path))
                deeper = True
        if not deeper:
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
