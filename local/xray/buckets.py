"""The sums of traces on disk, each of those that started within some seconds: a long time is read as few rows.

Whoever changes a trace says so with touch(), in the same transaction; its sums are then made anew when they have been
left alone for a while, and until then it is read by itself. So what is read is always what the traces add up to.
"""

import json
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from sqlite3 import Connection
from typing import TypeAlias

from local.xray.facts import Facts
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
_TRACES = """
SELECT traces.facts FROM xray_trace_index AS own JOIN xray_traces AS traces USING (trace_id)
WHERE own.started >= ? AND own.started < ? ORDER BY own.started DESC, own.trace_id DESC
"""


_DUE = "SELECT start FROM xray_sums WHERE sum IS NULL AND width = ? AND touched <= ? ORDER BY touched LIMIT 1"
_KEEP = "UPDATE xray_sums SET sum = :sum WHERE width = :width AND start = :start"


Takes: TypeAlias = Callable[[Sum], bool]


@dataclass(frozen=True, slots=True)
class Bucket:
    width: int
    start: int


def anything(_: Sum) -> bool:
    return True


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


def parts_of(connection: Connection, bucket: Bucket) -> Iterator[Facts | Sum]:
    """What its sum is made of."""
    finer = [width for width in WIDTHS_S if width < bucket.width]
    return read(connection, bucket.start, bucket.start + bucket.width, widths=finer)


def keep(connection: Connection, bucket: Bucket, whole: Sum) -> None:
    """Nothing of it was touched since it was added up."""
    connection.execute(_KEEP, {"width": bucket.width, "start": bucket.start, "sum": dumped(whole)})


def read(
    connection: Connection,
    start: float,
    end: float,
    takes: Takes = anything,
    widths: Sequence[int] = WIDTHS_S,
) -> Iterator[Facts | Sum]:
    """The traces that start in the time, the latest first: as sums where there are some that `takes` takes."""
    if not widths:
        for (text,) in connection.execute(_TRACES, (start, end)):
            yield json.loads(text)
        return
    width, *finer = widths
    first, last = math.ceil(start / width) * width, math.floor(end / width) * width
    if first >= last:
        yield from read(connection, start, end, takes, finer)
        return
    yield from read(connection, last, end, takes, finer)
    query = "SELECT start, sum FROM xray_sums WHERE width = ? AND start >= ? AND start < ? ORDER BY start DESC"
    for begin, text in connection.execute(query, (width, first, last)):
        whole = None if text is None else loaded(text)
        if whole is not None and takes(whole):
            yield whole
        else:
            yield from read(connection, begin, begin + width, takes, finer)
    yield from read(connection, start, first, takes, finer)
