"""PutMetricAlarm and PutCompositeAlarm: what is kept, and what is refused."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.cloudwatch.alarms.metric_alarm import metric_alarm
from local.cloudwatch.alarms.watch import watch_of
from local.errors import AwsError, NotSupported
from tests.local.cloudwatch.alarms.stage import NOON, TOPIC, Stage

METRIC: dict[str, Any] = {
    "Metric": {"Namespace": "Shop", "MetricName": "Errors"},
    "Period": 60,
    "Stat": "Sum",
}
NO_METRIC: dict[str, None] = dict.fromkeys(("Namespace", "MetricName", "Statistic", "Period"))


def query(name: str, *, returned: bool = False, **changes: Any) -> dict[str, Any]:
    return {"Id": name, "MetricStat": {**METRIC, **changes}, "ReturnData": returned}


def expression(text: str, **changes: Any) -> dict[str, Any]:
    return {"Id": "e1", "Expression": text, "ReturnData": True, **changes}


def test_what_was_put_is_described(stage: Stage) -> None:
    """DescribeAlarms gives back the configuration, the ARN, the state and AWS's words for a new alarm."""
    stage.put(
        "errors",
        AlarmDescription="Too many",
        Dimensions=[{"Name": "Service", "Value": "checkout"}],
        DatapointsToAlarm=1,
        TreatMissingData="notBreaching",
        Unit="Count",
        OKActions=[TOPIC],
        Tags=[{"Key": "team", "Value": "shop"}],
    )
    alarm = dict(stage.alarm("errors"))
    times = {key: alarm.pop(key).timestamp() for key in list(alarm) if key.endswith("Timestamp")}
    assert set(times.values()) == {float(NOON)}
    assert alarm == {
        "AlarmName": "errors",
        "AlarmArn": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:errors",
        "AlarmDescription": "Too many",
        "ActionsEnabled": True,
        "OKActions": [TOPIC],
        "AlarmActions": [],
        "InsufficientDataActions": [],
        "StateValue": "INSUFFICIENT_DATA",
        "StateReason": "Unchecked: Initial alarm creation",
        "MetricName": "Errors",
        "Namespace": "Shop",
        "Statistic": "Sum",
        "Dimensions": [{"Name": "Service", "Value": "checkout"}],
        "Period": 60,
        "Unit": "Count",
        "EvaluationPeriods": 1,
        "DatapointsToAlarm": 1,
        "Threshold": 3,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
    }


