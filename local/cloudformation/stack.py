"""PURE: a stack, and how CloudFormation's API shows it.

Source: CloudFormation API reference, data types Stack, StackResource and StackResourceSummary.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

COMPLETE, FAILED = "CREATE_COMPLETE", "CREATE_FAILED"


@dataclass(frozen=True, slots=True)
class Urls:
    """Where the laptop has what a deployed stack's outputs link to; "" where nobody said."""

    api: str = ""
    viewer: str = ""


@dataclass(frozen=True, slots=True)
class StackResource:
    """`physical_id` is what the laptop's APIs call it, "" for what isn't there: then `reason` says why."""

    logical_id: str
    physical_id: str
    kind: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Output:
    key: str
    value: str
    description: str


@dataclass(frozen=True, slots=True)
class Stack:
    """`parent` is the id of the stack that nests it, `root` of the one that nests all, "" for that one itself.
    `unresolved`: outputs that can't be told here, and why.
    """

    id: str
    name: str
    description: str
    parameters: Mapping[str, str]
    outputs: tuple[Output, ...]
    resources: tuple[StackResource, ...]
    parent: str = ""
    root: str = ""
    unresolved: tuple[str, ...] = ()


def stack_document(stack: Stack, created: datetime) -> dict[str, Any]:
    parent = {"ParentId": stack.parent, "RootId": stack.root} if stack.parent else {}
    reason = {"StackStatusReason": "; ".join(stack.unresolved)} if stack.unresolved else {}
    return {
        "StackId": stack.id,
        "StackName": stack.name,
        "Description": stack.description,
        "Parameters": [{"ParameterKey": name, "ParameterValue": value} for name, value in stack.parameters.items()],
        "CreationTime": created,
        "StackStatus": COMPLETE,
        "DisableRollback": False,
        "Outputs": [
            {"OutputKey": one.key, "OutputValue": one.value, "Description": one.description} for one in stack.outputs
        ],
        **parent,
        **reason,
    }


def resource_document(stack: Stack, resource: StackResource, created: datetime) -> dict[str, Any]:
    return {
        "StackName": stack.name,
        "StackId": stack.id,
        "Timestamp": created,
        **_common(resource),
    }


def summary_document(resource: StackResource, created: datetime) -> dict[str, Any]:
    return {"LastUpdatedTimestamp": created, **_common(resource)}


def _common(resource: StackResource) -> dict[str, Any]:
    there = not resource.reason
    return {
        "LogicalResourceId": resource.logical_id,
        "ResourceType": resource.kind,
        "ResourceStatus": COMPLETE if there else FAILED,
        **({"PhysicalResourceId": resource.physical_id} if there else {"ResourceStatusReason": resource.reason}),
    }
