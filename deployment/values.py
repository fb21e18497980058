"""PURE: the values that CloudFormation gives a template's intrinsic functions.

Source: AWS page "Intrinsic function reference" and "Pseudo parameters reference". What a resource's `Ref` is, is told
by who knows it (a deployment's physical ids); else its logical id stands for it.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from deployment.errors import TemplateError
from deployment.templates import Template

PSEUDO = {
    "AWS::AccountId": "123456789012",
    "AWS::Partition": "aws",
    "AWS::Region": "us-east-1",
    "AWS::StackId": "arn:aws:cloudformation:us-east-1:123456789012:stack/glasshouse-dev/0",
    "AWS::StackName": "glasshouse-dev",
    "AWS::URLSuffix": "amazonaws.com",
}
#: What `!GetAtt X.Arn` is after partition, service, region, account; {} is the `Ref` of X.
ARNS = {
    "AWS::CloudWatch::Alarm": "cloudwatch:{region}:{account}:alarm:{ref}",
    "AWS::CloudWatch::CompositeAlarm": "cloudwatch:{region}:{account}:alarm:{ref}",
    "AWS::DynamoDB::Table": "dynamodb:{region}:{account}:table/{ref}",
    "AWS::IAM::Role": "iam::{account}:role/{ref}",
    "AWS::KMS::Key": "kms:{region}:{account}:key/{ref}",
    "AWS::Lambda::Function": "lambda:{region}:{account}:function:{ref}",
    "AWS::Logs::LogGroup": "logs:{region}:{account}:log-group:{ref}:*",
}
#: Types whose `Ref` is an ARN, and how one looks.
REFS = {
    "AWS::SNS::Topic": "arn:aws:sns:us-east-1:123456789012:{name}",
    "AWS::Lambda::Alias": "arn:aws:lambda:us-east-1:123456789012:function:function:{name}",
}
#: Types whose `Ref` is a property, where the template gives it.
NAMES = {
    "AWS::CloudWatch::Alarm": "AlarmName",
    "AWS::CloudWatch::CompositeAlarm": "AlarmName",
    "AWS::CloudWatch::Dashboard": "DashboardName",
    "AWS::DynamoDB::Table": "TableName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::XRay::Group": "GroupName",
}
_VARIABLE = re.compile(r"\$\{(!?)([^}]+)\}")
_ABSENT = object()


class Values:
    """`resolve()` gives a part of the template as CloudFormation would hand it to a service.

    `parameters` win over the defaults; `known` are values of `Ref` (by logical id) and of `GetAtt` (by "id.attribute").
    """

    def __init__(
        self,
        template: Template,
        parameters: Mapping[str, str] | None = None,
        known: Mapping[str, Any] | None = None,
        pseudo: Mapping[str, str] | None = None,
    ) -> None:
        self._template = template
        self._given = parameters or {}
        self._known = known or {}
        self._pseudo = {**PSEUDO, **(pseudo or {})}
        self._functions: dict[str, Callable[[Any], Any]] = {
            "Ref": self._ref,
            "Condition": self.holds,
            "Fn::And": lambda items: all(self._true(item) for item in items),
            "Fn::Equals": lambda items: text(self.resolve(items[0])) == text(self.resolve(items[1])),
            "Fn::GetAtt": self._get_att,
            "Fn::If": lambda items: self.resolve(items[1] if self.holds(items[0]) else items[2]),
            "Fn::Join": lambda items: str(items[0]).join(text(item) for item in self.resolve(items[1])),
            "Fn::Not": lambda items: not self._true(items[0]),
            "Fn::Or": lambda items: any(self._true(item) for item in items),
            "Fn::Select": lambda items: self.resolve(items[1])[int(items[0])],
            "Fn::Split": lambda items: text(self.resolve(items[1])).split(items[0]),
            "Fn::Sub": self._sub,
        }

    def resolve(self, value: Any) -> Any:
        """Raises TemplateError naming a function that is not supported here."""
        if isinstance(value, list):
            return [found for found in map(self.resolve, value) if found is not _ABSENT]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            [(name, argument)] = value.items()
            if name in self._functions:
                return self._functions[name](argument)
            if name.startswith("Fn::"):
                raise TemplateError(f"{name} is not supported here; {', '.join(self._functions)} are")
        resolved = {key: self.resolve(item) for key, item in value.items()}
        return {key: item for key, item in resolved.items() if item is not _ABSENT}

    def resources(self) -> dict[str, dict[str, Any]]:
        """The resources whose condition holds, their properties resolved."""
        there = {
            name: resource
            for name, resource in self._template["Resources"].items()
            if "Condition" not in resource or self.holds(resource["Condition"])
        }
        return {
            name: {**resource, "Properties": self.resolve(resource.get("Properties") or {})}
            for name, resource in there.items()
        }

    def holds(self, condition: str) -> bool:
        return self._true(self._template["Conditions"][condition])

    def _true(self, value: Any) -> bool:
        return self.resolve(value) in (True, "true")

    def _ref(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return _ABSENT
        if name in self._pseudo:
            return self._pseudo[name]
        parameters = self._template.get("Parameters", {})
        if name in parameters:
            return self._given.get(name, parameters[name].get("Default", name))
        if name in self._known:
            return self._known[name]
        named = (self._template["Resources"].get(name, {}).get("Properties") or {}).get(NAMES.get(self._kind(name), ""))
        return REFS.get(self._kind(name), "{name}").format(name=name) if named is None else self.resolve(named)

    def _get_att(self, path: Any) -> Any:
        name, attribute = path if isinstance(path, list) else path.split(".", 1)
        if f"{name}.{attribute}" in self._known:
            return self._known[f"{name}.{attribute}"]
        kind = self._kind(name)
        if attribute == "Arn" and kind in ARNS:
            region, account = self._pseudo["AWS::Region"], self._pseudo["AWS::AccountId"]
            return "arn:aws:" + ARNS[kind].format(region=region, account=account, ref=self._ref(name))
        return f"{name}.{attribute}"

    def _kind(self, name: str) -> str:
        resource = self._template["Resources"].get(name)
        if resource is None:
            raise TemplateError(f"{name} is neither a parameter nor a resource")
        return str(resource["Type"])

    def _sub(self, value: Any) -> str:
        pattern, own = (value, {}) if isinstance(value, str) else value

        def replace(found: re.Match[str]) -> str:
            literal, name = found[1], found[2].strip()
            if literal:
                return "${" + name + "}"
            if name in own:
                return text(self.resolve(own[name]))
            return text(self._get_att(name) if "." in name else self._ref(name))

        return _VARIABLE.sub(replace, pattern)


def text(value: Any) -> str:
    """A scalar as CloudFormation writes it: `true`, not `True`."""
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
