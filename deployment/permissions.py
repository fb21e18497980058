"""PURE: every policy of an expanded template, by the resource and the place it is in."""

from collections.abc import Iterator
from typing import Any

from deployment.templates import Template
from deployment.values import Values

Policies = dict[str, dict[str, Any]]
#: What is not a role's own policy but a resource's: its Principal says who, and "*" is the resource itself.
RESOURCE_POLICIES = {
    "AWS::IAM::Role": "AssumeRolePolicyDocument",
    "AWS::KMS::Key": "KeyPolicy",
    "AWS::SNS::TopicPolicy": "PolicyDocument",
    "AWS::S3::BucketPolicy": "PolicyDocument",
    "AWS::SQS::QueuePolicy": "PolicyDocument",
    "AWS::Logs::ResourcePolicy": "PolicyDocument",
}
IDENTITY_POLICIES = ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy")


def policies(template: Template) -> Policies:
    """Policy documents by `resource.place`, their intrinsic functions as plain values."""
    return {
        f"{name}.{place}": document
        for name, resource in Values(template).resources().items()
        for place, document in _documents(resource["Type"], resource["Properties"])
    }


def _documents(kind: str, properties: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    place = RESOURCE_POLICIES.get(kind)
    if place is not None and place in properties:
        yield place, _of_a_role(properties[place]) if kind == "AWS::IAM::Role" else properties[place]
    if kind in IDENTITY_POLICIES:
        yield "PolicyDocument", properties["PolicyDocument"]
    for policy in properties.get("Policies", []) if kind == "AWS::IAM::Role" else []:
        yield str(policy["PolicyName"]), policy["PolicyDocument"]


def _of_a_role(trust: dict[str, Any]) -> dict[str, Any]:
    """Who may be the role. The role is the resource of it and so is not named, which parliament takes for a mistake."""
    itself = {"Resource": "arn:aws:iam::123456789012:role/itself"}
    return {**trust, "Statement": [{**statement, **itself} for statement in trust["Statement"]]}
