"""A template's values as CloudFormation gives them."""

from typing import Any

import pytest

from deployment.errors import TemplateError
from deployment.templates import load
from deployment.values import Values

TEMPLATE = """
Parameters:
  Stage: {Type: String, Default: dev}
  Size: {Type: Number, Default: 512}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  IsSmall: !And [!Not [!Condition IsProd], !Or [!Equals [!Ref Size, "512"], !Condition IsProd]]
Resources:
  Table:
    Type: AWS::DynamoDB::Table
    Properties: {TableName: !Sub "items-${Stage}", Only: !If [IsProd, 1, !Ref AWS::NoValue]}
  Alarm: {Type: AWS::CloudWatch::Alarm, Condition: IsProd}
  Topic: {Type: AWS::SNS::Topic}
"""


@pytest.mark.parametrize(
    ("value", "resolved"),
    [
        ({"Ref": "Stage"}, "dev"),
        ({"Ref": "AWS::Region"}, "us-east-1"),
        ({"Ref": "Table"}, "items-dev"),
        ({"Ref": "Topic"}, "arn:aws:sns:us-east-1:123456789012:Topic"),
        ({"Fn::GetAtt": ["Table", "Arn"]}, "arn:aws:dynamodb:us-east-1:123456789012:table/items-dev"),
        ({"Fn::GetAtt": "Table.Arn"}, "arn:aws:dynamodb:us-east-1:123456789012:table/items-dev"),
        (
            {"Fn::Sub": "${Table.Arn}/index/x-${!Stage}"},
            "arn:aws:dynamodb:us-east-1:123456789012:table/items-dev/index/x-${Stage}",
        ),
        ({"Fn::Sub": ["${a}-${Stage}", {"a": {"Ref": "Size"}}]}, "512-dev"),
        ({"Fn::If": ["IsSmall", "small", "large"]}, "small"),
        ({"Fn::Join": ["-", ["a", {"Ref": "Stage"}]]}, "a-dev"),
        ({"Fn::Select": [1, {"Fn::Split": [",", "a,b"]}]}, "b"),
        ([{"Ref": "AWS::NoValue"}, "x"], ["x"]),
        ({"a": {"Ref": "AWS::NoValue"}, "b": True}, {"b": True}),
    ],
)
def test_functions(value: Any, resolved: Any) -> None:
    """AWS page "Intrinsic function reference": each function that the templates use."""
    assert Values(load(TEMPLATE, "t")).resolve(value) == resolved


def test_parameters_and_known_values_win() -> None:
    """Given parameters replace defaults, known physical ids the placeholders."""
    known = {"Table": "items-7", "Topic.TopicName": "alarms"}
    values = Values(load(TEMPLATE, "t"), {"Stage": "prod"}, known, {"AWS::AccountId": "000000000000"})
    assert values.resolve({"Fn::GetAtt": ["Table", "Arn"]}) == "arn:aws:dynamodb:us-east-1:000000000000:table/items-7"
    assert values.resolve({"Fn::GetAtt": ["Topic", "TopicName"]}) == "alarms"
    assert values.resolve({"Ref": "Stage"}) == "prod"


def test_conditions_decide_what_is_there() -> None:
    """A resource whose condition is false is not there, and a property without a value neither."""
    assert set(Values(load(TEMPLATE, "t")).resources()) == {"Table", "Topic"}
    assert set(Values(load(TEMPLATE, "t"), {"Stage": "prod"}).resources()) == {"Table", "Alarm", "Topic"}
    assert Values(load(TEMPLATE, "t")).resources()["Table"]["Properties"] == {"TableName": "items-dev"}


@pytest.mark.parametrize(
    ("text", "message"),
    [("Resources: [", "t: not YAML"), ("{}", "t: no Resources"), ("Resources: 3", "t: no Resources")],
)
def test_no_template_is_refused(text: str, message: str) -> None:
    """What is no template is refused by its name."""
    with pytest.raises(TemplateError, match=message):
        load(text, "t")


def test_unknown_function_and_name_are_refused() -> None:
    """A function that is not supported is named, and so is a name that nothing has."""
    with pytest.raises(TemplateError, match="Fn::Base64 is not supported here"):
        Values(load(TEMPLATE, "t")).resolve({"Fn::Base64": "x"})
    with pytest.raises(TemplateError, match="Nobody is neither a parameter nor a resource"):
        Values(load(TEMPLATE, "t")).resolve({"Ref": "Nobody"})
