"""PURE: what GetTraceSummaries answers -> the rows of the list of traces, and the filter that narrows them.

Source: the API's page of TraceSummary; AWS page "Using filter expressions".
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from local.viewer.traces.details import filter_for
from local.viewer.traces.document import shown

_OUTCOMES = ("HasFault", "HasThrottle", "HasError")  # in Outcome's order
_VALUES = ("StringValue", "NumberValue", "BooleanValue")


class Outcome(StrEnum):
    """The worst of what a trace says of itself. FAULT: 5xx; THROTTLE: 429; ERROR: 4xx."""

    FAULT = "fault"
    THROTTLE = "throttle"
    ERROR = "error"
    OK = "ok"


@dataclass(frozen=True, slots=True)
class Annotation:
    """`filter` finds the traces that have it too; None where no expression can say it."""

    name: str
    value: str
    filter: str | None


@dataclass(frozen=True, slots=True)
class Summary:
    """`response_s` is how long the caller waited, `duration_s` until the last work was done; None while in progress."""

    id: str
    started: datetime | None
    response_s: float | None
    duration_s: float | None
    outcome: Outcome
    status: str
    method: str
    url: str
    path: str
    entry: str
    is_cold: bool
    is_partial: bool
    annotations: tuple[Annotation, ...]


def summary(answer: Mapping[str, Any]) -> Summary:
    http = answer.get("Http") or {}
    found = tuple(_annotations(answer.get("Annotations") or {}))
    return Summary(
        id=str(answer.get("Id", "")),
        started=answer.get("StartTime"),
        response_s=answer.get("ResponseTime"),
        duration_s=answer.get("Duration"),
        outcome=_outcome(answer),
        status=str(http.get("HttpStatus", "")),
        method=http.get("HttpMethod") or "",
        url=http.get("HttpURL") or "",
        path=_path(http.get("HttpURL") or ""),
        entry=(answer.get("EntryPoint") or {}).get("Name") or "",
        is_cold=any(annotation.name == "cold_start" and annotation.value == "true" for annotation in found),
        is_partial=answer.get("IsPartial") is True,
        annotations=found,
    )


def _path(url: str) -> str:
    """The URL without scheme, host and query string: what tells a service's requests apart."""
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def narrowed(expression: str, from_s: float | None, to_s: float | None) -> str:
    """The filter expression, and that the response time is at least `from_s` and less than `to_s` seconds."""
    bounds = [f"responsetime >= {_plain(from_s)}"] if from_s is not None else []
    bounds += [f"responsetime < {_plain(to_s)}"] if to_s is not None else []
    if not expression.strip():
        return " AND ".join(bounds)
    return " AND ".join([f"({expression.strip()})", *bounds]) if bounds else expression.strip()


def points(traces: Iterable[Summary]) -> list[list[Any]]:
    """As the scatter's script takes them: [milliseconds since the epoch, seconds, outcome, is cold, id]. What is in
    progress is none.
    """
    return [
        [int(one.started.timestamp() * 1000), one.response_s, one.outcome.value, one.is_cold, one.id]
        for one in traces
        if one.started is not None and one.response_s is not None
    ]


def _plain(number: float) -> str:
    """Without an exponent, which filter expressions do not have."""
    return f"{number:.6f}".rstrip("0").rstrip(".")


def _outcome(answer: Mapping[str, Any]) -> Outcome:
    for member, outcome in zip(_OUTCOMES, Outcome, strict=False):
        if answer.get(member) is True:
            return outcome
    return Outcome.OK


def _annotations(given: Mapping[str, Iterable[Mapping[str, Any]]]) -> Iterator[Annotation]:
    for name, values in sorted(given.items()):
        for entry in values:
            held = entry.get("AnnotationValue") or {}
            for member in _VALUES:
                if member in held:
                    yield Annotation(name, shown(_whole(held[member])), filter_for(name, _whole(held[member])))


def _whole(value: Any) -> Any:
    """The API's numbers are all floating: 3.0 is shown as it was sent."""
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else value
