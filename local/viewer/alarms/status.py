"""PURE: alarms as lists show them, and the order of an alarm status widget.

Source: AWS page "Dashboard body structure and syntax", "Properties of an alarm status widget object".
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from local.viewer.alarms.graph import condition
from local.viewer.formats import instant
from local.viewer.links import link

Document = dict[str, Any]
SEVERITY = {"ALARM": 0, "INSUFFICIENT_DATA": 1, "OK": 2}


def status(alarm: Mapping[str, Any]) -> Document:
    is_composite = "AlarmRule" in alarm
    return {
        "name": alarm["AlarmName"],
        "state": alarm["StateValue"],
        "reason": alarm.get("StateReason", ""),
        "since": instant(alarm.get("StateTransitionedTimestamp", alarm.get("StateUpdatedTimestamp"))),
        "composite": is_composite,
        "condition": alarm["AlarmRule"] if is_composite else condition(alarm),
        "description": alarm.get("AlarmDescription", ""),
        "acts": bool(alarm.get("ActionsEnabled")) and bool(alarm.get("AlarmActions")),
        "suppressed": alarm.get("ActionsSuppressedBy", ""),
        "url": link("/alarms", alarm["AlarmName"]),
    }


def ordered(statuses: Iterable[Document], sort_by: str = "default", states: Sequence[str] = ()) -> list[Document]:
    shown = [one for one in statuses if not states or one["state"] in states]
    by_name = sorted(shown, key=lambda one: str(one["name"]))
    newest_first = sorted(by_name, key=lambda one: str(one["since"]), reverse=True)
    if sort_by == "timestamp":
        return newest_first
    if sort_by == "stateUpdatedTimestamp":
        return sorted(newest_first, key=lambda one: SEVERITY.get(str(one["state"]), 3))
    return by_name
