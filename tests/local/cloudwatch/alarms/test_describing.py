"""DescribeAlarms, DescribeAlarmsForMetric, DescribeAlarmHistory, DeleteAlarms and tags."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from local.errors import AwsError, NotSupported
from tests.local.cloudwatch.alarms.stage import NOON, TOPIC, Stage

ARN = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:errors"


def names(answer: Any) -> list[str]:
    return [alarm["AlarmName"] for alarm in [*answer["MetricAlarms"], *answer.get("CompositeAlarms", ())]]


@pytest.fixture
def filled(stage: Stage) -> Stage:
    stage.put("shop-errors", AlarmActions=[TOPIC])
    stage.put("shop-slow", Statistic=None, ExtendedStatistic="p99", Period=300)
    stage.put("web-errors", Namespace="Web", Dimensions=[{"Name": "Host", "Value": "a"}])
    stage.ask("PutCompositeAlarm", AlarmName="shop", AlarmRule="ALARM(shop-errors) OR ALARM(shop-slow)")
    stage.set_state("shop-slow", "OK")
    return stage


@pytest.mark.parametrize(
    ("parameters", "found"),
    [
        ({}, ["shop-errors", "shop-slow", "web-errors"]),
        ({"AlarmTypes": ["CompositeAlarm"]}, ["shop"]),
        ({"AlarmTypes": ["CompositeAlarm", "MetricAlarm"]}, ["shop-errors", "shop-slow", "web-errors", "shop"]),
        ({"AlarmNames": ["web-errors", "nobody", "shop"]}, ["web-errors"]),
        ({"AlarmNamePrefix": "shop-"}, ["shop-errors", "shop-slow"]),
        ({"StateValue": "OK"}, ["shop-slow"]),
        ({"ActionPrefix": "arn:aws:sns:"}, ["shop-errors"]),
        ({"ActionPrefix": "arn:aws:sqs:"}, []),
        ({"AlarmNamePrefix": "shop", "StateValue": "INSUFFICIENT_DATA"}, ["shop-errors"]),
    ],
)
def test_filters(filled: Stage, parameters: dict[str, Any], found: list[str]) -> None:
    """Names, prefix, state, action, types: without AlarmTypes "only metric alarms are returned"."""
    assert names(filled.ask("DescribeAlarms", **parameters)) == found


def test_names_and_prefix_exclude_each_other(filled: Stage) -> None:
    """ "If this parameter is specified, you cannot specify AlarmNames" (AlarmNamePrefix)."""
    with pytest.raises(AwsError) as refused:
        filled.ask("DescribeAlarms", AlarmNames=["shop"], AlarmNamePrefix="s")
    assert refused.value.code == "ValidationError"


def test_log_alarms_are_refused_by_name(filled: Stage) -> None:
    """There are none here, and none are made up."""
    for operation in ("DescribeAlarms", "DescribeAlarmHistory"):
        with pytest.raises(NotSupported, match="LogAlarm"):
            filled.ask(operation, AlarmTypes=["LogAlarm"])


def test_pages(stage: Stage) -> None:
    """MaxRecords a page, NextToken to go on: each alarm once, also when one is deleted in between."""
    for number in range(7):
        stage.put(f"errors-{number}")
    first = stage.ask("DescribeAlarms", MaxRecords=3)
    stage.ask("DeleteAlarms", AlarmNames=["errors-2"])
    second = stage.ask("DescribeAlarms", MaxRecords=3, NextToken=first["NextToken"])
    third = stage.ask("DescribeAlarms", MaxRecords=3, NextToken=second["NextToken"])
    assert [*names(first), *names(second), *names(third)] == [f"errors-{number}" for number in range(7)]
    assert "NextToken" not in third


@pytest.mark.parametrize("operation", ["DescribeAlarms", "DescribeAlarmHistory"])
@pytest.mark.parametrize("token", ["x", "", "é", "bnVsbA==", "WzEsMV0=", "WzEuMCwgMTAwMDAwMDAwMDAwMDAwMDAwMDAwXQ=="])
def test_false_tokens(stage: Stage, operation: str, token: str) -> None:
    """A token that was never given is InvalidNextToken."""
    with pytest.raises(AwsError) as refused:
        stage.ask(operation, NextToken=token)
    assert refused.value.code == "InvalidNextToken"


@pytest.mark.parametrize(
    ("parameters", "found"),
    [
        ({"MetricName": "Errors", "Namespace": "Shop"}, ["shop-errors", "shop-slow"]),
        ({"MetricName": "Errors", "Namespace": "Shop", "Statistic": "Sum"}, ["shop-errors"]),
        ({"MetricName": "Errors", "Namespace": "Shop", "ExtendedStatistic": "p99"}, ["shop-slow"]),
        ({"MetricName": "Errors", "Namespace": "Shop", "Period": 300}, ["shop-slow"]),
        ({"MetricName": "Errors", "Namespace": "Shop", "Unit": "Count"}, []),
        ({"MetricName": "Errors", "Namespace": "Web"}, []),
        (
            {"MetricName": "Errors", "Namespace": "Web", "Dimensions": [{"Name": "Host", "Value": "a"}]},
            ["web-errors"],
        ),
    ],
)
def test_alarms_of_a_metric(filled: Stage, parameters: dict[str, Any], found: list[str]) -> None:
    """ "If the metric has any associated dimensions, you must specify them in order for the call to succeed"."""
    assert names(filled.ask("DescribeAlarmsForMetric", **parameters)) == found


def test_history_of_a_life(stage: Stage) -> None:
    """Created, updated, deleted, the states and the actions: summaries and data as AWS's samples have them."""
    stage.put("errors", OKActions=[TOPIC])
    stage.tick_at(NOON + 1)
    stage.now_s = NOON + 2
    stage.set_state("errors", "OK")
    stage.alarms.tick()
    stage.now_s = NOON + 3
    stage.put("errors", Threshold=5)
    stage.now_s = NOON + 4
    stage.ask("DeleteAlarms", AlarmNames=["errors"])
    items = stage.history(AlarmName="errors", ScanBy="TimestampAscending")
    assert [(item["HistoryItemType"], item["HistorySummary"]) for item in items] == [
        ("ConfigurationUpdate", 'Alarm "errors" created'),
        ("StateUpdate", "Alarm updated from INSUFFICIENT_DATA to OK"),
        ("Action", f"Successfully executed action {TOPIC}"),
        ("ConfigurationUpdate", 'Alarm "errors" updated'),
        ("ConfigurationUpdate", 'Alarm "errors" deleted'),
    ]
    created, updated, acted, *_ = (json.loads(item["HistoryData"]) for item in items)
    assert created == {
        "version": "1.0",
        "type": "Create",
        "createdAlarm": {
            "alarmName": "errors",
            "alarmArn": ARN,
            "alarmConfigurationUpdatedTimestamp": "2026-11-26T12:00:00.000+0000",
            "namespace": "Shop",
            "metricName": "Errors",
            "statistic": "Sum",
            "period": 60,
            "dimensions": [],
            "threshold": 3,
            "comparisonOperator": "GreaterThanThreshold",
            "evaluationPeriods": 1,
            "stateValue": "INSUFFICIENT_DATA",
            "stateUpdatedTimestamp": "2026-11-26T12:00:00.000+0000",
            "actionsEnabled": True,
            "alarmActions": [],
            "insufficientDataActions": [],
            "okactions": [TOPIC],
        },
    }
    assert updated["version"] == "1.0"
    assert updated["newState"] == {"stateValue": "OK", "stateReason": "a test"}
    assert updated["oldState"]["stateValue"] == "INSUFFICIENT_DATA"
    assert acted == {
        "actionState": "Succeeded",
        "stateUpdateTimestamp": (NOON + 2) * 1000,
        "notificationResource": TOPIC,
        "publishedMessage": stage.sent[0][2],
        "error": None,
    }


