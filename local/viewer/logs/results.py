"""PURE: what GetQueryResults answers -> a table, and the chart that it can be drawn as.

Source: AWS page "stats" of Logs Insights: a query with an aggregation can be a bar chart; one that groups by bin() also
lines. What groups beside bin() makes a line of its own for each of its values.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeAlias

Cells: TypeAlias = Mapping[str, str]
POINTER = "@ptr"  # Insights' own name of a line; shown to nobody
MOST_SERIES = 30  # ours: more lines than colours tell apart
_TIME = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\.(\d{3})", re.ASCII)
_STATS = re.compile(r"(?:^|\|)\s*stats\s", re.IGNORECASE)
_COMMENT = re.compile(r"#[^\n]*")
_BINNED = ("bin(", "datefloor(", "dateceil(")
_ALIAS = re.compile(r"\b(?:bin|datefloor|dateceil)\s*\([^()]*\)\s+as\s+`?([^\s`,|]+)", re.IGNORECASE)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)


class Form(StrEnum):
    """LINES: over time. BARS: one for each group."""

    LINES = "lines"
    BARS = "bars"


@dataclass(frozen=True, slots=True)
class Series:
    """`values` stand at the chart's `positions`; None where there is no row."""

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """`positions` are milliseconds since the epoch for lines, names for bars. `left_out` counts series beyond those."""

    form: Form
    positions: tuple[str, ...] | tuple[int, ...]
    series: tuple[Series, ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def table(results: Iterable[Iterable[Mapping[str, str]]]) -> Table:
    """The columns in the order in which the rows first name them."""
    cells = [_cells(row) for row in results]
    columns = tuple(dict.fromkeys(name for row in cells for name in row if name != POINTER))
    rows = tuple(tuple(row.get(name, "") for name in columns) for row in cells)
    return Table(columns, rows)


def chart(found: Table, query: str) -> Chart | None:
    """None where there is nothing to draw: the query has no stats, or its result has no column of numbers."""
    query = _COMMENT.sub("", query)
    if not found.rows or not _STATS.search(query):
        return None
    kinds = {name: _kind(row[place] for row in found.rows) for place, name in enumerate(found.columns)}
    numbers = [name for name, kind in kinds.items() if kind == "number"]
    texts = [name for name, kind in kinds.items() if kind == "text"]
    binned = {alias.lower() for alias in _ALIAS.findall(query)}
    times = [
        name
        for name, kind in kinds.items()
        if kind == "time" and (name.lower().startswith(_BINNED) or name.lower() in binned)
    ]
    if not numbers:
        return None
    return _lines(found, times[0], texts, numbers) if times else _bars(found, texts, numbers)


def time_ms(text: str) -> int | None:
    """Milliseconds since the epoch of a time as Insights writes it: 2026-11-26 01:20:00.000."""
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    try:
        moment = datetime.strptime(found[1], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return None
    return int(moment.timestamp()) * 1000 + int(found[2])


def _cells(row: Iterable[Mapping[str, str]]) -> dict[str, str]:
    return {cell["field"]: cell.get("value", "") for cell in row if "field" in cell}


def _kind(values: Iterable[str]) -> str:
    """number, time or text, by all the values that there are; empty for none."""
    given = [value for value in values if value]
    if not given:
        return ""
    if all(_NUMBER.fullmatch(value) for value in given):
        return "number"
    return "time" if all(time_ms(value) is not None for value in given) else "text"


def _lines(found: Table, time: str, texts: Sequence[str], numbers: Sequence[str]) -> Chart:
    places = {name: place for place, name in enumerate(found.columns)}
    points: dict[str, dict[int, float]] = {}
    for row in found.rows:
        moment = time_ms(row[places[time]])
        if moment is None:
            continue
        group = " · ".join(row[places[name]] or "(none)" for name in texts)
        for number in numbers:
            if row[places[number]]:
                points.setdefault(_named(group, number, numbers), {})[moment] = float(row[places[number]])
    moments = tuple(sorted({moment for line in points.values() for moment in line}))
    series = [Series(name, tuple(line.get(moment) for moment in moments)) for name, line in points.items()]
    return Chart(Form.LINES, moments, tuple(series[:MOST_SERIES]), max(len(series) - MOST_SERIES, 0))


def _bars(found: Table, texts: Sequence[str], numbers: Sequence[str]) -> Chart:
    places = {name: place for place, name in enumerate(found.columns)}
    names = tuple(" · ".join(row[places[name]] or "(none)" for name in texts) or "all" for row in found.rows)
    series = [
        Series(name, tuple(float(row[places[name]]) if row[places[name]] else None for row in found.rows))
        for name in numbers
    ]
    return Chart(Form.BARS, names, tuple(series[:MOST_SERIES]), max(len(series) - MOST_SERIES, 0))


def _named(group: str, number: str, numbers: Sequence[str]) -> str:
    if not group:
        return number
    return f"{group} · {number}" if len(numbers) > 1 else group
