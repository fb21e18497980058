"""Lambda's control API on a laptop: the door."""

from local.lambda_api.control import LambdaControl
from local.lambda_api.invoked import Invoked

__all__ = ["Invoked", "LambdaControl"]
