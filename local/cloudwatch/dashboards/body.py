"""PURE: a dashboard's body, as text -> what is wrong with it ("Dashboard Body Structure and Syntax", CloudWatch)."""

from collections.abc import Iterator, Mapping
from typing import Any

from local.cloudwatch.dashboards.checks import (
    Check,
    Described,
    Message,
    array,
    boolean,
    integer,
    mapping,
    member_names,
    members_of,
    string,
)
from local.cloudwatch.dashboards.explorer_widget import explorer_properties
from local.cloudwatch.dashboards.metric_widget import metric_properties
from local.cloudwatch.dashboards.values import account_id, anything, time_range
from local.cloudwatch.dashboards.variables import variables
from local.json_text import read_json

MOST_WIDGETS = 500
_text = mapping(
    {"markdown": string(), "background": string(choices=("transparent", "solid"))},
    required=("markdown",),
)
_log = mapping(
    {
        "accountId": account_id,
        "query": string(),
        "region": string(),
        "stacked": boolean,
        "title": string(),
        "view": string(choices=("table", "timeSeries", "bar", "pie")),
    },
    required=("region", "query"),
)
_alarm = mapping(
    {
        "alarms": array(string(), least=1, most=100),
        "sortBy": string(choices=("default", "stateUpdatedTimestamp", "timestamp")),
        "states": array(string(choices=("ALARM", "INSUFFICIENT_DATA", "OK"))),
        "title": string(),
    },
    required=("alarms",),
)


_custom = mapping(
    {
        "endpoint": string(),
        "params": anything,
        "title": string(),
        "updateOn": mapping({"refresh": boolean, "resize": boolean, "timeRange": boolean}),
    },
    required=("endpoint",),
)


def _log_properties(value: Any, path: str) -> Iterator[Message]:
    yield from _log(value, path)
    query = value.get("query") if isinstance(value, dict) else None
    if isinstance(query, str) and not query.lstrip().upper().startswith("SOURCE"):
        yield Message(f"{path}/query", "Should start with SOURCE and the names of the log groups", warning=True)


PROPERTIES: Mapping[str, Check] = {
    "alarm": _alarm,
    "custom": _custom,
    "explorer": explorer_properties,
    "log": Described(_log_properties, members_of(_log)),
    "metric": metric_properties,
    "text": _text,
}
_ONLY_AT_AWS = ("chart",)  # PromQL
WIDGETS = tuple(sorted((*PROPERTIES, *_ONLY_AT_AWS)))
_widget = mapping(
    {
        "height": integer(least=1, most=1000),
        "properties": anything,
        "type": anything,
        "width": integer(least=1, most=24),
        "x": integer(least=0, most=23),
        "y": integer(least=0),
    },
    required=("type", "properties"),
)


def known_properties(kind: str) -> frozenset[str]:
    """Of this kind of widget: the names of all properties that are taken, `yAxis.left.min` for one within others."""
    return frozenset(member_names(PROPERTIES[kind]))


def validate_body(text: str) -> list[Message]:
    """All messages of any text; nothing is raised. With one that is no warning CloudWatch would not keep the body."""
    try:
        body = read_json(text)
        text.encode()
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        return [Message("", "The field DashboardBody must be a valid JSON object")]
    return [*_body(body, ""), *time_range(body, "")]


def _checked_widget(value: Any, path: str) -> Iterator[Message]:
    yield from _widget(value, path)
    if not isinstance(value, dict):
        return
    for one, other in (("x", "y"), ("y", "x")):
        if one in value and other not in value:
            yield Message(path, f"Should have property {other} when property {one} is present")
    if "type" in value:
        yield from _typed(value, path)


def _typed(widget: dict[str, Any], path: str) -> Iterator[Message]:
    kind = widget["type"]
    if not isinstance(kind, str):
        yield Message(f"{path}/type", "Should be string")
    elif kind in _ONLY_AT_AWS:
        yield Message(f"{path}/type", f"A widget of type {kind} is not supported here, only at AWS")
    elif kind not in PROPERTIES:
        allowed = ", ".join(sorted(PROPERTIES))
        yield Message(f"{path}/type", f"Should be equal to one of the allowed values: {allowed}")
    elif "properties" in widget:
        yield from PROPERTIES[kind](widget["properties"], f"{path}/properties")


_body = mapping(
    {
        "end": anything,
        "periodOverride": string(choices=("auto", "inherit")),
        "start": anything,
        "variables": variables,
        "widgets": array(_checked_widget, most=MOST_WIDGETS),
    },
    required=("widgets",),
)
