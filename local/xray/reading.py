"""GetTraceSummaries and BatchGetTraces."""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import UTC, datetime
from typing import Any, TypeVar

from local.endpoint.call import Answer, Call
from local.xray.facts import whole
from local.xray.filters import matches, parse_filter
from local.xray.groups import Groups
from local.xray.paging import place, token
from local.xray.problems import invalid
from local.xray.records import Records, Row, TimeRange
from local.xray.summary import seconds, summarise
from local.xray.tree import Document, Trace, inside

PAGE = 500  # summaries in an answer; about 1 kB each
SCANNED = 10_000  # traces that are looked at for one answer, whether they match or not
TRACES = 25  # whole traces in an answer
TRACE_BYTES = 500 * 1024  # AWS's "Trace document size"
_RANGES = {"TraceId": TimeRange.TRACE_ID, "Event": TimeRange.EVENT, "Service": TimeRange.SERVICE}
_STRATEGIES = {"PartialScan": False, "FixedRate": True}  # whether it says how many
_TRACE_ID = re.compile(r"1-[0-9a-f]{8}-[0-9a-f]{24}", re.ASCII | re.IGNORECASE)
_Known = TypeVar("_Known")


class Reading:
    def __init__(self, records: Records, groups: Groups) -> None:
        self._records = records
        self._groups = groups

    def get_trace_summaries(self, call: Call) -> Answer:
        """The latest first. `Sampling` alone, or a PartialScan, asks for "a subset", whichever: here it is all."""
        given = call.parameters
        start, end = time_range(given)
        kind = _one_of("TimeRangeType", given.get("TimeRangeType", "TraceId"), _RANGES)
        text = given.get("FilterExpression")
        wanted = parse_filter(text) if text and text.strip() else None
        groups = self._groups.filters(call) if wanted is not None else []
        is_sampled = _sampling(given)
        before = _before(given)
        found: list[Mapping[str, Any]] = []
        processed = 0
        last: Row | None = None
        with closing(self._records.find(kind, start, end, before, SCANNED)) as rows:
            for last in rows:
                processed += 1
                if is_sampled(last.facts["id"]) and matches(wanted, last.facts, groups):
                    found.append(summarise(last.facts, last.revision))
                    if len(found) == PAGE:
                        break
        more = last is not None and (len(found) == PAGE or processed == SCANNED)
        reached = last.at if more and last is not None else start
        answer = {
            "TraceSummaries": found,
            "ApproximateTime": datetime.fromtimestamp(reached, UTC),
            "TracesProcessedCount": processed,
        }
        return {**answer, "NextToken": token(given, [last.at, last.facts["id"]])} if more and last else answer

    def batch_get_traces(self, call: Call) -> Answer:
        """Each trace with its segments, subsegments inside; those that are inferred too, as AWS does."""
        given = call.parameters
        ids = trace_ids(given)
        first = (place(given) or [0])[0]
        page = ids[first : first + TRACES]
        traces = {trace_id: trace for trace_id in page if (trace := self._records.trace(trace_id))}
        answer: dict[str, Any] = {
            "Traces": [_whole_trace(trace) for trace in traces.values()],
            "UnprocessedTraceIds": [trace_id for trace_id in page if trace_id not in traces],
        }
        if first + TRACES < len(ids):
            answer["NextToken"] = token(given, [first + TRACES])
        return answer


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


def _before(given: Mapping[str, Any]) -> tuple[float, str] | None:
    found = place(given)
    return None if found is None else (found[0], found[1])


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
