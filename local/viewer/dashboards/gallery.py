"""PURE: the gallery's made-up data, in the shapes in which AWS answers."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from math import sin
from typing import Any

from local.errors import LocalError
from local.viewer.alarms import alarm_widget, ordered, status
from local.viewer.dashboards.custom import draw_custom, offered
from local.viewer.dashboards.drawing import Document, draw_metric, failed
from local.viewer.dashboards.explorer import Resource
from local.viewer.dashboards.gallery_body import GALLERY_BODY
from local.viewer.dashboards.plan import Widget
from local.viewer.dashboards.queries import Graph, build_graph
from local.viewer.dashboards.resources import as_metrics
from local.viewer.dashboards.undrawn import undrawn
from local.viewer.time_range import TimeRange, iso

__all__ = ["GALLERY_BODY", "gallery_answer", "gallery_documents", "gallery_log"]
MOST_POINTS = 300
_ROUTES = ("/api/items/", "/api/items/{item_id}", "/api/health")
_LEVELS = (("ERROR", 3), ("INFO", 40), ("WARNING", 9))
_RESOURCES = tuple(
    Resource(f"arn:aws:lambda:us-east-1:123456789012:function:{name}", {"team": team, "stage": "prod"})
    for name, team in (("items", "shop"), ("orders", "shop"), ("mail", "post"))
)
_ANSWERS: Mapping[str, Any] = {
    "html": "<h2>Deployed</h2><table><tr><th>items</th><td>8f2c</td></tr></table>",
    "markdown": {"markdown": "**12** orders wait, see [the runbook](/runbook)."},
    "json": {"orders": 12, "oldest": "PT4M"},
}
_FIRST_AT = datetime(2026, 1, 31, 8, tzinfo=UTC)


def gallery_documents(widgets: Sequence[Widget], times: TimeRange) -> list[Document]:
    shown = [widget for widget in widgets if widget.kind not in ("text", "log") or widget.problem]
    return [{**_document(widget, times), "notes": undrawn(widget)} for widget in shown]


def gallery_answer(widget: Widget) -> Document:
    """What its function would have answered."""
    return draw_custom(widget, json.dumps(_ANSWERS[str(widget.properties["params"]["as"])]).encode())


def gallery_log(times: TimeRange, *, by_time: bool) -> list[list[dict[str, str]]]:
    """A row for each level, in each twelfth of the time or in all."""
    rows = []
    for step in range(12 if by_time else 1):
        at = datetime.fromtimestamp(times.start_s + step * times.length_s / 12, UTC)
        for level, number in _LEVELS:
            count = str(round(number * (1.5 + sin(step))))
            when = {"bin(5m)": at.strftime("%Y-%m-%d %H:%M:%S.000")} if by_time else {}
            cells = {**when, "level": level, "count(*)": count, "@ptr": "x"}
            rows.append([{"field": field, "value": value} for field, value in cells.items()])
    return rows


def _document(widget: Widget, times: TimeRange) -> Document:
    if widget.problem:
        return failed(widget, widget.problem)
    if widget.kind == "custom":
        return offered(widget, may_run=True)
    if widget.kind == "explorer":
        widget = as_metrics(widget, _RESOURCES)
    if widget.kind == "alarm":
        shown = ordered(map(status, _alarms()), widget.properties["sortBy"])
        return {"key": widget.key, "kind": "alarm", "title": widget.title, "alarms": shown, "missing": ["not-there"]}
    properties = _with_vertical(_with_alarm(widget.properties), times)
    try:
        graph = build_graph(widget.key, properties, (times.start_s, times.end_s), None, "us-east-1")
    except LocalError as error:
        return failed(widget, str(error))
    return draw_metric(widget, properties, graph, list(_results(graph)), ["/gallery"])


def _with_alarm(properties: Mapping[str, Any]) -> Mapping[str, Any]:
    if "alarms" not in (properties.get("annotations") or {}):
        return properties
    return {**alarm_widget(_alarms()[0], "us-east-1"), "title": properties["title"]}


def _with_vertical(properties: Mapping[str, Any], times: TimeRange) -> Mapping[str, Any]:
    """Their instants move with the time that the page shows."""
    if "vertical" not in (properties.get("annotations") or {}):
        return properties
    at = [iso(times.start_s + times.length_s * part) for part in (0.2, 0.5, 0.6, 0.9)]
    band = [{"label": "maintenance", "value": at[1], "color": "#9467bd"}, {"label": "its end", "value": at[2]}]
    lines = [{"label": "deployed", "value": at[0]}, band, {"label": "after", "value": at[3], "fill": "after"}]
    return {**properties, "annotations": {"vertical": lines}}


def _results(graph: Graph) -> Iterator[Mapping[str, Any]]:
    step = max(60, round((graph.end_s - graph.start_s) / MOST_POINTS / 60) * 60)
    first = int(graph.start_s // step + 1) * step
    instants = range(first, int(graph.end_s), step)
    for query_id, index in graph.ids.items():
        entry = graph.entries[index]
        labels = (
            _ROUTES
            if entry.expression and "route" in entry.expression
            else (entry.options.get("label", entry.options.get("id", "Latency")),)
        )
        for number, label in enumerate(labels):
            yield {
                "Id": query_id,
                "Label": label,
                "Timestamps": [datetime.fromtimestamp(at, UTC) for at in instants],
                "Values": [_value(at - first, index + number, step) for at in instants],
            }


def _value(at: float, which: int, step: float) -> float:
    wave = sin(at / step / 17 + which) + 0.4 * sin(at / step / 3 + 2 * which)
    return round(50 + 12 * which + 18 * wave, 3)


def _alarms() -> list[dict[str, Any]]:
    return [
        {
            "AlarmName": name,
            "StateValue": state,
            "StateReason": "Threshold Crossed: 3 datapoints were greater than the threshold (80.0).",
            "StateReasonData": json.dumps({}),
            "StateUpdatedTimestamp": _FIRST_AT,
            "Namespace": "Gallery",
            "MetricName": "Latency",
            "Statistic": "Maximum",
            "Period": 60,
            "EvaluationPeriods": 5,
            "DatapointsToAlarm": 3,
            "Threshold": 80.0,
            "ComparisonOperator": "GreaterThanThreshold",
        }
        for name, state in (("gallery", "ALARM"), ("gallery-quiet", "OK"), ("gallery-new", "INSUFFICIENT_DATA"))
    ]
