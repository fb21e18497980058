"""The copy that ministack can deploy, what is different in it, and how that is checked all the same."""

from typing import Any

import pytest

from deployment.comparison import differences
from deployment.requests import Call, call_for
from deployment.shapes import call_faults
from deployment.trial_copy import Difference, deployed_otherwise, without_refused
from deployment.values import Values

#: One of each kind that ministack refuses, and kept ones that refer to them.
NESTED: dict[str, Any] = {
    "Parameters": {"Stage": {"Type": "String", "Default": "dev"}},
    "Resources": {
        "Plain": {"Type": "AWS::CloudWatch::Alarm", "Properties": {"MetricName": "m"}, "DependsOn": ["Math", "Filter"]},
        "Math": {
            "Type": "AWS::CloudWatch::Alarm",
            "Properties": {"AlarmName": {"Fn::Sub": "math-${Stage}"}, "Metrics": [{"Id": "a"}]},
        },
        "Any": {"Type": "AWS::CloudWatch::CompositeAlarm", "Properties": {"AlarmName": "any", "AlarmRule": "TRUE"}},
        "Band": {"Type": "AWS::CloudWatch::AnomalyDetector", "Properties": {}},
        "Query": {"Type": "AWS::Logs::QueryDefinition", "Properties": {}},
        "Filter": {"Type": "AWS::Logs::MetricFilter", "Properties": {"FilterPattern": "x"}, "DependsOn": "Any"},
        "Board": {
            "Type": "AWS::CloudWatch::Dashboard",
            "Properties": {"DashboardBody": {"Fn::Sub": "${Any} ${Math.Arn} ${Stage} ${!Any} ${Plain} ${Plain.Arn}"}},
        },
    },
    "Outputs": {"Name": {"Value": {"Ref": "Any"}}, "Arn": {"Value": {"Fn::GetAtt": ["Math", "Arn"]}}},
}


def test_refused_is_taken_out_and_listed() -> None:
    """Each kind that ministack refuses goes, is named with its reason, and the rest stays."""
    kept, told = without_refused(NESTED, "monitoring")
    assert set(kept["Resources"]) == {"Plain", "Filter", "Board"}
    assert told == [
        Difference("monitoring.Math (AWS::CloudWatch::Alarm)", "taken out: ministack has no alarms on metric math"),
        Difference("monitoring.Any (AWS::CloudWatch::CompositeAlarm)", "taken out: ministack has no composite alarms"),
        Difference(
            "monitoring.Band (AWS::CloudWatch::AnomalyDetector)", "taken out: ministack has no anomaly detectors"
        ),
        Difference("monitoring.Query (AWS::Logs::QueryDefinition)", "taken out: ministack has no saved queries"),
    ]


