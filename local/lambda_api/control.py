"""Lambda's control API, where the function runs."""

import platform
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from local.endpoint.call import Answer, Call
from local.errors import AwsError, NotSupported, StartError, TemplateError
from local.lambda_api.aliases import Aliases
from local.lambda_api.documents import Alias, configuration
from local.lambda_api.functions import Functions
from local.lambda_api.invoked import Invoked
from local.lambda_api.invoking import RETRY_AFTER_ERRORS_S, Invoking
from local.lambda_api.names import LATEST
from local.lambda_api.paging import page
from local.lambda_api.provisioned import Provisioned
from local.lambda_api.refused import invalid, not_found
from local.lambda_api.snapshots import Snapshots
from local.lambda_runtime.concurrency import ACCOUNT_CONCURRENCY
from local.lambda_runtime.configuration import check_config
from local.lambda_runtime.function import FunctionConfig
from local.lambda_runtime.pool import LambdaFunction

LEAST_UNRESERVED = 100  # "below its minimum value of [100]": PutFunctionConcurrency leaves that much to other functions
_ARCHITECTURES = {"aarch64": "arm64", "arm64": "arm64"}


class LambdaControl:
    """Answers calls whose parameters have been checked. `snapshots` keep the versions' code; `tell` prints a line on
    the terminal; `retry_after_s` is how long after each failure an asynchronous invocation is tried again; `chance`,
    from 0 up to 1, decides which version gets an invocation of an alias that two share.
    """

    def __init__(
        self,
        latest: LambdaFunction,
        snapshots: Snapshots,
        tell: Callable[[str], None],
        retry_after_s: Sequence[float] = RETRY_AFTER_ERRORS_S,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._functions = Functions(latest, snapshots, chance=chance)
        self._provisioned = Provisioned(self._functions)
        self._aliases = Aliases(self._functions, self._provisioned)
        self._invoking = Invoking(self._functions, tell, retry_after_s)
        self._architecture = _ARCHITECTURES.get(platform.machine(), "x86_64")
        self._operations: Mapping[str, Callable[[Call], Awaitable[Answer]]] = {
            "CreateAlias": self._aliases.create,
            "DeleteAlias": self._aliases.delete,
            "DeleteFunction": self._delete_version,
            "DeleteFunctionConcurrency": self._delete_concurrency,
            "DeleteProvisionedConcurrencyConfig": self._delete_provisioned,
            "GetAlias": self._aliases.get,
            "GetFunction": self._get_function,
            "GetFunctionConcurrency": self._get_concurrency,
            "GetFunctionConfiguration": self._get_configuration,
            "GetProvisionedConcurrencyConfig": self._get_provisioned,
            "Invoke": self._invoking.invoke,
            "ListAliases": self._aliases.list_all,
            "ListFunctions": self._list_functions,
            "ListProvisionedConcurrencyConfigs": self._list_provisioned,
            "ListVersionsByFunction": self._list_versions,
            "PublishVersion": self._publish,
            "PutFunctionConcurrency": self._put_concurrency,
            "PutProvisionedConcurrencyConfig": self._put_provisioned,
            "UpdateAlias": self._aliases.update,
            "UpdateFunctionConfiguration": self._update,
        }

    async def answer(self, call: Call) -> Answer:
        """Raises AwsError."""
        operation = self._operations.get(call.operation)
        if operation is None:
            raise NotSupported(f"lambda: the operation {call.operation} is not supported on the laptop")
        return await operation(call)

    def invoked(self, alias: str | None) -> Invoked:
        return Invoked(self._functions, alias)

    async def deploy(self, alias: str, provisioned: int) -> None:
        """What `sam deploy` does with AutoPublishAlias: publishes what has changed, moves the alias there, whole, and
        has so many sandboxes provisioned. Raises AwsError, StartError.
        """
        version = self._functions.publish(None).config.version
        await self._functions.pool(version)
        await self._aliases.move(Alias(alias, version))
        if provisioned and provisioned != self._provisioned.requested(alias):
            await self._provisioned.put(alias, provisioned)
        if provisioned:
            await self._provisioned.ready(alias)
        elif self._provisioned.has(alias):
            await self._provisioned.delete(alias)

    async def stop(self) -> None:
        """Ends what it started itself; the function is its owner's."""
        await self._invoking.stop()
        await self._provisioned.stop()
        await self._functions.stop()

    # Functions.

    async def _get_configuration(self, call: Call) -> Answer:
        named = self._functions.read(call.parameters["FunctionName"], call.parameters.get("Qualifier"))
        return self._document(self._functions.version_of(named.qualifier), named.qualifier)

    async def _get_function(self, call: Call) -> Answer:
        reserved = self._functions.latest.concurrency.reserved
        concurrency = {} if reserved is None else {"Concurrency": {"ReservedConcurrentExecutions": reserved}}
        code = {"Location": self._functions.latest.code.task_root.as_uri()}
        return {"Configuration": await self._get_configuration(call), "Code": code, **concurrency}

    async def _list_functions(self, call: Call) -> Answer:
        every = call.parameters.get("FunctionVersion") == "ALL"
        versions = [described.config.version for described in self._functions.versions()] if every else [LATEST]
        return self._page("Functions", [self._document(v, v if every else None) for v in versions], call)

    async def _update(self, call: Call) -> Answer:
        parameters, functions = call.parameters, self._functions
        functions.read(parameters["FunctionName"])
        functions.check_not_updating()
        functions.check_revision(parameters.get("RevisionId"))
        config = _updated(functions.latest.config, parameters)
        try:
            check_config(config)
        except TemplateError as error:
            raise invalid(str(error)) from None
        functions.update(config, parameters.get("Description"))
        return self._document(LATEST, None)

    # Versions.

    async def _publish(self, call: Call) -> Answer:
        functions = self._functions
        functions.read(call.parameters["FunctionName"])
        functions.check_not_updating()
        functions.check_revision(call.parameters.get("RevisionId"))
        try:
            version = functions.publish(call.parameters.get("Description")).config.version
        except StartError as error:
            raise AwsError("ServiceException", str(error), status=500) from None
        return self._document(version, version)

    async def _list_versions(self, call: Call) -> Answer:
        self._functions.read(call.parameters["FunctionName"])
        versions = [described.config.version for described in self._functions.versions()]
        return self._page("Versions", [self._document(version, version) for version in versions], call)

    async def _delete_version(self, call: Call) -> Answer:
        named = self._functions.read(call.parameters["FunctionName"], call.parameters.get("Qualifier"))
        if named.qualifier is None:
            raise NotSupported(
                "lambda: DeleteFunction without a Qualifier is not supported on the laptop: it would end it"
            )
        self._functions.check_deletable(named.qualifier)
        if self._provisioned.has(named.qualifier):
            await self._provisioned.delete(named.qualifier)
        self._functions.forget(named.qualifier)
        return {}

    # Concurrency.

    async def _put_concurrency(self, call: Call) -> Answer:
        self._functions.read(call.parameters["FunctionName"])
        reserved: int = call.parameters["ReservedConcurrentExecutions"]
        if ACCOUNT_CONCURRENCY - reserved < LEAST_UNRESERVED:
            raise invalid(
                "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution "
                f"below its minimum value of [{LEAST_UNRESERVED}]."
            )
        allocated = sum(each["RequestedProvisionedConcurrentExecutions"] for each in await self._provisioned.all())
        if allocated > reserved:
            raise invalid(
                f"ReservedConcurrentExecutions: {reserved}; it must not be less than the function's provisioned "
                f"concurrency, {allocated}"
            )
        self._functions.latest.reserve(reserved)
        return {"ReservedConcurrentExecutions": reserved}

    async def _get_concurrency(self, call: Call) -> Answer:
        self._functions.read(call.parameters["FunctionName"])
        reserved = self._functions.latest.concurrency.reserved
        return {} if reserved is None else {"ReservedConcurrentExecutions": reserved}

    async def _delete_concurrency(self, call: Call) -> Answer:
        self._functions.read(call.parameters["FunctionName"])
        self._functions.latest.reserve(None)
        return {}

    async def _put_provisioned(self, call: Call) -> Answer:
        qualifier = self._qualifier(call)
        return await self._provisioned.put(qualifier, call.parameters["ProvisionedConcurrentExecutions"])

    async def _get_provisioned(self, call: Call) -> Answer:
        return await self._provisioned.get(self._qualifier(call))

    async def _delete_provisioned(self, call: Call) -> Answer:
        await self._provisioned.delete(self._qualifier(call))
        return {}

    async def _list_provisioned(self, call: Call) -> Answer:
        self._functions.read(call.parameters["FunctionName"])
        return self._page("ProvisionedConcurrencyConfigs", await self._provisioned.all(), call)

    def _qualifier(self, call: Call) -> str:
        named = self._functions.read(call.parameters["FunctionName"], call.parameters["Qualifier"])
        if named.qualifier is None:
            raise not_found(self._functions.arn)
        return named.qualifier

    def _document(self, version: str, qualifier: str | None) -> dict[str, Any]:
        return configuration(self._functions.described(version), self._architecture, qualifier)

    def _page(self, name: str, items: list[Any], call: Call) -> Answer:
        return page(name, items, call.parameters.get("Marker"), call.parameters.get("MaxItems"))


def _updated(config: FunctionConfig, parameters: Mapping[str, Any]) -> FunctionConfig:
    changes: dict[str, Any] = {}
    if "MemorySize" in parameters:
        changes["memory_mb"] = parameters["MemorySize"]
    if "Timeout" in parameters:
        changes["timeout_s"] = float(parameters["Timeout"])
    if "Handler" in parameters:
        changes["handler"] = parameters["Handler"]
    if "Environment" in parameters:
        changes["environment"] = dict(parameters["Environment"].get("Variables", {}))
    if "TracingConfig" in parameters:
        changes["tracing"] = parameters["TracingConfig"].get("Mode", "PassThrough") == "Active"
    return replace(config, **changes)
