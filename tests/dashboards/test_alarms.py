"""Alarms as CloudFormation resources, and those that CloudWatch would refuse."""

from __future__ import annotations

from typing import Any

import botocore.session
import pytest
from botocore.model import ServiceModel, StringShape
from botocore.validate import ParamValidator

from dashboards import aws_thresholds, slo, thresholds
from dashboards.alarms import Alarm, Missing, Severity, composite_alarm, metric_alarm
from dashboards.errors import BoardError
from dashboards.measures import Formula, formula, percentile, total
from observability.catalogue import FAULTS, LATENCY, REQUESTS, Unit

GOOD: dict[str, Any] = {
    "name": "mine",
    "severity": Severity.TICKET,
    "measure": total(FAULTS),
    "above": 1,
    "unit": Unit.COUNT,
    "period_s": 60,
    "of": (2, 3),
    "because": "because",
    "missing": Missing.NOT_BREACHING,
    "missing_because": "no requests",
}
ELEVEN = Formula("+".join("abcdefghijk"), Unit.COUNT, tuple((name, total(FAULTS)) for name in "abcdefghijk"))
SEARCHING = formula("SUM(SEARCH('{x}', 'Sum')) + m", Unit.COUNT, m=total(FAULTS))


def test_alarm_on_a_metric() -> None:
    """The properties of AWS::CloudWatch::Alarm for one metric; its texts are for Fn::Sub."""
    assert metric_alarm(Alarm(**GOOD)) == {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmName": "${ServiceName}-${Stage}-mine",
            "AlarmDescription": "TICKET: because Runbook: ${Runbook}#mine",
            "ActionsEnabled": True,
            "AlarmActions": ["${AlarmTopicArn}"],
            "OKActions": ["${AlarmTopicArn}"],
            "Namespace": "${Namespace}",
            "MetricName": "Faults",
            "Dimensions": [{"Name": "service", "Value": "${ServiceName}"}],
            "Statistic": "Sum",
            "Period": 60,
            "ComparisonOperator": "GreaterThanThreshold",
            "Threshold": 1,
            "DatapointsToAlarm": 2,
            "EvaluationPeriods": 3,
            "TreatMissingData": "notBreaching",
        },
    }


def test_alarm_on_a_percentile() -> None:
    """A percentile is an ExtendedStatistic, evaluated with few samples too: p99 would else wait for 1,000 requests."""
    found = metric_alarm(Alarm(**GOOD | {"measure": percentile(99, LATENCY), "unit": Unit.MILLISECONDS}))["Properties"]
    assert (found["ExtendedStatistic"], found["EvaluateLowSampleCountPercentile"]) == ("p99", "evaluate")
    assert "Statistic" not in found


def test_alarm_on_a_formula() -> None:
    """Metric math: each part by its id, all of one period, and one result (PutMetricAlarm, Metrics)."""
    measure = formula("100 * f / r", Unit.PERCENT, f=total(FAULTS), r=total(REQUESTS))
    found = metric_alarm(Alarm(**GOOD | {"measure": measure, "unit": Unit.PERCENT, "period_s": 300}))["Properties"]
    dimensions = [{"Name": "service", "Value": "${ServiceName}"}]
    faults = {"Namespace": "${Namespace}", "MetricName": "Faults", "Dimensions": dimensions}
    assert found["Metrics"] == [
        {"Id": "f", "MetricStat": {"Metric": faults, "Period": 300, "Stat": "Sum"}, "ReturnData": False},
        {
            "Id": "r",
            "MetricStat": {"Metric": faults | {"MetricName": "Requests"}, "Period": 300, "Stat": "Sum"},
            "ReturnData": False,
        },
        {"Id": "result", "Expression": "100 * f / r", "Label": "mine", "ReturnData": True},
    ]
    assert not {"MetricName", "Namespace", "Period", "Statistic"} & set(found)


def test_alarm_below_a_threshold() -> None:
    """`below` is LessThanThreshold."""
    found = metric_alarm(thresholds.NO_TRAFFIC)
    assert found["Properties"]["ComparisonOperator"] == "LessThanThreshold"
    assert found["Properties"]["TreatMissingData"] == "breaching"
    assert found["Condition"] == "ExpectsTraffic"


