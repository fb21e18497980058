"""CloudFormation's operations that read.

Sources: CloudFormation API reference, "DescribeStacks", "DescribeStackResources", "ListStackResources".
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from local.cloudformation.reading import Known, StackReader, TemplateFiles
from local.cloudformation.stack import Stack, Urls, resource_document, stack_document, summary_document
from local.endpoint.call import Answer, Call, Operation, Operations
from local.errors import AwsError, TemplateError

MOST_DESCRIBED = 100  # "Only the first 100 resources will be returned"


class Stacks:
    """The stacks of one template, read anew at each call: the file may have changed. `region` is where the template's
    stack would be.
    """

    def __init__(
        self, template: Path, parameters: Mapping[str, str], *, region: str, urls: Urls, known: Callable[[], Known]
    ) -> None:
        self._template = template
        self._parameters = parameters
        self._region = region
        self._urls = urls
        self._known = known
        self._files = TemplateFiles()
        self._created = datetime.now(UTC)

    def operations(self) -> Operations:
        return {
            "DescribeStacks": Operation(self._describe, frozenset({"StackName"})),
            "DescribeStackResources": Operation(
                self._describe_resources, frozenset({"StackName", "LogicalResourceId", "PhysicalResourceId"})
            ),
            "ListStackResources": Operation(self._list_resources, frozenset({"StackName"})),
        }

    def _describe(self, call: Call) -> Answer:
        stacks = self._read()
        if "StackName" in call.parameters:
            stacks = [_named(stacks, call.parameters["StackName"])]
        return {"Stacks": [stack_document(stack, self._created) for stack in stacks]}

    def _describe_resources(self, call: Call) -> Answer:
        name, physical = call.parameters.get("StackName"), call.parameters.get("PhysicalResourceId")
        if (name is None) == (physical is None):
            raise _invalid("Exactly one of StackName and PhysicalResourceId must be given")
        stack = _named(self._read(), name) if name is not None else _holding(self._read(), str(physical))
        logical = call.parameters.get("LogicalResourceId")
        found = [one for one in stack.resources if logical in (None, one.logical_id)]
        if not found:
            raise _invalid(f"Resource {logical} does not exist for stack {stack.name}")
        return {"StackResources": [resource_document(stack, one, self._created) for one in found[:MOST_DESCRIBED]]}

    def _list_resources(self, call: Call) -> Answer:
        stack = _named(self._read(), call.parameters["StackName"])
        return {"StackResourceSummaries": [summary_document(one, self._created) for one in stack.resources]}

    def _read(self) -> list[Stack]:
        try:
            reader = StackReader(self._region, self._urls, self._known(), self._files)
            return reader.read(self._template, self._parameters)
        except TemplateError as error:
            raise _invalid(f"Template error: {error}") from None


def _named(stacks: list[Stack], name: str) -> Stack:
    """By name or by id."""
    for stack in stacks:
        if name in (stack.name, stack.id):
            return stack
    raise _invalid(f"Stack with id {name} does not exist")


def _holding(stacks: list[Stack], physical_id: str) -> Stack:
    for stack in stacks:
        if any(one.physical_id == physical_id for one in stack.resources):
            return stack
    raise _invalid(f"Stack for {physical_id} does not exist")


def _invalid(message: str) -> AwsError:
    return AwsError("ValidationError", message)
