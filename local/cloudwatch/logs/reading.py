"""GetLogEvents: the events of one stream, from either end, page by page."""

from collections.abc import Mapping
from typing import Any

from local.cloudwatch.logs.groups import group_id
from local.cloudwatch.logs.parameters import group_of, invalid, limit_of, stream_name
from local.cloudwatch.logs.schema import LAST_ID, LATEST_MS, first_id, timestamp_of
from local.cloudwatch.logs.streams import ids_of, stream_id
from local.database import Database
from local.endpoint import Answer, Call

MOST_EVENTS = 10_000
MOST_BYTES = 1_048_576

Row = tuple[int, int, int, str]
"""An event's id, ingestion time, size and message."""


class Reading:
    def __init__(self, database: Database) -> None:
        self._database = database

    def get_log_events(self, call: Call) -> Answer:
        given, limit = call.parameters, limit_of(call.parameters, MOST_EVENTS)
        first, end = id_range(given)
        direction, position = _token(given)
        name, stream = group_of(given), stream_name(given)
        order = "ASC" if direction == "f" else "DESC"
        if direction == "f":
            first = max(first, position + 1)
        elif position >= 0:
            end = min(end, position)
        sql = f"""SELECT id, ingested_ms, size, message FROM log_events
            WHERE group_id = ? AND stream_id = ? AND id >= ? AND id < ? ORDER BY id {order}"""  # noqa: S608 - ASC or DESC
        with self._database.read() as connection:
            group = group_id(connection, name)
            into = stream_id(connection, group, stream)
            earliest, latest = ids_of(connection, into)
            found = connection.execute(sql, (group, into, max(first, earliest), min(end, latest + 1)))
            rows = page_of(found, limit)
        rows.sort()
        if not rows:
            return {"events": [], **_tokens_of_nothing(given, first, end)}
        return {
            "events": [event_of(row) for row in rows],
            "nextForwardToken": f"f/{rows[-1][0]}/s",
            "nextBackwardToken": f"b/{rows[0][0]}/s",
        }


def id_range(given: Mapping[str, Any], *, with_end: bool = False) -> tuple[int, int]:
    """The ids from startTime to endTime, which itself is in the range `with_end` only."""
    start = min(max(given.get("startTime", 0), 0), LATEST_MS - 1)
    end = min(max(given.get("endTime", LATEST_MS), 0) + with_end, LATEST_MS - 1)
    if "endTime" in given and given["endTime"] < given.get("startTime", 0):
        raise invalid("startTime is after endTime")
    return first_id(start), first_id(end)


def page_of(rows: Any, limit: int) -> list[Row]:
    """As many rows as a page has: so many, and 1 MB of them, but one in any case."""
    page: list[Row] = []
    size = 0
    for row in rows:
        size += row[2]
        if page and size > MOST_BYTES:
            break
        page.append(row)
        if len(page) == limit:
            break
    return page


def event_of(row: Row) -> dict[str, Any]:
    return {"timestamp": timestamp_of(row[0]), "message": row[3], "ingestionTime": row[1]}


def _token(given: Mapping[str, Any]) -> tuple[str, int]:
    """The direction, f or b, and the id to go on from; -1 for none."""
    if "nextToken" not in given:
        return ("f" if given.get("startFromHead") else "b"), -1
    parts = given["nextToken"].split("/")
    if len(parts) != 3 or parts[0] not in ("f", "b") or not parts[1].isdecimal() or len(parts[1]) > 19:
        raise invalid("The specified nextToken is invalid.")
    return parts[0], min(int(parts[1]), LAST_ID)


def _tokens_of_nothing(given: Mapping[str, Any], first: int, end: int) -> dict[str, str]:
    """An empty page: the same token again says that this was the end, for now."""
    token = given.get("nextToken", "")
    forward = token if token.startswith("f/") else f"f/{max(first - 1, 0)}/s"
    if token.startswith("b/"):
        forward = f"f/{max(end - 1, 0)}/s"
    backward = token if token.startswith("b/") else f"b/{first}/s"
    return {"nextForwardToken": forward, "nextBackwardToken": backward}