def test_history_is_filtered_and_paged(stage: Stage) -> None:
    """By type and date, newest first unless asked otherwise, page by page."""
    stage.put("errors")
    for second in range(1, 6):
        stage.now_s = NOON + second
        stage.set_state("errors", ("OK", "ALARM")[second % 2])
    assert [item["Timestamp"].second for item in stage.history()] == [5, 4, 3, 2, 1, 0]
    since = datetime(2026, 11, 26, 12, 0, 2, tzinfo=UTC)
    until = datetime(2026, 11, 26, 12, 0, 4, tzinfo=UTC)
    assert [item["Timestamp"].second for item in stage.history(StartDate=since, EndDate=until)] == [4, 3, 2]
    assert len(stage.history(HistoryItemType="ConfigurationUpdate")) == 1
    assert stage.history(AlarmTypes=["CompositeAlarm"]) == []
    first = stage.ask("DescribeAlarmHistory", MaxRecords=4)
    second_page = stage.ask("DescribeAlarmHistory", MaxRecords=4, NextToken=first["NextToken"])
    seconds = [item["Timestamp"].second for page in (first, second_page) for item in page["AlarmHistoryItems"]]
    assert seconds == [5, 4, 3, 2, 1, 0]
    assert "NextToken" not in second_page


def test_history_is_kept_thirty_days(stage: Stage) -> None:
    """expire() forgets what is older than 30 days, and nothing else."""
    stage.put("errors")
    stage.now_s = NOON + 30 * 86400
    stage.alarms.expire()
    assert len(stage.history()) == 1
    stage.now_s += 1
    stage.alarms.expire()
    assert stage.history() == []
    assert stage.state("errors") == "INSUFFICIENT_DATA"


