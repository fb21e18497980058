"""One query on one SQLite connection: its functions, its time, its answer."""

import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from local.cloudwatch.logs.errors import QueryError, RegexTooSlow
from local.cloudwatch.logs.insights.aggregates import AGGREGATES, percentile
from local.cloudwatch.logs.insights.compile import Plan
from local.cloudwatch.logs.insights.glob import cut
from local.cloudwatch.logs.insights.scalars import SCALARS, natural_order
from local.cloudwatch.logs.insights.values import value_text

STEPS_A_LOOK = 20_000  # of SQLite's machine between looks at the clock: some hundred microseconds
LONGEST_TEXT = 16 * 1024 * 1024  # bytes: a chain of replace() could fill the memory
LONGEST_S = 3600.0  # "Queries time out after 60 minutes of runtime"


class QueryStopped(Exception):
    """StopQuery was called."""


class QueryTimedOut(Exception):
    """It ran longer than it may."""


@dataclass(frozen=True)
class Outcome:
    """`rows`: field -> text, without the missing ones; events have @ptr."""

    rows: list[list[dict[str, str]]]
    matched: int
    scanned: int
    scanned_bytes: int


def check_query(connection: sqlite3.Connection, plan: Plan) -> None:
    """Raises QueryError where SQLite does not take the query: its parser and its tables have limits."""
    _Session(connection, plan, lambda: False)
    try:
        connection.execute(f"EXPLAIN {plan.sql}", plan.parameters.values)
    except sqlite3.OperationalError as error:
        raise QueryError(f"too complex: {error}", 0, plan.length) from None


def run_query(connection: sqlite3.Connection, plan: Plan, is_stopped: Callable[[], bool]) -> Outcome:
    """Raises QueryStopped, QueryTimedOut, RegexTooSlow, sqlite3.Error."""
    session = _Session(connection, plan, is_stopped)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_TEXT)
    connection.text_factory = _decoded
    connection.set_progress_handler(session.look, STEPS_A_LOOK)
    try:
        return session.run()
    except sqlite3.OperationalError:
        if session.failure is not None:
            raise session.failure from None
        raise
    finally:
        connection.set_progress_handler(None, 0)


class _Session:
    def __init__(self, connection: sqlite3.Connection, plan: Plan, is_stopped: Callable[[], bool]) -> None:
        self._connection = connection
        self._plan = plan
        self._is_stopped = is_stopped
        self._until = time.monotonic() + LONGEST_S
        self._matched = 0
        self.failure: Exception | None = None
        self._register()

    def look(self) -> bool:
        """True ends the statement."""
        if self._is_stopped():
            self.failure = QueryStopped()
        elif time.monotonic() > self._until:
            self.failure = QueryTimedOut()
        return self.failure is not None

    def run(self) -> Outcome:
        values = self._plan.parameters.values
        scanned, scanned_bytes = self._connection.execute(self._plan.scanned_sql, values).fetchone()
        found = self._connection.execute(self._plan.sql, values).fetchall()
        if self._plan.matched_sql is not None and len(found) < self._plan.limit and self._plan.is_whole:
            self._matched = len(found)
        elif self._plan.matched_sql is not None:
            self._matched = self._connection.execute(self._plan.matched_sql, values).fetchone()[0]
        elif self._plan.are_events:
            self._matched = scanned
        return Outcome([self._row(values) for values in found], self._matched, scanned, scanned_bytes)

    def _row(self, values: tuple[Any, ...]) -> list[dict[str, str]]:
        pointer = [{"field": "@ptr", "value": str(values[0])}] if self._plan.are_events else []
        cells = zip(self._plan.columns, values[1:] if self._plan.are_events else values, strict=True)
        shown = [{"field": name, "value": value_text(v, kind)} for (name, kind), v in cells if v is not None]
        return shown + pointer

    def _register(self) -> None:
        connection, parameters = self._connection, self._plan.parameters
        for name, (count, function) in SCALARS.items():
            connection.create_function(name, count, function, deterministic=True)
        for name, (count, aggregate) in AGGREGATES.items():
            connection.create_aggregate(name, count, aggregate)
        for number, percent in enumerate(parameters.percents):
            connection.create_aggregate(f"insights_pct{number}", 1, percentile(percent))
        connection.create_collation("insights_natural", natural_order)
        connection.create_function("insights_matched", 1, self._count_matched)
        connection.create_function("insights_matches", 2, self._matches)
        connection.create_function("insights_group", 3, _remembering(self._groups))
        connection.create_function("insights_glob", 3, _remembering(self._glob))

    def _count_matched(self, count: int) -> bool:
        self._matched += count
        return count > 0

    def _matches(self, number: int, text: str | None) -> bool | None:
        if text is None:
            return None
        try:
            return self._plan.parameters.regexes[number].matches(text)
        except RegexTooSlow as error:
            self.failure = error
            raise

    def _groups(self, number: int, text: str) -> tuple[str | None, ...] | None:
        try:
            return self._plan.parameters.regexes[number].groups(text)
        except RegexTooSlow as error:
            self.failure = error
            raise

    def _glob(self, number: int, text: str) -> tuple[str, ...] | None:
        return cut(self._plan.parameters.globs[number], text)


def _decoded(text: bytes) -> str:
    """JSON can spell half a character, which SQLite gives as it is."""
    return text.decode(errors="replace")


def _remembering(find: Callable[[int, str], Any]) -> Callable[[int, str | None, int], str | None]:
    """Several columns come out of one search of one text: the last search is kept."""
    last: list[Any] = [None, None, None]

    def group(number: int, text: str | None, index: int) -> str | None:
        if text is None:
            return None
        if last[0] != number or last[1] != text:
            last[:] = number, text, find(number, text)
        found: tuple[str | None, ...] | None = last[2]
        return None if found is None else found[index]

    return group
