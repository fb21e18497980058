"""The fast start of AWS's distribution of OpenTelemetry: the layer's AWS_LAMBDA_LITE_MODE, with its small SDK."""

from importlib import import_module

from amazon.opentelemetry.distro.opentelemetry_lite_sdk import configure_lite_mode
from opentelemetry.instrumentation.aws_lambda import AwsLambdaInstrumentor

configure_lite_mode()
AwsLambdaInstrumentor().instrument()
lambda_handler = import_module("bare").lambda_handler
