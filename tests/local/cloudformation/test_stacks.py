"""CloudFormation's reads, of templates that the tests write."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from local.cloudformation import Known, Stacks, Urls
from local.endpoint.call import Call
from local.errors import AwsError

ROOT = """
Description: A shop
Parameters:
  Stage: {Type: String, Default: dev}
  Sizes: {Type: CommaDelimitedList, Default: "1, 2"}
Conditions:
  Never: !Equals [a, b]
Resources:
  Items:
    Type: AWS::Serverless::Function
    Properties: {FunctionName: !Sub "${AWS::StackName}-items"}
  Api:
    Type: AWS::Serverless::Api
    Properties: {Name: shop, StageName: !Ref Stage}
  Table: {Type: AWS::DynamoDB::Table}
  Spare: {Type: AWS::SNS::Topic, Condition: Never}
  Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: !Sub "${Stage}-alarms"}}
  Watching:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: watching.yaml
      Parameters: {Topic: !Ref Topic}
Outputs:
  Url: {Description: The API, Value: !Sub "https://${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}/${Stage}/docs"}
  Board: {Value: !GetAtt Watching.Outputs.Board}
  Map: {Value: !Sub "https://${AWS::Region}.console.aws.amazon.com/cloudwatch/home?region=${AWS::Region}#xray:service-map/map"}
  Hidden: {Condition: Never, Value: x}
  Key: {Value: !GetAtt Table.StreamArn}
"""
WATCHING = """
Parameters:
  Topic: {Type: String}
Resources:
  Slow: {Type: AWS::CloudWatch::Alarm, Properties: {AlarmName: dev-slow}}
  Asked: {Type: AWS::Logs::QueryDefinition, Properties: {Name: dev/asked}}
  Gone: {Type: AWS::Logs::QueryDefinition, Properties: {Name: dev/gone}}
  Kills: {Type: AWS::Logs::MetricFilter}
  Wrong: {Type: AWS::CloudWatch::Alarm}
Outputs:
  Board:
    Value: !Sub "https://${AWS::Region}.console.aws.amazon.com/cloudwatch/home?region=${AWS::Region}#dashboards/dashboard/dev-one"
