import json
from datetime import UTC, datetime
from typing import Any

from local.viewer.alarms.graph import alarm_widget, condition, names
from local.viewer.alarms.rule_tree import rule_tree
from local.viewer.alarms.runbook import runbook_section, without_runbook
from local.viewer.alarms.status import ordered
from local.viewer.alarms.timeline import Span, timeline

ALARM: dict[str, Any] = {
    "AlarmName": "high",
    "Namespace": "N",
    "MetricName": "Faults",
    "Dimensions": [{"Name": "service", "Value": "items"}],
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 5,
    "DatapointsToAlarm": 3,
    "Threshold": 5.0,
    "ComparisonOperator": "GreaterThanThreshold",
}


def update(at_s: float, old: str, new: str) -> dict[str, Any]:
    data = {"version": "1.0", "oldState": {"stateValue": old}, "newState": {"stateValue": new}}
    return {"Timestamp": datetime.fromtimestamp(at_s, UTC), "HistoryData": json.dumps(data)}


def test_a_metric_alarms_graph() -> None:
    """Its own metric, statistic and period, and its threshold with the side that breaches shaded."""
    assert condition(ALARM) == "Sum of Faults > 5 in 3 of 5 periods of 1 min"
    assert alarm_widget(ALARM, "eu-west-1") == {
        "title": "high",
        "region": "eu-west-1",
        "view": "timeSeries",
        "period": 60,
        "metrics": [["N", "Faults", "service", "items", {"stat": "Sum", "period": 60}]],
        "annotations": {
            "horizontal": [
                {
                    "value": 5.0,
                    "label": "Sum of Faults > 5 in 3 of 5 periods of 1 min",
                    "color": "#d62728",
                    "fill": "above",
                }
            ]
        },
    }


def test_a_math_alarms_graph() -> None:
    """Its queries are the graph's metrics; only what it returns is visible."""
    metric = {"Namespace": "N", "MetricName": "M", "Dimensions": []}
    queries = [
        {"Id": "m1", "MetricStat": {"Metric": metric, "Period": 300, "Stat": "p99"}, "ReturnData": False},
        {"Id": "e1", "Expression": "m1 * 2", "Label": "twice", "ReturnData": True},
    ]
    alarm = {"AlarmName": "a", "Metrics": queries, "EvaluationPeriods": 1, "Threshold": 1.0}
    alarm["ComparisonOperator"] = "LessThanOrEqualToThreshold"
    assert condition(alarm) == "twice <= 1 in one period of 5 min"
    assert alarm_widget(alarm, "r")["metrics"] == [
        ["N", "M", {"stat": "p99", "period": 300, "id": "m1", "visible": False}],
        [{"expression": "m1 * 2", "id": "e1", "visible": True, "label": "twice"}],
    ]


def test_names_of_arns() -> None:
    """A dashboard names alarms by ARN; a name may have a colon in it."""
    assert names(["arn:aws:cloudwatch:us-east-1:012345678901:alarm:a:b", "plain"]) == ["a:b", "plain"]


def test_a_burn_rate_pair_is_a_tree() -> None:
    """AND within a pair, OR across pairs: what holds now is said at each knot."""
    rule = '(ALARM("fast-1h") AND ALARM("fast-5m")) OR (ALARM("slow-6h") AND ALARM("slow-30m"))'
    states = {"fast-1h": "ALARM", "fast-5m": "ALARM", "slow-6h": "OK"}
    tree = rule_tree(rule, {name: {"StateValue": state} for name, state in states.items()})
    assert tree is not None
    assert (tree.words, tree.holds) == ("any of", True)
    fast, slow = tree.parts
    assert (fast.words, fast.holds, [part.alarm for part in fast.parts]) == ("all of", True, ["fast-1h", "fast-5m"])
    assert (slow.holds, slow.parts[1].state) == (False, "not there")


def test_a_chain_is_one_list() -> None:
    """a AND b AND c asks for three things; a rule that can't be read has no tree."""
    tree = rule_tree("ALARM(a) AND NOT OK(b) AND TRUE", {"a": {"StateValue": "OK"}, "b": {"StateValue": "ALARM"}})
    assert tree is not None
    assert [part.holds for part in tree.parts] == [False, True, True]
    assert rule_tree("ALARM(", {}) is None


def test_the_timeline_of_states() -> None:
    """From one update to the next; before the first it was in that one's old state."""
    items = [update(150, "OK", "ALARM"), update(175, "ALARM", "OK")]
    assert timeline(items, "OK", 100, 200) == [
        Span("OK", 100, 150, 0.0, 50.0),
        Span("ALARM", 150, 175, 50.0, 25.0),
        Span("OK", 175, 200, 75.0, 25.0),
    ]
    assert timeline([], "ALARM", 100, 200) == [Span("ALARM", 100, 200, 0.0, 100.0)]
    assert [span.state for span in timeline([update(50, "OK", "ALARM")], "ALARM", 100, 200)] == ["ALARM"]


def test_the_runbooks_section() -> None:
    """As descriptions name it, by a file or an address."""
    said = "PAGE: why. Runbook: https://h/docs/runbook.md#fault-rate"
    assert (runbook_section(said), without_runbook(said)) == ("fault-rate", "PAGE: why.")
    assert runbook_section("nothing") == ""


def test_the_order_of_an_alarm_status_widget() -> None:
    """By name; by when it changed; or by state and then that ("Properties of an alarm status widget object")."""
    alarms = [
        {"name": "b", "state": "OK", "since": "2026-01-03"},
        {"name": "c", "state": "ALARM", "since": "2026-01-01"},
        {"name": "a", "state": "ALARM", "since": "2026-01-02"},
        {"name": "d", "state": "INSUFFICIENT_DATA", "since": "2026-01-04"},
    ]

    def order(sort_by: str, states: list[str]) -> str:
        return "".join(str(one["name"]) for one in ordered(alarms, sort_by, states))

    assert order("default", []) == "abcd"
    assert order("timestamp", []) == "dbac"
    assert order("stateUpdatedTimestamp", []) == "acdb"
    assert order("default", ["ALARM", "OK"]) == "abc"
