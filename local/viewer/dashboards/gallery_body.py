"""PURE: a dashboard with one widget of every kind and property that CloudWatch's documentation has.

Source: AWS page "Dashboard body structure and syntax".
"""

from collections.abc import Mapping
from typing import Any

_N = "Gallery"
_REGION = "us-east-1"


def _metric(title: str, *metrics: list[Any], **more: Any) -> dict[str, Any]:
    return {"type": "metric", "properties": {"title": title, "region": _REGION, "metrics": list(metrics), **more}}


def _log(title: str, view: str, query: str, **more: Any) -> dict[str, Any]:
    properties = {"title": title, "region": _REGION, "view": view, "query": f"SOURCE '/gallery' | {query}", **more}
    return {"type": "log", "properties": properties}


def _explorer(title: str, **more: Any) -> dict[str, Any]:
    metrics = [{"metricName": "Invocations", "resourceType": "AWS::Lambda::Function", "stat": "Sum"}]
    labels = [{"key": "stage", "value": "prod"}]
    return {"type": "explorer", "properties": {"title": title, "metrics": metrics, "labels": labels, **more}}


def _custom(title: str, answer: str) -> dict[str, Any]:
    endpoint = "arn:aws:lambda:us-east-1:123456789012:function:gallery"
    return {"type": "custom", "properties": {"title": title, "endpoint": endpoint, "params": {"as": answer}}}


def _of_size(widget: dict[str, Any], width: int, height: int) -> dict[str, Any]:
    return {**widget, "width": width, "height": height}


_LATENCY = [_N, "Latency", "route", "/api/items/"]
_LINES = (
    [*_LATENCY, {"stat": "p50", "label": "p50"}],
    ["...", {"stat": "p90", "label": "p90"}],
    [".", ".", ".", ".", {"stat": "p99", "label": "p99", "color": "#d62728"}],
)
_TEXT = """# Every kind of widget
Made-up data, real drawing. **Bold**, *slanted*, `code`, [a link](https://docs.aws.amazon.com/), [a page](/alarms).

| kind | drawn |
|:-----|------:|
| table | 1 |

<b>HTML is text</b> and [this link](javascript:alert(1)) leads nowhere."""
_HORIZONTAL = [
    {"label": "above", "value": 95, "fill": "above", "color": "#d62728"},
    [{"label": "band top", "value": 60, "color": "#9467bd"}, {"label": "band bottom", "value": 40}],
    {"label": "hidden", "value": 500, "visible": False},
]

