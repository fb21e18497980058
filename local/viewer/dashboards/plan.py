"""PURE: a dashboard's body -> its widgets: where each stands, what it is, or why it can't be drawn."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local.viewer.dashboards.entries import NotDrawable
from local.viewer.dashboards.layout import Box, lay_out
from local.viewer.dashboards.log_query import sources

KINDS = frozenset({"metric", "text", "log", "alarm", "explorer", "custom"})
VIEWS = frozenset({"timeSeries", "singleValue", "gauge", "bar", "pie", "table"})
LOG_VIEWS = frozenset({"table", "timeSeries", "bar", "pie"})
EXPLORER_VIEWS = frozenset({"timeSeries", "bar", "pie"})
_WHY = {
    "chart": "a chart widget asks in PromQL, which takes an engine beyond CloudWatch's metrics API",
}


@dataclass(frozen=True, slots=True)
class Widget:
    """`key` is its name in the page (`w3`); `problem` says why it isn't drawn."""

    key: str
    box: Box
    kind: str
    properties: Mapping[str, Any]
    problem: str = ""

    @property
    def title(self) -> str:
        return str(self.properties.get("title", "Explorer" if self.kind == "explorer" else ""))

    @property
    def view(self) -> str:
        if self.kind == "explorer":
            return str((self.properties.get("widgetOptions") or {}).get("view", "timeSeries"))
        return str(self.properties.get("view", "table" if self.kind == "log" else "timeSeries"))


def read_body(text: str) -> dict[str, Any]:
    """Raises NotDrawable."""
    try:
        body = json.loads(text)
    except ValueError as error:
        raise NotDrawable(f"the dashboard's body is no JSON: {error}") from None
    if not isinstance(body, dict) or not isinstance(body.get("widgets"), list):
        raise NotDrawable("the dashboard's body has no widgets")
    return body


def plan(body: Mapping[str, Any]) -> list[Widget]:
    widgets = [widget if isinstance(widget, Mapping) else {} for widget in body["widgets"]]
    return [
        _widget(f"w{index}", box, given)
        for index, (box, given) in enumerate(zip(lay_out(widgets), widgets, strict=True))
    ]


def log_groups(widgets: Sequence[Widget]) -> list[str]:
    """Those that the dashboard's own queries read: where a point of one of its graphs is looked up."""
    names = [
        name for widget in widgets if widget.kind == "log" for name in sources(str(widget.properties.get("query", "")))
    ]
    return list(dict.fromkeys(names))


def _widget(key: str, box: Box, given: Mapping[str, Any]) -> Widget:
    kind, properties = str(given.get("type", "")), given.get("properties")
    properties = properties if isinstance(properties, Mapping) else {}
    widget = Widget(key, box, kind, properties)
    return Widget(key, box, kind, properties, _problem(widget))


def _problem(widget: Widget) -> str:
    if widget.kind in _WHY:
        asks = f" It asks for {json.dumps(widget.properties, ensure_ascii=False)}" if widget.kind == "chart" else ""
        return f"A widget of type {widget.kind} is not drawn here: {_WHY[widget.kind]}.{asks}"
    if widget.kind not in KINDS:
        return f"A widget of type {widget.kind!r} is not drawn here; {', '.join(sorted(KINDS))} are."
    views = {"metric": VIEWS, "log": LOG_VIEWS, "explorer": EXPLORER_VIEWS}.get(widget.kind)
    if views and widget.view not in views:
        drawn = ", ".join(sorted(views))
        return f"The view {widget.view!r} of a widget of type {widget.kind} is not drawn here; {drawn} are."
    return ""