def test_references_to_what_is_out_say_its_name() -> None:
    """Outputs, dashboards and dependencies still are right: a name stands for a Ref, an ARN for a GetAtt."""
    kept, _ = without_refused(NESTED, "monitoring")
    assert kept["Resources"]["Plain"]["DependsOn"] == ["Filter"]
    assert "DependsOn" not in kept["Resources"]["Filter"]
    values = Values(kept)
    board = values.resources()["Board"]["Properties"]["DashboardBody"]
    arn = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:"
    assert board == f"any {arn}math-dev dev ${{Any}} Plain {arn}Plain"
    assert values.resolve(kept["Outputs"]) == {
        "Name": {"Value": "any"},
        "Arn": {"Value": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:math-dev"},
    }


def test_any_is_seven_methods_and_gateway_responses_are_resources() -> None:
    """What ministack's import passes over is spelt out; CodeDeploy goes; all of it is told."""
    headers = {"Headers": {"Content-Type": "'application/problem+json'"}}
    sam = {
        "Resources": {
            "F": {"Type": "AWS::Serverless::Function", "Properties": {"DeploymentPreference": {"Type": "AllAtOnce"}}},
            "A": {
                "Type": "AWS::Serverless::Api",
                "Properties": {
                    "DefinitionBody": {"paths": {"/": {"parameters": [], "x-amazon-apigateway-any-method": {"x": 1}}}},
                    "GatewayResponses": {
                        "DEFAULT_4XX": {"ResponseParameters": headers, "ResponseTemplates": {"a/b": "c"}},
                        "THROTTLED": {"StatusCode": "429", "ResponseTemplates": {"a/b": "d"}},
                    },
                },
            },
        }
    }
    kept, told = deployed_otherwise(sam)
    item = kept["Resources"]["A"]["Properties"]["DefinitionBody"]["paths"]["/"]
    assert set(item) == {"parameters", "get", "put", "post", "delete", "patch", "head", "options"}
    assert kept["Resources"]["F"]["Properties"] == {}
    assert kept["Resources"]["ResponseThrottled"]["Properties"] == {
        "RestApiId": {"Ref": "A"},
        "ResponseType": "THROTTLED",
        "ResponseParameters": {},
        "ResponseTemplates": {"a/b": "d"},
        "StatusCode": "429",
    }
    default = kept["Resources"]["ResponseDefault4Xx"]["Properties"]
    assert default["ResponseParameters"] == {"gatewayresponse.header.Content-Type": "'application/problem+json'"}
    assert [difference.where for difference in told] == [
        "F.DeploymentPreference",
        "A /",
        "A.GatewayResponses.DEFAULT_4XX",
        "A.GatewayResponses.THROTTLED",
    ]
    assert "GatewayResponses" in sam["Resources"]["A"]["Properties"], "the template itself is not changed"


METRIC = {"Metric": {"Namespace": "n", "MetricName": "m"}, "Period": "60", "Stat": "Sum"}
GOOD: list[tuple[str, dict[str, Any]]] = [
    (
        "AWS::CloudWatch::CompositeAlarm",
        {"AlarmName": "a", "AlarmRule": 'ALARM("b")', "AlarmActions": ["arn:aws:sns:x"]},
    ),
    (
        "AWS::CloudWatch::Alarm",
        {
            "ComparisonOperator": "GreaterThanThreshold",
            "EvaluationPeriods": "5",
            "Threshold": "0.05",
            "Metrics": [{"Id": "m1", "MetricStat": METRIC, "ReturnData": "false"}, {"Id": "e", "Expression": "m1 / 2"}],
        },
    ),
    ("AWS::CloudWatch::AnomalyDetector", {"Namespace": "n", "MetricName": "m", "Stat": "Average"}),
    ("AWS::Logs::QueryDefinition", {"Name": "a/b", "QueryString": "fields @message", "LogGroupNames": ["/aws/x"]}),
    ("AWS::XRay::Group", {"GroupName": "items-dev", "FilterExpression": 'service("x")'}),
    ("AWS::CodeDeploy::Application", {"ComputePlatform": "Lambda"}),
]


@pytest.mark.parametrize(("kind", "properties"), GOOD)
def test_good_call_has_no_faults(kind: str, properties: dict[str, Any]) -> None:
    """A resource that is right makes a call that its service would take; CloudFormation's texts are numbers there."""
    assert call_faults(call_for("Logical", {"Type": kind, "Properties": properties})) == []


@pytest.mark.parametrize(
    ("kind", "changes", "fault"),
    [
        ("AWS::CloudWatch::CompositeAlarm", {"AlarmRule": None}, "PutCompositeAlarm: "),
        ("AWS::CloudWatch::CompositeAlarm", {"AlarmRules": "x"}, "Unknown parameter in input"),
        ("AWS::CloudWatch::CompositeAlarm", {"AlarmActions": ["x"] * 6}, "AlarmActions has 6 members, more than 5"),
        ("AWS::CloudWatch::CompositeAlarm", {"AlarmName": "a" * 256}, "has 256 characters, more than 255"),
        ("AWS::CloudWatch::Alarm", {"ComparisonOperator": "Above"}, "ComparisonOperator is 'Above'; "),
        ("AWS::CloudWatch::Alarm", {"EvaluationPeriods": "0"}, "EvaluationPeriods"),
        ("AWS::CloudWatch::Alarm", {"Threshold": "much"}, "Invalid type for parameter Threshold"),
        (
            "AWS::CloudWatch::Alarm",
            {"Metrics": [{"Id": "m", "MetricStat": {"Stat": "Sum"}}]},
            "Missing required parameter",
        ),
        ("AWS::Logs::QueryDefinition", {"QueryString": ""}, "queryString"),
        ("AWS::Logs::QueryDefinition", {"LogGroupNames": ["a b"]}, "logGroupNames[0] is 'a b', which is not "),
        ("AWS::XRay::Group", {"GroupName": "g" * 33}, "GroupName has 33 characters, more than 32"),
        ("AWS::CodeDeploy::Application", {"ComputePlatform": "Lamda"}, "computePlatform is 'Lamda'; "),
    ],
)
def test_bad_call_is_found(kind: str, changes: dict[str, Any], fault: str) -> None:
    """A missing or unknown member, a wrong type, an enum's value, a length, a range, a pattern: by the API's model."""
    properties = {**dict(GOOD)[kind], **changes}
    found = call_faults(call_for("Logical", {"Type": kind, "Properties": properties}))
    assert any(fault in sentence for sentence in found), found


def test_type_without_a_call_is_refused() -> None:
    """What nothing checks is not let pass."""
    with pytest.raises(KeyError):
        call_for("X", {"Type": "AWS::S3::Bucket", "Properties": {}})
    assert call_faults(Call("xray", "CreateGroup", {})) != []


def test_comparison_tells_what_differs() -> None:
    """Numbers and truths are the same however they are spelt; anything else that differs or is gone is told."""
    asked = {"Size": "512", "On": True, "Tags": [1, {"a": "x"}], "Extra": "not read"}
    assert differences("AWS::X", asked, {"Size": 512, "On": "true", "Tags": ["1", {"a": "x"}], "Own": 1}) == []
    assert differences("AWS::X", asked, {"Size": 256, "On": None, "Tags": [1, {"a": "y"}]}) == [
        "Size is 256, not '512'",
        "On is None, not True",
        "Tags[1].a is 'y', not 'x'",
    ]


def test_comparison_lets_be_what_ministack_forgets_until_it_does_not() -> None:
    """A property that it forgets is no difference; the day it is kept, the list of those is told to shrink."""
    topic = "AWS::SNS::Topic"
    assert differences(topic, {"KmsMasterKeyId": "k"}, {"KmsMasterKeyId": None}) == []
    assert differences(topic, {"KmsMasterKeyId": "k"}, {"KmsMasterKeyId": "k"}) == [
        "KmsMasterKeyId is kept by ministack: take it out of NOT_KEPT"
    ]
