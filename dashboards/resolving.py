"""PURE: the template with values for its parameters, as CloudFormation would resolve it: only what this room writes.

CloudFormation user guide, "Intrinsic function reference".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from dashboards.errors import DashboardsError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

EXAMPLE: dict[str, str] = {
    "AWS::AccountId": "123456789012",
    "AWS::Partition": "aws",
    "AWS::Region": "us-east-1",
    "AccessLogGroupName": "/aws/apigateway/glasshouse-dev-items",
    "AlarmTopicArn": "arn:aws:sns:us-east-1:123456789012:glasshouse-dev-alarms",
    "AliasName": "live",
    "ApiName": "glasshouse-dev-items",
    "ExpectsTraffic": "true",
    "FunctionName": "glasshouse-dev-items",
    "LogGroupName": "/aws/lambda/glasshouse-dev-items",
    "MemorySize": "512",
    "Namespace": "Glasshouse/dev",
    "ReservedConcurrency": "10",
    "RunbookUrl": "https://example.com/runbook.md",
    "ServiceName": "items",
    "Stage": "dev",
    "TableName": "glasshouse-dev-ItemsTable-1A2B3C4D5E6F",
    "TimeoutSeconds": "10",
}
"""Values as a deployment might have them."""

_VARIABLE = re.compile(r"\$\{(!?)([^}]+)\}")


def resolved(template: Mapping[str, Any], values: Mapping[str, str]) -> dict[str, Any]:
    """The resources whose condition holds, every function in them replaced; a Ref to a resource is its name, which
    an alarm has from AlarmName. Raises DashboardsError for a function that this room doesn't write.
    """
    resolver = _Resolver(template, values)
    resources = template["Resources"].items()
    return {
        name: resolver.value(one)
        for name, one in resources
        if "Condition" not in one or resolver.holds(one["Condition"])
    }


class _Resolver:
    def __init__(self, template: Mapping[str, Any], values: Mapping[str, str]) -> None:
        self._template = template
        self._values = values

    def holds(self, condition: str) -> bool:
        return bool(self.value(self._template["Conditions"][condition]))

    def value(self, found: Any) -> Any:
        if isinstance(found, list):
            return [self.value(item) for item in found]
        if not isinstance(found, dict):
            return found
        if len(found) == 1:
            (name, argument), *_ = found.items()
            if name == "Ref" or name.startswith("Fn::"):
                return self._call(name, argument)
        return {key: self.value(item) for key, item in found.items()}

    def _call(self, name: str, argument: Any) -> Any:
        functions: dict[str, Callable[[Any], Any]] = {
            "Ref": self._ref,
            "Fn::Sub": lambda found: self._sub(*([found, {}] if isinstance(found, str) else found)),
            "Fn::Join": lambda found: found[0].join(self.value(found[1])),
            "Fn::Split": lambda found: self.value(found[1]).split(found[0]),
            "Fn::If": lambda found: self.value(found[1] if self.holds(found[0]) else found[2]),
            "Fn::Equals": lambda found: self.value(found[0]) == self.value(found[1]),
            "Fn::Not": lambda found: not self.value(found[0]),
        }
        if name not in functions:
            raise DashboardsError(f"{name} is none of the functions that this room writes: {', '.join(functions)}")
        return functions[name](argument)

    def _ref(self, name: str) -> str:
        if name in self._values:
            return self._values[name]
        if name not in self._template["Resources"]:
            raise DashboardsError(f"{name} is neither a parameter with a value nor a resource")
        properties = self._template["Resources"][name]["Properties"]
        return str(self.value(properties["AlarmName"])) if "AlarmName" in properties else name

    def _sub(self, text: str, own: Mapping[str, Any]) -> str:
        def put(found: re.Match[str]) -> str:
            if found[1]:
                return f"${{{found[2]}}}"
            return str(self.value(own[found[2]])) if found[2] in own else self._ref(found[2])

        return _VARIABLE.sub(put, text)
