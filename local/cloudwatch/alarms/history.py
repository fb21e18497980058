"""What happened to an alarm: its configuration, its state, its actions (AlarmHistoryItem, CloudWatch API reference)."""

import json
import sqlite3
from typing import Any

from local.cloudwatch.alarms.alarm import METRIC, Alarm
from local.cloudwatch.alarms.reasons import timestamp

KEPT_S = 30 * 86400  # "CloudWatch saves alarm history for 30 days"
_DONE = {"Create": "created", "Update": "updated", "Delete": "deleted"}


def configured(connection: sqlite3.Connection, alarm: Alarm, done: str, at_s: float) -> None:
    """`done`: Create, Update or Delete."""
    word = _DONE[done]
    data = {"version": "1.0", "type": done, f"{word}Alarm": _configuration(alarm)}
    summary = f'Alarm "{alarm.name}" {word}'
    _insert(connection, (alarm.name, alarm.kind, at_s, "ConfigurationUpdate", summary, _json(data)))


def updated(connection: sqlite3.Connection, old: Alarm, new: Alarm, at_s: float) -> None:
    """The alarm has another state than before."""
    data = {"version": "1.0", "oldState": _state(old), "newState": _state(new)}
    summary = f"Alarm updated from {old.state} to {new.state}"
    _insert(connection, (new.name, new.kind, at_s, "StateUpdate", summary, _json(data)))


def acted(connection: sqlite3.Connection, item: tuple[str, str, str, str, float], error: str | None) -> None:
    """`item`: the alarm's name and kind, the action's ARN, the message that was sent, when the state was updated."""
    name, kind, action, message, at_s = item
    data = {
        "actionState": "Failed" if error else "Succeeded",
        "stateUpdateTimestamp": round(at_s * 1000),
        "notificationResource": action,
        "publishedMessage": message,
        "error": error,
    }
    done = f'Failed to execute action {action}. Received error: "{error}"'
    summary = done if error else f"Successfully executed action {action}"
    _insert(connection, (name, kind, at_s, "Action", summary, _json(data)))


def expire(connection: sqlite3.Connection, now_s: float) -> None:
    connection.execute("DELETE FROM alarm_history WHERE at_s < ?", (now_s - KEPT_S,))


def _insert(connection: sqlite3.Connection, row: tuple[str, str, float, str, str, str]) -> None:
    statement = "INSERT INTO alarm_history (name, kind, at_s, type, summary, data) VALUES (?, ?, ?, ?, ?, ?)"
    connection.execute(statement, row)


def _json(data: Any) -> str:
    return json.dumps(data, separators=(",", ":"))


def _state(alarm: Alarm) -> dict[str, Any]:
    said = {"stateValue": alarm.state, "stateReason": alarm.reason}
    return {**said, "stateReasonData": json.loads(alarm.data)} if alarm.data else said


def _configuration(alarm: Alarm) -> dict[str, Any]:
    """The names of DescribeAlarms with small letters in front; OKActions is "okactions", as CloudWatch writes it."""
    dimensions = [
        {"value": dimension["Value"], "name": dimension["Name"]}
        for dimension in alarm.configuration.get("Dimensions", ())
    ]
    described = {
        "alarmName": alarm.name,
        "alarmArn": alarm.arn,
        "alarmConfigurationUpdatedTimestamp": timestamp(alarm.configured_s),
        "stateValue": alarm.state,
        "stateUpdatedTimestamp": timestamp(alarm.updated_s),
        "okactions": [],
        "alarmActions": [],
        "insufficientDataActions": [],
        **{_small(key): value for key, value in alarm.configuration.items()},
        "actionsEnabled": alarm.actions_enabled,
    }
    return {**described, "dimensions": dimensions} if alarm.kind == METRIC else described


def _small(key: str) -> str:
    return "okactions" if key == "OKActions" else key[0].lower() + key[1:]