def test_update_overwrites_and_leaves_the_state(stage: Stage) -> None:
    """ "its state is left unchanged, but the update completely overwrites the previous configuration"."""
    stage.put("errors", AlarmDescription="Too many")
    stage.set_state("errors", "ALARM")
    stage.put("errors", Threshold=9)
    alarm = stage.alarm("errors")
    assert (alarm["StateValue"], alarm["Threshold"]) == ("ALARM", 9)
    assert "AlarmDescription" not in alarm


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"Threshold": None}, "The parameter Threshold is required."),
        ({"ComparisonOperator": None}, "The parameter ComparisonOperator is required."),
        ({"EvaluationPeriods": None}, "The parameter EvaluationPeriods is required."),
        ({"Period": None}, "The parameter Period is required."),
        ({"Statistic": None}, "Exactly one of Statistic or ExtendedStatistic must be specified."),
        ({"ExtendedStatistic": "p99"}, "Exactly one of Statistic or ExtendedStatistic must be specified."),
        ({"Statistic": None, "ExtendedStatistic": "p101"}, "The value p101 for parameter ExtendedStatistic"),
        ({"Statistic": None, "ExtendedStatistic": "p\u0669\u0669"}, "for parameter ExtendedStatistic is not supported"),
        ({"Period": 45}, "Period must be 10, 20, 30 or a multiple of 60; it is 45"),
        ({"Period": 90}, "Period must be 10, 20, 30 or a multiple of 60; it is 90"),
        # found in hashicorp/terraform issue 24070
        ({"DatapointsToAlarm": 15}, "DatapointsToAlarm must be less than or equal to EvaluationPeriods"),
        ({"EvaluationPeriods": 1441}, "(EvaluationPeriods * Period must be <= 86400)"),
        ({"Period": 3600, "EvaluationPeriods": 169}, "(EvaluationPeriods * Period must be <= 604800)"),
        ({"TreatMissingData": "zero"}, "Invalid TreatMissingData zero"),
        ({"EvaluateLowSampleCountPercentile": "maybe"}, "Invalid EvaluateLowSampleCountPercentile maybe"),
        ({"EvaluateLowSampleCountPercentile": "ignore"}, "used only for alarms based on percentiles"),
        ({"AlarmActions": ["page me"]}, "Invalid arn syntax: page me"),
        ({"AlarmActions": ["arn:aws:s3:::bucket"]}, "Invalid AlarmActions: arn:aws:s3:::bucket"),
        ({"Metrics": [expression("1")]}, "Namespace, MetricName, Period, Statistic must not be set when Metrics is"),
        ({"Dimensions": [{"Name": "a", "Value": "1"}, {"Name": "a", "Value": "2"}]}, "Dimensions name a twice"),
        ({"Tags": [{"Key": "aws:x", "Value": "1"}]}, "aws: prefixed tag key names are not allowed"),
        ({"Threshold": float("nan")}, "Threshold must be a number"),
        ({"Threshold": float("-inf")}, "Threshold must be a number"),
        ({"Threshold": 10**400}, "Threshold must be a number"),
    ],
)
def test_what_aws_refuses_is_refused(stage: Stage, changes: dict[str, Any], message: str) -> None:
    """PutMetricAlarm's rules, as its page has them; nothing is kept of what is refused."""
    with pytest.raises(AwsError) as refused:
        stage.put("errors", **changes)
    assert refused.value.code == "ValidationError"
    assert message in refused.value.message
    assert stage.ask("DescribeAlarms")["MetricAlarms"] == []


@pytest.mark.parametrize("period", [10, 20, 30, 60, 120, 300, 3600, 86400])
def test_periods(stage: Stage, period: int) -> None:
    """ "Valid values are 10, 20, 30, and any multiple of 60" (PutMetricAlarm)."""
    stage.put("errors", Period=period)
    assert stage.alarm("errors")["Period"] == period


@pytest.mark.parametrize(
    "statistic",
    ["p90", "p99.9", "p100", "tm90", "tc90", "ts90", "wm90", "IQM", "PR(10:100)", "PR(:1)", "TM(10%:90%)", "TS(80%:)"],
)
def test_extended_statistics(stage: Stage, statistic: str) -> None:
    """Those that PutMetricAlarm's page names."""
    stage.put("slow", Statistic=None, ExtendedStatistic=statistic)
    assert stage.alarm("slow")["ExtendedStatistic"] == statistic


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        (
            {"ComparisonOperator": "LessThanLowerOrGreaterThanUpperThreshold"},
            "LessThanLowerOrGreaterThanUpperThreshold",
        ),
        ({"ThresholdMetricId": "ad1", "Threshold": None}, "ThresholdMetricId"),
        ({"AlarmActions": ["arn:aws:automate:us-east-1:ec2:stop"]}, "an EC2 action"),
        ({"OKActions": ["arn:aws:lambda:us-east-1:123456789012:function:f"]}, "a Lambda action"),
        ({"AlarmActions": ["arn:aws:ssm:us-east-1:123456789012:opsitem:3"]}, "a Systems Manager OpsItem"),
        ({"AlarmActions": ["arn:aws:autoscaling:us-east-1:123456789012:scalingPolicy:x"]}, "an Auto Scaling action"),
        ({**NO_METRIC, "Metrics": [expression("ANOMALY_DETECTION_BAND(m1)"), query("m1")]}, "ANOMALY_DETECTION_BAND"),
        ({**NO_METRIC, "Metrics": [expression("SELECT SUM(a) FROM b GROUP BY c", Period=60)]}, "GROUP BY"),
        ({**NO_METRIC, "Metrics": [query("m1", returned=True) | {"AccountId": "999999999999"}]}, "AccountId"),
    ],
)
def test_what_only_aws_has_is_refused_by_name(stage: Stage, changes: dict[str, Any], named: str) -> None:
    """Anomaly detection, actions that are no topic, contributors, other accounts: NotSupported, never ignored."""
    with pytest.raises(NotSupported) as refused:
        stage.put("errors", **changes)
    assert named in refused.value.message


