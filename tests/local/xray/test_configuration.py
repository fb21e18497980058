"""Groups, sampling rules, their tags, and sampling targets.

Expected values are those of AWS pages "Configuring sampling, groups, and encryption settings with the AWS X-Ray API"
and "Using sampling rules with the X-Ray API".
"""

from typing import Any

import pytest

from local.errors import AwsError, NotSupported
from tests.local.xray.api import NOW, Api, when

POLLING = {
    "RuleName": "polling-scorekeep",
    "ResourceARN": "*",
    "Priority": 5000,
    "FixedRate": 0.003,
    "ReservoirSize": 0,
    "ServiceName": "Scorekeep",
    "ServiceType": "*",
    "Host": "*",
    "HTTPMethod": "GET",
    "URLPath": "/api/state/*",
    "Version": 1,
}
BASE = {**POLLING, "RuleName": "base-scorekeep", "Priority": 9000, "FixedRate": 0.1, "HTTPMethod": "*", "URLPath": "*"}
NO_INSIGHTS = {"InsightsEnabled": False, "NotificationsEnabled": False}


def refused(api: Api, operation: str, **parameters: Any) -> AwsError:
    with pytest.raises(AwsError) as caught:
        api(operation, **parameters)
    return caught.value


def test_a_group(api: Api) -> None:
    """Created, got by name and by ARN, listed after Default, updated, deleted."""
    text = 'service("example.com") {fault OR error}'
    group = api("CreateGroup", GroupName="TestGroup", FilterExpression=text)["Group"]
    assert group["GroupARN"].startswith("arn:aws:xray:us-east-1:123456789012:group/TestGroup/")
    assert {**group, "GroupARN": ""} == {
        "GroupName": "TestGroup",
        "GroupARN": "",
        "FilterExpression": 'service("example.com") {fault OR error}',
        "InsightsConfiguration": NO_INSIGHTS,
    }
    assert api("GetGroup", GroupName="TestGroup")["Group"] == group
    assert api("GetGroup", GroupARN=group["GroupARN"])["Group"] == group
    assert [one["GroupName"] for one in api("GetGroups")["Groups"]] == ["Default", "TestGroup"]
    changed = api("UpdateGroup", GroupName="TestGroup", FilterExpression="responsetime > 2")["Group"]
    assert changed == {**group, "FilterExpression": "responsetime > 2"}
    assert api("DeleteGroup", GroupARN=group["GroupARN"]) == {}
    assert [one["GroupName"] for one in api("GetGroups")["Groups"]] == ["Default"]


def test_groups_that_cannot_be(api: Api) -> None:
    """Twice the same name, a wrong filter, no such group, and what may not be done to Default: InvalidRequest."""
    api("CreateGroup", GroupName="a", FilterExpression="ok")
    problems = [
        refused(api, "CreateGroup", GroupName="a"),
        refused(api, "CreateGroup", GroupName="Default"),
        refused(api, "CreateGroup", GroupName="b", FilterExpression="ok ok("),
        refused(api, "UpdateGroup", GroupName="a", FilterExpression="nothing"),
        refused(api, "UpdateGroup", GroupName="Default", FilterExpression="ok"),
        refused(api, "GetGroup", GroupName="b"),
        refused(api, "GetGroup"),
        refused(api, "DeleteGroup", GroupName="Default"),
        refused(api, "GetGroups", NextToken="x"),
    ]
    assert {problem.code for problem in problems} == {"InvalidRequestException"}
    assert "position 6" in problems[2].message
    assert api("GetGroup", GroupName="a")["Group"]["FilterExpression"] == "ok"


def test_insights_are_refused(api: Api) -> None:
    """A group with Insights would be one that does less than it says."""
    with pytest.raises(NotSupported, match=r"InsightsConfiguration\.InsightsEnabled"):
        api("CreateGroup", GroupName="a", InsightsConfiguration={"InsightsEnabled": True})
    with pytest.raises(NotSupported, match=r"InsightsConfiguration\.NotificationsEnabled"):
        api("UpdateGroup", GroupName="Default", InsightsConfiguration={"NotificationsEnabled": True})
    configured = api("CreateGroup", GroupName="a", InsightsConfiguration={"InsightsEnabled": False})
    assert configured["Group"]["InsightsConfiguration"] == NO_INSIGHTS


def test_strange_names(api: Api) -> None:
    """Whatever characters a name has, it is found again; SQL in it is text."""
    for name in ("'; DROP TABLE xray_configuration; --", "\ud800", "ä b"):
        api("CreateGroup", GroupName=name, FilterExpression="ok")
        assert api("GetGroup", GroupName=name)["Group"]["GroupName"] == name
        api("DeleteGroup", GroupName=name)
    assert len(api("GetGroups")["Groups"]) == 1


