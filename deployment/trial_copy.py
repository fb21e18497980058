"""PURE: a built template -> the copy that ministack can deploy, and the list of what is different in it."""

import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from deployment.refused import ANY_METHOD, METHODS, refusal
from deployment.templates import Template, of_type
from deployment.values import NAMES

ALARM_ARN = "arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:"
_VARIABLE = re.compile(r"\$\{([A-Za-z0-9]+)(\.Arn)?\}")


@dataclass(frozen=True)
class Difference:
    """One thing of the trial's copy that is not as in the template: where, and why."""

    where: str
    why: str


@dataclass(frozen=True)
class _Instead:
    """What references become: the names of resources that are out, and the names in the ARNs of all alarms."""

    names: Mapping[str, Any]
    in_arns: Mapping[str, Any]


def without_refused(template: Template, name: str) -> tuple[Template, list[Difference]]:
    """The template without what ministack refuses. Whoever refers to it says its name in place of the reference.

    The ARNs of alarms are spelt out: in an update ministack knows none of those that stay as they are.
    """
    resources = template["Resources"]
    out = {logical_id: why for logical_id, part in resources.items() if (why := refusal(part))}
    names = {logical_id: _name_of(logical_id, resources[logical_id], logical_id) for logical_id in out}
    alarms = {
        logical_id: _name_of(logical_id, alarm, {"Ref": logical_id})
        for logical_id, alarm in of_type(template, "AWS::CloudWatch::Alarm").items()
    }
    kept = copy.deepcopy(template)
    for logical_id in out:
        del kept["Resources"][logical_id]
    for part in kept["Resources"].values():
        _forget_dependencies(part, out)
    differences = [
        Difference(f"{name}.{logical_id} ({resources[logical_id]['Type']})", f"taken out: {why}")
        for logical_id, why in out.items()
    ]
    changed: Template = _instead(kept, _Instead(names, {**alarms, **names}))
    return changed, differences


def deployed_otherwise(template: Template) -> tuple[Template, list[Difference]]:
    """A SAM template without CodeDeploy, its API in terms that ministack's import of OpenAPI reads."""
    kept = copy.deepcopy(template)
    differences = [*_without_codedeploy(kept), *_spelt_out(kept)]
    return kept, differences


def _without_codedeploy(template: Template) -> Iterator[Difference]:
    for name, function in of_type(template, "AWS::Serverless::Function").items():
        if function["Properties"].pop("DeploymentPreference", None):
            yield Difference(f"{name}.DeploymentPreference", "taken out: ministack has no CodeDeploy")


def _spelt_out(template: Template) -> Iterator[Difference]:
    for name, api in of_type(template, "AWS::Serverless::Api").items():
        properties = api["Properties"]
        for path, item in properties.get("DefinitionBody", {}).get("paths", {}).items():
            if ANY_METHOD in item:
                operation = item.pop(ANY_METHOD)
                item.update({method: copy.deepcopy(operation) for method in METHODS})
                yield Difference(f"{name} {path}", f"as {len(METHODS)} methods: ministack's import passes over ANY")
        for kind, response in properties.pop("GatewayResponses", {}).items():
            template["Resources"][f"Response{kind.title().replace('_', '')}"] = _as_resource(name, kind, response)
            yield Difference(f"{name}.GatewayResponses.{kind}", "as a resource: ministack's import passes over them")


def _as_resource(api: str, kind: str, response: Mapping[str, Any]) -> dict[str, Any]:
    headers = response.get("ResponseParameters", {}).get("Headers", {})
    return {
        "Type": "AWS::ApiGateway::GatewayResponse",
        "Properties": {
            "RestApiId": {"Ref": api},
            "ResponseType": kind,
            "ResponseParameters": {f"gatewayresponse.header.{name}": value for name, value in headers.items()},
            "ResponseTemplates": response["ResponseTemplates"],
            **({"StatusCode": response["StatusCode"]} if "StatusCode" in response else {}),
        },
    }


def _name_of(logical_id: str, resource: Mapping[str, Any], otherwise: Any) -> Any:
    """The property that is the resource's `Ref`, or `otherwise` where it has none."""
    return (resource.get("Properties") or {}).get(NAMES.get(resource["Type"], logical_id), otherwise)


def _forget_dependencies(part: dict[str, Any], out: Mapping[str, str]) -> None:
    wanted = part.pop("DependsOn", [])
    left = [name for name in ([wanted] if isinstance(wanted, str) else wanted) if name not in out]
    if left:
        part["DependsOn"] = left


def _instead(value: Any, instead: _Instead) -> Any:
    """The value with its references replaced."""
    if isinstance(value, list):
        return [_instead(item, instead) for item in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"Ref"} and value["Ref"] in instead.names:
        return instead.names[value["Ref"]]
    if value.keys() == {"Fn::GetAtt"}:
        logical_id, attribute = _attribute(value["Fn::GetAtt"])
        return _arn(instead.in_arns[logical_id]) if logical_id in instead.in_arns and attribute == "Arn" else value
    if value.keys() == {"Fn::Sub"}:
        return {"Fn::Sub": _substituted(value["Fn::Sub"], instead)}
    return {key: _instead(item, instead) for key, item in value.items()}


def _attribute(path: Any) -> list[str]:
    return list(path) if isinstance(path, list) else str(path).split(".", 1)


def _arn(name: Any) -> dict[str, Any]:
    return {"Fn::Join": ["", [{"Fn::Sub": ALARM_ARN}, name]]}


def _substituted(argument: Any, instead: _Instead) -> Any:
    pattern, own = (argument, {}) if isinstance(argument, str) else argument
    values = {key: _instead(item, instead) for key, item in own.items()}

    def name(found: re.Match[str]) -> str:
        logical_id, attribute = found[1], found[2]
        known = instead.in_arns if attribute else instead.names
        if logical_id not in known or logical_id in own:
            return found[0]
        variable = f"{logical_id}Arn" if attribute else logical_id
        values[variable] = _arn(known[logical_id]) if attribute else known[logical_id]
        return "${" + variable + "}"

    text = _VARIABLE.sub(name, pattern)
    return [text, values] if values else text