def test_newer_members_are_left_to_be_refused(stage: Stage) -> None:
    """What is not in `takes` the endpoint refuses by name."""
    taken = stage.alarms.operations()["PutMetricAlarm"].takes
    newer = {"EvaluationWindow", "WarmUpConfiguration", "EvaluationCriteria", "EvaluationInterval"}
    assert not taken & {*newer, "ActionConfiguration"}


def test_math_alarm(stage: Stage) -> None:
    """An alarm on an expression keeps its Metrics and asks the source for all of them at once."""
    metrics = [expression("m1 / m2 * 100", Label="Error rate"), query("m1"), query("m2", Stat="SampleCount")]
    stage.put("rate", **NO_METRIC, Metrics=metrics)
    assert stage.alarm("rate")["Metrics"] == metrics
    stage.source.series["e1"] = {NOON - 60: 5.0}
    stage.alarms.tick()
    assert stage.state("rate") == "ALARM"
    assert stage.source.asked[-1] == (metrics, NOON - 180, NOON)


@pytest.mark.parametrize(
    ("metrics", "message"),
    [
        ([query("m1")], "Exactly one element of the metrics list should return data."),
        ([query("m1", returned=True), expression("m1")], "Exactly one element of the metrics list should return data."),
        ([query("m1"), query("m1"), expression("m1")], "not unique: m1"),
        ([query("M1", returned=True)], "Id M1"),
        ([expression("SEARCH('{Shop}', 'Sum')"), query("m1")], "SEARCH is not supported on Metric Alarms."),
        ([expression("m1 + m2"), query("m1"), query("m2", Period=300)], "must have one Period"),
        ([expression("5")], "at least one must have a Period"),
        ([expression("m0"), *(query(f"m{number}") for number in range(11))], "at most 10 metrics, these have 11"),
        ([{"Id": "m1", "ReturnData": True}], "Exactly one of MetricStat or Expression must be specified: m1"),
        ([query("m1", returned=True, Metric={"Namespace": "Shop"})], "MetricStat.Metric.MetricName is required: m1"),
    ],
)
def test_metrics_are_checked(stage: Stage, metrics: list[dict[str, Any]], message: str) -> None:
    """One result, at most 10 metrics, one period, no SEARCH ("Alarms on math expressions")."""
    with pytest.raises(AwsError) as refused:
        stage.put("rate", **NO_METRIC, Metrics=metrics)
    assert message in refused.value.message


def test_expression_is_tried_when_it_is_put(stage: Stage) -> None:
    """What the metrics refuse is refused at once, not each minute."""
    stage.source.error = AwsError("ValidationError", "Error in expression 'e1' [unknown function]")
    with pytest.raises(AwsError, match="unknown function"):
        stage.put("rate", **NO_METRIC, Metrics=[expression("WHAT(m1)"), query("m1")])
    assert stage.ask("DescribeAlarms")["MetricAlarms"] == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"AlarmRule": "ALARM("}, "Error in AlarmRule ["),
        ({"AlarmRule": "ALARM(nobody)"}, "alarms [nobody] in the alarm rule do not exist"),
        (
            {"AlarmRule": "ALARM(arn:aws:cloudwatch:eu-west-1:123456789012:alarm:errors)"},
            "alarms [arn:aws:cloudwatch:eu-west-1:123456789012:alarm:errors] in the alarm rule do not exist",
        ),
        ({"ActionsSuppressor": "errors"}, "ActionsSuppressorWaitPeriod is required"),
        ({"ActionsSuppressorWaitPeriod": 1}, "ActionsSuppressorWaitPeriod is required with ActionsSuppressor"),
        (
            {"ActionsSuppressor": "no", "ActionsSuppressorWaitPeriod": 1, "ActionsSuppressorExtensionPeriod": 1},
            "ActionsSuppressor no does not exist",
        ),
        (
            {"ActionsSuppressor": "errors", "ActionsSuppressorWaitPeriod": -1, "ActionsSuppressorExtensionPeriod": 1},
            "ActionsSuppressorWaitPeriod must be 0 or more",
        ),
        ({"AlarmName": "errors"}, "AlarmName errors is a MetricAlarm"),
    ],
)
def test_composite_alarm_is_checked(stage: Stage, changes: dict[str, Any], message: str) -> None:
    """PutCompositeAlarm's rules: the rule's language, children that exist, a suppressor with its periods."""
    stage.put("errors")
    with pytest.raises(AwsError) as refused:
        stage.ask("PutCompositeAlarm", **{"AlarmName": "all", "AlarmRule": "ALARM(errors)", **changes})
    assert refused.value.code == "ValidationError"
    assert message in refused.value.message


