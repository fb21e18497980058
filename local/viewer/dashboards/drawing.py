"""PURE: a widget and what AWS answered -> the document that the browser draws."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from local.viewer.dashboards.annotations import horizontal, vertical
from local.viewer.dashboards.plan import Widget
from local.viewer.dashboards.queries import Graph
from local.viewer.dashboards.series import build_series

Document = dict[str, Any]
SUMMARIES = ("MIN", "MAX", "SUM", "AVG")


def draw_metric(
    widget: Widget,
    properties: Mapping[str, Any],
    graph: Graph,
    results: Sequence[Mapping[str, Any]],
    groups: Sequence[str],
) -> Document:
    """`properties` are the widget's, or those of the alarm that it shows."""
    annotations = properties.get("annotations") or {}
    axes = properties.get("yAxis") or {}
    return {
        "key": widget.key,
        "kind": widget.view,
        "title": widget.title or str(properties.get("title", "")),
        "shortest_period": graph.shortest_period_s,
        "start": graph.start_s,
        "end": graph.end_s,
        "series": [_finite(series) for series in build_series(graph, results, groups)],
        "horizontal": horizontal(annotations),
        "vertical": vertical(annotations),
        "axes": {side: _axis(axes.get(side) or {}) for side in ("left", "right")},
        "legend": (properties.get("legend") or {}).get("position", "right" if widget.view == "pie" else "bottom"),
        "stacked": properties.get("stacked") is True,
        "sparkline": properties.get("sparkline") is not False,
        "precise": properties.get("singleValueFullPrecision") is True,
        "labels": (properties.get("labels") or {}).get("visible", True) is not False,
        "timezone": properties.get("timezone"),
        "table": _table(properties.get("table") or {}),
    }


def failed(widget: Widget, message: str) -> Document:
    """It stands in the widget's place."""
    return {"key": widget.key, "kind": "problem", "title": widget.title, "message": message}


def _axis(given: Mapping[str, Any]) -> Document:
    shown = given.get("showUnits") is not False
    return {"min": given.get("min"), "max": given.get("max"), "label": given.get("label", ""), "units": shown}


def _table(given: Mapping[str, Any]) -> Document:
    return {
        "layout": given.get("layout", "horizontal"),
        "sticky": given.get("stickySummary") is True,
        "points": given.get("showTimeSeriesData") is not False,
        "summaries": list(given.get("summaryColumns", SUMMARIES)),
    }


def _finite(series: Document) -> Document:
    """JSON has no infinity: such a point is left out, as a graph would have to."""
    kept = [(at, value) for at, value in zip(series["t"], series["v"], strict=True) if math.isfinite(value)]
    return series | {"t": [at for at, _ in kept], "v": [value for _, value in kept]}
