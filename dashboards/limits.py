"""CloudWatch's limits, each with its page. PURE data, and what of it a dashboard's body breaks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

BODY = 'CloudWatch API reference, "Dashboard Body Structure and Syntax"'
QUOTAS = 'CloudWatch user guide, "CloudWatch service quotas"'
SEARCHES = 'CloudWatch user guide, "CloudWatch search expression syntax"'
ALARMS = 'CloudWatch API reference, "PutMetricAlarm"'
COMPOSITES = 'CloudWatch API reference, "PutCompositeAlarm"'
MATH_ALARMS = 'CloudWatch user guide, "Using Amazon CloudWatch alarms", alarms on math expressions'
DEFINITIONS = 'CloudWatch Logs API reference, "PutQueryDefinition"'
FILTERS = 'CloudWatch Logs API reference, "PutMetricFilter"'


class Limit(NamedTuple):
    most: int
    unit: str
    source: str


COLUMNS = Limit(24, "columns", BODY)
HEIGHT = Limit(1_000, "rows of a widget's height", BODY)
WIDGETS = Limit(500, "widgets a dashboard", BODY)
WIDGET_METRICS = Limit(500, "metrics a widget", QUOTAS)
DASHBOARD_METRICS = Limit(2_500, "metrics a dashboard", QUOTAS)
WIDGET_ALARMS = Limit(100, "alarms a widget", BODY)
SEARCH_CHARACTERS = Limit(1_024, "characters a search", SEARCHES)
WIDGET_SEARCHES = Limit(100, "searches a widget", SEARCHES)
ALARM_MATH_METRICS = Limit(10, "metrics in an alarm's math", MATH_ALARMS)
EXPRESSION = Limit(2_048, "characters of an expression", 'CloudWatch API reference, "MetricDataQuery"')
ALARM_NAME = Limit(255, "characters of an alarm's name", ALARMS)
ALARM_DESCRIPTION = Limit(1_024, "characters of an alarm's description", ALARMS)
ALARM_WINDOW_S = Limit(604_800, "seconds that an alarm looks back", ALARMS)
ALARM_WINDOW_UNDER_AN_HOUR_S = Limit(86_400, "seconds that an alarm of a period under an hour looks back", ALARMS)
COMPOSITE_CHILDREN = Limit(100, "alarms in a composite", COMPOSITES)
COMPOSITE_RULE = Limit(10_240, "characters of a composite's rule", COMPOSITES)
QUERY_CHARACTERS = Limit(10_000, "characters of a saved query", DEFINITIONS)
FILTER_CHARACTERS = Limit(1_024, "characters of a filter pattern", FILTERS)

DASHBOARD_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
"""CloudWatch API reference, "PutDashboard"."""

VIEWS = {
    "metric": frozenset({"timeSeries", "singleValue", "gauge", "bar", "pie", "table"}),
    "log": frozenset({"table", "timeSeries", "bar", "pie"}),
}
"""The views of a widget's `view`, from BODY."""


def broken_by(body: dict[str, Any]) -> Iterator[str]:
    """What CloudWatch would refuse, or not show, of a dashboard's body: one sentence each."""
    widgets = body["widgets"]
    yield from _over(len(widgets), WIDGETS, "the dashboard")
    yield from _over(sum(len(_metrics(one)) for one in widgets), DASHBOARD_METRICS, "the dashboard")
    yield from _overlaps(widgets)
    for one in widgets:
        yield from _widget(one)


def _widget(one: dict[str, Any]) -> Iterator[str]:
    name = f"widget {_title(one)!r}"
    yield from _over(one["x"] + one["width"], COLUMNS, name)
    yield from _over(one["height"], HEIGHT, name)
    yield from _over(len(_metrics(one)), WIDGET_METRICS, name)
    yield from _over(len(one["properties"].get("alarms", ())), WIDGET_ALARMS, name)
    view = one["properties"].get("view")
    if view is not None and view not in VIEWS[one["type"]]:
        yield f"{name} has the view {view!r}; a {one['type']} widget has {', '.join(sorted(VIEWS[one['type']]))}"
    expressions = [metric[0]["expression"] for metric in _metrics(one) if isinstance(metric[0], dict)]
    yield from _over(sum(text.count("SEARCH(") for text in expressions), WIDGET_SEARCHES, name)
    for text in expressions:
        if "SEARCH(" in text:
            yield from _over(len(text), SEARCH_CHARACTERS, name)
    ids = [metric[-1]["id"] for metric in _metrics(one) if isinstance(metric[-1], dict) and "id" in metric[-1]]
    if len(ids) != len(set(ids)):
        yield f"{name} uses an id twice"


def _metrics(one: dict[str, Any]) -> list[list[Any]]:
    found: list[list[Any]] = one["properties"].get("metrics", [])
    return found


def _over(count: int, limit: Limit, name: str) -> Iterator[str]:
    if count > limit.most:
        yield f"{name} has {count} {limit.unit}, at most {limit.most} are allowed ({limit.source})"


def _overlaps(widgets: list[dict[str, Any]]) -> Iterator[str]:
    taken: dict[tuple[int, int], int] = {}
    for number, one in enumerate(widgets):
        met = {taken.setdefault(cell, number) for cell in _cells(one)} - {number}
        for other in sorted(met):
            yield f"widget {_title(one)!r} lies on {_title(widgets[other])!r}"


def _cells(one: dict[str, Any]) -> Iterator[tuple[int, int]]:
    for x in range(one["x"], one["x"] + one["width"]):
        yield from ((x, y) for y in range(one["y"], one["y"] + one["height"]))


def _title(one: dict[str, Any]) -> str:
    return str(one["properties"].get("title", one["type"]))
