"""The function under test, through Lambda's API: what it is set to, setting it, and making its next sandboxes new."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from botocore.exceptions import ClientError

from load_tests.errors import CallRefused, NotReachable, SettingError
from load_tests.observation import Configuration
from load_tests.sweep.alias import Alias
from load_tests.sweep.aws import MISSING, Clients, is_code, refusals
from load_tests.sweep.waiting import until

MARK = "LOAD_TESTS_START"
"""The environment variable whose change makes new sandboxes, and that tells a sweep's versions from others; nobody
reads it. It is gone when the sweep ends."""


@dataclass(frozen=True, slots=True)
class State:
    """All that a sweep changes, as it was found. `version` is the alias's; None: the API invokes $LATEST."""

    memory_mb: int
    timeout_s: int
    reserved: int | None
    provisioned: int | None
    version: str | None

    @classmethod
    def read(cls, found: Mapping[str, Any]) -> Self:
        return cls(**{name: found[name] for name in ("memory_mb", "timeout_s", "reserved", "provisioned", "version")})

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def as_configuration(self) -> Configuration:
        return Configuration(self.memory_mb, self.timeout_s, self.reserved, self.provisioned)


@dataclass(frozen=True, slots=True)
class Facts:
    """What doesn't change: for prices, and where the log is."""

    architecture: str
    log_group: str


class Function:
    """`alias` is what the API invokes. Each setting publishes a version and moves the alias there."""

    def __init__(self, clients: Clients, name: str, alias: str) -> None:
        self._api = clients.function
        self.name = name
        self.alias = Alias(clients, name, alias)

    def facts(self) -> Facts:
        found = self._configuration()
        architectures = found.get("Architectures") or ["x86_64"]
        return Facts(architectures[0], found.get("LoggingConfig", {}).get("LogGroup") or f"/aws/lambda/{self.name}")

    def state(self) -> State:
        found = self._configuration()
        version = self.alias.version()
        provisioned = None if version is None else self.alias.provisioned()
        return State(found["MemorySize"], found["Timeout"], self._reserved(), provisioned, version)

    def check(self, provisioned: int | None) -> None:
        """Raises SettingError where none can be provisioned."""
        if provisioned is not None and self.alias.version() is None:
            raise SettingError(
                f"--provisioned: what is invoked of {self.name} is $LATEST, which can have none provisioned; "
                "on AWS --alias names the alias that the API invokes"
            )

    def set(self, wanted: Configuration, mark: str) -> None:
        """Waits until it is active."""
        self.check(wanted.provisioned)
        version = self.alias.version()
        if wanted.provisioned is not None:
            self.alias.release()  # no more can be provisioned than is reserved, in between too
        if wanted.reserved is not None:
            self._reserve(wanted.reserved)
        self._configure(wanted.memory_mb, wanted.timeout_s, mark)
        if version is not None:
            self.alias.show(self._publish(), wanted.provisioned)

    def restore(self, state: State) -> None:
        """As it was found, but for the mark, which goes."""
        if state.version is not None:
            self.alias.release()
        self._reserve(state.reserved)
        found = self._configuration()
        changed = (found["MemorySize"], found["Timeout"]) != (state.memory_mb, state.timeout_s)
        if changed or MARK in _variables(found):
            self._configure(state.memory_mb, state.timeout_s, None)
        if state.version is not None:
            self.alias.show(state.version, state.provisioned or 0)

    def published(self) -> list[str]:
        """The versions that sweeps have published: they have the mark, whenever the sweep was stopped."""
        with refusals(f"list the versions of {self.name}"):
            pages = self._api.get_paginator("list_versions_by_function").paginate(FunctionName=self.name)
            found = [version for page in pages for version in page["Versions"]]
        return [one["Version"] for one in found if one["Version"] != "$LATEST" and MARK in _variables(one)]

    def forget(self, version: str) -> None:
        """Deletes a version; one that is gone already is no error."""
        with refusals(f"delete version {version} of {self.name}"):
            try:
                self._api.delete_function(FunctionName=self.name, Qualifier=version)
            except ClientError as error:
                if not is_code(error, MISSING):
                    raise

    def _publish(self) -> str:
        with refusals(f"publish a version of {self.name}"):
            version = str(self._api.publish_version(FunctionName=self.name)["Version"])
        self._wait_for_version(version)
        return version

    def _configure(self, memory_mb: int, timeout_s: int, mark: str | None) -> None:
        """The other variables stay: Lambda replaces all of them at once."""
        variables = {name: value for name, value in _variables(self._settled()).items() if name != MARK}
        if mark is not None:
            variables[MARK] = mark
        with refusals(f"set {self.name} to {memory_mb} MB and {timeout_s} s"):
            self._api.update_function_configuration(
                FunctionName=self.name, MemorySize=memory_mb, Timeout=timeout_s, Environment={"Variables": variables}
            )
        found = self._settled()
        if found["LastUpdateStatus"] == "Failed":
            raise CallRefused(f"{self.name} did not take its configuration: {found.get('LastUpdateStatusReason', '')}")

    def _settled(self) -> dict[str, Any]:
        """Lambda takes no update while another is in progress: one of a sweep that was killed, for instance."""
        return until(lambda: _ended(self._configuration()), f"{self.name} to take its configuration")

    def _wait_for_version(self, version: str) -> None:
        def active() -> bool:
            with refusals(f"read version {version} of {self.name}"):
                found = self._api.get_function_configuration(FunctionName=self.name, Qualifier=version)
            return bool(found.get("State", "Active") == "Active")

        until(active, f"version {version} of {self.name} to be active")

    def _configuration(self) -> dict[str, Any]:
        with refusals(f"read {self.name}"):
            try:
                return dict(self._api.get_function_configuration(FunctionName=self.name))
            except ClientError as error:
                if is_code(error, MISSING):
                    raise NotReachable(f"there is no function {self.name!r}; --function names another") from error
                raise

    def _reserved(self) -> int | None:
        with refusals(f"read the reserved concurrency of {self.name}"):
            found = self._api.get_function_concurrency(FunctionName=self.name)
        return found.get("ReservedConcurrentExecutions")  # type: ignore[no-any-return]

    def _reserve(self, count: int | None) -> None:
        with refusals(f"set the reserved concurrency of {self.name} to {count}"):
            if count is not None:
                self._api.put_function_concurrency(FunctionName=self.name, ReservedConcurrentExecutions=count)
            elif self._reserved() is not None:
                self._api.delete_function_concurrency(FunctionName=self.name)


def _variables(found: Mapping[str, Any]) -> dict[str, str]:
    """Raises CallRefused where they can't be read: what can't be read can't be kept."""
    environment = found.get("Environment", {})
    if "Error" in environment:
        raise CallRefused(f"the environment can't be read, so it can't be kept: {environment['Error'].get('Message')}")
    return dict(environment.get("Variables", {}))


def _ended(found: dict[str, Any]) -> dict[str, Any] | None:
    return None if found.get("LastUpdateStatus") == "InProgress" or found.get("State") == "Pending" else found
