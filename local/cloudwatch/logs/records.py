"""GetLogRecord: all fields of one event, by the @ptr that a query gave."""

import json
from collections.abc import Iterator
from typing import Any

from local.cloudwatch.logs.insights.scalars import time_text
from local.cloudwatch.logs.parameters import invalid
from local.cloudwatch.logs.schema import timestamp_of
from local.database import Database
from local.endpoint import Answer, Call
from local.errors import AwsError

_SELECT = """SELECT e.ingested_ms, e.kind, e.fields, e.message, s.name, g.name FROM log_events AS e
    JOIN log_streams AS s ON s.id = e.stream_id JOIN log_groups AS g ON g.id = e.group_id WHERE e.id = ?"""


class Records:
    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, call: Call) -> Answer:
        pointer = call.parameters["logRecordPointer"]
        if not pointer.isdecimal() or not pointer.isascii() or len(pointer) > 19 or int(pointer) >= 1 << 63:
            raise invalid("The specified logRecordPointer is invalid.")
        with self._database.read() as connection:
            row = connection.execute(_SELECT, (int(pointer),)).fetchone()
        if row is None:
            raise AwsError("ResourceNotFoundException", "The specified log record does not exist.")
        return {"logRecord": _fields(int(pointer), row, call.account_id)}


def _fields(event_id: int, row: tuple[int, int, str | None, str, str, str], account_id: str) -> dict[str, str]:
    ingested_ms, kind, fields, message, stream, group = row
    discovered = _read(fields or "{}")
    document = _read(message) if kind == 1 else discovered.pop("json", {})
    return {
        **{name: value for key, inner in document.items() for name, value in _flattened(_shown(key), inner)},
        **{name: _text(value) for name, value in discovered.items()},
        "@message": message,
        "@timestamp": time_text(timestamp_of(event_id)) or "",
        "@ingestionTime": time_text(ingested_ms) or "",
        "@logStream": stream,
        "@log": f"{account_id}:{group}",
        "@ptr": str(event_id),
    }


def _read(text: str) -> dict[str, Any]:
    """SQLite has read it as JSON before. What is too deep or too long for Python shows in @message only."""
    try:
        read: dict[str, Any] = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return read


def _flattened(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """Nested fields in dot notation, the items of arrays with their numbers."""
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in items:
            yield from _flattened(f"{name}.{key}", inner)
    elif value is not None:
        yield name, _text(value)


def _shown(key: str) -> str:
    return f"@{key}" if key.startswith("@") else key


def _text(value: Any) -> str:
    return (
        str(int(value)) if isinstance(value, bool) or (isinstance(value, float) and value.is_integer()) else str(value)
    )
