"""Requests to the laptop's own AWS APIs, checked as those of a client are."""

from collections.abc import Mapping
from typing import Any

from local.endpoint.call import Call, Operations
from local.endpoint.models import Models
from local.errors import AwsError, NotSupported
from local.intrinsics import PSEUDO_PARAMETERS
from local.monitoring.requests import Request
from local.monitoring.typed import typed

ACCOUNT = PSEUDO_PARAMETERS["AWS::AccountId"]
_EXISTS = "ResourceAlreadyExistsException"


class Asking:
    def __init__(self, services: Mapping[str, Operations], models: Models, region: str) -> None:
        self._services = services
        self._models = models
        self._region = region

    def make(self, request: Request) -> None:
        """Raises LocalError; not for what is there already."""
        try:
            self._call(request)
        except AwsError as error:
            if error.code != _EXISTS:
                raise

    def remove(self, request: Request, queries: Mapping[str, str]) -> None:
        """`queries` are the ids of query definitions by their names. Raises LocalError."""
        parameters = request.parameters
        if request.operation == "DeleteTopic":
            parameters = {"TopicArn": f"arn:aws:sns:{self._region}:{ACCOUNT}:{parameters['Name']}"}
        elif request.operation == "DeleteQueryDefinition":
            if parameters["name"] not in queries:
                return
            parameters = {"queryDefinitionId": queries[parameters["name"]]}
        self._call(Request(request.service, request.operation, parameters))

    def _call(self, request: Request) -> None:
        operation = self._services.get(request.service, {}).get(request.operation)
        if operation is None:
            raise NotSupported(f"{request.service}:{request.operation} is not supported on the laptop")
        service = self._models.by_name[request.service]
        shape = service.model.operation_model(request.operation).input_shape
        parameters: Mapping[str, Any] = typed(request.parameters, shape) if shape else request.parameters
        problems = service.checks.of(shape)(parameters) if shape else None
        if problems:
            raise AwsError("ValidationException", str(problems))
        for name in parameters:
            if name not in operation.takes:
                raise NotSupported(f"{request.operation}: {name} is not supported on the laptop")
        operation.run(Call(request.service, request.operation, parameters, self._region, ACCOUNT))


def known_queries(services: Mapping[str, Operations], region: str) -> Mapping[str, str]:
    """The laptop's query definitions, their ids by their names: one that is there is changed, not made again."""
    operation = services.get("logs", {}).get("DescribeQueryDefinitions")
    if operation is None:
        return {}
    answer: Any = operation.run(Call("logs", "DescribeQueryDefinitions", {"maxResults": 1000}, region))
    return {found["name"]: found["queryDefinitionId"] for found in answer["queryDefinitions"]}


def known_arns(services: Mapping[str, Operations], region: str) -> Mapping[tuple[str, str], str]:
    """The ARNs of X-Ray's groups and sampling rules, by their type in a template and their name."""
    operations = services["xray"]
    groups: Any = operations["GetGroups"].run(Call("xray", "GetGroups", {}, region))
    rules: Any = operations["GetSamplingRules"].run(Call("xray", "GetSamplingRules", {}, region))
    named = {("AWS::XRay::Group", group["GroupName"]): group["GroupARN"] for group in groups["Groups"]}
    found = [record["SamplingRule"] for record in rules["SamplingRuleRecords"]]
    return named | {("AWS::XRay::SamplingRule", rule["RuleName"]): rule["RuleARN"] for rule in found}
