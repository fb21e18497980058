"""PURE: a Logs Insights result -> what a log widget's table or chart shows."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

Document = dict[str, Any]
_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?")
POINTER = "@ptr"
MOST_SERIES = 100


def build_table(results: Sequence[Sequence[Mapping[str, str]]]) -> Document:
    """`columns` in the order in which they come, `rows` of texts (none where a row has no such field)."""
    columns: dict[str, None] = {}
    for row in results:
        columns |= {cell["field"]: None for cell in row if cell["field"] != POINTER}
    rows = [{cell["field"]: cell.get("value") for cell in row} for row in results]
    return {"columns": list(columns), "rows": [[row.get(column) for column in columns] for row in rows]}


def build_time_series(table: Document) -> list[Document]:
    """A series of each number, for each group of the columns that are neither a number nor the time."""
    time = _time_column(table)
    if time is None:
        return []
    numbers = _number_columns(table, skip=time)
    names = [index for index in range(len(table["columns"])) if index != time and index not in numbers]
    series: dict[str, Document] = {}
    for row in table["rows"]:
        if row[time] is None:
            continue
        group = " · ".join(str(row[index]) for index in names)
        for number in numbers:
            if row[number] is None:
                continue
            label = " ".join(part for part in (group, table["columns"][number]) if part)
            one = series.setdefault(label, {"label": label, "axis": "left", "points": []})
            one["points"].append((_seconds(row[time]), float(row[number])))
    return [_sorted(one) for one in list(series.values())[:MOST_SERIES]]


def build_categories(table: Document) -> list[Document]:
    """For bars and pies: the first number of each row, under its other columns."""
    numbers = _number_columns(table, skip=None)
    if not numbers:
        return []
    value = numbers[0]
    return [
        {
            "label": " · ".join(str(cell) for index, cell in enumerate(row) if index not in numbers)
            or table["columns"][value],
            "value": float(row[value]),
        }
        for row in table["rows"]
        if row[value] is not None
    ]


def _sorted(series: Document) -> Document:
    points = sorted(series.pop("points"))
    return series | {"t": [at for at, _ in points], "v": [value for _, value in points]}


def _time_column(table: Document) -> int | None:
    for index, name in enumerate(table["columns"]):
        cells = [row[index] for row in table["rows"] if row[index] is not None]
        if cells and (name == "@timestamp" or name.startswith("bin")) and all(_TIME.fullmatch(cell) for cell in cells):
            return index
    return None


def _number_columns(table: Document, skip: int | None) -> list[int]:
    found = []
    for index in range(len(table["columns"])):
        cells = [row[index] for row in table["rows"] if row[index] is not None]
        if index != skip and cells and all(_is_number(cell) for cell in cells):
            found.append(index)
    return found


def _is_number(text: str) -> bool:
    return re.fullmatch(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?", text, re.ASCII) is not None


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()
