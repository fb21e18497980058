"""OpenTelemetry's own instrumentation of FastAPI and of Lambda, with OTLP over HTTP (opentelemetry.io, "Python").

The Lambda instrumentation sends the spans before it answers: a frozen sandbox may never send what waits.
"""

from application import app
from mangum import Mangum
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.aws_lambda import AwsLambdaInstrumentor
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
trace.set_tracer_provider(provider)
FastAPIInstrumentor.instrument_app(app)
lambda_handler = Mangum(app, lifespan="off")
AwsLambdaInstrumentor().instrument()
