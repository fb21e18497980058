"""The sums of traces on disk, each of those that started within some seconds: a long time is read as few rows.

Whoever changes a trace says so with touch(), in the same transaction; its sums are then made anew when they have been
left alone for a while, and until then it is read by itself. So what is read is always what the traces add up to.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from sqlite3 import Connection

from local.xray.columns import WORKS, Block
from local.xray.facts import Facts
from local.xray.index import ALWAYS, Condition
from local.xray.sums import Sum, dumped, loaded

WIDTHS_S = (60, 10)  # of the sums; a time is read by the widest that lie in it, and traces at its ends
NARROWEST_S = WIDTHS_S[-1]
FEW = 8  # traces of a bucket that are read one by one in the time that its columns take
QUIET_S = 5.0  # what nobody has touched for so long gets its sum: the documents of most traces come within a second

SCHEMA = """
-- What the traces add up to that started from `start` on, for `width` seconds; both in seconds, `start` and `touched`
-- since the epoch. `sum` is NULL since one of them was touched, until it is made. No row: no trace.
CREATE TABLE IF NOT EXISTS xray_sums (
    width INTEGER NOT NULL,
    start INTEGER NOT NULL,
    touched REAL NOT NULL,
    sum TEXT,
    PRIMARY KEY (width, start)
);
-- The traces of a bucket of the narrowest, keyword by keyword: see columns.py. Its sum is made at the same time.
CREATE TABLE IF NOT EXISTS xray_columns (
    start INTEGER NOT NULL,
    name TEXT NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (start, name)
);
CREATE INDEX IF NOT EXISTS xray_untold ON xray_sums (width, touched) WHERE sum IS NULL;
"""
_TOUCH = """
INSERT INTO xray_sums (width, start, touched) VALUES (:width, :start, :now)
ON CONFLICT (width, start) DO UPDATE SET sum = NULL, touched = excluded.touched
"""
_FORGET = """
DELETE FROM xray_sums WHERE width = :width AND start = :start
AND NOT EXISTS (SELECT 1 FROM xray_found WHERE started >= :start AND started < :start + :width)
"""
_FORGET_COLUMNS = "DELETE FROM xray_columns WHERE start = :start"
_DUE = "SELECT start FROM xray_sums WHERE sum IS NULL AND width = ? AND touched <= ? ORDER BY touched LIMIT 1"
_KEEP = "UPDATE xray_sums SET sum = :sum WHERE width = :width AND start = :start"
_KEEP_COLUMN = "INSERT INTO xray_columns (start, name, data) VALUES (?, ?, ?)"
_COLUMN = "SELECT data FROM xray_columns WHERE start = ? AND name = ?"


@dataclass(frozen=True, slots=True)
class Bucket:
    width: int
    start: int


def touch(connection: Connection, started: Iterable[float], now: float) -> None:
    """The traces that start then were changed, or removed: called after that."""
    touched = {(width, int(start // width) * width) for start in started for width in WIDTHS_S}
    rows = [{"width": width, "start": start, "now": now} for width, start in touched]
    connection.executemany(_TOUCH, rows)
    connection.executemany(_FORGET, rows)
    connection.executemany(_FORGET_COLUMNS, [row for row in rows if row["width"] == NARROWEST_S])


def next_due(connection: Connection, now: float) -> Bucket | None:
    """One that has no sum and has been left alone; the narrowest first, of which the others are made."""
    for width in reversed(WIDTHS_S):
        for (start,) in connection.execute(_DUE, (width, now - QUIET_S)):
            return Bucket(width, start)
    return None


def keep(connection: Connection, bucket: Bucket, whole: Sum, columns: Mapping[str, bytes]) -> None:
    """Nothing of it was touched since it was added up. Only the narrowest have columns."""
    connection.execute(_KEEP, {"width": bucket.width, "start": bucket.start, "sum": dumped(whole)})
    connection.executemany(_KEEP_COLUMN, [(bucket.start, name, data) for name, data in columns.items()])


@dataclass(frozen=True, slots=True)
class Question:
    """Which traces are wanted: SQL that all of them meet, `may`, and SQL that only they meet, `sure`. Where it is not
    `is_of_all_work` it asks for some requests of a trace, which no sum can tell apart.
    """

    may: Condition = ALWAYS
    sure: Condition = ALWAYS
    is_of_all_work: bool = True


@dataclass(frozen=True, slots=True)
class Shares:
    """How many traces of a bucket may be wanted; and which are `mixed`: one may not be. Where no sum can be used that
    is not asked.
    """

    wanted: Counter[Bucket] = field(default_factory=Counter)
    mixed: set[Bucket] = field(default_factory=set)


def shares(connection: Connection, start: float, end: float, question: Question) -> Shares | None:
    """Of the traces that start in the time; None where all are wanted with all that they did."""
    may, sure = question.may, question.sure
    if sure[0] == ALWAYS[0] and question.is_of_all_work:
        return None
    frame = {"start": start, "end": end, "width": NARROWEST_S}
    query = f"""
        SELECT CAST(started AS INTEGER) / :width * :width, count(*), total({may[0]}) FROM xray_found
        WHERE started >= :start AND started < :end GROUP BY 1"""  # noqa: S608 - bound()'s
    found = Shares()
    for begin, count, wanted in connection.execute(query, {**frame, **may[1]}):
        narrow = max(begin, start), min(begin + NARROWEST_S, end)
        is_mixed = question.is_of_all_work and (wanted < count or _has_unsure(connection, *narrow, sure))
        for width in WIDTHS_S:
            bucket = Bucket(width, begin // width * width)
            found.wanted[bucket] += int(wanted)
            if is_mixed:
                found.mixed.add(bucket)
    return found


def _has_unsure(connection: Connection, start: float, end: float, sure: Condition) -> bool:
    query = f"""
        SELECT EXISTS (SELECT 1 FROM xray_found WHERE started >= :start AND started < :end AND NOT ({sure[0]}))"""  # noqa: S608 - sure()'s
    (found,) = connection.execute(query, {"start": start, "end": end, **sure[1]}).fetchone()
    return bool(found)


@dataclass(frozen=True, slots=True)
class Reader:
    """`traces` reads those that start from the one time on and before the other, the latest first. A sum is read where
    all are wanted, but where `takes` does not take it; where some are, they are found in the columns.
    """

    connection: Connection
    traces: Callable[[float, float], Iterator[Facts]]
    question: Question = field(default_factory=Question)
    shares: Shares | None = None
    takes: Callable[[Sum], bool] = lambda _: True

    def read(self, start: float, end: float, widths: Sequence[int] = WIDTHS_S) -> Iterator[Facts | Sum | Block]:
        """The traces that start in the time, the latest first, or sums of them, or blocks with some that are wanted."""
        if not widths:
            yield from self.traces(start, end)
            return
        width, *finer = widths
        first, last = math.ceil(start / width) * width, math.floor(end / width) * width
        if first >= last:
            yield from self.read(start, end, finer)
            return
        yield from self.read(last, end, finer)
        query = "SELECT start, sum IS NOT NULL FROM xray_sums WHERE width = ? AND start >= ? AND start < ?"
        for begin, is_made in self.connection.execute(query + " ORDER BY start DESC", (width, first, last)):
            yield from self._bucket(Bucket(width, begin), finer, is_made=is_made)
        yield from self.read(start, first, finer)

    def parts_of(self, bucket: Bucket) -> Iterator[Facts | Sum]:
        """What its sum is made of: of the narrowest each trace."""
        finer = [width for width in WIDTHS_S if width < bucket.width]
        parts = self.read(bucket.start, bucket.start + bucket.width, finer)
        return (part for part in parts if not isinstance(part, Block))  # there is none where all are wanted

    def _bucket(self, bucket: Bucket, finer: Sequence[int], *, is_made: bool) -> Iterator[Facts | Sum | Block]:
        is_whole, is_many = True, False
        if self.shares is not None:
            if not self.shares.wanted[bucket]:
                return
            is_whole = self.question.is_of_all_work and bucket not in self.shares.mixed
            is_many = self.shares.wanted[bucket] > FEW
        whole = self._sum(bucket) if is_made and is_whole else None
        block = self._block(bucket.start) if is_made and is_many and not finer else None
        if whole is not None and self.takes(whole):
            yield whole
        elif block is not None:
            yield block
        else:
            yield from self.read(bucket.start, bucket.start + bucket.width, finer)

    def _sum(self, bucket: Bucket) -> Sum:
        query = "SELECT sum FROM xray_sums WHERE width = ? AND start = ?"
        (text,) = self.connection.execute(query, (bucket.width, bucket.start)).fetchone()
        return loaded(text)

    def _block(self, start: int) -> Block | None:
        """None of a bucket that was added up before there were columns."""
        works = self._column(start, WORKS)
        if works is None:
            return None
        return Block(start, lambda name: works if name == WORKS else self._column(start, name))

    def _column(self, start: int, name: str) -> bytes | None:
        for (data,) in self.connection.execute(_COLUMN, (start, name)):
            return bytes(data)
        return None
