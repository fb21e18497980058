"""What the API invokes on AWS: an alias, the version it shows, and the sandboxes that are provisioned for it."""

from typing import Any

from botocore.exceptions import ClientError

from load_tests.errors import CallRefused, SettingError
from load_tests.sweep.aws import MISSING, Clients, is_code, refusals
from load_tests.sweep.waiting import until

NO_PROVISIONED = "ProvisionedConcurrencyConfigNotFoundException"


class Alias:
    """`name` may be empty or one that isn't there: then `version()` is None, and $LATEST is what is measured."""

    def __init__(self, clients: Clients, function: str, name: str) -> None:
        self._api = clients.function
        self._function = function
        self.name = name

    def version(self) -> str | None:
        """Raises SettingError where another one gets a share of what it invokes: both would be measured as one."""
        if not self.name:
            return None
        with refusals(f"read the alias {self._text}"):
            try:
                found = self._api.get_alias(FunctionName=self._function, Name=self.name)
            except ClientError as error:
                if is_code(error, MISSING):
                    return None
                raise
        for other, weight in found.get("RoutingConfig", {}).get("AdditionalVersionWeights", {}).items():
            end = f"aws lambda update-alias --function-name {self._function} --name {self.name}"
            raise SettingError(
                f"the alias {self._text} invokes version {other} for {weight:.0%} of its calls: a deployment is under "
                f"way; wait for its end, or take the weights away: {end} --routing-config AdditionalVersionWeights={{}}"
            )
        return str(found["FunctionVersion"])

    def provisioned(self) -> int | None:
        return self._config().get("RequestedProvisionedConcurrentExecutions")

    def show(self, version: str, provisioned: int | None) -> None:
        """`provisioned`: so many of that version, and waits for them; None: as many as there are, 0: none."""
        count = self.provisioned() if provisioned is None else provisioned
        self.release()
        with refusals(f"move the alias {self._text} to version {version}"):
            self._api.update_alias(FunctionName=self._function, Name=self.name, FunctionVersion=version)
        if count:
            self._provision(count)

    def release(self) -> None:
        """Ends what is provisioned, if anything is."""
        if not self._config():
            return
        with refusals(f"end the provisioned concurrency of {self._text}"):
            self._api.delete_provisioned_concurrency_config(FunctionName=self._function, Qualifier=self.name)

    @property
    def _text(self) -> str:
        return f"{self._function}:{self.name}"

    def _config(self) -> dict[str, Any]:
        with refusals(f"read the provisioned concurrency of {self._text}"):
            try:
                return dict(
                    self._api.get_provisioned_concurrency_config(FunctionName=self._function, Qualifier=self.name)
                )
            except ClientError as error:
                if is_code(error, NO_PROVISIONED):
                    return {}
                raise

    def _provision(self, count: int) -> None:
        with refusals(f"provision {count} sandboxes of {self._text}"):
            self._api.put_provisioned_concurrency_config(
                FunctionName=self._function, Qualifier=self.name, ProvisionedConcurrentExecutions=count
            )
        found = until(self._allocated, f"{count} sandboxes of {self._text} to be provisioned")
        if found["Status"] == "FAILED":
            raise CallRefused(f"{count} sandboxes of {self._text} weren't provisioned: {found.get('StatusReason', '')}")

    def _allocated(self) -> dict[str, Any] | None:
        found = self._config()
        return None if found.get("Status", "IN_PROGRESS") == "IN_PROGRESS" else found
