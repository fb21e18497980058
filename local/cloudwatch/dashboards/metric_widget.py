"""PURE: the properties of a metric widget (Dashboard Body Structure and Syntax)."""

import re
from collections.abc import Iterator
from typing import Any

from local.cloudwatch.dashboards.checks import (
    Check,
    Described,
    Message,
    array,
    boolean,
    mapping,
    members_of,
    number,
    string,
)
from local.cloudwatch.dashboards.metrics_array import metrics
from local.cloudwatch.dashboards.values import (
    account_id,
    anything,
    color,
    instant,
    legend,
    period,
    side,
    statistic,
    widget_time_range,
)

VIEWS = ("timeSeries", "singleValue", "gauge", "bar", "pie", "table")
SUMMARIES = ("MIN", "MAX", "SUM", "AVG")
_NO_SOURCE = "The metric widget should have specified a region and a data source or an alarm annotation"
_ANNOTATION: dict[str, Check] = {"label": string(), "color": color, "visible": boolean}
_ABOVE = string(choices=("above", "below", "none"))
_AFTER = string(choices=("before", "after", "none"))
_horizontal = mapping(
    {**_ANNOTATION, "value": number, "fill": _ABOVE, "yAxis": side},
    required=("value",),
)
_vertical = mapping({**_ANNOTATION, "value": instant, "fill": _AFTER}, required=("value",))


def _or_band(single: Check) -> Check:
    """Two linked annotations make a band."""
    band = array(single, least=2, most=2)

    def check(value: Any, path: str) -> Iterator[Message]:
        yield from (band if isinstance(value, list) else single)(value, path)

    return Described(check, members_of(single))


_axis = mapping({"label": string(), "min": number, "max": number, "showUnits": boolean})
_annotations = mapping(
    {
        "alarms": array(string(), most=1),
        "horizontal": array(_or_band(_horizontal)),
        "vertical": array(_or_band(_vertical)),
    }
)
_table = mapping(
    {
        "layout": string(choices=("vertical", "horizontal")),
        "stickySummary": boolean,
        "showTimeSeriesData": boolean,
        "summaryColumns": array(string(choices=SUMMARIES)),
    }
)
_properties = mapping(
    {
        "accountId": account_id,
        "annotations": _annotations,
        "end": anything,
        "labels": mapping({"visible": boolean}),
        "legend": legend,
        "liveData": boolean,
        "metrics": metrics,
        "period": period,
        "region": string(),
        "setPeriodToTimeRange": boolean,
        "singleValueFullPrecision": boolean,
        "sparkline": boolean,
        "stacked": boolean,
        "start": anything,
        "stat": statistic,
        "table": _table,
        "timezone": string(pattern=re.compile("[+-][0-9]{4}")),
        "title": string(),
        "trend": boolean,
        "view": string(choices=VIEWS),
        "yAxis": mapping({"left": _axis, "right": _axis}),
    }
)


def _checked(value: Any, path: str) -> Iterator[Message]:
    yield from _properties(value, path)
    if isinstance(value, dict):
        yield from _source(value, path)
        yield from _one_kind_of_annotation(value, path)
        yield from _gauge(value, path)
        yield from widget_time_range(value, path)


metric_properties = Described(_checked, members_of(_properties))


def _source(properties: dict[str, Any], path: str) -> Iterator[Message]:
    """Metrics and their region, or an alarm."""
    if _alarms(properties):
        return
    if "metrics" not in properties:
        yield Message(path, "Should have required property 'metrics'")
    if "region" not in properties:
        yield Message(path, "Should have required property 'region'")
    if "metrics" not in properties or "region" not in properties:
        yield Message(path, _NO_SOURCE)
    if "metrics" not in properties and "annotations" not in properties:
        yield Message(path, "Should have required property 'annotations'")


def _one_kind_of_annotation(properties: dict[str, Any], path: str) -> Iterator[Message]:
    if not _alarms(properties):
        return
    if properties.get("metrics"):
        yield Message(path, "Should NOT have both metrics and an alarm annotation")
    for kind in ("horizontal", "vertical"):
        if properties["annotations"].get(kind):
            yield Message(f"{path}/annotations", f"Should NOT have both an alarm and {kind} annotations")


def _gauge(properties: dict[str, Any], path: str) -> Iterator[Message]:
    """A gauge needs to know where it begins and ends."""
    if properties.get("view") != "gauge":
        return
    match properties.get("yAxis"):
        case {"left": {"min": _, "max": _}}:
            return
    yield Message(path, "Should have yAxis.left.min and yAxis.left.max when view is gauge")


def _alarms(properties: dict[str, Any]) -> bool:
    annotations = properties.get("annotations")
    return isinstance(annotations, dict) and bool(annotations.get("alarms"))
