"""Where events go: the ids of a group and a stream, and what storing has to know of them."""

import sqlite3
from typing import NamedTuple

from local.cloudwatch.logs.parameters import not_found
from local.database import Database

MOST = 1_000  # that are remembered

_FIND = """
SELECT g.id, g.retention_days, s.id, EXISTS (SELECT 1 FROM log_metric_filters AS f WHERE f.group_id = g.id)
FROM log_groups AS g LEFT JOIN log_streams AS s ON s.group_id = g.id AND s.name = ? WHERE g.name = ?
"""


class Place(NamedTuple):
    group: int
    retention_days: int | None
    stream: int
    has_filters: bool


class Places:
    """Remembers them for as long as only those who store events write to the database: whatever else is written may
    be another retention, a filter, a stream that is no more. Within Database.add().
    """

    def __init__(self, database: Database) -> None:
        self._found: dict[tuple[str, str], Place] = {}
        self._changes = -1
        self._database = database
        database.when_undone(self._forget)

    def find(self, connection: sqlite3.Connection, group: str, stream: str) -> Place:
        """Raises AwsError."""
        if not self.are_known() or len(self._found) > MOST:
            self._forget()
        place = self._found.get((group, stream))
        if place is None:
            place = self._found[group, stream] = _find(connection, group, stream)
        return place

    def are_known(self) -> bool:
        """Whether nothing was written since keep()."""
        return self._changes == self._database.changes()

    def keep(self) -> None:
        """What was written since find(), or since they were known, was no more than events and what they make."""
        self._changes = self._database.changes()

    def _forget(self) -> None:
        self._found.clear()
        self._changes = -1


def _find(connection: sqlite3.Connection, group: str, stream: str) -> Place:
    found = connection.execute(_FIND, (stream, group)).fetchone()
    if found is None:
        raise not_found("log group")
    if found[2] is None:
        raise not_found("log stream")
    return Place(found[0], found[1], found[2], bool(found[3]))
