"""The sums of traces on disk, each of those that started within some seconds: a long time is read as few rows.

Whoever changes a trace says so with touch(), in the same transaction; its sums are then made anew when they have been
left alone for a while, and until then it is read by itself. So what is read is always what the traces add up to.
"""

import math
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from sqlite3 import Connection

from local.xray.facts import Facts
from local.xray.index import ALWAYS, Condition
from local.xray.sums import Sum, dumped, loaded

WIDTHS_S = (60, 10)  # of the sums; a time is read by the widest that lie in it, and traces at its ends
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
CREATE INDEX IF NOT EXISTS xray_untold ON xray_sums (width, touched) WHERE sum IS NULL;
"""
_TOUCH = """
INSERT INTO xray_sums (width, start, touched) VALUES (:width, :start, :now)
ON CONFLICT (width, start) DO UPDATE SET sum = NULL, touched = excluded.touched
"""
_FORGET = """
DELETE FROM xray_sums WHERE width = :width AND start = :start
AND NOT EXISTS (SELECT 1 FROM xray_trace_index WHERE started >= :start AND started < :start + :width)
"""
_DUE = "SELECT start FROM xray_sums WHERE sum IS NULL AND width = ? AND touched <= ? ORDER BY touched LIMIT 1"
_KEEP = "UPDATE xray_sums SET sum = :sum WHERE width = :width AND start = :start"


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


def next_due(connection: Connection, now: float) -> Bucket | None:
    """One that has no sum and has been left alone; the narrowest first, of which the others are made."""
    for width in reversed(WIDTHS_S):
        for (start,) in connection.execute(_DUE, (width, now - QUIET_S)):
            return Bucket(width, start)
    return None


def keep(connection: Connection, bucket: Bucket, whole: Sum) -> None:
    """Nothing of it was touched since it was added up."""
    connection.execute(_KEEP, {"width": bucket.width, "start": bucket.start, "sum": dumped(whole)})


def mixed(connection: Connection, start: float, end: float, sure: Condition) -> frozenset[Bucket]:
    """Those of the time with a trace that may not meet the condition."""
    condition, parameters = sure
    if condition == ALWAYS[0]:
        return frozenset()
    query = f"""
        SELECT DISTINCT CAST(started AS INTEGER) / :width * :width FROM xray_trace_index
        WHERE started >= :start AND started < :end AND NOT ({condition})"""  # noqa: S608 - sure()'s
    given = {"start": start, "end": end, "width": WIDTHS_S[-1], **parameters}
    narrow = [begin for (begin,) in connection.execute(query, given)]
    return frozenset(Bucket(width, begin // width * width) for begin in narrow for width in WIDTHS_S)


@dataclass(frozen=True, slots=True)
class Reader:
    """`traces` reads those that start from the one time on and before the other, the latest first. A sum is not read
    where it is `mixed`, and not taken where `takes` says so: its traces are.
    """

    connection: Connection
    traces: Callable[[float, float], Iterator[Facts]]
    mixed: Container[Bucket] = frozenset()
    takes: Callable[[Sum], bool] = lambda _: True

    def read(self, start: float, end: float, widths: Sequence[int] = WIDTHS_S) -> Iterator[Facts | Sum]:
        """The traces that start in the time, the latest first, or sums of them."""
        if not widths:
            yield from self.traces(start, end)
            return
        width, *finer = widths
        first, last = math.ceil(start / width) * width, math.floor(end / width) * width
        if first >= last:
            yield from self.read(start, end, finer)
            return
        yield from self.read(last, end, finer)
        query = "SELECT start, sum FROM xray_sums WHERE width = ? AND start >= ? AND start < ? ORDER BY start DESC"
        for begin, text in self.connection.execute(query, (width, first, last)):
            whole = None if text is None or Bucket(width, begin) in self.mixed else loaded(text)
            if whole is not None and self.takes(whole):
                yield whole
            else:
                yield from self.read(begin, begin + width, finer)
        yield from self.read(start, first, finer)

    def parts_of(self, bucket: Bucket) -> Iterator[Facts | Sum]:
        """What its sum is made of."""
        finer = [width for width in WIDTHS_S if width < bucket.width]
        return self.read(bucket.start, bucket.start + bucket.width, finer)
