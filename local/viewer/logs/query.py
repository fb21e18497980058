"""A query of Logs Insights: started, asked for, ended."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local.viewer.aws import Aws, CallFailed
from local.viewer.time_range import TimeRange

# Logs Insights takes from milliseconds (the laptop) to minutes: asked often at first, then less.
FIRST_WAIT_S, LONGEST_WAIT_S = 0.02, 1.0
ENDED = frozenset({"Complete", "Failed", "Cancelled", "Timeout", "Unknown"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a query its text is wrong: character offsets; and what is wrong there."""

    start: int
    end: int
    message: str


async def start_query(aws: Aws, groups: Sequence[str], text: str, times: TimeRange) -> str:
    """The query's id. Raises CallFailed; place_of() tells where the query is wrong."""
    answer = await aws.call(
        "logs",
        "StartQuery",
        logGroupNames=list(groups),
        queryString=text,
        startTime=int(times.start_s),
        endTime=int(times.end_s),
    )
    return str(answer["queryId"])


async def ended_query(aws: Aws, query_id: str, patience_s: float) -> Mapping[str, Any]:
    """GetQueryResults' answer, as soon as the query has ended or patience has. Raises CallFailed."""
    waited, pause = 0.0, FIRST_WAIT_S
    while True:
        answer = await aws.call("logs", "GetQueryResults", queryId=query_id)
        if answer["status"] in ENDED or waited >= patience_s:
            return answer
        await asyncio.sleep(pause)
        waited, pause = waited + pause, min(pause * 1.6, LONGEST_WAIT_S)


async def complete_query(aws: Aws, query_id: str, patience_s: float) -> Mapping[str, Any]:
    """The same of a query that has to complete. Raises CallFailed; what runs too long is stopped."""
    answer = await ended_query(aws, query_id, patience_s)
    status = str(answer["status"])
    if status == "Complete":
        return answer
    if status not in ENDED:
        await aws.call("logs", "StopQuery", queryId=query_id)
        raise CallFailed("logs:GetQueryResults", status, f"stopped after {patience_s:.0f} s: take a shorter time")
    raise CallFailed("logs:GetQueryResults", status, "the query did not complete")


def place_of(failed: CallFailed) -> Place | None:
    """PURE: AWS's queryCompileError of a MalformedQueryException."""
    error = failed.members.get("queryCompileError") or {}
    at = error.get("location") or {}
    start, end = at.get("startCharOffset"), at.get("endCharOffset")
    if not isinstance(start, int) or not isinstance(end, int):
        return None
    return Place(max(start, 0), max(start, end, 0), str(error.get("message") or failed.message))
