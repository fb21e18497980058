"""PURE: RoutingConfig, by which an alias shares its invocations between two versions.

Sources: the AWS page "Implement Lambda canary deployments using a weighted alias" and the API reference,
AliasRoutingConfiguration.
"""

from collections.abc import Mapping
from typing import Any

from local.lambda_api.names import LATEST
from local.lambda_api.refused import invalid

MOST_ADDITIONAL = 1  # "You can point an alias to a maximum of two Lambda function versions."
_KEY = "RoutingConfig.AdditionalVersionWeights"


def weights_of(parameters: Mapping[str, Any], former: Mapping[str, float]) -> Mapping[str, float]:
    """The additional version's weight, 0 to 1. One that is left out stays as it was; an empty one takes it away."""
    if "RoutingConfig" not in parameters:
        return former
    return dict(parameters["RoutingConfig"].get("AdditionalVersionWeights", {}))


def check_weights(version: str, weights: Mapping[str, float]) -> None:
    """Raises AwsError where an alias of `version` can't have them, whether or not their versions are there."""
    if len(weights) > MOST_ADDITIONAL:
        raise invalid(
            f"{_KEY}: {len(weights)} versions; Number of items in AdditionalVersionWeights cannot be greater than "
            f"{MOST_ADDITIONAL}"
        )
    for additional, weight in weights.items():
        if not 0 <= weight <= 1:  # NaN is neither
            raise invalid(f"{_KEY}: {weight} of version {additional}; it must be from 0.0 to 1.0")
        if version == LATEST:
            raise invalid(
                f"{_KEY}: version {additional}; $LATEST is not supported for an alias pointing to more than 1 version: "
                "FunctionVersion must be a published one"
            )
        if additional == version:
            raise invalid(
                f"Invalid function version {version}. Function version {version} is already included in routing "
                f"configuration. {_KEY} must name another one than FunctionVersion, or none: {{}}"
            )
