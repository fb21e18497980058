"""CloudWatch Logs, from its API: groups, the tail, fields, records, saved queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local.viewer.aws import Aws
from local.viewer.logs.events import Event, event
from local.viewer.logs.fields import discovered
from local.viewer.visit import NotThere

MOST_TAIL = 5000  # events in one answer
MOST_PAGES = 40  # of FilterLogEvents: those of a rare pattern are empty
MOST_GROUPS_PAGES = 200  # of 50 groups
MOST_LATEST = 1000  # with which a tail begins
SAMPLED = 200  # events whose fields the editor knows


@dataclass(frozen=True, slots=True)
class Tail:
    """`events` in the order of their time. `is_all` is False where more have come: they are from the last time on."""

    events: Sequence[Event]
    is_all: bool


@dataclass(frozen=True, slots=True)
class SavedQuery:
    name: str
    groups: tuple[str, ...]
    text: str


async def read_groups(aws: Aws) -> list[Mapping[str, Any]]:
    """In the shape of the API, by name."""
    found = await aws.listed("logs", "DescribeLogGroups", "logGroups", carries_on="nextToken", limit=MOST_GROUPS_PAGES)
    return sorted(found, key=lambda group: str(group["logGroupName"]))


async def read_latest(aws: Aws, group: str, pattern: str, since_ms: int) -> Tail:
    """The latest events of a time, as many as a tail begins with. Raises CallFailed, as for a pattern that is none."""
    asked = {"logGroupName": group, "startTime": since_ms, "startFromHead": False, "limit": MOST_LATEST}
    found = await filtered(aws, asked, pattern, MOST_LATEST)
    return Tail(found.events[:MOST_LATEST][::-1], is_all=True)


async def read_tail(aws: Aws, group: str, pattern: str, since_ms: int) -> Tail:
    """From a time on. Raises CallFailed, as for a pattern that is none."""
    return await filtered(aws, {"logGroupName": group, "startTime": since_ms}, pattern, MOST_TAIL)


async def filtered(aws: Aws, asked: Mapping[str, Any], pattern: str, most: int) -> Tail:
    """FilterLogEvents, page by page, until `most` events are found. Raises CallFailed."""
    found: list[Event] = []
    given = {**asked, "filterPattern": pattern} if pattern.strip() else dict(asked)
    for _ in range(MOST_PAGES):
        page = await aws.call("logs", "FilterLogEvents", **given)
        found += [event(answer, asked["logGroupName"]) for answer in page.get("events", ())]
        if not page.get("nextToken"):
            return Tail(found, is_all=True)
        if len(found) >= most:
            break
        given["nextToken"] = page["nextToken"]
    return Tail(found, is_all=False)


async def read_event(aws: Aws, group: str, event_id: str, time_ms: int) -> Event:
    """One event, by its id and time. Raises NotThere, CallFailed."""
    asked: dict[str, Any] = {"logGroupName": group, "startTime": time_ms, "endTime": time_ms + 1}
    async for page in aws.pages("logs", "FilterLogEvents", carries_on="nextToken", **asked):
        for answer in page.get("events", ()):
            if answer.get("eventId") == event_id:
                return event(answer, group)
    raise NotThere(f"{group} has no event {event_id} at {time_ms}")


async def read_fields(aws: Aws, groups: Sequence[str], start_ms: int, end_ms: int) -> tuple[str, ...]:
    """What a query of the groups can name, as the latest events show. Raises CallFailed."""
    messages: list[str] = []
    for group in groups:
        asked: dict[str, Any] = {"logGroupName": group, "startTime": start_ms, "endTime": end_ms, "limit": SAMPLED}
        page = await aws.call("logs", "FilterLogEvents", **asked, startFromHead=False)
        messages += [answer.get("message", "") for answer in page.get("events", ())]
    return discovered(messages)


async def read_record(aws: Aws, pointer: str) -> Mapping[str, str]:
    """The fields of a row of a result. Raises CallFailed."""
    found: Mapping[str, str] = (await aws.call("logs", "GetLogRecord", logRecordPointer=pointer)).get("logRecord", {})
    return found


async def read_saved(aws: Aws) -> list[SavedQuery]:
    found = await aws.listed("logs", "DescribeQueryDefinitions", "queryDefinitions", carries_on="nextToken")
    return [
        SavedQuery(one.get("name", ""), tuple(one.get("logGroupNames") or ()), one.get("queryString", ""))
        for one in sorted(found, key=lambda one: str(one.get("name", "")))
    ]