"""
NESTED_ID = "arn:aws:cloudformation:us-east-1:123456789012:stack/local-Watching/local"
ROOT_ID = "arn:aws:cloudformation:us-east-1:123456789012:stack/local/local"

Ask = Callable[..., Any]


@pytest.fixture
def ask(tmp_path: Path) -> Ask:
    """An operation with its parameters."""
    (tmp_path / "template.yaml").write_text(ROOT)
    (tmp_path / "watching.yaml").write_text(WATCHING)
    stacks = Stacks(
        tmp_path / "template.yaml",
        {"Stage": "prod"},
        region="us-east-1",
        urls=Urls("http://127.0.0.1:8000", "http://127.0.0.1:8001"),
        known=lambda: Known({"dev/asked": "e1-2"}, {("AWS::CloudWatch::Alarm", "Wrong"): "its Period is 7"}),
    )

    def ask(operation: str, **parameters: str) -> Any:
        return stacks.operations()[operation].run(Call("cloudformation", operation, parameters))

    return ask


def test_describe_stacks(ask: Ask) -> None:
    """Name, id, values of the parameters, CREATE_COMPLETE; the nested stack too, which names its parent."""
    root, nested = ask("DescribeStacks")["Stacks"]
    assert (root["StackName"], root["StackId"], root["StackStatus"]) == ("local", ROOT_ID, "CREATE_COMPLETE")
    assert root["Description"] == "A shop"
    assert root["Parameters"] == [
        {"ParameterKey": "Stage", "ParameterValue": "prod"},
        {"ParameterKey": "Sizes", "ParameterValue": "1,2"},
    ]
    assert "ParentId" not in root
    assert (nested["StackName"], nested["StackId"], nested["StackStatus"]) == (
        "local-Watching",
        NESTED_ID,
        "CREATE_COMPLETE",
    )
    assert (nested["ParentId"], nested["RootId"]) == (ROOT_ID, ROOT_ID)
    assert nested["Parameters"] == [
        {"ParameterKey": "Topic", "ParameterValue": "arn:aws:sns:us-east-1:123456789012:prod-alarms"}
    ]


def test_outputs(ask: Ask) -> None:
    """The API's URL is the laptop's, links to the console lead to the viewer, also those of the nested stack; an output
    whose condition doesn't hold is not there, and one that can't be resolved is named, with the reason.
    """
    (root,) = ask("DescribeStacks", StackName="local")["Stacks"]
    assert {one["OutputKey"]: one["OutputValue"] for one in root["Outputs"]} == {
        "Url": "http://127.0.0.1:8000/docs",
        "Board": "http://127.0.0.1:8001/dashboards/dev-one",
        "Map": "http://127.0.0.1:8001/map",
    }
    assert root["StackStatusReason"].startswith("Outputs.Key: template.yaml, line")
    assert "!GetAtt Table.StreamArn of AWS::DynamoDB::Table is not supported here" in root["StackStatusReason"]


def test_resources(ask: Ask) -> None:
    """By logical id: what the laptop's APIs call it and its type as SAM's transform makes it; what isn't there is
    CREATE_FAILED and says why. Without a condition that holds a resource is no part of the stack.
    """
    found = ask("DescribeStackResources", StackName="local")["StackResources"]
    assert [(one["LogicalResourceId"], one.get("PhysicalResourceId"), one["ResourceType"]) for one in found] == [
        ("Items", "local-items", "AWS::Lambda::Function"),
        ("Api", found[1]["PhysicalResourceId"], "AWS::ApiGateway::RestApi"),
        ("Table", None, "AWS::DynamoDB::Table"),
        ("Topic", "arn:aws:sns:us-east-1:123456789012:prod-alarms", "AWS::SNS::Topic"),
        ("Watching", NESTED_ID, "AWS::CloudFormation::Stack"),
    ]
    assert len(found[1]["PhysicalResourceId"]) == 10
    assert [one["ResourceStatus"] for one in found] == [
        "CREATE_COMPLETE",
        "CREATE_COMPLETE",
        "CREATE_FAILED",
        "CREATE_COMPLETE",
        "CREATE_COMPLETE",
    ]
    assert found[2]["ResourceStatusReason"].startswith("not on the laptop: no DynamoDB here")
    assert {(one["StackName"], one["StackId"]) for one in found} == {("local", ROOT_ID)}


def test_resources_of_the_nested_stack(ask: Ask) -> None:
    """By the id that its parent has it under; a query definition's id is the laptop's own; what the laptop's APIs
    refused when the template was loaded is CREATE_FAILED, in their words.
    """
    found = ask("ListStackResources", StackName=NESTED_ID)["StackResourceSummaries"]
    assert [(one["LogicalResourceId"], one.get("PhysicalResourceId"), one["ResourceStatus"]) for one in found] == [
        ("Slow", "dev-slow", "CREATE_COMPLETE"),
        ("Asked", "e1-2", "CREATE_COMPLETE"),
        ("Gone", None, "CREATE_FAILED"),
        ("Kills", "Kills", "CREATE_COMPLETE"),
        ("Wrong", None, "CREATE_FAILED"),
    ]
    assert found[2]["ResourceStatusReason"] == "not on the laptop: there is no dev/gone"
    assert found[4]["ResourceStatusReason"] == "not on the laptop: its Period is 7"


def test_resources_by_other_ids(ask: Ask) -> None:
    """API reference, DescribeStackResources: one logical id of a stack; all of the stack that a physical id is in."""
    (one,) = ask("DescribeStackResources", StackName="local", LogicalResourceId="Items")["StackResources"]
    assert one["PhysicalResourceId"] == "local-items"
    found = ask("DescribeStackResources", PhysicalResourceId="dev-slow")["StackResources"]
    assert {one["StackName"] for one in found} == {"local-Watching"}


@pytest.mark.parametrize(
    ("operation", "parameters", "message"),
    [
        ("DescribeStacks", {"StackName": "no"}, "Stack with id no does not exist"),
        ("ListStackResources", {"StackName": "no"}, "Stack with id no does not exist"),
        ("DescribeStackResources", {"StackName": "no"}, "Stack with id no does not exist"),
        ("DescribeStackResources", {"PhysicalResourceId": "no"}, "Stack for no does not exist"),
        (
            "DescribeStackResources",
            {"StackName": "local", "LogicalResourceId": "No"},
            "Resource No does not exist for stack local",
        ),
        ("DescribeStackResources", {}, "Exactly one of StackName and PhysicalResourceId must be given"),
        (
            "DescribeStackResources",
            {"StackName": "local", "PhysicalResourceId": "dev-slow"},
            "Exactly one of StackName and PhysicalResourceId must be given",
        ),
    ],
)
def test_refusals(ask: Ask, operation: str, parameters: dict[str, str], message: str) -> None:
    """A ValidationError each. API reference, DescribeStackResources: also where both ids are given."""
    with pytest.raises(AwsError) as refused:
        ask(operation, **parameters)
    assert (refused.value.code, refused.value.message, refused.value.status) == ("ValidationError", message, 400)


def test_a_changed_template(ask: Ask, tmp_path: Path) -> None:
    """The file is read again when it has changed; one that is wrong by now is refused, with what is wrong."""
    assert len(ask("DescribeStacks")["Stacks"]) == 2
    (tmp_path / "template.yaml").write_text(
        "Parameters: {Stage: {Type: String}}\nResources: {One: {Type: AWS::SNS::Topic}}\n"
    )
    (only,) = ask("DescribeStacks")["Stacks"]
    assert (only["StackName"], only["Outputs"]) == ("local", [])
    (tmp_path / "template.yaml").write_text("Resources: [1]\n")
    with pytest.raises(AwsError) as refused:
        ask("DescribeStacks")
    assert refused.value.code == "ValidationError"
    assert refused.value.message.startswith("Template error: template.yaml: no Resources")


def test_nested_stacks_that_cannot_be_read(ask: Ask, tmp_path: Path) -> None:
    """One that lies elsewhere is CREATE_FAILED and says so; the others are there, with what they nest themselves."""
    (tmp_path / "template.yaml").write_text(
        "Parameters: {Stage: {Type: String}}\n"
        "Resources:\n"
        "  Far: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: https://s3.example/far.yaml}}\n"
        "  Near: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: near.yaml}}\n"
    )
    (tmp_path / "near.yaml").write_text(
        "Resources:\n"
        "  Watching:\n"
        "    Type: AWS::CloudFormation::Stack\n"
        "    Properties: {TemplateURL: watching.yaml, Parameters: {Topic: t}}\n"
    )
    stacks = ask("DescribeStacks")["Stacks"]
    assert [one["StackName"] for one in stacks] == ["local", "local-Near", "local-Near-Watching"]
    assert (stacks[2]["ParentId"], stacks[2]["RootId"]) == (stacks[1]["StackId"], ROOT_ID)
    far, near = ask("DescribeStackResources", StackName="local")["StackResources"]
    assert (far["ResourceStatus"], far["ResourceStatusReason"]) == (
        "CREATE_FAILED",
        "not on the laptop: its TemplateURL https://s3.example/far.yaml is not a file beside template.yaml",
    )
    assert near["PhysicalResourceId"] == stacks[1]["StackId"]
