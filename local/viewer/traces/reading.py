"""X-Ray's traces, from its API."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from local.viewer.aws import Aws
from local.viewer.time_range import TimeRange
from local.viewer.traces.document import Document, parse
from local.viewer.traces.summary import Summary, summary
from local.viewer.visit import NotThere
from local.viewer.windows import SUMMARIES_S, windows

MOST_TRACES = 2000  # ours: what a list and a scatter still show
MOST_PAGES = 40  # ours: of a busy account a filter looks through, before the page says that it has not seen all


@dataclass(frozen=True, slots=True)
class Found:
    """The latest first. `is_all` is False where there are more than were read."""

    traces: Sequence[Summary]
    is_all: bool
    processed: int


@dataclass(frozen=True, slots=True)
class WholeTrace:
    """`unreadable` are the texts of segments that hold no JSON object."""

    id: str
    documents: Sequence[Document]
    unreadable: Sequence[str]
    is_cut: bool


async def find_traces(aws: Aws, times: TimeRange, expression: str) -> Found:
    """Raises CallFailed, as for an expression that X-Ray does not take."""
    found: dict[str, Mapping[str, Any]] = {}
    processed, pages = 0, 0
    for start, end in windows(times.start_s, times.end_s, SUMMARIES_S):
        asked: dict[str, Any] = {"StartTime": start, "EndTime": end}
        if expression.strip():
            asked["FilterExpression"] = expression
        async for page in aws.pages("xray", "GetTraceSummaries", limit=MOST_PAGES, **asked):
            pages += 1
            processed += page.get("TracesProcessedCount", 0)
            found |= {answer["Id"]: answer for answer in page.get("TraceSummaries", ())}
            if (len(found) >= MOST_TRACES or pages >= MOST_PAGES) and page.get("NextToken"):
                return Found(_latest_first(found), False, processed)
    return Found(_latest_first(found), True, processed)


async def read_trace(aws: Aws, trace_id: str) -> WholeTrace:
    """Raises NotThere, CallFailed."""
    (found,) = await read_traces(aws, [trace_id])
    return found


async def read_traces(aws: Aws, trace_ids: Sequence[str]) -> list[WholeTrace]:
    """In the order of the ids. Raises NotThere, CallFailed."""
    answers: dict[str, Mapping[str, Any]] = {}
    async for page in aws.pages("xray", "BatchGetTraces", TraceIds=list(dict.fromkeys(trace_ids))):
        answers |= {trace["Id"]: trace for trace in page.get("Traces", ())}
    for trace_id in trace_ids:
        if not answers.get(trace_id, {}).get("Segments"):
            raise NotThere(
                f"X-Ray has no trace {trace_id}: it was not sampled, has not come yet, or is over 30 days old"
            )
    return [_whole(answers[trace_id]) for trace_id in trace_ids]


def _whole(answer: Mapping[str, Any]) -> WholeTrace:
    texts = [segment.get("Document", "") for segment in answer["Segments"]]
    documents = [parse(text) for text in texts]
    return WholeTrace(
        answer["Id"],
        [document for document in documents if document is not None],
        [text for text, document in zip(texts, documents, strict=True) if document is None],
        answer.get("LimitExceeded") is True,
    )


def _latest_first(found: Mapping[str, Mapping[str, Any]]) -> list[Summary]:
    def started(one: Summary) -> float:
        return one.started.timestamp() if isinstance(one.started, datetime) else 0.0

    return sorted(map(summary, found.values()), key=started, reverse=True)[:MOST_TRACES]