def test_the_default_rule(api: Api) -> None:
    """The page's answer of an account without rules of its own: one a second, and 5 percent."""
    (record,) = api("GetSamplingRules")["SamplingRuleRecords"]
    assert record["SamplingRule"] == {
        "RuleName": "Default",
        "RuleARN": "arn:aws:xray:us-east-1:123456789012:sampling-rule/Default",
        "ResourceARN": "*",
        "Priority": 10000,
        "FixedRate": 0.05,
        "ReservoirSize": 1,
        "ServiceName": "*",
        "ServiceType": "*",
        "Host": "*",
        "HTTPMethod": "*",
        "URLPath": "*",
        "Version": 1,
        "Attributes": {},
    }
    assert record["CreatedAt"] == when(0)


def test_the_default_rule_changes(api: Api) -> None:
    """The page's 10000-default.json: its rate and reservoir can be changed, nothing else, and it cannot be deleted."""
    change = {"RuleName": "Default", "FixedRate": 0.01, "ReservoirSize": 0}
    api("UpdateSamplingRule", SamplingRuleUpdate=change)
    (record,) = api("GetSamplingRules")["SamplingRuleRecords"]
    assert (record["SamplingRule"]["FixedRate"], record["SamplingRule"]["ReservoirSize"]) == (0.01, 0)
    assert (record["CreatedAt"], record["ModifiedAt"]) == (when(0), when(NOW))
    problem = refused(api, "UpdateSamplingRule", SamplingRuleUpdate={"RuleName": "Default", "Host": "h"})
    assert problem.message == "Host: of the default rule only FixedRate and ReservoirSize can be changed"
    assert refused(api, "DeleteSamplingRule", RuleName="Default").code == "InvalidRequestException"


def test_a_rule(api: Api) -> None:
    """Created as on the page (5000-polling-scorekeep.json), changed by its ARN, deleted by its name."""
    expected = {
        "SamplingRule": {
            **POLLING,
            "RuleARN": "arn:aws:xray:us-east-1:123456789012:sampling-rule/polling-scorekeep",
            "Attributes": {},
        },
        "CreatedAt": when(NOW),
        "ModifiedAt": when(NOW),
    }
    assert api("CreateSamplingRule", SamplingRule=POLLING) == {"SamplingRuleRecord": expected}
    api.clock.now += 60
    arn = expected["SamplingRule"]["RuleARN"]  # type: ignore[index]
    changed = api("UpdateSamplingRule", SamplingRuleUpdate={"RuleARN": arn, "FixedRate": 0.5})["SamplingRuleRecord"]
    assert (changed["SamplingRule"]["FixedRate"], changed["ModifiedAt"]) == (0.5, when(NOW + 60))
    assert api("DeleteSamplingRule", RuleName="polling-scorekeep")["SamplingRuleRecord"] == changed
    assert len(api("GetSamplingRules")["SamplingRuleRecords"]) == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"Priority": 10000}, "Priority: 10000 is not 1 to 9999"),
        ({"FixedRate": 1.5}, "FixedRate: 1.5 is not 0 to 1"),
        ({"Version": 2}, "Version: 2 is not 1 to 1"),
        ({"RuleARN": "arn"}, "SamplingRule: a new rule has a RuleName and no RuleARN"),
        ({"RuleName": "Default"}, "RuleName: a rule 'Default' exists already"),
    ],
)
def test_rules_that_cannot_be(api: Api, change: dict[str, Any], message: str) -> None:
    """The member, the value, and what would be right."""
    problem = refused(api, "CreateSamplingRule", SamplingRule={**POLLING, **change})
    assert (problem.code, problem.message) == ("InvalidRequestException", message)


def test_which_rule(api: Api) -> None:
    """ "Specify a rule by either name or ARN, but not both"; one that isn't there is an error."""
    for named in ({}, {"RuleName": "a", "RuleARN": "b"}, {"RuleName": "a"}):
        assert refused(api, "DeleteSamplingRule", **named).code == "InvalidRequestException"
        assert refused(api, "UpdateSamplingRule", SamplingRuleUpdate=named).code == "InvalidRequestException"


def test_twenty_five_rules(api: Api) -> None:
    """One more is RuleLimitExceededException."""
    for number in range(25):
        api("CreateSamplingRule", SamplingRule={**POLLING, "RuleName": f"r{number}"})
    problem = refused(api, "CreateSamplingRule", SamplingRule={**POLLING, "RuleName": "one-more"})
    assert problem.code == "RuleLimitExceededException"


def test_adaptive_sampling_is_refused(api: Api) -> None:
    """A boost that would never come is refused by name."""
    boost = {"MaxRate": 0.5, "CooldownWindowMinutes": 1}
    with pytest.raises(NotSupported, match="SamplingRateBoost"):
        api("CreateSamplingRule", SamplingRule={**POLLING, "SamplingRateBoost": boost})


def report(name: str, client: str = "ABCDEF1234567890ABCDEF10", **counts: int) -> dict[str, Any]:
    numbers = {"RequestCount": 110, "SampledCount": 20, "BorrowCount": 10, **counts}
    return {"RuleName": name, "ClientID": client, "Timestamp": when(NOW), **numbers}


