"""Events into the database: a batch of one stream at a time, inside the caller's transaction."""

import re
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from local.cloudwatch.logs.batch import EVENT_BYTES
from local.cloudwatch.logs.lambda_lines import line_fields, whole_json
from local.cloudwatch.logs.parameters import invalid
from local.cloudwatch.logs.schema import LATEST_MS, MOST_A_MILLISECOND, first_id
from local.cloudwatch.logs.texts import size_of

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
# SQLite itself says whether a message is JSON that its functions can read.
_INSERT = """INSERT INTO log_events (id, group_id, stream_id, ingested_ms, size, kind, fields, message) VALUES (
    ?1, ?2, ?3, ?4, ?5,
    CASE ?6 WHEN 1 THEN json_valid(?8) WHEN 2 THEN 2 * json_valid(?7) ELSE 0 END,
    CASE WHEN json_valid(?7) THEN ?7 END,
    ?8
)"""
_STREAM = """UPDATE log_streams SET ingested_ms = :now, first_ms = min(coalesce(first_ms, :first), :first),
    last_ms = max(coalesce(last_ms, :last), :last) WHERE id = :stream"""
_GROUP = "UPDATE log_groups SET stored_bytes = stored_bytes + ? WHERE id = ?"
_LAST = "SELECT max(id) FROM log_events WHERE id >= ? AND id < ?"


@dataclass(frozen=True)
class Target:
    """Where events go, by the ids of group and stream. `is_lambda`: the lines are Lambda's: fields are discovered."""

    group: int
    stream: int
    is_lambda: bool


def write_events(connection: sqlite3.Connection, target: Target, events: Sequence[tuple[int, str]], now_ms: int) -> int:
    """`events`: timestamp and message. How many bytes the messages have. Raises AwsError."""
    if not events:
        return 0
    size, rows = 0, []
    for event_id, (_, message) in zip(_ids(connection, events), events, strict=True):
        kind, fields = _kind(message, is_lambda=target.is_lambda)
        bytes_of_it = size_of(message)
        size += bytes_of_it
        row = (event_id, target.group, target.stream, now_ms, bytes_of_it + EVENT_BYTES, kind, fields, message)
        rows.append(row)
    connection.executemany(_INSERT, rows)
    times = [timestamp for timestamp, _ in events]
    seen = {"first": min(times), "last": max(times), "now": now_ms, "stream": target.stream}
    connection.execute(_STREAM, seen)
    connection.execute(_GROUP, (size + len(rows) * EVENT_BYTES, target.group))
    return size


def _kind(message: str, *, is_lambda: bool) -> tuple[int, str | None]:
    if message[:1] == "{" or message.lstrip()[:1] == "{":
        if "\\u" in message and _SURROGATE.search(message):
            fields = whole_json(message)
            return 2 if fields else 0, fields
        return 1, None
    if not is_lambda:
        return 0, None
    fields, has_json = line_fields(message)
    return 2 if has_json else 0, fields


def _ids(connection: sqlite3.Connection, events: Sequence[tuple[int, str]]) -> Iterator[int]:
    """The next free number in the millisecond of each."""
    last: dict[int, int] = {}
    for timestamp, _ in events:
        if not 0 <= timestamp < LATEST_MS:
            raise invalid(f"timestamp {timestamp} is not in milliseconds since the epoch, or after the year 2248")
        first = first_id(timestamp)
        if timestamp not in last:
            found = connection.execute(_LAST, (first, first + MOST_A_MILLISECOND)).fetchone()[0]
            last[timestamp] = first - 1 if found is None else found
        last[timestamp] += 1
        if last[timestamp] == first + MOST_A_MILLISECOND:
            raise invalid(f"more than {MOST_A_MILLISECOND} events in millisecond {timestamp}")
        yield last[timestamp]
