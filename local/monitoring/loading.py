"""The template's resources made by the APIs' own operations, at the start and after a reset."""

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from local.endpoint.call import Answer, Call, Operations
from local.endpoint.models import Models
from local.errors import AwsError, LocalError, NotSupported
from local.intrinsics import PSEUDO_PARAMETERS
from local.monitoring.reading import read_resources
from local.monitoring.requests import REQUESTS, Request, Resource
from local.monitoring.typed import typed

REGION = "us-east-1"
_EXISTS = "ResourceAlreadyExistsException"


class Loader:
    """`services` are looked at when load() is called: rooms may be offered after this. `tell` prints a line."""

    def __init__(
        self,
        template: Path,
        parameters: Mapping[str, str],
        services: Mapping[str, Operations],
        tell: Callable[[str], None],
    ) -> None:
        self._template = template
        self._parameters = parameters
        self._services = services
        self._tell = tell
        self._failures: dict[tuple[str, str], str] = {}

    def failures(self) -> Mapping[tuple[str, str], str]:
        """Why a resource of a type and logical id could not be made, the last time."""
        return dict(self._failures)

    def load(self) -> None:
        """Says in one line what was loaded, and in one each what wasn't, and why. Makes nothing twice."""
        counted: Counter[str] = Counter()
        self._failures = {}
        models = Models(self._services)
        try:
            found = list(read_resources(self._template, self._parameters, REGION, self._left_out))
        except LocalError as error:
            self._left_out(str(error))
            return
        queries = known_queries(self._services)
        for kind in REQUESTS:
            waiting = [resource for resource in found if resource.kind == kind]
            counted[REQUESTS[kind].words] += self._make_all(waiting, models, queries)
        said = ", ".join(f"{number} {words}" for words, number in counted.items() if number)
        if said:
            self._tell(f"{'monitoring':10} {said}: loaded from {self._template.name}")

    def _make_all(self, waiting: list[Resource], models: Models, queries: Mapping[str, str]) -> int:
        """How many were made. One that needs another of its kind (a composite's child) waits for it."""
        made = 0
        while waiting:
            refused: list[tuple[Resource, LocalError]] = []
            for resource in waiting:
                try:
                    self._make(resource, models, queries)
                    made += 1
                except LocalError as error:
                    refused.append((resource, error))
            if len(refused) == len(waiting):
                for resource, why in refused:
                    self._failures[resource.kind, resource.logical_id] = str(why)
                    self._left_out(f"{resource.logical_id}: {why}")
                return made
            waiting = [resource for resource, _ in refused]
        return made

    def _make(self, resource: Resource, models: Models, queries: Mapping[str, str]) -> None:
        request = REQUESTS[resource.kind].request(resource)
        if request.operation == "PutQueryDefinition" and request.parameters.get("name") in queries:
            known = {"queryDefinitionId": queries[request.parameters["name"]]}
            request = Request(request.service, request.operation, {**request.parameters, **known})
        try:
            self._call(request, models)
        except AwsError as error:
            if error.code != _EXISTS:
                raise

    def _call(self, request: Request, models: Models) -> Answer:
        operation = self._services.get(request.service, {}).get(request.operation)
        if operation is None:
            raise NotSupported(f"{request.service}:{request.operation} is not supported on the laptop")
        service = models.by_name[request.service]
        shape = service.model.operation_model(request.operation).input_shape
        parameters: Mapping[str, Any] = typed(request.parameters, shape) if shape else request.parameters
        problems = service.checks.of(shape)(parameters) if shape else None
        if problems:
            raise AwsError("ValidationException", str(problems))
        for name in parameters:
            if name not in operation.takes:
                raise NotSupported(f"{request.operation}: {name} is not supported on the laptop")
        account = PSEUDO_PARAMETERS["AWS::AccountId"]
        answer: Any = operation.run(Call(request.service, request.operation, parameters, REGION, account))
        return answer  # type: ignore[no-any-return]

    def _left_out(self, what: str) -> None:
        self._tell(f"{'not loaded':10} {what}")


def known_queries(services: Mapping[str, Operations]) -> Mapping[str, str]:
    """The laptop's query definitions, their ids by their names: one that is there is changed, not made again."""
    operation = services.get("logs", {}).get("DescribeQueryDefinitions")
    if operation is None:
        return {}
    answer: Any = operation.run(Call("logs", "DescribeQueryDefinitions", {"maxResults": 1000}, REGION))
    return {found["name"]: found["queryDefinitionId"] for found in answer["queryDefinitions"]}
