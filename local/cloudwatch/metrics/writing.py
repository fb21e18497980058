"""Datapoints into the database: ids for what is new, chunks of values that stay small however many come."""

import json
import sqlite3
from array import array
from collections.abc import Iterable, Iterator, Sequence
from math import fsum
from operator import mul
from typing import NamedTuple

from local.cloudwatch.metrics.datum import Datum, Summary
from local.cloudwatch.metrics.identity import Metric
from local.cloudwatch.metrics.schema import ADD
from local.database import Database

CHUNK_PAIRS = 48  # values in a row: what is added to a row rewrites it, and more would not fit into a page of SQLite's
SUMMARIES = -1  # the chunk of the statistic sets
SEEN_EVERY_S = 60

Row = tuple[int, int, int, float, float, float, float, bytes | None]
Ids = tuple[int, int]  # of a metric and of its series
Period = tuple[int, int]  # of a series: its id, and the second that it begins with


class Added(NamedTuple):
    """Values of one period of a series: each with how often it came, as 8-byte floats one after the other."""

    series: int
    at_s: int
    pairs: bytes


class Writer:
    """Remembers ids and how full the latest chunks are, of about so many series and periods; others it looks up again.
    One writes at a time, within Database.add().
    """

    def __init__(self, database: Database, remembered: int = 100_000) -> None:
        self._remembered = remembered
        self._series: dict[tuple[Metric, str, int], Ids] = {}
        self._seen_s: dict[int, float] = {}
        self._pairs: dict[Period, int] = {}
        self._add = database.defer("metric values", Added, self._place)
        database.when_undone(self.forget)

    def forget(self) -> None:
        """After a transaction that was undone, or tables that were emptied: what is remembered may not be there."""
        self._series.clear()
        self._seen_s.clear()
        self._pairs.clear()

    def write(self, connection: sqlite3.Connection, data: Iterable[Datum], now_s: float) -> None:
        """Values are placed when they are looked for; a chunk then has as many as came meanwhile."""
        if max(len(self._series), len(self._pairs)) > self._remembered:
            self.forget()
        summaries: list[Row] = []
        for datum in data:
            series = self._series_of(connection, datum, now_s)
            at_s = int(datum.at_s // datum.resolution_s) * datum.resolution_s
            if datum.summary is None:
                self._add(Added(series, at_s, array("d", datum.pairs).tobytes()))
            else:
                summaries.append(_summary_row(series, at_s, datum.summary))
        if summaries:
            connection.executemany(ADD, summaries)

    def _place(self, connection: sqlite3.Connection, added: Sequence[Added]) -> None:
        values: dict[Period, list[bytes]] = {}
        for series, at_s, pairs in added:
            values.setdefault((series, at_s), []).append(pairs)
        rows = (row for period in sorted(values) for row in self._chunks(period, array("d", b"".join(values[period]))))
        connection.executemany(ADD, rows)

    def _chunks(self, period: Period, pairs: "array[float]") -> Iterator[Row]:
        written = self._pairs.get(period, 0)
        self._pairs[period] = written + len(pairs) // 2
        begin = 0
        while begin < len(pairs):
            chunk, used = divmod(written, CHUNK_PAIRS)
            part = pairs[begin : begin + 2 * (CHUNK_PAIRS - used)]
            yield _row(*period, chunk, part)
            begin += len(part)
            written += len(part) // 2

    def _series_of(self, connection: sqlite3.Connection, datum: Datum, now_s: float) -> int:
        key = (datum.metric, datum.unit, datum.resolution_s)
        known = self._series.get(key)
        if known is None:
            metric = _metric_id(connection, datum.metric, now_s)
            known = self._series[key] = metric, _series_id(connection, metric, datum.unit, datum.resolution_s)
        metric, series = known
        if now_s - self._seen_s.get(metric, 0) >= SEEN_EVERY_S:
            self._seen_s[metric] = now_s
            connection.execute("UPDATE metric_names SET seen_s = max(seen_s, ?) WHERE id = ?", (int(now_s), metric))
        return series


def _row(series: int, at_s: int, chunk: int, pairs: "array[float]") -> Row:
    values, counts = pairs[0::2], pairs[1::2]
    once_each = counts.count(1.0) == len(counts)  # most come so
    samples, total = (len(counts), fsum(values)) if once_each else (fsum(counts), fsum(map(mul, values, counts)))
    return series, at_s, chunk, samples, total, min(values), max(values), pairs.tobytes()


def _summary_row(series: int, at_s: int, summary: Summary) -> Row:
    return series, at_s, SUMMARIES, summary.samples, summary.total, summary.least, summary.most, None


def _metric_id(connection: sqlite3.Connection, metric: Metric, now_s: float) -> int:
    key = (metric.namespace, metric.name, json.dumps(metric.dimensions))
    select = "SELECT id FROM metric_names WHERE namespace = ? AND name = ? AND dimensions = ?"
    if found := connection.execute(select, key).fetchone():
        return int(found[0])
    insert = "INSERT INTO metric_names (namespace, name, dimensions, seen_s) VALUES (?, ?, ?, ?) RETURNING id"
    new = int(connection.execute(insert, (*key, int(now_s))).fetchone()[0])
    dimensions = [(name, value, new) for name, value in metric.dimensions]
    connection.executemany("INSERT INTO metric_dimensions VALUES (?, ?, ?)", dimensions)
    return new


def _series_id(connection: sqlite3.Connection, metric: int, unit: str, resolution_s: int) -> int:
    key = (metric, unit, resolution_s)
    select = "SELECT id FROM metric_series WHERE metric = ? AND unit = ? AND resolution_s = ?"
    if found := connection.execute(select, key).fetchone():
        return int(found[0])
    insert = "INSERT INTO metric_series (metric, unit, resolution_s) VALUES (?, ?, ?) RETURNING id"
    return int(connection.execute(insert, key).fetchone()[0])
