"""What a template had at one start and has not at the next; and its part of X-Ray."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

from local.aws.composition import SCHEMAS, compose
from local.aws.parts import Parts, Place
from local.database import Database
from tests.local.monitoring.test_loading import TEMPLATE, ask
from tests.local.viewer.laptop import NoStack

if TYPE_CHECKING:
    from local.aws.asking import StackCalls

Start = Callable[..., tuple[Parts, list[str]]]

XRAY = """
  Slow:
    Type: AWS::XRay::Group
    Properties: { GroupName: slow, FilterExpression: "responsetime > 1" }
  Rule:
    Type: AWS::XRay::SamplingRule
    Properties:
      SamplingRule:
        { RuleName: shop, Priority: "10", ReservoirSize: 2, FixedRate: "0.5", ServiceName: shop, ServiceType: "*",
          Host: "*", HTTPMethod: "*", URLPath: "*", ResourceARN: "*" }
"""
SAMPLING = "sampling   rules are for who asks X-Ray for them; the gateway here traces every request"
ALARM = {
    "Namespace": "N",
    "MetricName": "M",
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 1.0,
    "ComparisonOperator": "GreaterThanThreshold",
}


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts a laptop with this template, on the store that the last one left; what it told."""
    databases: list[Database] = []

    def start(template: str, region: str = "us-east-1") -> tuple[Parts, list[str]]:
        told: list[str] = []
        (tmp_path / "template.yaml").write_text(template)
        databases.append(Database(tmp_path / "aws.sqlite3", SCHEMAS))
        place = Place(tmp_path, tmp_path / "template.yaml", {}, 1, region=region)
        parts = compose(place, databases[-1], cast("StackCalls", NoStack()), told.append)
        parts.start()
        return parts, told

    yield start
    for database in databases:
        database.close()


