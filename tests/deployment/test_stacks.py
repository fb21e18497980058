"""What is deployed against what was asked for, where they differ: read by boto3 from moto's log groups."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest
from moto import mock_aws

from deployment.api_readers import methods_asked
from deployment.stacks import Deployed, faults, left_over
from deployment.tools import ROOT

GROUP = Deployed(
    stack="s",
    logical_id="Logs",
    kind="AWS::Logs::LogGroup",
    physical="/aws/lambda/items",
    asked={"LogGroupName": "/aws/lambda/items", "RetentionInDays": "14"},
    retained=False,
)


def clients(service: str) -> Any:
    return boto3.client(  # type: ignore[call-overload] # any service
        service, region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
    )


@pytest.fixture(autouse=True)
def _group() -> Iterator[None]:
    """A log group that keeps its lines for a fortnight."""
    with mock_aws():
        clients("logs").create_log_group(logGroupName="/aws/lambda/items")
        clients("logs").put_retention_policy(logGroupName="/aws/lambda/items", retentionInDays=14)
        yield


def test_what_is_as_asked_is_no_fault() -> None:
    """The group is there, and keeps its lines as long as the template says."""
    assert list(faults(clients, [GROUP])) == []


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"asked": {"RetentionInDays": "30"}}, "s: Logs (AWS::Logs::LogGroup): RetentionInDays is 14, not '30'"),
        ({"physical": ""}, "s: Logs (AWS::Logs::LogGroup) is not there"),
        ({"kind": "AWS::IAM::Role", "physical": "nobody"}, "s: Logs (AWS::IAM::Role) is not there"),
        ({"kind": "AWS::S3::Bucket"}, "s: Logs (AWS::S3::Bucket) is of a type that nothing reads back"),
    ],
)
def test_what_is_otherwise_is_told(changes: dict[str, Any], fault: str) -> None:
    """A property that differs, a resource that is not there, a type that nobody reads: each is a sentence."""
    assert list(faults(clients, [replace(GROUP, **changes)])) == [fault]


def test_what_is_left_or_gone_is_told() -> None:
    """After a deletion: what should have gone, and what should have stayed."""
    assert list(left_over(clients, [GROUP])) == ["Logs (AWS::Logs::LogGroup) is still there"]
    assert list(left_over(clients, [replace(GROUP, retained=True)])) == []
    clients("logs").delete_log_group(logGroupName="/aws/lambda/items")
    assert list(left_over(clients, [GROUP])) == []
    assert list(left_over(clients, [replace(GROUP, retained=True)])) == [
        "Logs (AWS::Logs::LogGroup) is gone, and should have stayed"
    ]


def test_methods_of_a_definition() -> None:
    """What an OpenAPI definition asks for: paths, methods, their function, and whether they ask for a key."""
    integration = {"x-amazon-apigateway-integration": {"uri": "u"}}
    paths = {"/": {"parameters": [], "get": {**integration, "security": [{"api_key": []}]}, "put": integration}}
    assert methods_asked({"paths": paths}) == {
        "/": {"get": {"key": True, "uri": "u"}, "put": {"key": False, "uri": "u"}}
    }


def test_command_says_what_it_takes() -> None:
    """`python -m deployment` with anything else than its two commands ends with 2 and a line."""
    result = subprocess.run(
        [sys.executable, "-m", "deployment", "everything"], check=False, cwd=ROOT, capture_output=True, text=True
    )
    assert (result.returncode, result.stderr) == (2, "usage: python -m deployment check|trial\n")
