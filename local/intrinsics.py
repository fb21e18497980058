"""PURE: the values of a template's intrinsic functions.

Source: AWS page "Intrinsic function reference" and "Pseudo parameters reference". Values are resolved when they are
asked for, so that a part of the template that is not run here may use anything.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NoReturn

from local.errors import TemplateError
from local.template_yaml import Block

PSEUDO_PARAMETERS = {
    "AWS::AccountId": "123456789012",
    "AWS::Partition": "aws",
    "AWS::StackName": "local",
    "AWS::URLSuffix": "amazonaws.com",
}
# Where `!Ref X` is no name but an ARN. Source: each type's page, "Return values".
REF_ARNS = {"AWS::SNS::Topic": "sns:{region}:{account}:{name}"}
# Their `!GetAtt X.Arn` is partition, service, region, account and this.
ARNS = {
    "AWS::Serverless::Function": "lambda:{region}:{account}:function:{name}",
    "AWS::DynamoDB::Table": "dynamodb:{region}:{account}:table/{name}",
    "AWS::Logs::LogGroup": "logs:{region}:{account}:log-group:{name}:*",
    "AWS::SQS::Queue": "sqs:{region}:{account}:{name}",
    "AWS::S3::Bucket": "s3:::{name}",
}
# The property that names a resource; without it the logical id stands for the name that CloudFormation would make.
NAMES = {
    "AWS::Serverless::Function": "FunctionName",
    "AWS::DynamoDB::Table": "TableName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SNS::Topic": "TopicName",
    "AWS::CloudWatch::Alarm": "AlarmName",
    "AWS::CloudWatch::CompositeAlarm": "AlarmName",
    "AWS::CloudWatch::Dashboard": "DashboardName",
}
_VARIABLE = re.compile(r"\$\{(!?)([^}]+)\}")
_INTRINSIC = re.compile(r"Fn::\w+|Ref|Condition")


class NoValue:
    """`AWS::NoValue`: the property or element that has it is not there."""


NO_VALUE = NoValue()


class Resolver:
    """Values of a template's properties, with its parameters' values, conditions and mappings.

    `touched` collects the logical ids of resources that a value refers to: see `watching()`. `attributes` are what
    others know of resources, by logical id and attribute: the outputs of nested stacks.
    """

    def __init__(
        self,
        template: Block,
        name: str,
        parameters: Mapping[str, str],
        region: str,
        attributes: Mapping[tuple[str, str], str] | None = None,
    ) -> None:
        self._template = template
        self._attributes = attributes or {}
        self._name = name
        self._region = region
        self._conditions: dict[str, bool] = {}
        self.touched: set[str] = set()
        self._parameters = self._read_parameters(parameters)
        self._functions: dict[str, Callable[[Any, int], Any]] = {
            "Ref": self._ref,
            "Condition": self._condition,
            "Fn::And": lambda value, line: all(self._boolean(item, line) for item in value),
            "Fn::Equals": self._equals,
            "Fn::FindInMap": self._find_in_map,
            "Fn::GetAtt": self._get_att,
            "Fn::If": self._if,
            "Fn::Join": self._join,
            "Fn::Not": lambda value, line: not self._boolean(value[0], line),
            "Fn::Or": lambda value, line: any(self._boolean(item, line) for item in value),
            "Fn::Select": self._select,
            "Fn::Split": self._split,
            "Fn::Sub": self._sub,
        }

    def check_rules(self) -> None:
        """CloudFormation asks a template's Rules before it makes anything. Raises TemplateError with what they say."""
        for name, rule in (self._template.get("Rules") or {}).items():
            if "RuleCondition" in rule and not self._boolean(rule["RuleCondition"], rule.line):
                continue
            for assertion in rule.get("Assertions", []):
                if not self._boolean(assertion["Assert"], rule.line):
                    self.fail(f"Rules.{name}: {assertion.get('AssertDescription', 'its assertion fails')}", rule.line)

    @contextmanager
    def watching(self) -> Iterator[set[str]]:
        """The set of resources that the values resolved inside the block refer to."""
        before, self.touched = self.touched, set()
        try:
            yield self.touched
        finally:
            self.touched = before

    def resolve(self, value: Any, line: int = 0) -> Any:
        """The value with every intrinsic function in it replaced. Raises TemplateError naming what is not supported."""
        line = getattr(value, "line", 0) or line
        if isinstance(value, dict):
            if len(value) == 1 and _INTRINSIC.fullmatch(key := next(iter(value))):
                return self._call(key, value[key], line)
            found = Block({key: self.resolve(item, line) for key, item in value.items()})
            for key in [key for key, item in found.items() if item is NO_VALUE]:
                del found[key]
            found.line = line
            return found
        if isinstance(value, list):
            return [item for item in (self.resolve(item, line) for item in value) if item is not NO_VALUE]
        return value

    def resources(self, kind: str | None = None) -> dict[str, Block]:
        """The resources of a type (all without one) whose Condition holds, by logical id."""
        found = {}
        for logical_id, resource in self._template["Resources"].items():
            line = getattr(resource, "line", 0)
            if not isinstance(resource, Block) or "Type" not in resource:
                self.fail(f"Resources.{logical_id} has no Type", line)
            if kind in (None, resource["Type"]) and self._holds(resource.get("Condition"), line):
                found[logical_id] = resource
        return found

    def fail(self, message: str, line: int) -> NoReturn:
        where = f", line {line}" if line else ""
        raise TemplateError(f"{self._name}{where}: {message}")

    def _call(self, name: str, value: Any, line: int) -> Any:
        function = self._functions.get(name)
        if function is None:
            known = ", ".join(sorted(self._functions))
            self.fail(f"{name} is not supported here; {known} are", line)
        try:
            return function(value, line)
        except (IndexError, KeyError, TypeError, ValueError, AttributeError) as error:
            self.fail(f"{name} has wrong arguments: {error!r}", line)

    def _read_parameters(self, given: Mapping[str, str]) -> dict[str, Any]:
        declared = self._template.get("Parameters") or {}
        for name in given:
            if name not in declared:
                known = ", ".join(declared) or "none"
                self.fail(f"LOCAL_PARAMETERS names {name}, which the template does not declare ({known})", 0)
        return {name: self._parameter(name, block, given) for name, block in declared.items()}

    def _parameter(self, name: str, block: Block, given: Mapping[str, str]) -> Any:
        kind = str(block.get("Type", "String"))
        if name in given:
            value = given[name]
        elif "Default" in block and not kind.startswith("AWS::SSM::"):
            value = text(block["Default"])
        else:
            self.fail(f"parameter {name} has no value here; give one with LOCAL_PARAMETERS={name}=...", block.line)
        allowed = [text(item) for item in block.get("AllowedValues", [])]
        if allowed and value not in allowed:
            self.fail(f"parameter {name} is {value!r}; allowed are {', '.join(allowed)}", block.line)
        if (fault := _parameter_fault(block, value)) is not None:
            self.fail(f"parameter {name} is {value!r}; {fault}", block.line)
        if kind in ("CommaDelimitedList", "List<Number>") or kind.startswith("List<"):
            return [item.strip() for item in value.split(",")]
        return value

    def _ref(self, name: str, line: int) -> Any:
        if name in self._parameters:
            return self._parameters[name]
        if name == "AWS::NoValue":
            return NO_VALUE
        if name == "AWS::Region":
            return self._region
        if name == "AWS::StackId":
            return f"arn:aws:cloudformation:{self._region}:{PSEUDO_PARAMETERS['AWS::AccountId']}:stack/local/local"
        if name in PSEUDO_PARAMETERS:
            return PSEUDO_PARAMETERS[name]
        found = self._name_of(name, line)
        pattern = REF_ARNS.get(self._template["Resources"][name]["Type"])
        return found if pattern is None else self._arn(pattern, found)

    def _arn(self, pattern: str, name: str) -> str:
        account = PSEUDO_PARAMETERS["AWS::AccountId"]
        return "arn:aws:" + pattern.format(region=self._region, account=account, name=name)

    def _name_of(self, logical_id: str, line: int) -> str:
        resource = self._template["Resources"].get(logical_id)
        if resource is None:
            self.fail(f"{logical_id} is neither a parameter nor a resource", line)
        self.touched.add(logical_id)
        given = (resource.get("Properties") or {}).get(NAMES.get(resource["Type"], ""))
        return text(self.resolve(given, line)) if given is not None else logical_id

    def _get_att(self, value: Any, line: int) -> str:
        logical_id, attribute = value
        if (logical_id, attribute) in self._attributes:
            return self._attributes[logical_id, attribute]
        name = self._name_of(logical_id, line)
        kind = self._template["Resources"][logical_id]["Type"]
        if attribute != "Arn" or kind not in ARNS:
            self.fail(f"!GetAtt {logical_id}.{attribute} of {kind} is not supported here", line)
        return self._arn(ARNS[kind], name)

    def _condition(self, name: str, line: int) -> bool:
        return self._holds(name, line)

    def _holds(self, name: str | None, line: int) -> bool:
        if name is None:
            return True
        if name not in self._conditions:
            conditions = self._template.get("Conditions") or {}
            if name not in conditions:
                self.fail(f"the condition {name} is not declared", line)
            self._conditions[name] = self._boolean(conditions[name], line)
        return self._conditions[name]

    def _boolean(self, value: Any, line: int) -> bool:
        found = self.resolve(value, line)
        return found if isinstance(found, bool) else text(found) == "true"

    def _equals(self, value: Any, line: int) -> bool:
        left, right = (text(self.resolve(item, line)) for item in value)
        return left == right

    def _if(self, value: Any, line: int) -> Any:
        condition, then, otherwise = value
        return self.resolve(then if self._holds(condition, line) else otherwise, line)

    def _find_in_map(self, value: Any, line: int) -> Any:
        name, first, second = (text(self.resolve(item, line)) for item in value)
        return self._template["Mappings"][name][first][second]

    def _join(self, value: Any, line: int) -> str:
        separator, items = value
        return str(separator).join(text(item) for item in self.resolve(items, line))

    def _select(self, value: Any, line: int) -> Any:
        index, items = value
        return self.resolve(items, line)[int(self.resolve(index, line))]

    def _split(self, value: Any, line: int) -> list[str]:
        separator, whole = value
        return text(self.resolve(whole, line)).split(str(separator))

    def _sub(self, value: Any, line: int) -> str:
        pattern, own = (value, {}) if isinstance(value, str) else value

        def replace(found: re.Match[str]) -> str:
            literal, name = found[1], found[2].strip()
            if literal:
                return "${" + name + "}"
            if name in own:
                return text(self.resolve(own[name], line))
            return text(self._get_att(name.split(".", 1), line) if "." in name else self._ref(name, line))

        return _VARIABLE.sub(replace, pattern)


def _parameter_fault(block: Block, value: str) -> str | None:
    """What a value lacks of AllowedPattern, MinValue and MaxValue (AWS page "Parameters")."""
    pattern = block.get("AllowedPattern")
    if pattern is not None and not re.fullmatch(str(pattern), value):
        return f"it has to match {pattern}"
    least, most = block.get("MinValue"), block.get("MaxValue")
    if least is None and most is None:
        return None
    try:
        number = float(value)
    except ValueError:
        return "it has to be a number"
    if (least is not None and number < float(least)) or (most is not None and number > float(most)):
        return f"it has to be {'at least ' + str(least) if most is None else f'from {least} to {most}'}"
    return None


def text(value: Any) -> str:
    """A scalar as CloudFormation writes it: `true`, not `True`."""
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
