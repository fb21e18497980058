"""What each property of a widget is tried with: what is given without it, and with it."""

from collections.abc import Mapping
from typing import Any

METRIC = ["A", "M"]
LEVEL = {"value": 5}
AT = {"value": "2026-11-26T12:00:00Z"}
ARN = "arn:aws:lambda:us-east-1:123456789012:function:"


def with_levels(**more: Any) -> dict[str, Any]:
    return {"annotations": {"horizontal": [LEVEL | more]}}


def with_instants(**more: Any) -> dict[str, Any]:
    return {"annotations": {"vertical": [AT | more]}}


def with_options(**options: Any) -> dict[str, Any]:
    return {"metrics": [["A", "M", options]]}


def with_axis(side: str, **axis: Any) -> dict[str, Any]:
    return {"yAxis": {side: axis}}


def table(**more: Any) -> dict[str, Any]:
    return {"view": "table", "table": more}


MET: Mapping[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "accountId": ({}, {"accountId": "111122223333"}),
    "annotations.horizontal.color": (with_levels(), with_levels(color="#123456")),
    "annotations.horizontal.fill": (with_levels(), with_levels(fill="above")),
    "annotations.horizontal.label": (with_levels(), with_levels(label="high")),
    "annotations.horizontal.value": (with_levels(), with_levels(value=6)),
    "annotations.horizontal.visible": (with_levels(), with_levels(visible=False)),
    "annotations.horizontal.yAxis": (with_levels(), with_levels(yAxis="right")),
    "annotations.vertical.color": (with_instants(), with_instants(color="#123456")),
    "annotations.vertical.fill": (with_instants(), with_instants(fill="after")),
    "annotations.vertical.label": (with_instants(), with_instants(label="deployed")),
    "annotations.vertical.value": (with_instants(), with_instants(value="2026-11-26T12:30:00Z")),
    "annotations.vertical.visible": (with_instants(), with_instants(visible=False)),
    "end": ({"start": "-PT2H"}, {"start": "-PT2H", "end": "-PT1H"}),
    "labels.visible": ({"view": "pie"}, {"view": "pie", "labels": {"visible": False}}),
    "legend.position": ({}, {"legend": {"position": "right"}}),
    "liveData": ({}, {"liveData": False}),
    "metrics.accountId": ({}, with_options(accountId="111122223333")),
    "metrics.color": ({}, with_options(color="#123456")),
    "metrics.expression": ({}, {"metrics": [[{"expression": "1"}]]}),
    "metrics.id": ({}, with_options(id="m1")),
    "metrics.label": ({}, with_options(label="mine")),
    "metrics.period": ({}, with_options(period=900)),
    "metrics.region": ({}, with_options(region="eu-west-1")),
    "metrics.stat": ({}, with_options(stat="p99")),
    "metrics.visible": ({}, with_options(visible=False)),
    "metrics.yAxis": ({}, with_options(yAxis="right")),
    "period": ({}, {"period": 60}),
    "region": ({}, {"region": "eu-west-1"}),
    "setPeriodToTimeRange": ({}, {"setPeriodToTimeRange": True}),
    "singleValueFullPrecision": ({"view": "singleValue"}, {"view": "singleValue", "singleValueFullPrecision": True}),
    "sparkline": ({"view": "singleValue"}, {"view": "singleValue", "sparkline": False}),
    "stacked": ({}, {"stacked": True}),
    "start": ({}, {"start": "-PT2H"}),
    "stat": ({}, {"stat": "Sum"}),
    "table.layout": (table(), table(layout="vertical")),
    "table.showTimeSeriesData": (table(), table(showTimeSeriesData=False)),
    "table.stickySummary": (table(), table(stickySummary=True)),
    "table.summaryColumns": (table(), table(summaryColumns=["MIN"])),
    "timezone": ({}, {"timezone": "+0130"}),
    "title": ({}, {"title": "mine"}),
    "view": ({}, {"view": "bar"}),
    **{
        f"yAxis.{side}.{name}": ({}, with_axis(side, **{name: value}))
        for side in ("left", "right")
        for name, value in (("label", "ms"), ("max", 9), ("min", 1), ("showUnits", False))
    },
}
"""A metric widget's properties: each with what it is given without it and with it."""

EXPLORED = {"metricName": "Errors", "resourceType": "AWS::Lambda::Function"}
BY = {"key": "team", "func": "SUM"}
EXPLORER: Mapping[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "aggregateBy.func": ({"aggregateBy": BY}, {"aggregateBy": BY | {"func": "MAX"}}),
    "aggregateBy.key": ({"aggregateBy": BY}, {"aggregateBy": BY | {"key": "stage"}}),
    "labels.key": ({"labels": [{"key": "a"}]}, {"labels": [{"key": "b"}]}),
    "labels.value": ({"labels": [{"key": "a"}]}, {"labels": [{"key": "a", "value": "x"}]}),
    "metrics.metricName": ({}, {"metrics": [EXPLORED | {"metricName": "Throttles"}]}),
    "metrics.resourceType": ({}, {"metrics": [EXPLORED | {"resourceType": "AWS::SQS::Queue"}]}),
    "metrics.stat": ({}, {"metrics": [EXPLORED | {"stat": "Sum"}]}),
    "period": ({}, {"period": 60}),
    "splitBy": ({"aggregateBy": BY}, {"aggregateBy": BY, "splitBy": "stage"}),
    "title": ({}, {"title": "mine"}),
    "widgetOptions.legend.position": ({}, {"widgetOptions": {"legend": {"position": "right"}}}),
    "widgetOptions.stacked": ({}, {"widgetOptions": {"stacked": True}}),
    "widgetOptions.view": ({}, {"widgetOptions": {"view": "pie"}}),
}
CUSTOM: Mapping[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "endpoint": ({"endpoint": f"{ARN}a"}, {"endpoint": f"{ARN}b"}),
    "params": ({}, {"params": {"a": 1}}),
    "title": ({}, {"title": "mine"}),
}
ALARMS = {"alarms": ["arn:aws:cloudwatch:us-east-1:123456789012:alarm:" + name for name in ("a", "b")]}
QUERY = {"region": "us-east-1", "query": "SOURCE '/lines' | stats count(*) as n by bin(5m)"}
SERVED: Mapping[str, Mapping[str, tuple[dict[str, Any], dict[str, Any]]]] = {
    "alarm": {
        "alarms": (ALARMS, {"alarms": ALARMS["alarms"][:1]}),
        "sortBy": (ALARMS, ALARMS | {"sortBy": "stateUpdatedTimestamp"}),
        "states": (ALARMS, ALARMS | {"states": ["ALARM"]}),
        "title": (ALARMS, ALARMS | {"title": "mine"}),
    },
    "log": {
        "stacked": (QUERY, QUERY | {"stacked": True}),
        "title": (QUERY, QUERY | {"title": "mine"}),
        "view": (QUERY, QUERY | {"view": "timeSeries"}),
    },
    "text": {
        "background": ({"markdown": "a"}, {"markdown": "a", "background": "transparent"}),
        "markdown": ({"markdown": "a"}, {"markdown": "b"}),
    },
}
ASKED: Mapping[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "accountId": (QUERY, QUERY | {"accountId": "111122223333"}),
    "query": (QUERY, QUERY | {"query": "SOURCE '/lines' | fields @message"}),
    "region": (QUERY, QUERY | {"region": "eu-west-1"}),
}