def names(parts: Parts) -> dict[str, list[str]]:
    """All that a template can make, by kind."""
    alarms = ask(parts, "cloudwatch", "DescribeAlarms", AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    found: dict[str, Any] = {
        "dashboards": [one["DashboardName"] for one in ask(parts, "cloudwatch", "ListDashboards")["DashboardEntries"]],
        "alarms": [one["AlarmName"] for kind in ("MetricAlarms", "CompositeAlarms") for one in alarms[kind]],
        "filters": [one["filterName"] for one in ask(parts, "logs", "DescribeMetricFilters")["metricFilters"]],
        "queries": [one["name"] for one in ask(parts, "logs", "DescribeQueryDefinitions")["queryDefinitions"]],
        "topics": [one["TopicArn"].rpartition(":")[2] for one in ask(parts, "sns", "ListTopics")["Topics"]],
        "groups": [one["GroupName"] for one in ask(parts, "xray", "GetGroups")["Groups"]],
        "rules": [
            one["SamplingRule"]["RuleName"] for one in ask(parts, "xray", "GetSamplingRules")["SamplingRuleRecords"]
        ],
        "log groups": [one["logGroupName"] for one in ask(parts, "logs", "DescribeLogGroups")["logGroups"]],
    }
    return {kind: sorted(all_of) for kind, all_of in found.items()}


def test_what_the_template_dropped_is_removed(start: Start) -> None:
    """At the next start, composites before their children, in one line; a log group stays, with its events."""
    start(TEMPLATE + XRAY)
    parts, told = start("Resources: {}\n")
    assert told == [
        (
            "removed    sampling rules shop; trace groups slow; composite alarms both, inner; alarms dev-high; "
            "dashboards board; queries saved; metric filters Errors; topics Topic: no longer in template.yaml"
        )
    ]
    assert names(parts) == {
        **{key: [] for key in ("dashboards", "alarms", "filters", "queries", "topics")},
        "groups": ["Default"],
        "rules": ["Default"],
        "log groups": ["/lines"],
    }
    assert start("Resources: {}\n")[1] == []


def test_what_a_user_made_stays(start: Start) -> None:
    """Only what the loader made is removed: never what came through the API."""
    parts, _ = start(TEMPLATE)
    ask(parts, "cloudwatch", "PutDashboard", DashboardName="mine", DashboardBody='{"widgets": []}')
    ask(parts, "cloudwatch", "PutMetricAlarm", AlarmName="mine", **ALARM)
    ask(parts, "logs", "PutQueryDefinition", name="mine", queryString="limit 2")
    ask(parts, "sns", "CreateTopic", Name="mine")
    ask(parts, "xray", "CreateGroup", GroupName="mine", FilterExpression="fault")
    parts, _ = start("Resources: {}\n")
    kept = names(parts)
    assert [kept[kind] for kind in ("dashboards", "alarms", "queries", "topics")] == [["mine"]] * 4
    assert kept["groups"] == ["Default", "mine"]


def test_one_that_is_renamed(start: Start) -> None:
    """Under its new name it is made, under its old one removed; the others are left alone."""
    start(TEMPLATE)
    parts, told = start(TEMPLATE.replace("DashboardName: board", "DashboardName: desk"))
    assert told[1:] == ["removed    dashboards board: no longer in template.yaml"]
    assert names(parts)["dashboards"] == ["desk"]
    assert names(parts)["alarms"] == ["both", "dev-high", "inner"]


def test_what_is_gone_already(start: Start) -> None:
    """What a user deleted before the template dropped it is no failure."""
    parts, _ = start(TEMPLATE)
    ask(parts, "cloudwatch", "DeleteDashboards", DashboardNames=["board"])
    ask(parts, "logs", "DeleteLogGroup", logGroupName="/lines")
    _, told = start("Resources: {}\n")
    assert [line.split()[0] for line in told] == ["removed"]
    assert start("Resources: {}\n")[1] == []


@pytest.mark.parametrize(
    "broken", ["Resources: [", "Resources:\n  A: { Type: AWS::CloudFormation::Stack, Properties: {} }\n"]
)
def test_a_template_that_can_not_be_read_removes_nothing(start: Start, broken: str) -> None:
    """Nobody knows what is in it, or in the one that it nests."""
    start(TEMPLATE)
    parts, told = start(broken)
    assert names(parts)["dashboards"] == ["board"]
    assert [line.split()[:2] for line in told] == [["not", "loaded"]]


def test_what_is_refused_now_is_not_removed(start: Start) -> None:
    """It is in the template still: the former version stays, and why the new one was refused is said."""
    start(TEMPLATE)
    parts, told = start(TEMPLATE.replace('{"widgets": []}', "{}"))
    assert names(parts)["dashboards"] == ["board"]
    assert not [line for line in told if line.startswith("removed")]
    assert any(line.startswith("not loaded Board: ") for line in told)


def test_a_reset_forgets(start: Start) -> None:
    """POST /_local/reset empties the store and loads the template again: nothing is said to be removed."""
    parts, told = start(TEMPLATE + XRAY)
    parts.reset()
    assert told[:2] == told[2:]
    assert names(parts)["groups"] == ["Default", "slow"]


def test_groups_and_rules(start: Start) -> None:
    """The template's part of X-Ray, as the API gives it; GetSamplingTargets shares the rule's reservoir and rate."""
    parts, told = start(TEMPLATE + XRAY)
    assert told[0].endswith("2 composite alarms, 1 trace groups, 1 sampling rules: loaded from template.yaml")
    assert told[1] == SAMPLING
    group = ask(parts, "xray", "GetGroup", GroupName="slow")["Group"]
    assert group["FilterExpression"] == "responsetime > 1"
    (rule,) = [
        one["SamplingRule"]
        for one in ask(parts, "xray", "GetSamplingRules")["SamplingRuleRecords"]
        if one["SamplingRule"]["RuleName"] == "shop"
    ]
    assert (rule["Priority"], rule["FixedRate"], rule["ReservoirSize"], rule["Version"]) == (10, 0.5, 2, 1)
    report = {"RuleName": "shop", "ClientID": "c" * 24, "RequestCount": 1, "SampledCount": 1}
    (target,) = ask(parts, "xray", "GetSamplingTargets", SamplingStatisticsDocuments=[report])[
        "SamplingTargetDocuments"
    ]
    assert (target["FixedRate"], target["ReservoirQuota"]) == (0.5, 2)


def test_groups_and_rules_change(start: Start) -> None:
    """The next start changes what is there: the same ARN, the new filter and rate."""
    parts, _ = start(TEMPLATE + XRAY)
    before = ask(parts, "xray", "GetGroup", GroupName="slow")["Group"]
    changed = XRAY.replace("responsetime > 1", "fault").replace('FixedRate: "0.5"', "FixedRate: 0.25")
    parts, told = start(TEMPLATE + changed)
    after = ask(parts, "xray", "GetGroup", GroupName="slow")["Group"]
    assert after == {**before, "FilterExpression": "fault"}
    rates = {
        one["SamplingRule"]["RuleName"]: one["SamplingRule"]["FixedRate"]
        for one in ask(parts, "xray", "GetSamplingRules")["SamplingRuleRecords"]
    }
    assert rates == {"Default": 0.05, "shop": 0.25}
    assert told[1] == SAMPLING


def test_the_stack_knows_their_arns(start: Start) -> None:
    """AWS page "AWS::XRay::SamplingRule", Return values: "Ref returns the Amazon Resource Name (ARN)"."""
    parts, _ = start(TEMPLATE + XRAY)
    described = ask(parts, "cloudformation", "DescribeStackResources", StackName="local")["StackResources"]
    ids = {one["LogicalResourceId"]: one.get("PhysicalResourceId", "") for one in described}
    assert ids["Slow"] == ask(parts, "xray", "GetGroup", GroupName="slow")["Group"]["GroupARN"]
    assert ids["Rule"] == "arn:aws:xray:us-east-1:123456789012:sampling-rule/shop"


def test_another_region(start: Start) -> None:
    """The stack moves whole: nothing of it stays where it was, and a later start finds nothing to remove."""
    start(TEMPLATE + XRAY)
    parts, told = start(TEMPLATE + XRAY, "eu-central-1")
    assert told[0] == "removed    9 resources of us-east-1: the stack is in eu-central-1 now"
    (topic,) = ask(parts, "sns", "ListTopics")["Topics"]
    assert topic["TopicArn"] == "arn:aws:sns:eu-central-1:123456789012:Topic"
    group = ask(parts, "xray", "GetGroup", GroupName="slow")["Group"]
    assert group["GroupARN"].startswith("arn:aws:xray:eu-central-1:123456789012:group/slow/")
    alarms = ask(parts, "cloudwatch", "DescribeAlarms", AlarmNames=["dev-high"])["MetricAlarms"]
    assert [alarm["AlarmArn"] for alarm in alarms] == ["arn:aws:cloudwatch:eu-central-1:123456789012:alarm:dev-high"]
    _, told = start(TEMPLATE + XRAY, "eu-central-1")
    assert [line.split()[0] for line in told] == ["monitoring", "sampling"]
