"""What the loader has made, so that it can remove what the template no longer has."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from local.database import Database
from local.monitoring.requests import Request

SCHEMA = """
-- `removal`: the request that removes it, as JSON: service, operation, parameters.
CREATE TABLE IF NOT EXISTS monitoring_loaded (
    region TEXT NOT NULL,
    kind TEXT NOT NULL,
    removal TEXT NOT NULL,
    PRIMARY KEY (region, kind, removal)
);
"""


@dataclass(frozen=True, slots=True)
class Made:
    """A resource of a type, and what removes it."""

    region: str
    kind: str
    removal: str

    @classmethod
    def of(cls, region: str, kind: str, removal: Request) -> "Made":
        return cls(region, kind, json.dumps([removal.service, removal.operation, removal.parameters], sort_keys=True))

    @property
    def request(self) -> Request:
        return Request(*json.loads(self.removal))

    @property
    def name(self) -> str:
        """As people call it: the last of what names it."""
        last = list(self.request.parameters.values())[0 if "filterName" in self.request.parameters else -1]
        return str(last[0] if isinstance(last, list) else last)


class Record:
    """`database` has SCHEMA."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[Made]:
        query = "SELECT region, kind, removal FROM monitoring_loaded ORDER BY region, kind, removal"
        with self._database.read() as connection:
            return [Made(*row) for row in connection.execute(query)]

    def add(self, made: Iterable[Made]) -> None:
        rows = [(one.region, one.kind, one.removal) for one in made]
        with self._database.write() as connection:
            connection.executemany("INSERT OR IGNORE INTO monitoring_loaded VALUES (?, ?, ?)", rows)

    def remove(self, one: Made) -> None:
        statement = "DELETE FROM monitoring_loaded WHERE region = ? AND kind = ? AND removal = ?"
        with self._database.write() as connection:
            connection.execute(statement, (one.region, one.kind, one.removal))

    def reset(self) -> None:
        """With the store all that was made is gone."""
        with self._database.write() as connection:
            connection.execute("DELETE FROM monitoring_loaded")
