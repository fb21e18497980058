"""The documents of traces on disk, and beside them the facts that are made from them.

A document is written as it comes; its trace's facts are made when somebody asks, once for all that came until then.
"""

import json
import sqlite3
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import partial
from typing import Any, TypeAlias

from local.database import Database
from local.json_text import read_json
from local.xray import buckets
from local.xray.buckets import NARROWEST_S, Question
from local.xray.columns import Block, Pile
from local.xray.facts import Facts, gather
from local.xray.index import ALWAYS, KEEP, KEEP_SERVICES, REMOVE, Condition, index_row
from local.xray.sums import Sum
from local.xray.tree import Trace, build

RETENTION_S = 30 * 24 * 3600  # X-Ray's own (AWS page "X-Ray concepts")
BATCH = 500  # traces that are made, or removed, in one transaction: others get to write in between
SUMMED = 2000  # traces that are added up at once, in the background: some 40 microseconds each

Read: TypeAlias = Facts | Sum | Block

_PUT = """
INSERT INTO xray_documents (trace_id, id, segment, ended, document) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (trace_id, id) DO UPDATE
SET segment = excluded.segment, ended = excluded.ended, document = excluded.document
WHERE excluded.ended IS NOT NULL OR xray_documents.ended IS NULL
"""
_COUNT = """
INSERT INTO xray_traces (trace_id, received, revision) VALUES (?, ?, ?)
ON CONFLICT (trace_id) DO UPDATE SET received = excluded.received, revision = revision + excluded.revision
"""
_SETTLE = """
UPDATE xray_traces SET settled = :settled, began = :began, facts = :facts WHERE trace_id = :trace_id
"""


class TimeRange(Enum):
    """What has to lie in the range: the time in the trace's id; any moment of its work; the end of a segment; or the
    start of its work, of which ranges side by side share none (the last is not among AWS's).
    """

    TRACE_ID = auto()
    EVENT = auto()
    SERVICE = auto()
    STARTED = auto()


# `place`: the time by which a trace is found. SERVICE's is another table's, which is asked first.
_PLACE: Mapping[TimeRange, str] = {
    TimeRange.TRACE_ID: "began",
    TimeRange.STARTED: "started",
    TimeRange.EVENT: "started",
    TimeRange.SERVICE: "at",
}
_IN_RANGE: Mapping[TimeRange, str] = {
    TimeRange.TRACE_ID: "began >= :start AND began < :end",
    TimeRange.STARTED: "started >= :start AND started < :end",
    # Nothing that started longer ago than the longest trace lasted can still be at work.
    TimeRange.EVENT: """ended >= :start AND started < :end
        AND started >= :start - (SELECT max(ended - started) FROM xray_found)""",
    TimeRange.SERVICE: "1",
}
_SERVICE = """(
    SELECT found.at, own.* FROM (
        SELECT max(ended) AS at, trace_id FROM xray_documents
        WHERE segment = 1 AND ended >= :start AND ended < :end GROUP BY trace_id
    ) AS found
    JOIN xray_traces AS traces USING (trace_id)
    JOIN xray_found AS own ON own.began = traces.began AND own.trace_id = traces.trace_id)"""


@dataclass(frozen=True, slots=True)
class Search:
    """Traces in a time range, seconds since the epoch, the latest first, that meet `condition`: SQL over
    xray_found with its `parameters`. `before` goes on after a row's time and trace id.
    """

    kind: TimeRange
    start: float
    end: float
    before: Sequence[Any] | None = None
    condition: str = "1"
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def rows(self) -> str:
        """`SELECT at, trace_id`, from which on the caller orders and limits."""
        place = _PLACE[self.kind]
        table = _SERVICE if self.kind is TimeRange.SERVICE else "xray_found"
        return f"""
            SELECT {place} AS at, trace_id FROM {table}
            WHERE {_IN_RANGE[self.kind]} AND ({place}, trace_id) < (:at, :trace_id) AND ({self.condition})"""  # noqa: S608 - texts from above, and bound()'s

    def given(self) -> dict[str, Any]:
        after, trace_id = self.before or (self.end, "")
        return {"start": self.start, "end": self.end, "at": after, "trace_id": trace_id, **self.parameters}


