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

    kind: str
    removal: str

    @classmethod
    def of(cls, kind: str, removal: Request) -> "Made":
        return cls(kind, json.dumps([removal.service, removal.operation, removal.parameters], sort_keys=True))

    @property
    def request(self) -> Request:
        return Request(*json.loads(self.removal))

    @property
    def name(self) -> str:
        """As people call it: the last of what names it."""
        last = list(self.request.parameters.values())[0 if "filterName" in self.request.parameters else -1]
        return str(last[0] if isinstance(last, list) else last)


class Record:
    """`database` has SCHEMA. Of one region: a stack in another is another stack."""

    def __init__(self, database: Database, region: str) -> None:
        self._database = database
        self.region = region

    def all(self) -> list[Made]:
        query = "SELECT kind, removal FROM monitoring_loaded WHERE region = ? ORDER BY kind, removal"
        with self._database.read() as connection:
            return [Made(kind, removal) for kind, removal in connection.execute(query, (self.region,))]

    def add(self, made: Iterable[Made]) -> None:
        rows = [(self.region, one.kind, one.removal) for one in made]
        with self._database.write() as connection:
            connection.executemany("INSERT OR IGNORE INTO monitoring_loaded VALUES (?, ?, ?)", rows)

    def remove(self, one: Made) -> None:
        statement = "DELETE FROM monitoring_loaded WHERE region = ? AND kind = ? AND removal = ?"
        with self._database.write() as connection:
            connection.execute(statement, (self.region, one.kind, one.removal))

    def reset(self) -> None:
        """With the store all that was made is gone."""
        with self._database.write() as connection:
            connection.execute("DELETE FROM monitoring_loaded")