def test_delete_what_is_there_and_say_what_is_not(stage: Stage) -> None:
    """ "If you specify any incorrect alarm names, the alarms you specify with correct names are still deleted"."""
    stage.put("errors")
    with pytest.raises(AwsError) as refused:
        stage.ask("DeleteAlarms", AlarmNames=["nobody", "errors"])
    assert (refused.value.code, refused.value.message) == ("ResourceNotFound", "Alarm not found: nobody")
    assert names(stage.ask("DescribeAlarms")) == []


def test_one_composite_alarm_is_deleted_at_once(filled: Stage) -> None:
    """ "you can't delete two composite alarms with one operation"; an alarm goes with the one that needs it."""
    filled.ask("PutCompositeAlarm", AlarmName="web", AlarmRule="ALARM(web-errors)")
    with pytest.raises(AwsError, match="no more than one composite alarm"):
        filled.ask("DeleteAlarms", AlarmNames=["shop", "web"])
    with pytest.raises(AwsError, match="Cannot delete web-errors"):
        filled.ask("DeleteAlarms", AlarmNames=["web-errors"])
    filled.ask("DeleteAlarms", AlarmNames=["web-errors", "web"])
    assert names(filled.ask("DescribeAlarms")) == ["shop-errors", "shop-slow"]


def test_tags(stage: Stage) -> None:
    """Set when the alarm is created, added to, replaced, removed; gone with the alarm."""
    stage.put("errors", Tags=[{"Key": "team", "Value": "shop"}])
    stage.put("errors", Tags=[{"Key": "ignored", "Value": "in an update"}])
    stage.ask("TagResource", ResourceARN=ARN, Tags=[{"Key": "team", "Value": "web"}, {"Key": "tier", "Value": "1"}])
    assert stage.ask("ListTagsForResource", ResourceARN=ARN)["Tags"] == [
        {"Key": "team", "Value": "web"},
        {"Key": "tier", "Value": "1"},
    ]
    stage.ask("UntagResource", ResourceARN=ARN, TagKeys=["tier", "nothing"])
    assert stage.ask("ListTagsForResource", ResourceARN=ARN)["Tags"] == [{"Key": "team", "Value": "web"}]
    stage.ask("DeleteAlarms", AlarmNames=["errors"])
    stage.put("errors")
    assert stage.ask("ListTagsForResource", ResourceARN=ARN)["Tags"] == []


def test_at_most_fifty_tags(stage: Stage) -> None:
    """ "You can associate as many as 50 tags with a CloudWatch resource"; what is too many changes nothing."""
    stage.put("errors", Tags=[{"Key": str(number), "Value": ""} for number in range(50)])
    with pytest.raises(AwsError, match="at most 50"):
        stage.ask("TagResource", ResourceARN=ARN, Tags=[{"Key": "one more", "Value": ""}])
    assert len(stage.ask("ListTagsForResource", ResourceARN=ARN)["Tags"]) == 50


@pytest.mark.parametrize(
    ("arn", "code"),
    [
        (f"{ARN}-nobody", "ResourceNotFoundException"),
        ("arn:aws:cloudwatch:eu-west-1:123456789012:alarm:errors", "ResourceNotFoundException"),
        ("errors", "InvalidParameterValueException"),
        ("arn:aws:cloudwatch::123456789012:dashboard/shop", "NotSupportedOnTheLaptop"),
    ],
)
def test_tags_of_something_else(stage: Stage, arn: str, code: str) -> None:
    """No such alarm, no such ARN, or something that has no tags here."""
    stage.put("errors")
    with pytest.raises(AwsError) as refused:
        stage.ask("ListTagsForResource", ResourceARN=arn)
    assert refused.value.code == code
