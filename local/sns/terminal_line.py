"""PURE: what a person at the terminal reads of a notification."""

import json
from typing import Any

from local.plain_text import cut, one_line

SHOWN = 300  # characters: a notification is there to be noticed; all of it is in the messages that are kept


def terminal_line(topic: str, subject: str | None, text: str) -> str | None:
    """An alarm's in one short line; None for one that is OK for the first time: at a start each of them is."""
    alarm = _alarm(text)
    if alarm is None:
        return cut(one_line(f"SNS {topic}: {f'{subject}: ' if subject else ''}{text}"), SHOWN)
    name, before, now = alarm["AlarmName"], alarm.get("OldStateValue"), alarm["NewStateValue"]
    if now == "OK" and before == "INSUFFICIENT_DATA":
        return None
    reason = f": {alarm.get('NewStateReason', '')}" if now == "ALARM" else ""
    return cut(one_line(f"SNS {topic}: {now} {name}{reason}"), SHOWN)


def _alarm(text: str) -> dict[str, Any] | None:
    """CloudWatch's notification of an alarm (User Guide, "Notifying users on alarm changes"), if it is one."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or not {"AlarmName", "NewStateValue"} <= found.keys():
        return None
    return found
