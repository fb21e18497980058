"""The log lines of a trace: those that name it, and those of its invocations."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from local.viewer.aws import Aws, CallFailed
from local.viewer.logs.events import Event, event
from local.viewer.traces.document import objects, part, text
from local.viewer.traces.waterfall import Row, Waterfall

BEFORE_S = 5.0
AFTER_S = 60.0  # a report is written after its invocation
MOST_GROUPS = 20
MOST_EVENTS = 1000
FUNCTION = "AWS::Lambda::Function"


@dataclass(frozen=True, slots=True)
class TraceLogs:
    """In the order of their time. `groups` are those that were asked, `failed` the calls that did not succeed."""

    events: Sequence[Event]
    groups: Sequence[str]
    failed: Sequence[CallFailed]
    is_all: bool


async def read_trace_logs(aws: Aws, trace_id: str, trace: Waterfall) -> TraceLogs:
    groups = (await _groups(aws, trace.rows))[:MOST_GROUPS]
    pattern = _pattern(trace_id, trace.rows)
    start_ms = int((trace.start_s - BEFORE_S) * 1000)
    end_ms = int((trace.start_s + trace.duration_s + AFTER_S) * 1000)
    asked = [_filter(aws, group, pattern, start_ms, end_ms) for group in groups]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    found: list[Event] = []
    failed: list[CallFailed] = []
    for answer in answers:
        if isinstance(answer, CallFailed):
            failed.append(answer)
        elif isinstance(answer, BaseException):
            raise answer
        else:
            found += answer
    found.sort(key=lambda one: (one.time_ms, one.id))
    return TraceLogs(found[:MOST_EVENTS], groups, failed, len(found) <= MOST_EVENTS)


def request_ids(rows: Iterable[Row]) -> list[str]:
    """Of the trace's invocations."""
    found = [text(row.document, "aws", "request_id") for row in rows if (row.origin or "").startswith("AWS::Lambda")]
    return list(dict.fromkeys(request_id for request_id in found if request_id))


def _pattern(trace_id: str, rows: Iterable[Row]) -> str:
    """Lines with any of the ids; their quotation marks cannot be in one."""
    ids = [trace_id, *request_ids(rows)[:10]]
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


async def _filter(aws: Aws, group: str, pattern: str, start_ms: int, end_ms: int) -> list[Event]:
    asked: dict[str, Any] = {"logGroupName": group, "filterPattern": pattern, "startTime": start_ms, "endTime": end_ms}
    found = await aws.listed("logs", "FilterLogEvents", "events", carries_on="nextToken", **asked)
    return [event(answer, group) for answer in found]