GALLERY_BODY: Mapping[str, Any] = {
    "start": "-PT3H",
    "periodOverride": "inherit",
    "variables": [
        {"type": "pattern", "pattern": "Gallery", "inputType": "input", "id": "space", "label": "Namespace"},
        {
            "type": "property",
            "property": "route",
            "inputType": "select",
            "id": "route",
            "values": [{"value": "/api/items/"}, {"value": "/api/items/{item_id}", "label": "one item"}],
        },
        {
            "type": "property",
            "property": "stat",
            "inputType": "radio",
            "id": "stat",
            "label": "Statistic",
            "values": [{"value": "Average"}, {"value": "Sum"}],
        },
    ],
    "widgets": [
        _of_size({"type": "text", "properties": {"markdown": _TEXT}}, 12, 5),
        _of_size({"type": "text", "properties": {"markdown": "## On no paper", "background": "transparent"}}, 12, 5),
        _of_size(_metric("Lines", *_LINES, view="timeSeries", yAxis={"left": {"min": 0, "label": "ms"}}), 8, 6),
        _of_size(_metric("Stacked", *_LINES, view="timeSeries", stacked=True), 8, 6),
        _of_size(
            _metric(
                "Left and right axes, legend at the right",
                [*_LATENCY, {"label": "ms"}],
                [_N, "Requests", {"yAxis": "right", "stat": "Sum", "label": "requests"}],
                view="timeSeries",
                legend={"position": "right"},
                yAxis={"left": {"label": "ms"}, "right": {"label": "requests", "min": 0}},
            ),
            8,
            6,
        ),
        _of_size(_metric("Horizontal annotations", _LINES[0], annotations={"horizontal": _HORIZONTAL}), 8, 6),
        _of_size(
            _metric("Vertical annotations", _LINES[0], legend={"position": "hidden"}, annotations={"vertical": "made"}),
            8,
            6,
        ),
        _of_size(
            {"type": "metric", "properties": {"title": "An alarm's", "annotations": {"alarms": ["gallery"]}}}, 8, 6
        ),
        _of_size(
            _metric(
                "Metric math",
                [_N, "Faults", {"id": "m1", "visible": False}],
                [_N, "Requests", {"id": "m2", "visible": False}],
                [{"expression": "100 * m1 / m2", "id": "e1", "label": "faults, %"}],
            ),
            8,
            6,
        ),
        _of_size(
            _metric("SEARCH", [{"expression": "SEARCH('{Gallery,route} MetricName=\"Latency\"', 'p90', 300)"}]), 8, 6
        ),
        _of_size(
            _metric("SELECT", [{"expression": 'SELECT AVG(Latency) FROM SCHEMA("Gallery", route) GROUP BY route'}]),
            8,
            6,
        ),
        _of_size(
            _metric(
                "Single values with sparklines",
                *_LINES,
                view="singleValue",
                sparkline=True,
                yAxis={"left": {"label": "ms"}},
            ),
            12,
            4,
        ),
        _of_size(
            _metric(
                "Of the whole time, precise",
                *_LINES[:2],
                view="singleValue",
                sparkline=False,
                setPeriodToTimeRange=True,
                singleValueFullPrecision=True,
            ),
            12,
            4,
        ),
        _of_size(
            _metric(
                "Gauge",
                [*_LATENCY, {"label": "busy"}],
                view="gauge",
                yAxis={"left": {"min": 0, "max": 120}},
                annotations={"horizontal": [{"label": "full", "value": 90, "fill": "above", "color": "#d62728"}]},
            ),
            8,
            6,
        ),
        _of_size(_metric("Bar", *_LINES, view="bar", annotations={"horizontal": _HORIZONTAL}), 8, 6),
        _of_size(_metric("Pie", *_LINES, view="pie", yAxis={"left": {"label": "ms"}}), 8, 6),
        _of_size(
            _metric(
                "Table",
                *_LINES,
                view="table",
                table={"stickySummary": True},
                annotations={"horizontal": _HORIZONTAL},
            ),
            12,
            6,
        ),
        _of_size(
            _metric(
                "Table, vertical",
                *_LINES,
                view="table",
                table={"layout": "vertical", "summaryColumns": ["MIN", "MAX"], "showTimeSeriesData": True},
            ),
            12,
            6,
        ),
        _of_size(
            {
                "type": "alarm",
                "properties": {"title": "Alarm status", "alarms": ["gallery"], "sortBy": "stateUpdatedTimestamp"},
            },
            24,
            3,
        ),
        _of_size(_log("Logs, a table", "table", "stats count(*) by bin(5m), level"), 12, 6),
        _of_size(_log("Logs, lines", "timeSeries", "stats count(*) by bin(5m), level"), 12, 6),
        _of_size(_log("Logs, bars", "bar", "stats count(*) by level"), 12, 6),
        _of_size(_log("Logs, a pie", "pie", "stats count(*) by level"), 12, 6),
        _of_size(_explorer("Explorer", splitBy="team"), 12, 6),
        _of_size(
            _explorer("Explorer, by tag", aggregateBy={"key": "team", "func": "SUM"}, widgetOptions={"view": "bar"}),
            12,
            6,
        ),
        *(_of_size(_custom(f"Custom, {kind}", kind), 8, 5) for kind in ("html", "markdown", "json")),
        _of_size({"type": "chart", "properties": {"title": "What is not drawn says so"}}, 8, 4),
        _of_size(_metric("A part of it, too", *_LINES, view="singleValue", trend=True), 8, 4),
        _of_size(_metric("What is wrong, too", [".", "Latency"]), 8, 4),
    ],
}
