"""A deployed stack, and the stack nested in it, read back and held against their templates."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from deployment.api_readers import Clients
from deployment.comparison import differences
from deployment.readers import NOT_READ, READERS, asked_for, read
from deployment.templates import Template
from deployment.values import Values

ACCOUNT = "000000000000"


@dataclass(frozen=True)
class Deployed:
    """One resource of a stack: what was asked for is resolved."""

    stack: str
    logical_id: str
    kind: str
    physical: str
    asked: Mapping[str, Any]
    retained: bool


def deployed(
    clients: Clients, stack: str, template: Template, nested: Mapping[str, Template], parameters: Mapping[str, str]
) -> list[Deployed]:
    """The resources of the stack and of the stacks in it; `nested` has their templates by logical id."""
    found = clients("cloudformation").describe_stack_resources(StackName=stack)["StackResources"]
    physical = {part["LogicalResourceId"]: (part["ResourceType"], part["PhysicalResourceId"]) for part in found}
    known = _known(template, physical)
    name = stack.rpartition("stack/")[2].split("/")[0]
    values = Values(template, parameters, known, {"AWS::StackName": name, "AWS::AccountId": ACCOUNT})
    resources = []
    for logical_id, resource in values.resources().items():
        kind, asked = resource["Type"], resource["Properties"]
        if logical_id not in known:
            resources.append(Deployed(name, logical_id, kind, "", asked, retained=False))
            continue
        retained = "Retain" in resource.get("DeletionPolicy", "")
        resources.append(Deployed(name, logical_id, kind, known[logical_id], asked, retained))
        if logical_id in nested:
            resources += deployed(clients, known[logical_id], nested[logical_id], {}, asked["Parameters"])
    return resources


def faults(clients: Clients, resources: list[Deployed]) -> Iterator[str]:
    """Where what is deployed is not what the templates say, one sentence each."""
    for one in resources:
        where = f"{one.stack}: {one.logical_id} ({one.kind})"
        if one.kind in NOT_READ:
            continue
        if one.kind not in READERS:
            yield f"{where} is of a type that nothing reads back"
        elif not one.physical or (found := read(clients, one.kind, one.physical, one.asked)) is None:
            yield f"{where} is not there"
        else:
            yield from (
                f"{where}: {difference}" for difference in differences(one.kind, asked_for(one.kind, one.asked), found)
            )


def left_over(clients: Clients, resources: list[Deployed]) -> Iterator[str]:
    """After the stack's end: what is still there and should not be, or the other way round."""
    for one in resources:
        if one.kind in READERS:
            there = _is_there(clients, one)
            if there != one.retained:
                yield f"{one.logical_id} ({one.kind}) is {'still there' if there else 'gone, and should have stayed'}"


def _is_there(clients: Clients, one: Deployed) -> bool:
    try:
        return read(clients, one.kind, one.physical, one.asked) is not None
    except (KeyError, ValueError, IndexError):  # a reader that found nothing to unpack
        return False


def _known(template: Template, physical: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """Physical ids by the template's logical ids. Those that SAM makes of a hash are paired by their type."""
    known = {name: where for name, (_, where) in physical.items() if name in template["Resources"]}
    for name, resource in template["Resources"].items():
        alike = [where for kind, where in physical.values() if kind == resource["Type"]]
        if name not in known and len(alike) == 1:
            [known[name]] = alike
        if resource["Type"] == "AWS::Lambda::Version" and name in known:
            known[f"{name}.Version"] = known[name].rpartition(":")[2]
    return known