def test_targets(api: Api) -> None:
    """The page's exchange: a quota that is good for five minutes, the next report in ten seconds."""
    api("CreateSamplingRule", SamplingRule={**BASE, "ReservoirSize": 2})
    api("CreateSamplingRule", SamplingRule=POLLING)
    reports = [report("base-scorekeep"), report("polling-scorekeep", RequestCount=10500, SampledCount=31), report("x")]
    answer = api("GetSamplingTargets", SamplingStatisticsDocuments=reports)
    shared = {"ReservoirQuotaTTL": when(NOW + 300), "Interval": 10}
    assert answer["SamplingTargetDocuments"] == [
        {"RuleName": "base-scorekeep", "FixedRate": 0.1, "ReservoirQuota": 2, **shared},
        {"RuleName": "polling-scorekeep", "FixedRate": 0.003, "ReservoirQuota": 0, **shared},
    ]
    assert answer["LastRuleModification"] == when(NOW)
    assert [one["RuleName"] for one in answer["UnprocessedStatistics"]] == ["x"]


def test_a_shared_reservoir(api: Api) -> None:
    """ "The reservoir applies across all services cumulatively": the quotas of those that report add up to it."""
    api("CreateSamplingRule", SamplingRule={**BASE, "ReservoirSize": 5})

    def quota(client: str) -> int:
        answer = api("GetSamplingTargets", SamplingStatisticsDocuments=[report("base-scorekeep", client)])
        return int(answer["SamplingTargetDocuments"][0]["ReservoirQuota"])

    assert quota("A" * 24) == 5
    assert quota("B" * 24) == 2
    assert quota("A" * 24) == 3
    api.clock.now += 60
    assert quota("B" * 24) == 5


def test_statistic_summaries(api: Api) -> None:
    """What was reported, by rule and by ten seconds, while it is recent."""
    for client in ("A" * 24, "B" * 24):
        api("GetSamplingTargets", SamplingStatisticsDocuments=[report("Default", client)])
    api.clock.now += 10
    api("GetSamplingTargets", SamplingStatisticsDocuments=[report("Default", RequestCount=1)])
    counts = {"RuleName": "Default", "BorrowCount": 10, "SampledCount": 20}
    assert api("GetSamplingStatisticSummaries")["SamplingStatisticSummaries"] == [
        {**counts, "Timestamp": when(NOW + 10), "RequestCount": 1},
        {"RuleName": "Default", "Timestamp": when(NOW), "RequestCount": 220, "BorrowCount": 20, "SampledCount": 40},
    ]
    api.clock.now += 3600
    assert api("GetSamplingStatisticSummaries")["SamplingStatisticSummaries"] == []


def test_tags(api: Api) -> None:
    """Groups and rules have tags, given when they are made or later, listed, and taken away."""
    tags = [{"Key": "Stage", "Value": "Prod"}]
    group = api("CreateGroup", GroupName="a", Tags=tags)["Group"]["GroupARN"]
    rule = api("CreateSamplingRule", SamplingRule=POLLING, Tags=tags)["SamplingRuleRecord"]["SamplingRule"]["RuleARN"]
    for arn in (group, rule):
        api("TagResource", ResourceARN=arn, Tags=[{"Key": "Department", "Value": "QA"}])
        listed = api("ListTagsForResource", ResourceARN=arn)["Tags"]
        assert listed == [{"Key": "Stage", "Value": "Prod"}, {"Key": "Department", "Value": "QA"}]
        api("UntagResource", ResourceARN=arn, TagKeys=["Stage", "none"])
        assert api("ListTagsForResource", ResourceARN=arn)["Tags"] == [{"Key": "Department", "Value": "QA"}]


def test_tags_that_cannot_be(api: Api) -> None:
    """Of no resource, too many, and AWS's own."""
    arn = api("CreateGroup", GroupName="a")["Group"]["GroupARN"]
    problem = refused(api, "ListTagsForResource", ResourceARN="arn:none")
    assert (problem.code, problem.status, problem.members) == (
        "ResourceNotFoundException",
        404,
        {"ResourceName": "arn:none"},
    )
    many = [{"Key": f"k{number}", "Value": ""} for number in range(51)]
    assert refused(api, "TagResource", ResourceARN=arn, Tags=many).code == "TooManyTagsException"
    assert refused(api, "TagResource", ResourceARN=arn, Tags=[{"Key": "aws:x", "Value": ""}]).code == (
        "InvalidRequestException"
    )
    assert api("ListTagsForResource", ResourceARN=arn)["Tags"] == []


def test_default_has_tags_too(api: Api) -> None:
    """Tags of the Default group stay, and it keeps taking every trace."""
    arn = api("GetGroup", GroupName="Default")["Group"]["GroupARN"]
    api("TagResource", ResourceARN=arn, Tags=[{"Key": "a", "Value": "b"}])
    assert api("ListTagsForResource", ResourceARN=arn)["Tags"] == [{"Key": "a", "Value": "b"}]
    assert [one["GroupName"] for one in api("GetGroups")["Groups"]] == ["Default"]
