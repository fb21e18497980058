"""PURE: every expression, pattern, query and filter of the generated template, each with where it stands.

For those who read such languages: parsers, linters, the laptop's CloudWatch.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Found(NamedTuple):
    """`where`: the resource, and the widget or alarm part in it."""

    where: str
    text: str


def math_expressions(resources: Mapping[str, Any]) -> list[Found]:
    """Metric math without SEARCH, of alarms and widgets. `resources`: as resolving.resolved() gives them."""
    return [one for one in _expressions(resources) if "SEARCH(" not in one.text]


def alarm_expressions(resources: Mapping[str, Any]) -> list[Found]:
    """Those of alarms alone."""
    return list(_of_alarms(resources))


def search_expressions(resources: Mapping[str, Any]) -> list[Found]:
    """Whole expressions with a SEARCH in them."""
    return [one for one in _expressions(resources) if "SEARCH(" in one.text]


def filter_patterns(resources: Mapping[str, Any]) -> list[Found]:
    return [
        Found(name, one["Properties"]["FilterPattern"])
        for name, one in resources.items()
        if one["Type"] == "AWS::Logs::MetricFilter"
    ]


def insights_queries(resources: Mapping[str, Any]) -> list[Found]:
    """Saved queries and log widgets' queries, without their SOURCE."""
    saved = [
        Found(name, one["Properties"]["QueryString"])
        for name, one in resources.items()
        if one["Type"] == "AWS::Logs::QueryDefinition"
    ]
    return saved + [
        Found(where, re.sub(r"^SOURCE '[^']*' \| ", "", properties["query"]))
        for where, kind, properties in widgets(resources)
        if kind == "log"
    ]


def alarm_rules(resources: Mapping[str, Any]) -> list[Found]:
    return [
        Found(name, one["Properties"]["AlarmRule"])
        for name, one in resources.items()
        if one["Type"] == "AWS::CloudWatch::CompositeAlarm"
    ]


def xray_filters(resources: Mapping[str, Any]) -> list[Found]:
    """The filter expressions that the dashboards' heads name."""
    found = []
    for where, kind, properties in widgets(resources):
        if kind == "text" and "Trace filters: " in properties["markdown"]:
            told = properties["markdown"].partition("Trace filters: ")[2]
            found += [Found(where, text) for text in re.findall(r"`([^`]+)`", told)]
    return found


def bodies(resources: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Each dashboard's body, parsed."""
    return {
        name: json.loads(one["Properties"]["DashboardBody"])
        for name, one in resources.items()
        if one["Type"] == "AWS::CloudWatch::Dashboard"
    }


def widgets(resources: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Where it stands, its type, its properties."""
    for name, body in bodies(resources).items():
        for one in body["widgets"]:
            yield f"{name}: {one['properties'].get('title', one['type'])}", one["type"], one["properties"]


def _expressions(resources: Mapping[str, Any]) -> Iterator[Found]:
    yield from _of_alarms(resources)
    for where, kind, properties in widgets(resources):
        for row in properties["metrics"] if kind == "metric" else ():
            if isinstance(row[0], dict):
                yield Found(where, row[0]["expression"])


def _of_alarms(resources: Mapping[str, Any]) -> Iterator[Found]:
    for name, one in resources.items():
        for query in one["Properties"].get("Metrics", ()) if one["Type"] == "AWS::CloudWatch::Alarm" else ():
            if "Expression" in query:
                yield Found(name, query["Expression"])
