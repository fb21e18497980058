"""Lambda's control API on a laptop: the door."""

from local.lambda_api.control import LambdaControl
from local.lambda_api.invoked import Invoked
from local.lambda_api.snapshots import Snapshots

__all__ = ["Invoked", "LambdaControl", "Snapshots"]
