"""Lambda's operations as the AWS process offers them: all of them go to the stack, which runs the function."""

from collections.abc import Mapping
from typing import Protocol

from local.endpoint.call import Answer, Call, Operation, Operations

_NAME = frozenset({"FunctionName"})
_QUALIFIED = frozenset({"FunctionName", "Qualifier"})
_PAGE = frozenset({"Marker", "MaxItems"})
# What each honours. ListFunctions: MasterRegion is for Lambda@Edge; UpdateFunctionConfiguration: what a laptop has no
# part of.
TAKES: Mapping[str, frozenset[str]] = {
    "CreateAlias": _NAME | {"Name", "FunctionVersion", "Description", "RoutingConfig"},
    "DeleteAlias": _NAME | {"Name"},
    "DeleteFunction": _QUALIFIED,
    "DeleteFunctionConcurrency": _NAME,
    "DeleteProvisionedConcurrencyConfig": _QUALIFIED,
    "GetAlias": _NAME | {"Name"},
    "GetFunction": _QUALIFIED,
    "GetFunctionConcurrency": _NAME,
    "GetFunctionConfiguration": _QUALIFIED,
    "GetProvisionedConcurrencyConfig": _QUALIFIED,
    "Invoke": _QUALIFIED | {"InvocationType", "LogType", "ClientContext", "Payload"},
    "ListAliases": _NAME | _PAGE | {"FunctionVersion"},
    "ListFunctions": _PAGE | {"FunctionVersion"},
    "ListProvisionedConcurrencyConfigs": _NAME | _PAGE,
    "ListVersionsByFunction": _NAME | _PAGE,
    "PublishVersion": _NAME | {"Description", "RevisionId"},
    "PutFunctionConcurrency": _NAME | {"ReservedConcurrentExecutions"},
    "PutProvisionedConcurrencyConfig": _QUALIFIED | {"ProvisionedConcurrentExecutions"},
    "UpdateAlias": _NAME | {"Name", "FunctionVersion", "Description", "RevisionId", "RoutingConfig"},
    "UpdateFunctionConfiguration": _NAME
    | {"Description", "Environment", "Handler", "MemorySize", "RevisionId", "Timeout", "TracingConfig"},
}


class Asked(Protocol):
    async def ask(self, call: Call) -> Answer: ...


def operations(stack: Asked) -> Operations:
    return {name: Operation(stack.ask, takes) for name, takes in TAKES.items()}