def test_composite() -> None:
    """AND within a pair, OR across, by ALARM() of the parts, whom CloudFormation makes first (PutCompositeAlarm)."""
    page, _ = slo.AVAILABILITY.composites()
    rule = composite_alarm(page)["Properties"]["AlarmRule"]
    assert rule == (
        '(ALARM("${AvailabilityBurn144x1hAlarm}") AND ALARM("${AvailabilityBurn144x5mAlarm}"))'
        ' OR (ALARM("${AvailabilityBurn6x6hAlarm}") AND ALARM("${AvailabilityBurn6x30mAlarm}"))'
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"below": 1}, "above or below, one of them"),
        ({"above": None}, "above or below, one of them"),
        ({"of": (3, 2)}, "3 of 2 periods"),
        ({"period_s": 90}, "a period of 90 s: 60, or a multiple"),
        ({"of": (1, 1), "period_s": 691_200}, "691200 s, over 604800 seconds that an alarm looks back"),
        ({"of": (1, 25), "period_s": 3_540}, "88500 s, over 86400 seconds that an alarm of a period under an hour"),
        ({"of": (1, 8), "period_s": 86_400}, "691200 s, over 604800 seconds that an alarm looks back"),
        ({"unit": Unit.PERCENT}, "a threshold in Percent on a measure in Count"),
        ({"measure": ELEVEN}, "over 10 metrics in an alarm's math"),
        ({"measure": SEARCHING}, "a SEARCH, which no alarm may have"),
    ],
)
def test_alarm_that_cloudwatch_would_refuse(changes: dict[str, Any], said: str) -> None:
    """PutMetricAlarm's limits (7 days; 1 day for periods under an hour), 10 metrics, no SEARCH, told with the line."""
    with pytest.raises(BoardError, match=rf"^test_alarms\.py:\d+: alarm mine: .*{said}"):
        Alarm(**GOOD | changes)


@pytest.mark.parametrize(("periods", "period_s"), [(7, 86_400), (1, 604_800), (1, 259_200), (288, 300)])
def test_longest_windows_are_taken(periods: int, period_s: int) -> None:
    """PutMetricAlarm: with periods of an hour and more an alarm may look back 604,800 seconds, in one period too
    (WallClockWindow: "1 week (604,800 seconds)"); with shorter ones a day.
    """
    assert Alarm(**GOOD | {"of": (1, periods), "period_s": period_s}).threshold == 1


def test_alarms_fit_the_api(resources: dict[str, Any]) -> None:
    """Each alarm is what botocore's model of PutMetricAlarm and PutCompositeAlarm takes, enumerations included."""
    model = botocore.session.get_session().get_service_model("cloudwatch")
    operations = {"AWS::CloudWatch::Alarm": "PutMetricAlarm", "AWS::CloudWatch::CompositeAlarm": "PutCompositeAlarm"}
    for one in resources.values():
        if one["Type"] in operations:
            report = ParamValidator().validate(one["Properties"], model.shape_for(f"{operations[one['Type']]}Input"))
            assert not report.has_errors(), report.generate_report()
            for name in {"ComparisonOperator", "Statistic"} & set(one["Properties"]):
                assert one["Properties"][name] in enum(model, name)


def enum(model: ServiceModel, name: str) -> list[str]:
    shape = model.shape_for(name)
    assert isinstance(shape, StringShape)
    return list(shape.enum)


def test_required_alarms_are_there() -> None:
    """What has to be watched is."""
    assert {alarm.name for alarm in (*thresholds.ALL, *aws_thresholds.ALL)} == {
        "fault-rate",
        "latency",
        "api-5xx",
        "lambda-errors",
        "lambda-throttles",
        "concurrency",
        "duration",
        "near-timeouts",
        "memory",
        "cold-starts",
        "table-throttles",
        "table-errors",
        "telemetry-failures",
        "emf-errors",
        "log-volume",
        "silence",
        "no-traffic",
    }


def test_table_alarms_ignore_missing_data() -> None:
    """PutMetricAlarm: alarms on AWS/DynamoDB always ignore missing data; to say anything else would be a lie."""
    for alarm in (*thresholds.ALL, *aws_thresholds.ALL):
        reads_table = "AWS/DynamoDB" in str(alarm.measure)
        assert (alarm.missing is Missing.IGNORE) == reads_table, alarm.name
