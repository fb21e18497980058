"""PURE: a trace's tree -> its facts: what summaries, filters and graphs are made from, kept beside the documents.

`visits` are the requests that services worked on, one a segment, inferred ones too; `passages` are the calls between
them. Sources: AWS pages "X-Ray concepts" (a node shows the service's own segment, an edge the caller's subsegment),
"AWS X-Ray segment documents", and the API's page of TraceSummary.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypedDict

from local.xray.inferred import infer, is_downstream, service_of
from local.xray.marks import is_marked
from local.xray.root_causes import RootCause, root_causes
from local.xray.tree import Document, Trace, inside

MAX_ANNOTATIONS = 50  # AWS indexes no more a trace
CLIENT = -1  # the source of a passage from outside the trace
_REQUEST = ("url", "method", "user_agent", "client_ip")


class Measured(TypedDict):
    """Seconds since the epoch; `end` is None while it is in progress. `annotations`: every value that a key has."""

    start: float
    end: float | None
    error: bool
    fault: bool
    throttle: bool
    http: dict[str, Any]
    annotations: dict[str, list[Any]]


class Visit(Measured):
    """`last` is the end of the last work that was done for it: a subsegment may end after its segment."""

    last: float | None
    name: str
    type: str | None
    account: str | None
    root: bool
    inferred: bool
    partial: bool
    user: str | None
    arn: str | None
    instance: str | None
    zone: str | None


class Passage(Measured):
    """`source` and `target` are places in `visits`, or CLIENT."""

    source: int
    target: int


# The values of keywords of filters: of a request, and of where a segment ran and for whom.
HTTP: Mapping[str, str] = {
    "http.url": "url",
    "http.method": "method",
    "http.useragent": "user_agent",
    "http.clientip": "client_ip",
    "http.status": "status",
}
RESOURCES: Mapping[str, Callable[[Visit], str | None]] = {
    "user": lambda visit: visit["user"],
    "availabilityzone": lambda visit: visit["zone"],
    "instance.id": lambda visit: visit["instance"],
    "resource.arn": lambda visit: visit["arn"],
}


class Facts(TypedDict):
    """`entry` is the place of the first root in `visits`; None where only subsegments have come."""

    id: str
    start: float
    end: float | None
    partial: bool
    entry: int | None
    visits: list[Visit]
    passages: list[Passage]
    faults: list[RootCause]
    errors: list[RootCause]


def gather(trace: Trace) -> Facts:
    """Raises nothing: reason_against() has nothing against the documents."""
    segments = whole(trace)
    owners, calls = _callers(trace.segments)
    budget = [MAX_ANNOTATIONS]
    visits = [_visit(segment, owners, budget) for segment in segments]
    entry = next((place for place, visit in enumerate(visits) if visit["root"]), None)
    starts = [document["start_time"] for document in (*trace.segments, *trace.orphans)]
    ends = [last for document in (*trace.segments, *trace.orphans) if (last := _last(document)) is not None]
    return {
        "id": trace.trace_id,
        "start": min(starts),
        "end": max(ends, default=None),
        "partial": bool(trace.orphans) or any(visit["partial"] for visit in visits) or _is_broken(trace),
        "entry": entry,
        "visits": visits,
        "passages": _passages(segments, visits, owners, calls),
        "faults": root_causes(segments, "fault"),
        "errors": root_causes(segments, "error"),
    }


def whole(trace: Trace) -> list[Document]:
    """The segments that came and those that are inferred, the sources before what they call."""
    answered = {segment.get("parent_id") for segment in trace.segments}
    inferred = [
        infer(trace.trace_id, subsegment)
        for segment in trace.segments
        for subsegment in inside(segment)
        if is_downstream(subsegment) and subsegment["id"] not in answered
    ]
    return [*trace.segments, *inferred]


def _callers(segments: tuple[Document, ...]) -> tuple[dict[str, int], dict[str, Document]]:
    """The id of a segment or subsegment -> the place of its segment; the id of a subsegment -> the subsegment."""
    owners = {segment["id"]: place for place, segment in enumerate(segments)}
    calls: dict[str, Document] = {}
    for place, segment in enumerate(segments):
        for subsegment in inside(segment):
            owners.setdefault(subsegment["id"], place)
            calls[subsegment["id"]] = subsegment
    return owners, calls


def _passages(
    segments: list[Document], visits: list[Visit], owners: dict[str, int], calls: dict[str, Document]
) -> list[Passage]:
    found: list[Passage] = []
    for place, segment in enumerate(segments):
        source = CLIENT if visits[place]["root"] else owners[segment["parent_id"]]
        # A segment's own view stands in where nobody recorded the call: a client, or a service above its function.
        call = calls.get(segment.get("parent_id", ""), segment)
        found.append({**_measured(call, _annotations([call], [MAX_ANNOTATIONS])), "source": source, "target": place})
    return found


def _visit(segment: Document, owners: dict[str, int], budget: list[int]) -> Visit:
    name, kind = service_of(segment)
    aws = segment.get("aws", {})
    ec2 = aws["ec2"] if isinstance(aws.get("ec2"), dict) else {}
    return {
        **_measured(segment, _annotations([segment, *inside(segment)], budget)),
        "last": _last(segment),
        "name": name,
        "type": kind,
        "account": _text(aws.get("account_id")),
        "root": segment.get("parent_id") not in owners or segment["parent_id"] == segment["id"],
        "inferred": bool(segment.get("inferred")),
        "partial": any(entity.get("in_progress") is True for entity in (segment, *inside(segment))),
        "user": _text(segment.get("user")),
        "arn": _text(segment.get("resource_arn")) or _text(aws.get("function_arn")),
        "instance": _text(ec2.get("instance_id")),
        "zone": _text(ec2.get("availability_zone")),
    }


def _measured(document: Document, annotations: dict[str, list[Any]]) -> Measured:
    request = document.get("http", {}).get("request", {})
    http = {member: request[member] for member in _REQUEST if isinstance(request.get(member), str)}
    response = document.get("http", {}).get("response", {})
    if "status" in response:
        http["status"] = response["status"]
    return {
        "start": document["start_time"],
        "end": document.get("end_time"),
        "error": is_marked(document, "error"),
        "fault": is_marked(document, "fault"),
        "throttle": is_marked(document, "throttle"),
        "http": http,
        "annotations": annotations,
    }


def _annotations(entities: list[Document], budget: list[int]) -> dict[str, list[Any]]:
    """Takes from the budget, one a value; what is over it is kept in the document and not indexed, as AWS does."""
    found: dict[str, list[Any]] = {}
    for entity in entities:
        for key, value in entity.get("annotations", {}).items():
            values = found.setdefault(key, [])
            known = any(value == seen and type(value) is type(seen) for seen in values)  # True is no 1
            if budget[0] > 0 and not known:
                values.append(value)
                budget[0] -= 1
    return {key: values for key, values in found.items() if values}


def _is_broken(trace: Trace) -> bool:
    """Whether a call says that its service is traced too, and that service's segment has not come."""
    answered = {segment.get("parent_id") for segment in trace.segments}
    return any(
        subsegment.get("http", {}).get("request", {}).get("traced") is True and subsegment["id"] not in answered
        for segment in trace.segments
        for subsegment in inside(segment)
    )


def _last(document: Document) -> float | None:
    entities = (document, *inside(document))
    return max((entity["end_time"] for entity in entities if "end_time" in entity), default=None)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
