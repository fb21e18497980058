"""The alarms in the database. Each function works inside the transaction of the connection that it is given."""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from local.cloudwatch.alarms.alarm import COMPOSITE, Alarm
from local.cloudwatch.alarms.rule import parse_alarm_rule
from local.cloudwatch.alarms.suppression import Withheld

SCHEMA = """
CREATE TABLE IF NOT EXISTS alarms (
    name TEXT PRIMARY KEY, kind TEXT NOT NULL, arn TEXT NOT NULL, configuration TEXT NOT NULL,
    configured_s REAL NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL, data TEXT NOT NULL,
    updated_s REAL NOT NULL, transitioned_s REAL NOT NULL, evaluation TEXT NOT NULL,
    withheld_by TEXT, withheld_until_s REAL, withheld_old_state TEXT, due_s REAL
);
CREATE INDEX IF NOT EXISTS alarms_due ON alarms (due_s);
CREATE INDEX IF NOT EXISTS alarms_withheld ON alarms (withheld_by) WHERE withheld_by IS NOT NULL;
CREATE TABLE IF NOT EXISTS alarm_children (
    child TEXT NOT NULL, parent TEXT NOT NULL, PRIMARY KEY (child, parent)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS alarm_tags (
    arn TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (arn, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS alarm_history (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL, at_s REAL NOT NULL,
    type TEXT NOT NULL, summary TEXT NOT NULL, data TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS alarm_history_name ON alarm_history (name, at_s);
CREATE INDEX IF NOT EXISTS alarm_history_at ON alarm_history (at_s);
CREATE TABLE IF NOT EXISTS alarm_outbox (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL, action TEXT NOT NULL,
    subject TEXT NOT NULL, message TEXT NOT NULL, at_s REAL NOT NULL
);
"""
_SELECT = """
SELECT name, kind, arn, configuration, configured_s, state, reason, data, updated_s, transitioned_s, evaluation,
       withheld_by, withheld_until_s, withheld_old_state
FROM alarms """
_PUT = "INSERT OR REPLACE INTO alarms VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_UPDATE = """
UPDATE alarms
SET (name, kind, arn, configuration, configured_s, state, reason, data, updated_s, transitioned_s, evaluation,
     withheld_by, withheld_until_s, withheld_old_state) = (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
WHERE name = ?"""


def find(connection: sqlite3.Connection, name: str) -> Alarm | None:
    row = connection.execute(_SELECT + "WHERE name = ?", (name,)).fetchone()
    return None if row is None else _alarm(row)


def every(connection: sqlite3.Connection, after: str = "", prefix: str = "") -> Iterable[Alarm]:
    """In the order of their names, those after `after` that begin with `prefix`."""
    query = _SELECT + "WHERE name > ? AND substr(name, 1, ?) = ? ORDER BY name"
    return map(_alarm, connection.execute(query, (after, len(prefix), prefix)))


def due(connection: sqlite3.Connection, now_s: float) -> list[Alarm]:
    return [_alarm(row) for row in connection.execute(_SELECT + "WHERE due_s <= ?", (now_s,))]


def withheld(connection: sqlite3.Connection) -> list[Alarm]:
    """The alarms whose actions are held back."""
    return [_alarm(row) for row in connection.execute(_SELECT + "WHERE withheld_by IS NOT NULL")]


def states(connection: sqlite3.Connection, names: Iterable[str]) -> Mapping[str, Alarm]:
    """Those of the alarms that are there."""
    found = (find(connection, name) for name in names)
    return {alarm.name: alarm for alarm in found if alarm}


def parents(connection: sqlite3.Connection, child: str) -> list[str]:
    """The composite alarms whose rules mention the alarm."""
    rows = connection.execute("SELECT parent FROM alarm_children WHERE child = ? ORDER BY parent", (child,))
    return [parent for (parent,) in rows]


def put(connection: sqlite3.Connection, alarm: Alarm, due_s: float) -> None:
    """A new configuration, to be evaluated at `due_s`."""
    connection.execute(_PUT, (*_row(alarm), due_s))
    connection.execute("DELETE FROM alarm_children WHERE parent = ?", (alarm.name,))
    if alarm.kind == COMPOSITE:
        children = parse_alarm_rule(alarm.configuration["AlarmRule"]).children
        pairs = [(child, alarm.name) for child in children]
        connection.executemany("INSERT INTO alarm_children (child, parent) VALUES (?, ?)", pairs)


def update(connection: sqlite3.Connection, alarm: Alarm) -> None:
    """All of it but when it is due."""
    connection.execute(_UPDATE, (*_row(alarm), alarm.name))


def set_due(connection: sqlite3.Connection, name: str, due_s: float | None) -> None:
    connection.execute("UPDATE alarms SET due_s = ? WHERE name = ?", (due_s, name))


def set_every_due(connection: sqlite3.Connection, now_s: float) -> None:
    connection.execute("UPDATE alarms SET due_s = ?", (now_s,))


def delete(connection: sqlite3.Connection, alarm: Alarm) -> None:
    """The alarm and its tags; its history stays."""
    connection.execute("DELETE FROM alarms WHERE name = ?", (alarm.name,))
    connection.execute("DELETE FROM alarm_children WHERE parent = ?", (alarm.name,))
    connection.execute("DELETE FROM alarm_tags WHERE arn = ?", (alarm.arn,))


def clear(connection: sqlite3.Connection) -> None:
    for table in ("alarms", "alarm_children", "alarm_tags", "alarm_history", "alarm_outbox"):
        connection.execute(f"DELETE FROM {table}")  # noqa: S608 - the names are the ones above


def _row(alarm: Alarm) -> tuple[str | float | None, ...]:
    held = alarm.withheld
    return (
        *(alarm.name, alarm.kind, alarm.arn, json.dumps(alarm.configuration), alarm.configured_s),
        *(alarm.state, alarm.reason, alarm.data, alarm.updated_s, alarm.transitioned_s, alarm.evaluation),
        *((held.by, held.until_s, held.old_state) if held else (None, None, None)),
    )


def _alarm(row: tuple[Any, ...]) -> Alarm:
    name, kind, arn, configuration, *rest, by, until_s, old_state = row
    alarm = Alarm(name, kind, arn, json.loads(configuration), *rest)
    return replace(alarm, withheld=Withheld(by, until_s, old_state)) if by else alarm
