"""PURE: what a widget asks for and is not drawn, in words that stand in its place beside what is.

Sources: AWS page "Dashboard body structure and syntax"; CloudWatch User Guide, "Details about custom widgets". What AWS
says has no effect in a view (`sparkline` outside of `singleValue`) needs no word.
"""

from collections.abc import Callable, Mapping
from typing import Any

from local.viewer.dashboards.plan import Widget

_OVER_TIME = "timeSeries"
_WITH_LEVELS = frozenset({_OVER_TIME, "gauge", "bar", "table"})


def _trend(widget: Widget) -> str:
    has = widget.view == "singleValue" and widget.properties.get("trend") is True
    return "trend: AWS's documentation doesn't say what it shows" if has else ""


def _level(name: str) -> Callable[[Widget], str]:
    def said(widget: Widget) -> str:
        has = widget.view not in _WITH_LEVELS and _annotations(widget).get(name)
        return f"annotations.{name}: a widget of view {widget.view} has no scale for a level" if has else ""

    return said


def _vertical(widget: Widget) -> str:
    has = widget.view != _OVER_TIME and _annotations(widget).get("vertical")
    return f"annotations.vertical: a widget of view {widget.view} has no time axis" if has else ""


def _pages(name: str) -> Callable[[Widget], str]:
    def said(widget: Widget) -> str:
        options = widget.properties.get("widgetOptions") or {}
        return f"widgetOptions.{name}: the explorer is one graph here" if name in options else ""

    return said


def _update_on(widget: Widget) -> str:
    return "updateOn: the function runs by its button alone" if "updateOn" in widget.properties else ""


UNDRAWN: Mapping[str, Mapping[str, Callable[[Widget], str]]] = {
    "metric": {
        "annotations.alarms": _level("alarms"),
        "annotations.horizontal": _level("horizontal"),
        "annotations.vertical": _vertical,
        "trend": _trend,
    },
    "explorer": {
        "widgetOptions.rowsPerPage": _pages("rowsPerPage"),
        "widgetOptions.widgetsPerRow": _pages("widgetsPerRow"),
    },
    "custom": {f"updateOn.{event}": _update_on for event in ("refresh", "resize", "timeRange")},
}
"""By a widget's kind and a property's name: a function that says why it isn't drawn, or nothing where it is."""


def undrawn(widget: Widget) -> list[str]:
    said = dict.fromkeys(says(widget) for says in UNDRAWN.get(widget.kind, {}).values())
    return [words for words in said if words]


def _annotations(widget: Widget) -> Mapping[str, Any]:
    return widget.properties.get("annotations") or {}
