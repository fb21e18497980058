"""GetTraceSummaries and BatchGetTraces."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from local.endpoint.call import Answer, Call
from local.xray.facts import Facts, whole
from local.xray.filters import Expression, bound, matches, parse_filter
from local.xray.groups import Groups
from local.xray.paging import place, token
from local.xray.problems import invalid
from local.xray.records import Records, Row, Search, TimeRange
from local.xray.summary import seconds, summarise
from local.xray.tree import Document, Trace, inside

PAGE = 500  # summaries in an answer; about 1 kB each
SCANNED = 2_500  # traces whose facts are looked at for one answer: some 40 microseconds each
TRACES = 25  # whole traces in an answer
TRACE_BYTES = 500 * 1024  # AWS's "Trace document size"
_RANGES = {"TraceId": TimeRange.TRACE_ID, "Event": TimeRange.EVENT, "Service": TimeRange.SERVICE}
_STRATEGIES = {"PartialScan": False, "FixedRate": True}  # whether it says how many
_TRACE_ID = re.compile(r"1-[0-9a-f]{8}-[0-9a-f]{24}", re.ASCII | re.IGNORECASE)
_Known = TypeVar("_Known")


@dataclass(slots=True)
class _Page:
    """`next` is the time and the id of the trace after which it goes on; None at the end."""

    summaries: list[Mapping[str, Any]] = field(default_factory=list)
    looked_at: int = 0
    next: list[Any] | None = None


class Reading:
    def __init__(self, records: Records, groups: Groups) -> None:
        self._records = records
        self._groups = groups

    def get_trace_summaries(self, call: Call) -> Answer:
        """The latest first. `Sampling` alone, or a PartialScan, asks for "a subset", whichever: here it is all."""
        given = call.parameters
        start, end = time_range(given)
        kind = _one_of("TimeRangeType", given.get("TimeRangeType", "TraceId"), _RANGES)
        wanted = _wanted(given)
        groups = self._groups.filters(call) if wanted is not None else []
        before = place(given, float, str)  # the time and the id of the last trace of the page before
        all_of_it = Search(kind, start, end, before)
        is_sampled = _sampling(given)
        condition, parameters = bound(wanted, groups)
        search = replace(all_of_it, condition=condition, parameters=parameters)
        with closing(self._records.find(search, SCANNED)) as rows:
            page = _page(rows, lambda facts: is_sampled(facts["id"]) and matches(wanted, facts, groups))
        answer = {
            "TraceSummaries": page.summaries,
            "ApproximateTime": datetime.fromtimestamp(start if page.next is None else page.next[0], UTC),
            "TracesProcessedCount": self._records.count(all_of_it, page.next),
        }
        return answer if page.next is None else {**answer, "NextToken": token(given, page.next)}

    def batch_get_traces(self, call: Call) -> Answer:
        """Each trace with its segments, subsegments inside; those that are inferred too, as AWS does."""
        given = call.parameters
        ids = trace_ids(given)
        first = (place(given, int) or [0])[0]
        page = ids[first : first + TRACES]
        traces = {trace_id: trace for trace_id in page if (trace := self._records.trace(trace_id))}
        answer: dict[str, Any] = {
            "Traces": [_whole_trace(trace) for trace in traces.values()],
            "UnprocessedTraceIds": [trace_id for trace_id in page if trace_id not in traces],
        }
        if first + TRACES < len(ids):
            answer["NextToken"] = token(given, [first + TRACES])
        return answer


def _wanted(given: Mapping[str, Any]) -> Expression | None:
    text = given.get("FilterExpression")
    return parse_filter(text) if text and text.strip() else None


def time_range(given: Mapping[str, Any]) -> tuple[float, float]:
    """StartTime and EndTime in seconds since the epoch. Raises AwsError."""
    start, end = given["StartTime"].timestamp(), given["EndTime"].timestamp()
    if start > end:
        raise invalid(f"StartTime: {given['StartTime'].isoformat()} is after EndTime")
    return start, end


def trace_ids(given: Mapping[str, Any]) -> list[str]:
    """TraceIds, each once. Raises AwsError."""
    for trace_id in given["TraceIds"]:
        if not _TRACE_ID.fullmatch(trace_id):
            raise invalid(f"TraceIds: {trace_id[:80]!r} is not 1-<8 hex digits>-<24 hex digits>")
    return list(dict.fromkeys(given["TraceIds"]))


def _page(rows: Iterable[Row], takes: Callable[[Facts], bool]) -> _Page:
    page = _Page()
    for row in rows:
        page.looked_at += 1
        if takes(row.facts):
            page.summaries.append(summarise(row.facts, row.revision))
        if len(page.summaries) == PAGE or page.looked_at == SCANNED:
            page.next = [row.at, row.facts["id"]]
            break
    return page


def _sampling(given: Mapping[str, Any]) -> Callable[[str], bool]:
    strategy = given.get("SamplingStrategy", {})
    is_rate = _one_of("SamplingStrategy.Name", strategy.get("Name", "PartialScan"), _STRATEGIES)
    if not is_rate or given.get("Sampling") is False:
        return lambda _: True
    rate = strategy.get("Value")
    if rate is None or not 0 <= rate <= 1:
        raise invalid(f"SamplingStrategy.Value: {rate} is not a number from 0 to 1")
    return lambda trace_id: _chance(trace_id) < rate


def _one_of(member: str, given: str, known: Mapping[str, _Known]) -> _Known:
    if given not in known:
        raise invalid(f"{member}: {given!r} is not one of {', '.join(known)}")
    return known[given]


def _chance(trace_id: str) -> float:
    """From 0 to 1, and the same for a trace whenever it is asked for."""
    return int.from_bytes(hashlib.blake2b(trace_id.encode(), digest_size=8).digest()) / 2**64


def _whole_trace(trace: Trace) -> dict[str, Any]:
    """Subsegments whose segment has not come stand by themselves, so that nothing that was sent is missing."""
    documents = [*whole(trace), *trace.orphans]
    segments = [
        {"Id": document["id"], "Document": json.dumps(document, separators=(",", ":"))} for document in documents
    ]
    size = sum(len(segment["Document"]) for segment in segments)
    return {"Id": trace.trace_id, **_duration(documents), "LimitExceeded": size > TRACE_BYTES, "Segments": segments}


def _duration(documents: list[Document]) -> dict[str, float]:
    ends = [
        entity["end_time"] for document in documents for entity in (document, *inside(document)) if "end_time" in entity
    ]
    started = min(document["start_time"] for document in documents)
    return {"Duration": seconds(max(ends) - started)} if ends else {}
