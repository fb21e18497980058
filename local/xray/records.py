"""The documents of traces on disk, and beside them the facts that are made from them.

A document is written as it comes; its trace's facts are made when somebody asks, once for all that came until then.
"""

import json
import sqlite3
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from local.database import Database
from local.xray.facts import Facts, gather
from local.xray.tree import Trace, build

RETENTION_S = 30 * 24 * 3600  # X-Ray's own (AWS page "X-Ray concepts")
ID_DRIFT_S = 24 * 3600  # ours: an id whose time is this far from its trace's start has no time in it, only chance
BATCH = 500  # traces that are made, or removed, in one transaction: others get to write in between

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
UPDATE xray_traces SET settled = ?, began = ?, started = ?, ended = ?, facts = ? WHERE trace_id = ? AND settled < ?
"""


class TimeRange(Enum):
    """What has to lie in the range: the time in the trace's id; any moment of its work; the end of a segment; or the
    start of its work, of which ranges side by side share none (the last is not among AWS's).
    """

    TRACE_ID = auto()
    EVENT = auto()
    SERVICE = auto()
    STARTED = auto()


_FOUND: Mapping[TimeRange, str] = {
    TimeRange.TRACE_ID: "SELECT began AS at, trace_id FROM xray_traces WHERE began >= :start AND began < :end",
    TimeRange.STARTED: "SELECT started AS at, trace_id FROM xray_traces WHERE started >= :start AND started < :end",
    # Nothing that started longer ago than the longest trace lasted can still be at work.
    TimeRange.EVENT: """
        SELECT started AS at, trace_id FROM xray_traces WHERE ended >= :start AND started < :end
        AND started >= :start - (SELECT max(ended - started) FROM xray_traces)""",
    TimeRange.SERVICE: """
        SELECT max(ended) AS at, trace_id FROM xray_documents
        WHERE segment = 1 AND ended >= :start AND ended < :end GROUP BY trace_id""",
}


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

    def put_many(self, documents: Iterable[Mapping[str, Any]]) -> None:
        """Documents that reason_against() has nothing against. ValueError or RecursionError for what is no JSON."""
        rows = [_row(document) for document in documents]
        if not rows:
            return
        counts: dict[str, int] = {}
        for row in rows:
            counts[row[0]] = counts.get(row[0], 0) + 1
        now = self._clock()
        with self._database.write() as connection:
            connection.executemany(_PUT, rows)
            connection.executemany(_COUNT, [(trace_id, now, count) for trace_id, count in counts.items()])

    def find(
        self, kind: TimeRange, start: float, end: float, before: Sequence[Any] | None = None, limit: int = -1
    ) -> Generator[Row, None, None]:
        """The latest first; `before` goes on after a row's time and trace id.

        Reads one moment until its end, or until it is closed: the thread reads nothing else in between.
        """
        self.settle()
        after, trace_id = before or (end, "")
        wanted = {"start": start, "end": end, "at": after, "trace_id": trace_id, "limit": limit}
        found = f"""
            SELECT found.at, traces.revision, traces.facts FROM ({_FOUND[kind]}) AS found
            JOIN xray_traces AS traces USING (trace_id)
            WHERE (found.at, found.trace_id) < (:at, :trace_id) AND traces.facts IS NOT NULL
            ORDER BY found.at DESC, found.trace_id DESC LIMIT :limit"""  # noqa: S608 - one of the texts above
        with self._database.read() as connection:
            for at, revision, facts in connection.execute(found, wanted):
                yield Row(at, revision, json.loads(facts))

    def facts_of(self, trace_ids: Sequence[str]) -> Generator[Facts, None, None]:
        self.settle()
        with self._database.read() as connection:
            for trace_id in trace_ids:
                query = "SELECT facts FROM xray_traces WHERE trace_id = ? AND facts IS NOT NULL"
                for (facts,) in connection.execute(query, (trace_id,)):
                    yield json.loads(facts)

    def trace(self, trace_id: str) -> Trace | None:
        with self._database.read() as connection:
            return _read(connection, trace_id)

    def settle(self) -> None:
        """Makes the facts of every trace that has got documents since they were made."""
        while self._settle_some():
            pass

    def expire(self) -> int:
        """Removes what came longer than RETENTION_S ago; how many traces."""
        oldest = self._clock() - RETENTION_S
        removed = 0
        while removed_now := self._expire_some(oldest):
            removed += removed_now
        return removed

    def _settle_some(self) -> bool:
        query = "SELECT trace_id, revision FROM xray_traces WHERE settled < revision LIMIT ?"
        with self._database.read() as connection:
            waiting = connection.execute(query, (BATCH,)).fetchall()
            made = [_settled(_read(connection, trace_id), trace_id, revision) for trace_id, revision in waiting]
        if made:
            with self._database.write() as connection:
                connection.executemany(_SETTLE, made)
        return len(made) == BATCH

    def _expire_some(self, oldest: float) -> int:
        with self._database.write() as connection:
            query = "SELECT trace_id FROM xray_traces WHERE received < ? LIMIT ?"
            gone = connection.execute(query, (oldest, BATCH)).fetchall()
            connection.executemany("DELETE FROM xray_documents WHERE trace_id = ?", gone)
            connection.executemany("DELETE FROM xray_traces WHERE trace_id = ?", gone)
        return len(gone)


def _row(document: Mapping[str, Any]) -> tuple[str, str, bool, float | None, str]:
    text = json.dumps(document, separators=(",", ":"), allow_nan=False)
    is_segment = document.get("type") != "subsegment"
    return document["trace_id"], document["id"], is_segment, document.get("end_time"), text


def _read(connection: sqlite3.Connection, trace_id: str) -> Trace | None:
    query = "SELECT document FROM xray_documents WHERE trace_id = ? ORDER BY rowid"
    documents = [json.loads(text) for (text,) in connection.execute(query, (trace_id,))]
    return build(trace_id, documents) if documents else None


def _settled(trace: Trace | None, trace_id: str, revision: int) -> tuple[Any, ...]:
    if trace is None:
        return revision, None, None, None, None, trace_id, revision
    facts = gather(trace)
    start = facts["start"]
    in_id = float(int(trace_id[2:10], 16))
    began = in_id if abs(in_id - start) <= ID_DRIFT_S else start
    # The last that is known of a trace in progress may be that something began.
    known = [visit["start"] for visit in facts["visits"]]
    ended = max([start, *known] if facts["end"] is None else [facts["end"], *known])
    text = json.dumps(facts, separators=(",", ":"))
    return revision, began, start, ended, text, trace_id, revision
