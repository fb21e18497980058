"""FilterLogEvents: the events of a group that match a pattern."""

import sqlite3
from collections.abc import Iterator, Mapping
from typing import Any

from local.cloudwatch.logs.errors import RegexTooSlow
from local.cloudwatch.logs.groups import group_id
from local.cloudwatch.logs.pages import key_of, token_of
from local.cloudwatch.logs.parameters import group_of, invalid, limit_of, not_found
from local.cloudwatch.logs.patterns import Event, Pattern, parse_pattern
from local.cloudwatch.logs.reading import MOST_BYTES, MOST_EVENTS, event_of, id_range
from local.cloudwatch.logs.schema import LAST_ID
from local.database import Database
from local.endpoint import Answer, Call

MOST_STREAMS = 100
MOST_LOOKED_AT = 200_000  # events, in one call: a rare match is found page by page, as in AWS
EVENT_ID_DIGITS = 56
FROM_THE_END_MS = 1_704_067_200_000  # 2024-01-01: the page of FilterLogEvents allows startFromHead false from then on


class Filtering:
    def __init__(self, database: Database) -> None:
        self._database = database

    def filter_log_events(self, call: Call) -> Answer:
        given, limit = call.parameters, limit_of(call.parameters, MOST_EVENTS)
        name, pattern = group_of(given), parse_pattern(given.get("filterPattern", ""))
        with self._database.read() as connection:
            group = group_id(connection, name)
            streams = _streams(connection, group, given)
            scan = _Scan(connection, group, streams, given, pattern)
            try:
                events = scan.page(limit)
            except RegexTooSlow as error:
                raise invalid(f"filterPattern: {error}") from None
        answer: dict[str, Any] = {"events": events, "searchedLogStreams": []}
        if scan.token is not None:
            answer["nextToken"] = scan.token
        return answer


class _Scan:
    """`token` is where the next page starts, once page() has been called; None at the end."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        group: int,
        streams: Mapping[int, str],
        given: Mapping[str, Any],
        pattern: Pattern,
    ) -> None:
        self._connection = connection
        self._group = group
        self._streams = streams
        self._pattern = pattern
        self._first, self._end = id_range(given, with_end=True)
        self._is_forward, last = _start(given)
        if last is not None and self._is_forward:
            self._first = max(self._first, last + 1)
        elif last is not None:
            self._end = min(self._end, last)
        self.token: str | None = None

    def page(self, limit: int) -> list[dict[str, Any]]:
        events: list[dict[str, Any]] = []
        size, last = 0, None
        for looked_at, (event_id, ingested_ms, event_size, message, stream) in enumerate(self._rows()):
            is_found = self._pattern.matches(Event(message))
            is_full = len(events) == limit or (is_found and events and size + event_size > MOST_BYTES)
            if is_full or looked_at == MOST_LOOKED_AT:
                self.token = token_of(f"{'f' if self._is_forward else 'b'}{last}")
                break
            last = event_id
            if is_found:
                size += event_size
                event = event_of((event_id, ingested_ms, event_size, message))
                identity = {"logStreamName": self._streams[stream], "eventId": str(event_id).zfill(EVENT_ID_DIGITS)}
                events.append({**event, **identity})
        return events

    def _rows(self) -> Iterator[tuple[int, int, int, str, int]]:
        """Terms that a match needs are looked for by SQLite: it is faster at what doesn't match."""
        where, values = ["id >= ?", "id < ?", "group_id = ?"], [self._first, self._end, self._group]
        terms = list(self._pattern.needed)
        where += ["instr(message, ?) > 0"] * len(terms)
        order = "ASC" if self._is_forward else "DESC"
        sql = f"""SELECT id, ingested_ms, size, message, stream_id FROM log_events
            WHERE {" AND ".join(where)} ORDER BY id {order}"""  # noqa: S608
        for row in self._connection.execute(sql, [*values, *terms]):
            if row[4] in self._streams:
                yield row


def _start(given: Mapping[str, Any]) -> tuple[bool, int | None]:
    """Whether the earliest come first, and the id of the last event of the page before. The token has both."""
    token = key_of(given)
    if token is not None:
        if token[:1] not in ("f", "b") or not (token.isascii() and token[1:].isdecimal() and len(token) < 21):
            raise invalid("The specified nextToken is invalid.")
        return token[0] == "f", min(int(token[1:]), LAST_ID)
    is_forward = given.get("startFromHead", True)
    if not is_forward and given.get("startTime", FROM_THE_END_MS) < FROM_THE_END_MS:
        raise invalid("startFromHead false needs a startTime on or after Jan 1, 2024 00:00:00 UTC")
    return is_forward, None


def _streams(connection: sqlite3.Connection, group: int, given: Mapping[str, Any]) -> dict[int, str]:
    """The streams to look into: id -> name."""
    if "logStreamNames" in given and "logStreamNamePrefix" in given:
        raise invalid("Specify logStreamNames or logStreamNamePrefix, not both")
    streams = dict(connection.execute("SELECT id, name FROM log_streams WHERE group_id = ?", (group,)).fetchall())
    if "logStreamNames" in given:
        names = given["logStreamNames"]
        if not 1 <= len(names) <= MOST_STREAMS:
            raise invalid(f"{len(names)} logStreamNames; from 1 to {MOST_STREAMS} can be given")
        if unknown := set(names) - set(streams.values()):
            raise not_found(f"log stream {min(unknown)[:80]}")
        return {stream: name for stream, name in streams.items() if name in names}
    prefix = given.get("logStreamNamePrefix", "")
    return {stream: name for stream, name in streams.items() if name.startswith(prefix)}
