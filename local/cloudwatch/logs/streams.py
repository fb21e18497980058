"""Log streams: made, described, deleted."""

import sqlite3
from collections.abc import Callable, Mapping
from typing import Any

from local.cloudwatch.logs.groups import group_id
from local.cloudwatch.logs.pages import key_of, token_of
from local.cloudwatch.logs.parameters import (
    group_arn,
    group_name,
    group_of,
    invalid,
    limit_of,
    not_found,
    one_of,
    stream_name,
)
from local.cloudwatch.logs.schema import MOST_A_MILLISECOND, first_id
from local.database import Database
from local.endpoint import Answer, Call
from local.errors import AwsError

MOST_DESCRIBED = 50
SEQUENCE_TOKEN = "0" * 56
"""Sequence tokens are ignored: "PutLogEvents actions are always accepted" with any."""
# No index has the streams first: each event that comes would pay for it.
_EVENTS = "group_id = ? AND stream_id = ? AND id BETWEEN ? AND ?"


def stream_id(connection: sqlite3.Connection, group: int, name: str) -> int:
    """Raises AwsError (ResourceNotFoundException)."""
    found = connection.execute("SELECT id FROM log_streams WHERE group_id = ? AND name = ?", (group, name)).fetchone()
    if found is None:
        raise not_found("log stream")
    return int(found[0])


def ids_of(connection: sqlite3.Connection, stream: int) -> tuple[int, int]:
    """The first and the last id that an event of the stream may have; the last is the lesser one where it has none."""
    sql = "SELECT first_ms, last_ms FROM log_streams WHERE id = ?"
    first_ms, last_ms = connection.execute(sql, (stream,)).fetchone()
    return (0, -1) if first_ms is None else (first_id(first_ms), first_id(last_ms) + MOST_A_MILLISECOND - 1)


def make_stream(connection: sqlite3.Connection, group: int, name: str, now_ms: int) -> int:
    made = connection.execute(
        "INSERT INTO log_streams (group_id, name, created_ms) VALUES (?, ?, ?)", (group, name, now_ms)
    )
    return int(made.lastrowid or 0)


class Streams:
    def __init__(self, database: Database, now_ms: Callable[[], int]) -> None:
        self._database = database
        self._now_ms = now_ms

    def create(self, call: Call) -> Answer:
        name = stream_name(call.parameters)
        with self._database.write() as connection:
            group = group_id(connection, group_name(call.parameters))
            same = connection.execute("SELECT 1 FROM log_streams WHERE group_id = ? AND name = ?", (group, name))
            if same.fetchone():
                raise AwsError("ResourceAlreadyExistsException", "The specified log stream already exists")
            make_stream(connection, group, name, self._now_ms())
        return {}

    def delete(self, call: Call) -> Answer:
        with self._database.write() as connection:
            group = group_id(connection, group_name(call.parameters))
            stream = stream_id(connection, group, stream_name(call.parameters))
            its_events = (group, stream, *ids_of(connection, stream))
            size = f"SELECT coalesce(sum(size), 0) FROM log_events WHERE {_EVENTS}"  # noqa: S608 - a constant
            stored = connection.execute(size, its_events).fetchone()[0]
            connection.execute("UPDATE log_groups SET stored_bytes = stored_bytes - ? WHERE id = ?", (stored, group))
            connection.execute(f"DELETE FROM log_events WHERE {_EVENTS}", its_events)  # noqa: S608 - a constant
            connection.execute("DELETE FROM log_streams WHERE id = ?", (stream,))
        return {}

    def describe(self, call: Call) -> Answer:
        given = call.parameters
        order = one_of(given, "orderBy", ("LogStreamName", "LastEventTime"))
        if order == "LastEventTime" and "logStreamNamePrefix" in given:
            raise invalid("Cannot order by LastEventTime with a logStreamNamePrefix.")
        limit, name = limit_of(given, MOST_DESCRIBED), group_of(given)
        with self._database.read() as connection:
            rows = _rows(connection, group_id(connection, name), given, order, limit + 1)
        arn = group_arn(name, call.region, call.account_id)
        answer: dict[str, Any] = {"logStreams": [_described(row, arn) for row in rows[:limit]]}
        if len(rows) > limit:
            last = rows[limit - 1]
            answer["nextToken"] = token_of(f"{last['at']}/{last['name']}")
        return answer


def _rows(
    connection: sqlite3.Connection, group: int, given: Mapping[str, Any], order: str, count: int
) -> list[dict[str, Any]]:
    at = "coalesce(last_ms, 0)" if order == "LastEventTime" else "0"
    sign, direction = ("<", "DESC") if given.get("descending") else (">", "ASC")
    where, values = ["group_id = ?"], list[Any]([group])
    if prefix := given.get("logStreamNamePrefix"):
        where.append("substr(name, 1, length(?)) = ?")
        values += [prefix, prefix]
    if token := key_of(given):
        number, _, name = token.partition("/")
        if not number.isdecimal() or not number.isascii() or len(number) > 18:
            raise invalid("The specified nextToken is invalid.")
        where.append(f"({at}, name) {sign} (?, ?)")
        values += [int(number), name]
    sql = f"SELECT *, {at} AS at FROM log_streams WHERE {' AND '.join(where)}"  # noqa: S608
    cursor = connection.execute(f"{sql} ORDER BY at {direction}, name {direction} LIMIT {count}", values)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def _described(row: Mapping[str, Any], group: str) -> dict[str, Any]:
    times = {
        "firstEventTimestamp": row["first_ms"],
        "lastEventTimestamp": row["last_ms"],
        "lastIngestionTime": row["ingested_ms"],
    }
    return {
        "logStreamName": row["name"],
        "creationTime": row["created_ms"],
        "arn": f"{group}:log-stream:{row['name']}",
        "uploadSequenceToken": SEQUENCE_TOKEN,
        "storedBytes": 0,  # "As of June 17, 2019, this parameter is no longer supported for log streams."
        **{name: value for name, value in times.items() if value is not None},
    }
