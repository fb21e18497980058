"""Provisioned concurrency of versions and aliases."""

import asyncio
import contextlib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from local.errors import AwsError, LocalError, NotSupported
from local.lambda_api.documents import modified_text
from local.lambda_api.functions import Functions
from local.lambda_api.names import LATEST
from local.lambda_api.refused import invalid

MOST = 100  # ours: each is a process of some 45 MB
_TOO_MANY = "Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function"
_WEIGHTED = "Alias with weights can not be used with Provisioned Concurrency"
_TWICE = "Alias can not be used for Provisioned Concurrency configuration on an already Provisioned version"


@dataclass(slots=True)
class _Config:
    requested: int
    version: str
    modified: datetime
    task: asyncio.Task[None] | None = None
    failure: str = ""


class Provisioned:
    """One configuration for each qualifier. The sandboxes are the version's: whoever invokes it may get one."""

    def __init__(self, functions: Functions) -> None:
        self._functions = functions
        self._configs: dict[str, _Config] = {}

    async def stop(self) -> None:
        for config in self._configs.values():
            await _cancel(config)

    async def put(self, qualifier: str, requested: int) -> dict[str, Any]:
        """Raises AwsError."""
        functions = self._functions
        version = functions.version_of(qualifier)
        if version == LATEST:
            raise invalid("Provisioned Concurrency Configs cannot be applied to unpublished function versions.")
        alias = functions.aliases.get(qualifier)
        if alias is not None and alias.weights:
            raise invalid(f"{_WEIGHTED}: {qualifier} is one; UpdateAlias with RoutingConfig={{}} takes them away")
        if any(other.version == version for name, other in self._configs.items() if name != qualifier):
            raise invalid(_TWICE)
        others = sum(other.requested for name, other in self._configs.items() if name != qualifier)
        reserved = functions.latest.concurrency.reserved
        if reserved is not None and others + requested > reserved:
            raise invalid(_TOO_MANY)
        if others + requested > MOST:
            raise NotSupported(
                f"lambda: more than {MOST} provisioned sandboxes, each a process, are not supported here"
            )
        config = _Config(requested, version, functions.now())
        if qualifier in self._configs:
            await _cancel(self._configs[qualifier])
        self._configs[qualifier] = config
        self._allocate(config, requested)
        return await self._document(config)

    async def get(self, qualifier: str) -> dict[str, Any]:
        self._functions.version_of(qualifier)
        return await self._document(self._config(qualifier))

    async def delete(self, qualifier: str) -> None:
        self._functions.version_of(qualifier)
        config = self._config(qualifier)
        del self._configs[qualifier]
        await _cancel(config)
        self._allocate(config, 0)

    async def all(self) -> list[dict[str, Any]]:
        return [
            {"FunctionArn": f"{self._functions.arn}:{qualifier}", **await self._document(config)}
            for qualifier, config in self._configs.items()
        ]

    async def ready(self, qualifier: str) -> None:
        """Waits until what was asked for is there, or has failed."""
        task = self._configs[qualifier].task
        if task is not None:
            await task

    def requested(self, qualifier: str) -> int:
        config = self._configs.get(qualifier)
        return 0 if config is None else config.requested

    def has(self, qualifier: str) -> bool:
        return qualifier in self._configs

    async def moved(self, alias: str) -> None:
        """An alias shows another version: its provisioned concurrency goes there."""
        config = self._configs.get(alias)
        if config is not None and config.version != self._functions.version_of(alias):
            await self.delete(alias)
            await self.put(alias, config.requested)

    def _config(self, qualifier: str) -> _Config:
        if qualifier not in self._configs:
            message = "No Provisioned Concurrency Config found for this function"
            raise AwsError("ProvisionedConcurrencyConfigNotFoundException", message, members={"Type": "User"})
        return self._configs[qualifier]

    def _allocate(self, config: _Config, wanted: int) -> None:
        config.task = asyncio.get_running_loop().create_task(self._run(config, wanted))

    async def _run(self, config: _Config, wanted: int) -> None:
        try:
            pool = await self._functions.pool(config.version)
            await pool.replace(replace(pool.config, provisioned_concurrency=wanted))
            if pool.provisioned < wanted:
                config.failure = "FUNCTION_ERROR_INIT_FAILURE"
        except LocalError as error:
            config.failure = str(error)

    async def _document(self, config: _Config) -> dict[str, Any]:
        pool = await self._functions.pool(config.version)
        done = config.task is not None and config.task.done()
        status = "FAILED" if config.failure else "READY" if done else "IN_PROGRESS"
        allocated = min(pool.provisioned, config.requested)
        return {
            "RequestedProvisionedConcurrentExecutions": config.requested,
            "AvailableProvisionedConcurrentExecutions": allocated,
            "AllocatedProvisionedConcurrentExecutions": allocated,
            "Status": status,
            **({"StatusReason": config.failure} if config.failure else {}),
            "LastModified": modified_text(config.modified),
        }


async def _cancel(config: _Config) -> None:
    if config.task is not None and not config.task.done():
        config.task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await config.task