@dataclass(frozen=True, slots=True)
class Row:
    """`at` is the time by which it was found, in seconds since the epoch."""

    at: float
    revision: int
    facts: Facts


class Records:
    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock
        self._settling = threading.Lock()

    def put_many(self, documents: Iterable[Mapping[str, Any]]) -> None:
        """Documents that reason_against() has nothing against. ValueError or RecursionError for what is no JSON."""
        rows = [_row(document) for document in documents]
        if not rows:
            return
        counts: dict[str, int] = {}
        for row in rows:
            counts[row[0]] = counts.get(row[0], 0) + 1
        now = self._clock()
        with self._database.add() as connection:
            connection.executemany(_PUT, rows)
            connection.executemany(_COUNT, [(trace_id, now, count) for trace_id, count in counts.items()])

    def find(self, search: Search, limit: int = -1) -> Generator[Row, None, None]:
        """Reads one moment until its end, or until it is closed: the thread reads nothing else in between."""
        self.settle()
        with self._database.read() as connection:
            yield from _found(connection, search, limit)

    def count(self, search: Search, until: Sequence[Any] | None) -> int:
        """How many find() would find, up to a row's time and trace id, and with it."""
        rows = search.rows()
        last = {"last_at": until[0], "last_id": until[1]} if until else {}
        where = "WHERE (at, trace_id) >= (:last_at, :last_id)" if until else ""
        with self._database.read() as connection:
            query = f"SELECT count(*) FROM ({rows}) {where}"  # noqa: S608 - the same, and one of two constants
            (number,) = connection.execute(query, search.given() | last).fetchone()
        return int(number)

    def facts_of(self, trace_ids: Sequence[str]) -> Generator[Facts, None, None]:
        self.settle()
        with self._database.read() as connection:
            for trace_id in trace_ids:
                query = "SELECT facts FROM xray_traces WHERE trace_id = ? AND facts IS NOT NULL"
                for (facts,) in connection.execute(query, (trace_id,)):
                    yield read_json(facts)

    def started(self, start: float, end: float, question: Question | None = None) -> Generator[Read, None, None]:
        """The traces that started in the time, the latest first; where many of a bucket are wanted, their sum or their
        block. Of one moment, as find(). A trace that stands by itself only meets the question's `may`.
        """
        yield from self._asked(start, end, question or Question())

    def at_work(self, start: float, end: float, question: Question | None = None) -> Generator[Read, None, None]:
        """The traces of an EVENT's time; sums are of those that began and ended all their work in it. As started()."""
        asked = question or Question()
        before = Search(TimeRange.EVENT, start, end, None, f"started < :start AND ({asked.may[0]})", asked.may[1])
        yield from self._asked(start, end, asked, partial(Sum.lies_within, start=start, end=end), before)

    def _asked(
        self,
        start: float,
        end: float,
        question: Question,
        takes: Callable[[Sum], bool] = lambda _: True,
        before: Search | None = None,
    ) -> Iterator[Read]:
        self.settle()
        with self._database.read() as connection:
            shares = buckets.shares(connection, start, end, question)
            yield from buckets.Reader(connection, _started(connection, question.may), question, shares, takes).read(
                start, end
            )
            if before is not None:
                yield from (row.facts for row in _found(connection, before))

    def trace(self, trace_id: str) -> Trace | None:
        with self._database.read() as connection:
            return _read(connection, trace_id)

    def settle(self) -> None:
        """Makes the facts of every trace that has got documents since they were made."""
        with self._settling:  # who asks in between waits for what is being made, and makes it not again
            while self._settle_some():
                pass

    def add_up(self) -> None:
        """Makes sums of what has been left alone, until about SUMMED traces are in them."""
        left = SUMMED
        while left > 0 and (added := self._add_up_one()):
            left -= added

    def expire(self) -> int:
        """Removes what came longer than RETENTION_S ago; how many traces."""
        oldest = self._clock() - RETENTION_S
        removed = 0
        while removed_now := self._expire_some(oldest):
            removed += removed_now
        return removed

    def empty(self, tables: Iterable[str]) -> None:
        with self._settling, self._database.write() as connection:
            for table in tables:
                connection.execute(f"DELETE FROM {table}")  # noqa: S608 - the schema's own names

    def _settle_some(self) -> bool:
        query = "SELECT trace_id, revision FROM xray_traces WHERE settled < revision LIMIT ?"
        with self._database.read() as connection:
            waiting = connection.execute(query, (BATCH,)).fetchall()
            made = [_settled(_read(connection, trace_id), trace_id, revision) for trace_id, revision in waiting]
        if made:
            with self._database.write() as connection:
                indexed = [row for row in made if row["facts"] is not None]
                connection.executemany(KEEP_SERVICES, indexed)
                started = _removed(connection, made)
                connection.executemany(_SETTLE, made)
                connection.executemany(KEEP, indexed)
                buckets.touch(connection, [*started, *(row["started"] for row in indexed)], self._clock())
        return len(made) == BATCH

    def _add_up_one(self) -> int:
        """Of how many parts the sum was made; 0 where there is none to make."""
        with self._settling:  # nothing that it is the sum of changes until it is kept
            with self._database.read() as connection:
                bucket = buckets.next_due(connection, self._clock())
                if bucket is None:
                    return 0
                whole, pile, parts = Sum(), Pile(), 0
                for part in buckets.Reader(connection, _started(connection)).parts_of(bucket):
                    whole.add(part)
                    parts += 1
                    if not isinstance(part, Sum):
                        pile.add(part)
            with self._database.write() as connection:
                buckets.keep(connection, bucket, whole, pile.packed() if bucket.width == NARROWEST_S else {})
        return max(parts, 1)

    def _expire_some(self, oldest: float) -> int:
        with self._settling, self._database.write() as connection:
            query = "SELECT trace_id FROM xray_traces WHERE received < ? LIMIT ?"
            gone = connection.execute(query, (oldest, BATCH)).fetchall()
            started = _removed(connection, [{"trace_id": trace_id} for (trace_id,) in gone])
            connection.executemany("DELETE FROM xray_documents WHERE trace_id = ?", gone)
            connection.executemany("DELETE FROM xray_traces WHERE trace_id = ?", gone)
            buckets.touch(connection, started, self._clock())
        return len(gone)


