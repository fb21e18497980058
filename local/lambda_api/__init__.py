"""Lambda's control API on a laptop: the door."""

from local.lambda_api.control import LambdaControl

__all__ = ["LambdaControl"]
