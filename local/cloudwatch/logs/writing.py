"""Events into the database: a batch of one stream at a time, inside the caller's transaction."""

import re
import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

from local.cloudwatch.logs.batch import EVENT_BYTES
from local.cloudwatch.logs.event_ids import EventIds
from local.cloudwatch.logs.lambda_lines import line_fields, whole_json
from local.cloudwatch.logs.texts import sizes_of
from local.database import Database
from local.json_text import is_object

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_INSERT = """INSERT INTO log_events (id, group_id, stream_id, ingested_ms, size, kind, fields, message)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""
_STREAM = """UPDATE log_streams SET ingested_ms = ?, first_ms = min(coalesce(first_ms, ?), ?),
    last_ms = max(coalesce(last_ms, ?), ?) WHERE id = ?"""
_GROUP = "UPDATE log_groups SET stored_bytes = stored_bytes + ? WHERE id = ?"


class Target(NamedTuple):
    """Where events go, by the ids of group and stream. `is_lambda`: the lines are Lambda's: fields are discovered."""

    group: int
    stream: int
    is_lambda: bool


class Written(NamedTuple):
    """What one batch, or several together, change of their stream and group. `stored_bytes` is what is counted for the
    events.
    """

    stream: int
    group: int
    now_ms: int
    first_ms: int
    last_ms: int
    stored_bytes: int

    def and_(self, other: "Written") -> "Written":
        """Of the same stream."""
        return Written(
            self.stream,
            self.group,
            max(self.now_ms, other.now_ms),
            min(self.first_ms, other.first_ms),
            max(self.last_ms, other.last_ms),
            self.stored_bytes + other.stored_bytes,
        )


class Writing:
    """Into one database. Streams and groups know when they were written to, and how much is in them, when they are
    looked at.
    """

    def __init__(self, database: Database) -> None:
        self._ids = EventIds()
        self._sum_up = database.defer("log sums", Written, _sum_up)
        database.when_undone(self._ids.forget)

    def events(
        self, connection: sqlite3.Connection, target: Target, events: Sequence[tuple[int, str]], now_ms: int
    ) -> int:
        """`events`: timestamp and message of one at least. Gives their messages' size, in bytes. Raises AwsError."""
        times, messages = zip(*events, strict=True)
        sizes = sizes_of(messages)
        ids, (group, stream, is_lambda) = self._ids.of(connection, times), target
        rows = [
            (
                event_id,
                group,
                stream,
                now_ms,
                size + EVENT_BYTES,
                *_kind(connection, message, is_lambda=is_lambda),
                message,
            )
            for event_id, size, message in zip(ids, sizes, messages, strict=True)
        ]
        connection.executemany(_INSERT, rows)
        size = sum(sizes)
        stored = size + len(rows) * EVENT_BYTES
        self._sum_up(Written(stream, group, now_ms, min(times), max(times), stored))
        return size


def _sum_up(connection: sqlite3.Connection, batches: Sequence[Written]) -> None:
    streams: dict[int, Written] = {}
    for batch in batches:
        known = streams.get(batch.stream)
        streams[batch.stream] = batch if known is None else known.and_(batch)
    for one in streams.values():
        times = (one.now_ms, one.first_ms, one.first_ms, one.last_ms, one.last_ms)
        connection.execute(_STREAM, (*times, one.stream))
        connection.execute(_GROUP, (one.stored_bytes, one.group))


def _kind(connection: sqlite3.Connection, message: str, *, is_lambda: bool) -> tuple[int, str | None]:
    """The columns `kind` and `fields`."""
    if message[:1] == "{" or message.lstrip()[:1] == "{":
        if is_object(message):
            return 1, None
        if not ("\\u" in message and _SURROGATE.search(message)):
            return int(_is_json(connection, message)), None
        fields, has_json = whole_json(message), True
    elif is_lambda:
        fields, has_json = line_fields(message)
    else:
        return 0, None
    if fields is None or not (is_object(fields) or _is_json(connection, fields)):
        return 0, None
    return 2 if has_json else 0, fields


def _is_json(connection: sqlite3.Connection, text: str) -> bool:
    """Whether SQLite's functions can read it: it says so itself."""
    return bool(connection.execute("SELECT json_valid(?)", (text,)).fetchone()[0])
