"""Lambda on a laptop: the Runtime API, sandboxes that run the real runtime client, and their limits."""

from local.lambda_runtime.function import Code, FunctionConfig, RuntimeClient
from local.lambda_runtime.invocation import InvokeResult, Outcome
from local.lambda_runtime.limits import Limits
from local.lambda_runtime.pool import LambdaFunction

__all__ = ["Code", "FunctionConfig", "InvokeResult", "LambdaFunction", "Limits", "Outcome", "RuntimeClient"]
