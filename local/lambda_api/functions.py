"""The function, its versions and its aliases."""

import asyncio
import contextlib
import random
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from local.errors import LocalError
from local.lambda_api.documents import Alias, Described, UpdateStatus
from local.lambda_api.names import LATEST, Named, read_name
from local.lambda_api.refused import conflict, invalid, no_alias, not_found, stale, updating
from local.lambda_api.routing import check_weights
from local.lambda_api.snapshots import Snapshots
from local.lambda_runtime.function import Code, FunctionConfig
from local.lambda_runtime.pool import LambdaFunction


class Functions:
    """`latest` is the pool that runs $LATEST. A published version is a configuration and code that no longer change,
    with a pool of its own that is started when it is first needed. The newest one runs from the code root, where
    debuggers and stacks look; once there is a newer one it runs from its copy. `chance`, from 0 up to 1, decides which
    version gets an invocation of an alias that two share.
    """

    def __init__(
        self,
        latest: LambdaFunction,
        snapshots: Snapshots,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.latest = latest
        self._snapshots = snapshots
        self._codes: dict[str, Code] = {}
        self.now = now
        self._chance = chance
        self.aliases: dict[str, Alias] = {}
        self._described = {LATEST: Described(latest.config, _revision(), now())}
        self._pools: dict[str, LambdaFunction] = {LATEST: latest}
        self._published = 0
        self._published_state: tuple[str, str, FunctionConfig] | None = None
        self._update: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()
        self._retiring: dict[LambdaFunction, asyncio.Task[None]] = {}

    @property
    def arn(self) -> str:
        return self.latest.config.arn

    async def stop(self) -> None:
        """Ends the versions' sandboxes; $LATEST is its owner's."""
        if self._update is not None:
            self._update.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._update
        for version, pool in self._pools.items():
            if version != LATEST:
                await pool.stop()
        for pool, retiring in list(self._retiring.items()):
            retiring.cancel()
            await asyncio.wait([retiring])
            await pool.stop()

    def read(self, name: str, qualifier: str | None = None) -> Named:
        """Raises AwsError where there is no such function."""
        named = read_name(name, qualifier)
        if named.name != self.latest.config.name:
            config = self.latest.config
            below = f":{named.qualifier}" if named.qualifier else ""
            raise not_found(f"{config.arn.removesuffix(config.name)}{named.name}{below}")
        return named

    def routed(self, qualifier: str | None) -> str:
        """The version that gets one invocation by the qualifier. Raises AwsError where there is none."""
        alias = self.aliases.get(qualifier) if qualifier is not None else None
        return alias.chosen(self._chance()) if alias is not None and alias.weights else self.version_of(qualifier)

    def version_of(self, qualifier: str | None) -> str:
        """The version that a qualifier means: an alias's own, whoever else gets a share. Raises AwsError where there is
        none.
        """
        if qualifier in self.aliases:
            return self.aliases[qualifier].version
        version = qualifier or LATEST
        if version not in self._described:
            raise not_found(f"{self.arn}:{version}")
        return version

    def described(self, version: str = LATEST) -> Described:
        described = self._described[version]
        config = self.latest.config
        if version == LATEST and self._update is None and _kept(described.config) != _kept(config):
            # The template was read again.
            described = replace(described, config=config, revision=_revision(), modified=self.now())
            self._described[LATEST] = described
        return described

    def versions(self) -> Sequence[Described]:
        """$LATEST first, then in the order in which they were published."""
        return [self.described(version) for version in self._described]

    async def pool(self, version: str) -> LambdaFunction:
        """Raises StartError where sandboxes can't be started."""
        if version not in self._pools:
            async with self._starting:
                if version not in self._pools:
                    pool = self.latest.version(self._described[version].config)
                    if version != str(self._published):
                        pool.code = self._codes[version]
                    await pool.start()
                    self._pools[version] = pool
        return self._pools[version]

    def check_revision(self, given: str | None) -> None:
        if given is not None and given != self.described().revision:
            raise stale("GetFunction/GetAlias")

    def check_not_updating(self) -> None:
        if self._update is not None:
            raise updating(self.arn)

    def update(self, config: FunctionConfig, description: str | None) -> Described:
        """A new generation of sandboxes for $LATEST; InProgress until it is there. `config` has been checked."""
        former = self.described()
        described = replace(
            former,
            config=config,
            revision=_revision(),
            modified=self.now(),
            description=former.description if description is None else description,
            status=UpdateStatus.IN_PROGRESS,
            reason="",
        )
        self._described[LATEST] = described
        self._update = asyncio.get_running_loop().create_task(self._replace(config, former.config))
        return described

    async def _replace(self, config: FunctionConfig, former: FunctionConfig) -> None:
        status, reason, kept = UpdateStatus.SUCCESSFUL, "", config
        try:
            await self.latest.replace(config)
        except LocalError as error:
            status, reason, kept = UpdateStatus.FAILED, str(error), former
        self._described[LATEST] = replace(
            self._described[LATEST], config=kept, status=status, reason=reason, revision=_revision()
        )
        self._update = None

    def publish(self, description: str | None) -> Described:
        """The next version; the last one again where nothing has changed since. Raises StartError where its code can't
        be kept.
        """
        latest = self.described()
        state = (self._snapshots.digest(self.latest.code), latest.description, _kept(latest.config))
        if str(self._published) in self._described and state == self._published_state:
            return self._described[str(self._published)]
        former, version = str(self._published), str(self._published + 1)
        self._codes[version] = self._snapshots.take(version, self.latest.code)
        if former in self._pools:
            self._pools[former].code = self._codes[former]
        self._published_state = state
        self._published += 1  # numbers "are never reused", those of deleted versions neither
        config = replace(latest.config, version=version, provisioned_concurrency=0, reserved_concurrency=None)
        described = Described(
            config, _revision(), self.now(), latest.description if description is None else description
        )
        self._described[version] = described
        return described

    def check_deletable(self, version: str) -> None:
        """Raises AwsError where there is no such published version, and where an alias invokes it."""
        if version == LATEST:
            raise invalid("$LATEST version cannot be deleted without deleting the function.")
        if version not in self._described:
            raise not_found(f"{self.arn}:{version}")
        shown = sorted(alias.name for alias in self.aliases.values() if version in alias.versions)
        if shown:
            raise conflict(f"Version {version} cannot be deleted: the alias {', '.join(shown)} references it")

    def forget(self, version: str) -> None:
        """A published version is no more; what it runs finishes. It has been checked."""
        del self._described[version], self._codes[version]
        if version in self._pools:
            self._retire(version)
        self._snapshots.forget(version)

    def rest(self, version: str) -> None:
        """Ends the sandboxes of a version that no alias invokes any more, when they have done what they do; whoever
        invokes it by its number gets new ones.
        """
        shown = any(version in alias.versions for alias in self.aliases.values())
        pool = self._pools.get(version)
        if pool is not None and version != LATEST and not shown and not pool.config.provisioned_concurrency:
            self._retire(version)

    def _retire(self, version: str) -> None:
        pool = self._pools.pop(version)
        task = self._retiring[pool] = asyncio.get_running_loop().create_task(pool.retire())
        task.add_done_callback(lambda _done: self._retiring.pop(pool, None))

    def alias(self, name: str) -> Alias:
        if name not in self.aliases:
            raise no_alias(f"{self.arn}:{name}")
        return self.aliases[name]

    def set_alias(self, alias: Alias) -> Alias:
        """Keeps it with a revision of its own. Raises AwsError where it can't invoke its versions."""
        check_weights(alias.version, alias.weights)
        for version in (alias.version, *alias.weights):
            if version not in self._described:
                raise not_found(f"{self.arn}:{version}")
        self.aliases[alias.name] = replace(alias, revision=_revision())
        return self.aliases[alias.name]


def _kept(config: FunctionConfig) -> FunctionConfig:
    """What a version is: reserved concurrency belongs to the function, not to its configuration."""
    return replace(config, reserved_concurrency=None)


def _revision() -> str:
    return str(uuid.uuid4())
