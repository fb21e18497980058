"""PURE: the values that keywords have in a trace, in a request, in a call, and in the path of a root cause."""

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, TypeAlias

from local.xray.facts import HTTP, RESOURCES, Facts, Measured, Visit
from local.xray.filters.expressions import Comparison
from local.xray.root_causes import RootCause
from local.xray.summary import seconds

Values: TypeAlias = Callable[[str, str], Iterable[Any]]
"""A keyword and an annotation's key -> the values that it has."""

CLIENT_TYPE = "client"
_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "contains": operator.contains,
    "beginswith": str.startswith,
    "endswith": str.endswith,
}


def test_of(wanted: Comparison) -> Callable[[Any], bool]:
    """Whether a value meets it. Only values of one kind compare: an annotation "12345" is not the number 12345."""
    if not wanted.operator:
        return lambda value: value is not False
    kind, meets, other = _kind(wanted.value), _OPERATORS[wanted.operator], wanted.value
    return lambda value: _kind(value) is kind and meets(value, other)


def trace_values(facts: Facts) -> Values:
    visits = facts["visits"]
    known: dict[str, list[Any]] = {} if facts["entry"] is None else _work(visits[facts["entry"]])
    known |= {
        "partial": [facts["partial"]],
        "duration": _length(facts["start"], facts["end"]),
        "inferred": [any(visit["inferred"] for visit in visits)],
        "throttle": [any(visit["throttle"] for visit in visits)],
        **{keyword: [value for visit in visits for value in _known(of(visit))] for keyword, of in RESOURCES.items()},
    }
    return _lookup(known, visits)


def visit_values(visit: Visit) -> Values:
    known = {
        **_work(visit),
        "partial": [visit["partial"]],
        "duration": _length(visit["start"], visit["last"]),
        "inferred": [visit["inferred"]],
        "root": [visit["root"]],
        "name": [visit["name"]],
        "type": _known(visit["type"]),
        **{keyword: _known(of(visit)) for keyword, of in RESOURCES.items()},
    }
    return _lookup(known, [visit])


def work_values(work: Measured) -> Values:
    length = _length(work["start"], work["end"])
    return _lookup({**_work(work), "partial": [work["end"] is None], "duration": length}, [work])


def cause_values(path: RootCause, part: str) -> Iterator[Values]:
    """One for each service, entity or exception in the path, in its order. An index counts from 0."""
    listed = _listed(path, part)
    for index, found in enumerate(listed):
        known = {**found, "index": float(index), "first": index == 0, "last": index == len(listed) - 1}
        yield _lookup({keyword: _known(value) for keyword, value in known.items()}, [])


def _listed(path: RootCause, part: str) -> list[dict[str, Any]]:
    services = path["Services"]
    if part == "service":
        return [{"name": of["Name"], "type": of.get("Type"), "inferred": of["Inferred"]} for of in services]
    entities = [entity for of in services for entity in of["EntityPath"]]
    if part == "entity":
        return [{"name": entity["Name"], "remote": entity["Remote"]} for entity in entities]
    raised = [exception for entity in entities for exception in entity["Exceptions"]]
    return [{"name": exception["Name"], "message": exception["Message"]} for exception in raised]


def _work(work: Measured) -> dict[str, list[Any]]:
    return {
        "ok": [not (work["error"] or work["fault"] or work["throttle"])],
        "error": [work["error"]],
        "fault": [work["fault"]],
        "throttle": [work["throttle"]],
        "responsetime": _length(work["start"], work["end"]),
        **{keyword: _known(work["http"].get(member)) for keyword, member in HTTP.items()},
    }


def _lookup(known: Mapping[str, list[Any]], works: Sequence[Measured]) -> Values:
    def values(keyword: str, key: str) -> Iterable[Any]:
        if keyword == "annotation":
            return chain.from_iterable(work["annotations"].get(key, ()) for work in works)
        return known.get(keyword, ())

    return values


def _length(start: float, end: float | None) -> list[Any]:
    return [] if end is None else [seconds(end - start)]


def _known(value: Any) -> list[Any]:
    return [] if value is None else [value]


def _kind(value: Any) -> type:
    if isinstance(value, bool):
        return bool
    return str if isinstance(value, str) else float
