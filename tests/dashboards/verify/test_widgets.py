"""A dashboard's body -> what is asked. CloudWatch API reference, "Dashboard Body Structure and Syntax"."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dashboards.errors import VerifyError
from dashboards.verify.widgets import AlarmStates, Graph, LogTable, Widget, widgets


def one(kind: str, **properties: Any) -> Widget:
    body = json.dumps({"widgets": [{"type": kind, "x": 0, "properties": properties}]})
    (found,) = widgets(body)
    return found


def test_lines_become_queries() -> None:
    """A metric line is a MetricStat, an expression an Expression; hidden lines return no data; a line's own period and
    statistic win over the widget's; what has no id gets one.
    """
    found = one(
        "metric",
        title="Faults",
        period=60,
        stat="Sum",
        metrics=[
            ["Shop", "Faults", "service", "items", {"id": "m1", "visible": False}],
            ["Shop", "Latency", {"stat": "p99", "period": 300, "label": "slowest"}],
            ["Shop", "Requests"],
            [{"expression": "100 * m1", "id": "e1", "label": "%"}],
        ],
    )
    metric = {"Namespace": "Shop", "MetricName": "Faults", "Dimensions": [{"Name": "service", "Value": "items"}]}
    latency = {"Namespace": "Shop", "MetricName": "Latency", "Dimensions": []}
    requests = {"Namespace": "Shop", "MetricName": "Requests", "Dimensions": []}
    assert found == Graph(
        "Faults",
        [
            {"Id": "m1", "ReturnData": False, "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}},
            {
                "Id": "line2",
                "ReturnData": True,
                "Label": "slowest",
                "MetricStat": {"Metric": latency, "Period": 300, "Stat": "p99"},
            },
            {"Id": "line3", "ReturnData": True, "MetricStat": {"Metric": requests, "Period": 60, "Stat": "Sum"}},
            {"Id": "e1", "ReturnData": True, "Label": "%", "Expression": "100 * m1", "Period": 60},
        ],
    )


def test_without_period_and_statistic() -> None:
    """The page: "The default value is 300" of `period`, "Average" of `stat`."""
    found = one("metric", metrics=[["Shop", "Requests"]])
    assert isinstance(found, Graph)
    assert (found.queries[0]["MetricStat"]["Period"], found.queries[0]["MetricStat"]["Stat"]) == (300, "Average")
    assert found.title == "widget 1"


def test_log_widgets_name_their_groups() -> None:
    """`SOURCE 'group' |`, once or more, then the query, which may hold the word itself."""
    query = "SOURCE '/a' | SOURCE '/b' | filter x = \"SOURCE 'c' |\"\n| limit 5"
    assert one("log", title="Lines", query=query) == LogTable(
        "Lines", ["/a", "/b"], "filter x = \"SOURCE 'c' |\"\n| limit 5"
    )


def test_alarm_widgets_hold_arns() -> None:
    """An alarm is known by its name, which may hold colons."""
    found = one("alarm", title="Alarms", alarms=["arn:aws:cloudwatch:eu-central-1:123456789012:alarm:a:b", "plain"])
    assert found == AlarmStates("Alarms", ["a:b", "plain"])


def test_text_has_no_data_to_show() -> None:
    """It is left out."""
    assert list(widgets(json.dumps({"widgets": [{"type": "text", "properties": {"markdown": "# x"}}]}))) == []


@pytest.mark.parametrize(
    ("kind", "properties", "message"),
    [
        ("metric", {"title": "T", "metrics": [["Shop", "A"], [".", "B"]]}, "./B: the shorthands . and ... are not"),
        ("metric", {"title": "T", "metrics": [["Shop", "A"], ["..."]]}, "...: the shorthands . and ... are not"),
        ("metric", {"title": "T", "annotations": {"alarms": ["arn"]}}, "T: it has no metrics"),
        ("log", {"title": "T", "query": "limit 5"}, "T: its query names no log group"),
        ("explorer", {"title": "T"}, "T: a widget of type explorer can't be verified"),
    ],
)
def test_what_is_not_supported_is_named(kind: str, properties: dict[str, Any], message: str) -> None:
    """No widget is passed over in silence."""
    with pytest.raises(VerifyError) as refused:
        one(kind, **properties)
    assert str(refused.value).startswith(message)
