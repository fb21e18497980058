"""The log lines of a trace: those that name it, and those of its invocations."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from local.viewer.aws import Aws, CallFailed
from local.viewer.logs.events import Event
from local.viewer.logs.reading import Tail, filtered
from local.viewer.traces.document import objects, part, text
from local.viewer.traces.waterfall import Row, Waterfall

BEFORE_S = 5.0
AFTER_S = 60.0  # a report is written after its invocation
MOST_GROUPS = 20
MOST_EVENTS = 1000
MOST_IDS = 20  # a filter pattern has room for some 24
FUNCTION = "AWS::Lambda::Function"


@dataclass(frozen=True, slots=True)
class TraceLogs:
    """In the order of their time. `groups` are those that were asked, `failed` the calls that did not succeed."""

    events: Sequence[Event]
    groups: Sequence[str]
    failed: Sequence[CallFailed]
    is_all: bool


async def read_trace_logs(aws: Aws, trace_id: str, trace: Waterfall) -> TraceLogs:
    known = await _groups(aws, trace.rows)
    groups, ids = known[:MOST_GROUPS], [trace_id, *request_ids(trace.rows)]
    pattern = pattern_of(ids[:MOST_IDS])
    times = {
        "startTime": int((trace.start_s - BEFORE_S) * 1000),
        "endTime": int((trace.start_s + trace.duration_s + AFTER_S) * 1000),
    }
    asked = [filtered(aws, {"logGroupName": group, **times}, pattern, MOST_EVENTS) for group in groups]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    failed = [answer for answer in answers if isinstance(answer, CallFailed)]
    tails = [answer for answer in answers if isinstance(answer, Tail)]
    for answer in answers:
        if isinstance(answer, BaseException) and answer not in failed:
            raise answer
    found = sorted((one for tail in tails for one in tail.events), key=lambda one: (one.time_ms, one.id))
    is_cut = len(found) > MOST_EVENTS or len(known) > MOST_GROUPS or len(ids) > MOST_IDS
    return TraceLogs(found[:MOST_EVENTS], groups, failed, not is_cut and all(tail.is_all for tail in tails))


def request_ids(rows: Iterable[Row]) -> list[str]:
    """PURE: of the trace's invocations."""
    found = [text(row.document, "aws", "request_id") for row in rows if (row.origin or "").startswith("AWS::Lambda")]
    return list(dict.fromkeys(request_id for request_id in found if request_id))


def pattern_of(ids: Iterable[str]) -> str:
    """PURE: the filter pattern for lines with any of the ids. One that a pattern cannot say is left out."""
    return " ".join(f'?"{found}"' for found in ids if '"' not in found and "\\" not in found)


async def _groups(aws: Aws, rows: Iterable[Row]) -> list[str]:
    """The groups that segments name, and those of the trace's functions."""
    named: list[str] = []
    functions: list[str] = []
    for row in rows:
        named += [
            name for one in objects(part(row.document, "aws"), "cloudwatch_logs") if (name := text(one, "log_group"))
        ]
        if row.origin == FUNCTION:
            functions.append(row.name)
    of_functions = await asyncio.gather(*(log_group(aws, name) for name in dict.fromkeys(functions)))
    return list(dict.fromkeys([*named, *of_functions]))


async def log_group(aws: Aws, function: str) -> str:
    """Where a function logs: as its configuration says, else where functions do that say nothing."""
    try:
        configuration = await aws.call("lambda", "GetFunctionConfiguration", FunctionName=function)
    except CallFailed:
        configuration = {}
    return (configuration.get("LoggingConfig") or {}).get("LogGroup") or f"/aws/lambda/{function}"
