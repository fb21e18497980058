"""PURE: functions, versions and aliases as Lambda's API answers them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from local.lambda_runtime.environment import log_group
from local.lambda_runtime.function import FunctionConfig


class UpdateStatus(StrEnum):
    """LastUpdateStatus.

    SUCCESSFUL: invocations meet the configuration that is shown.
    IN_PROGRESS: its sandboxes are being replaced; no other update is taken.
    FAILED: the last update did not work; the former configuration goes on.
    """

    SUCCESSFUL = "Successful"
    IN_PROGRESS = "InProgress"
    FAILED = "Failed"


@dataclass(frozen=True, slots=True)
class Described:
    """A version, $LATEST too, and what its configuration alone does not say."""

    config: FunctionConfig
    revision: str
    modified: datetime
    description: str = ""
    status: UpdateStatus = UpdateStatus.SUCCESSFUL
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Alias:
    """`weights`: the share of its invocations, 0 to 1, that another version gets than `version`."""

    name: str
    version: str
    description: str = ""
    weights: Mapping[str, float] = field(default_factory=dict)
    revision: str = ""

    @property
    def versions(self) -> frozenset[str]:
        """Those that it invokes."""
        return frozenset({self.version, *self.weights})

    def chosen(self, chance: float) -> str:
        """The version that gets one invocation. `chance` is from 0 up to 1, and never 1."""
        return next((version for version, weight in self.weights.items() if chance < weight), self.version)


def modified_text(moment: datetime) -> str:
    """2026-11-26T01:02:03.456+0000, as Lambda writes LastModified."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "+0000")


def configuration(described: Described, architecture: str, qualifier: str | None = None) -> dict[str, Any]:
    """FunctionConfiguration. What a laptop has not (a role, a package, its digest) is left out."""
    config = described.config
    reason = {"LastUpdateStatusReason": described.reason} if described.reason else {}
    return {
        "FunctionName": config.name,
        "FunctionArn": config.arn if qualifier is None else f"{config.arn}:{qualifier}",
        "Runtime": config.runtime,
        "Handler": config.handler,
        "Description": described.description,
        "Timeout": int(config.timeout_s),
        "MemorySize": config.memory_mb,
        "LastModified": modified_text(described.modified),
        "Version": config.version,
        "Environment": {"Variables": dict(config.environment)},
        "TracingConfig": {"Mode": "Active" if config.tracing else "PassThrough"},
        "RevisionId": described.revision,
        "State": "Active",
        "LastUpdateStatus": described.status.value,
        **reason,
        "PackageType": "Zip",
        "Architectures": [architecture],
        "LoggingConfig": {"LogFormat": config.log_format, "LogGroup": log_group(config)},
    }


def alias_document(alias: Alias, function_arn: str) -> Mapping[str, Any]:
    routing = {"RoutingConfig": {"AdditionalVersionWeights": dict(alias.weights)}} if alias.weights else {}
    return {
        "AliasArn": f"{function_arn}:{alias.name}",
        "Name": alias.name,
        "FunctionVersion": alias.version,
        "Description": alias.description,
        **routing,
        "RevisionId": alias.revision,
    }
