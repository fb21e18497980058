"""The process that stands for AWS's own: it keeps logs, metrics and traces, and serves their APIs."""

from local.aws.messages import Configuration, GatewayRequest
from local.aws.parts import Place
from local.aws.stack_side import AwsProcess

__all__ = ["AwsProcess", "Configuration", "GatewayRequest", "Place"]
