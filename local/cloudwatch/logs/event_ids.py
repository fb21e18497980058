"""Ids for events that are being written: of their millisecond, one after the other."""

import sqlite3
from collections.abc import Sequence
from itertools import groupby

from local.cloudwatch.logs.parameters import invalid
from local.cloudwatch.logs.schema import LATEST_MS, MOST_A_MILLISECOND, first_id, timestamp_of

REMEMBERED = 10_000  # milliseconds: some seconds of as many calls as this process can take

_LAST = "SELECT max(id) FROM log_events WHERE id BETWEEN ? AND ?"


class EventIds:
    """Remembers the last one of each of the latest milliseconds: nothing is looked up for what comes in the order of
    time, or nearly so.
    """

    def __init__(self) -> None:
        self._last: dict[int, int] = {}
        self._since: int | None = None  # the first millisecond of which all is remembered

    def forget(self) -> None:
        """After a transaction that was undone: what is remembered may not be there."""
        self._last.clear()
        self._since = None

    def of(self, connection: sqlite3.Connection, times: Sequence[int]) -> list[int]:
        """The next free number in each millisecond. Raises AwsError."""
        if self._since is None:
            latest = connection.execute("SELECT max(id) FROM log_events").fetchone()[0]
            self._since = 0 if latest is None else timestamp_of(latest) + 1
        elif len(self._last) > REMEMBERED:
            self._since = max(self._since, max(self._last) + 1)
            self._last.clear()
        found: list[int] = []
        for timestamp, together in groupby(times):
            number = len(list(together))
            first = self._first(connection, timestamp, self._since)
            if first + number > first_id(timestamp + 1):
                raise invalid(f"more than {MOST_A_MILLISECOND} events in millisecond {timestamp}")
            self._last[timestamp] = first + number - 1
            found.extend(range(first, first + number))
        return found

    def _first(self, connection: sqlite3.Connection, timestamp: int, since: int) -> int:
        """The first that is free."""
        known = self._last.get(timestamp)
        if known is not None:
            return known + 1
        if not 0 <= timestamp < LATEST_MS:
            raise invalid(f"timestamp {timestamp} is not in milliseconds since the epoch, or after the year 2248")
        first = first_id(timestamp)
        if timestamp >= since:
            return first
        last = connection.execute(_LAST, (first, first + MOST_A_MILLISECOND - 1)).fetchone()[0]
        return first if last is None else int(last) + 1