def test_alarm_in_at_most_150_rules(stage: Stage) -> None:
    """ "Any single alarm can be included in the rule expressions of as many as 150 composite alarms"."""
    stage.put("errors")
    for number in range(150):
        stage.ask("PutCompositeAlarm", AlarmName=f"all-{number}", AlarmRule="ALARM(errors)")
    stage.ask("PutCompositeAlarm", AlarmName="all-0", AlarmRule="OK(errors)")
    with pytest.raises(AwsError) as refused:
        stage.ask("PutCompositeAlarm", AlarmName="all-150", AlarmRule="ALARM(errors)")
    assert refused.value.code == "LimitExceededFault"


VALUES: dict[str, st.SearchStrategy[Any]] = {
    "Namespace": st.text(),
    "MetricName": st.text(),
    "Period": st.integers(),
    "Statistic": st.sampled_from(["Sum", "Average"]),
    "ExtendedStatistic": st.text(max_size=9) | st.sampled_from(["p99", "TM(1%:2%)"]),
    "EvaluationPeriods": st.integers(),
    "DatapointsToAlarm": st.integers(),
    "Threshold": st.floats(),
    "ComparisonOperator": st.sampled_from(["GreaterThanThreshold", "LessThanLowerThreshold"]),
    "TreatMissingData": st.text() | st.just("ignore"),
    "EvaluateLowSampleCountPercentile": st.sampled_from(["ignore", "evaluate", "x"]),
    "AlarmActions": st.lists(st.text() | st.just(TOPIC), max_size=3),
    "Metrics": st.lists(
        st.fixed_dictionaries(
            {"Id": st.text() | st.just("m1")},
            optional={
                "Expression": st.text() | st.just("SELECT a FROM b"),
                "ReturnData": st.booleans(),
                "Period": st.integers(),
                "MetricStat": st.just(METRIC),
            },
        ),
        max_size=3,
    ),
}


@given(parameters=st.fixed_dictionaries({"AlarmName": st.text()}, optional=VALUES))
def test_any_parameters_are_taken_or_refused(parameters: dict[str, Any]) -> None:
    """Whatever the model lets through makes a configuration that can be watched, or an error of AWS's."""
    try:
        configuration = metric_alarm(parameters)
    except AwsError as error:
        assert error.message  # noqa: PT017 - both ends are good
    else:
        assert watch_of(configuration).needed


@pytest.mark.parametrize("text", ["'; DROP TABLE alarms; --", 'a" OR "1"="1', "%", "naïve ☃"])
def test_any_name_is_a_name(stage: Stage, text: str) -> None:
    """Names are values, never SQL: put, described, found by prefix and deleted as they are."""
    stage.put(text, AlarmDescription=text)
    stage.put("other")
    assert stage.alarm(text)["AlarmDescription"] == text
    assert len(stage.ask("DescribeAlarms", AlarmNamePrefix=text)["MetricAlarms"]) == 1
    assert len(stage.history(AlarmName=text)) == 1
    stage.ask("DeleteAlarms", AlarmNames=[text])
    assert stage.ask("DescribeAlarms")["MetricAlarms"][0]["AlarmName"] == "other"
