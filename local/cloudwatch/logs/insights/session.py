"""One query on one SQLite connection: its functions, its time, its answer."""

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from local.cloudwatch.logs.errors import QueryError, RegexTooSlow
from local.cloudwatch.logs.insights.aggregates import AGGREGATES, percentile
from local.cloudwatch.logs.insights.compile import Plan
from local.cloudwatch.logs.insights.glob import cut
from local.cloudwatch.logs.insights.scalars import SCALARS, natural_order
from local.cloudwatch.logs.insights.values import value_text

STEPS_A_LOOK = 20_000  # of SQLite's machine between looks at the clock: some hundred microseconds
LONGEST_TEXT = 16 * 1024 * 1024  # bytes: a chain of replace() could fill the memory
MOST_BYTES = 64 * 1024 * 1024  # of an answer: 100,000 events of 600 bytes
CELL_BYTES = 60  # of a short text in Python, beside its characters
LONGEST_S = 3600.0  # "Queries time out after 60 minutes of runtime"


class QueryStopped(Exception):
    """StopQuery was called."""


class QueryTimedOut(Exception):
    """It ran longer than it may."""


class TooLarge(Exception):
    """The answer would fill the memory."""


@dataclass(frozen=True)
class Outcome:
    """`rows`: the text of each column, None where it is missing. Events have @ptr as the last. `size` is in bytes."""

    columns: tuple[str, ...] = ()
    rows: list[tuple[str | None, ...]] = field(default_factory=list)
    size: int = 0
    matched: int = 0
    scanned: int = 0
    scanned_bytes: int = 0

    def cells(self, start: int, end: int) -> list[list[dict[str, str]]]:
        """Rows in the shape of GetQueryResults."""
        return [
            [{"field": name, "value": text} for name, text in zip(self.columns, row, strict=True) if text is not None]
            for row in self.rows[start:end]
        ]


def check_query(connection: sqlite3.Connection, plan: Plan) -> None:
    """Raises QueryError where SQLite does not take the query: its parser and its tables have limits."""
    _Session(connection, plan, lambda: False)
    try:
        connection.execute(f"EXPLAIN {plan.sql}", plan.parameters.values).close()
    except sqlite3.OperationalError as error:
        raise QueryError(f"too complex: {error}", 0, plan.length) from None


def run_query(connection: sqlite3.Connection, plan: Plan, is_stopped: Callable[[], bool]) -> Outcome:
    """Raises QueryStopped, QueryTimedOut, RegexTooSlow, TooLarge, sqlite3.Error."""
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
        # A statement that is not closed would keep the next query from making its functions.
        with closing(self._connection.execute(self._plan.sql, values)) as found:
            rows, size = self._rows(found)
        if self._plan.matched_sql is not None and len(rows) < self._plan.limit and self._plan.is_whole:
            self._matched = len(rows)
        elif self._plan.matched_sql is not None:
            self._matched = self._connection.execute(self._plan.matched_sql, values).fetchone()[0]
        elif self._plan.are_events:
            self._matched = scanned
        columns = tuple(name for name, _ in self._plan.columns)
        return Outcome(columns, rows, size, self._matched, scanned, scanned_bytes)

    def _rows(self, found: sqlite3.Cursor) -> tuple[list[tuple[str | None, ...]], int]:
        kinds = [kind for _, kind in self._plan.columns]
        rows, size = [], 0
        for values in found:
            row = tuple(None if v is None else value_text(v, kind) for v, kind in zip(values, kinds, strict=True))
            size += CELL_BYTES * len(row) + sum(len(text) for text in row if text is not None)
            if size > MOST_BYTES:
                raise TooLarge(f"the answer has more than {MOST_BYTES} bytes")
            rows.append(row)
        return rows, size

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
