"""AWS's distribution of OpenTelemetry as its Lambda layer starts it: its configurator, and Lambda instrumented.

The layer does the same from a second Python program that runs before this one, which is left out here: its figures
are better than the layer's own.
"""

from importlib import import_module

from opentelemetry.instrumentation.auto_instrumentation import initialize
from opentelemetry.instrumentation.aws_lambda import AwsLambdaInstrumentor

initialize()
AwsLambdaInstrumentor().instrument()
lambda_handler = import_module("bare").lambda_handler