def _found(connection: sqlite3.Connection, search: Search, limit: int = -1) -> Iterator[Row]:
    query = f"""
        SELECT found.at, traces.revision, traces.facts
        FROM ({search.rows()} ORDER BY at DESC, trace_id DESC LIMIT :limit) AS found
        JOIN xray_traces AS traces USING (trace_id) ORDER BY found.at DESC, found.trace_id DESC"""  # noqa: S608 - Search.rows() is made of texts of ours
    for at, revision, facts in connection.execute(query, search.given() | {"limit": limit}):
        yield Row(at, revision, read_json(facts))


def _started(connection: sqlite3.Connection, may: Condition = ALWAYS) -> Callable[[float, float], Iterator[Facts]]:
    def traces(start: float, end: float) -> Iterator[Facts]:
        search = Search(TimeRange.STARTED, start, end, None, *may)
        return (row.facts for row in _found(connection, search))

    return traces


def _removed(connection: sqlite3.Connection, traces: Iterable[Mapping[str, Any]]) -> list[float]:
    """Takes the traces from the index; when those that were there started."""
    return [started for trace in traces for (started,) in connection.execute(REMOVE, trace)]


def _row(document: Mapping[str, Any]) -> tuple[str, str, bool, float | None, str]:
    text = json.dumps(document, separators=(",", ":"), allow_nan=False)
    is_segment = document.get("type") != "subsegment"
    return document["trace_id"], document["id"], is_segment, document.get("end_time"), text


def _read(connection: sqlite3.Connection, trace_id: str) -> Trace | None:
    query = "SELECT document FROM xray_documents WHERE trace_id = ? ORDER BY rowid"
    documents = [json.loads(text) for (text,) in connection.execute(query, (trace_id,))]
    return build(trace_id, documents) if documents else None


def _settled(trace: Trace | None, trace_id: str, revision: int) -> dict[str, Any]:
    """The parameters of _SETTLE and, with facts, of the index."""
    own = {"trace_id": trace_id, "settled": revision}
    if trace is None:
        return {**own, "began": None, "facts": None}
    facts = gather(trace)
    return {**index_row(facts), **own, "facts": json.dumps(facts, separators=(",", ":"))}
