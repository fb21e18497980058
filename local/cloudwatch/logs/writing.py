"""Events into the database: a batch of one stream at a time, inside the caller's transaction."""

import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from local.cloudwatch.logs.batch import EVENT_BYTES
from local.cloudwatch.logs.lambda_lines import line_fields, whole_json
from local.cloudwatch.logs.parameters import invalid
from local.cloudwatch.logs.schema import LATEST_MS, MOST_A_MILLISECOND, first_id, timestamp_of
from local.cloudwatch.logs.texts import size_of
from local.database import Database

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
# SQLite itself says whether a message is JSON that its functions can read.
_INSERT = """INSERT INTO log_events (id, group_id, stream_id, ingested_ms, size, kind, fields, message) VALUES (
    ?1, ?2, ?3, ?4, ?5,
    CASE ?6 WHEN 1 THEN json_valid(?8) WHEN 2 THEN 2 * json_valid(?7) ELSE 0 END,
    CASE WHEN json_valid(?7) THEN ?7 END,
    ?8
)"""
_STREAM = """UPDATE log_streams SET ingested_ms = ?1, first_ms = min(coalesce(first_ms, ?2), ?2),
    last_ms = max(coalesce(last_ms, ?3), ?3) WHERE id = ?4"""
_GROUP = "UPDATE log_groups SET stored_bytes = stored_bytes + ? WHERE id = ?"
_LAST = "SELECT max(id) FROM log_events WHERE id >= ? AND id < ?"


@dataclass(frozen=True)
class Target:
    """Where events go, by the ids of group and stream. `is_lambda`: the lines are Lambda's: fields are discovered."""

    group: int
    stream: int
    is_lambda: bool


class Written(NamedTuple):
    """What one batch, or several together, change of their stream and group. `message_bytes` are the messages';
    `stored_bytes` what is counted for the events.
    """

    stream: int
    group: int
    now_ms: int
    first_ms: int
    last_ms: int
    message_bytes: int
    stored_bytes: int

    def and_(self, other: "Written") -> "Written":
        """Of the same stream."""
        return Written(
            self.stream,
            self.group,
            max(self.now_ms, other.now_ms),
            min(self.first_ms, other.first_ms),
            max(self.last_ms, other.last_ms),
            self.message_bytes + other.message_bytes,
            self.stored_bytes + other.stored_bytes,
        )


class Writing:
    """Into one database."""

    def __init__(self, database: Database) -> None:
        self._ids = _Ids()
        database.when_undone(self._ids.forget)

    def events(
        self, connection: sqlite3.Connection, target: Target, events: Sequence[tuple[int, str]], now_ms: int
    ) -> Written:
        """`events`: timestamp and message of one at least. What it gives is to be summed up in the same transaction.
        Raises AwsError.
        """
        times = [timestamp for timestamp, _ in events]
        size, rows = 0, []
        for event_id, (_, message) in zip(self._ids.of(connection, times), events, strict=True):
            kind, fields = _kind(message, is_lambda=target.is_lambda)
            bytes_of_it = size_of(message)
            size += bytes_of_it
            row = (event_id, target.group, target.stream, now_ms, bytes_of_it + EVENT_BYTES, kind, fields, message)
            rows.append(row)
        connection.executemany(_INSERT, rows)
        stored = size + len(rows) * EVENT_BYTES
        return Written(target.stream, target.group, now_ms, min(times), max(times), size, stored)


def sum_up(connection: sqlite3.Connection, batches: Sequence[Written]) -> None:
    """Streams and groups know when they were written to, and how much is in them."""
    streams: dict[int, Written] = {}
    for batch in batches:
        known = streams.get(batch.stream)
        streams[batch.stream] = batch if known is None else known.and_(batch)
    for one in streams.values():
        connection.execute(_STREAM, (one.now_ms, one.first_ms, one.last_ms, one.stream))
        connection.execute(_GROUP, (one.stored_bytes, one.group))


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


class _Ids:
    """Ids for events. Remembers the latest that there is: nothing is looked up for what comes in the order of time."""

    def __init__(self) -> None:
        self._latest: int | None = None

    def forget(self) -> None:
        """After a transaction that was undone: what is remembered may not be there."""
        self._latest = None

    def of(self, connection: sqlite3.Connection, times: Sequence[int]) -> list[int]:
        """The next free number in each millisecond. Raises AwsError."""
        if self._latest is None:
            self._latest = int(connection.execute("SELECT coalesce(max(id), -1) FROM log_events").fetchone()[0])
        latest = self._latest
        last: dict[int, int] = {timestamp_of(latest): latest}
        found = []
        for timestamp in times:
            if not 0 <= timestamp < LATEST_MS:
                raise invalid(f"timestamp {timestamp} is not in milliseconds since the epoch, or after the year 2248")
            first = first_id(timestamp)
            known = last.get(timestamp)
            if known is None:
                known = first - 1 if first > latest else _last_of(connection, first)
            if known + 1 == first + MOST_A_MILLISECOND:
                raise invalid(f"more than {MOST_A_MILLISECOND} events in millisecond {timestamp}")
            last[timestamp] = known + 1
            found.append(known + 1)
        self._latest = max(latest, *found)
        return found


def _last_of(connection: sqlite3.Connection, first: int) -> int:
    """Of the millisecond whose ids begin with this one."""
    found = connection.execute(_LAST, (first, first + MOST_A_MILLISECOND)).fetchone()[0]
    return first - 1 if found is None else int(found)
