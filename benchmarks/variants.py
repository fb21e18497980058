"""PURE: what is measured against what."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


class Packages(Enum):
    """What a variant's folder holds beside its application."""

    SHIPPED = "what ships, with its bytecode"
    """requirements.txt, as our artifact has it."""
    SOURCES = "what ships, without bytecode"
    """The same as `sam build` leaves it."""
    OPENTELEMETRY = "opentelemetry"
    """OpenTelemetry's own packages: requirements-bench-opentelemetry.txt."""
    DISTRO = "distro"
    """AWS's distribution of OpenTelemetry: requirements-bench-distro.txt."""

    @property
    def venv(self) -> str | None:
        """The virtual environment that `make bench` makes for it; None: ours."""
        return f".venv-bench-{self.value}" if self in (Packages.OPENTELEMETRY, Packages.DISTRO) else None


@dataclass(frozen=True, slots=True)
class Variant:
    """A handler, what it needs, and what its environment says. `quick`: a quick run measures it too."""

    name: str
    handler: str
    packages: Packages = Packages.SHIPPED
    variables: Mapping[str, str] = field(default_factory=dict)
    quick: bool = False


_LAYER = {
    "OTEL_SERVICE_NAME": "bench",
    "OTEL_PROPAGATORS": "baggage,xray,tracecontext",
    "OTEL_METRICS_EXPORTER": "none",
    "OTEL_LOGS_EXPORTER": "none",
    "OTEL_PYTHON_DISTRO": "aws_distro",
    "OTEL_PYTHON_CONFIGURATOR": "aws_configurator",
    "OTEL_AWS_APPLICATION_SIGNALS_ENABLED": "true",
    "OTEL_AWS_APPLICATION_SIGNALS_RUNTIME_ENABLED": "false",
    # The layer instruments botocore and Lambda, and little else, for the sake of the cold start.
    "OTEL_PYTHON_DISABLED_INSTRUMENTATIONS": "aws-lambda,asgi,fastapi,logging,requests,sqlite3,starlette"
    ",system_metrics,threading,urllib,urllib3",
    "ORIG_HANDLER": "bare.lambda_handler",
}
"""The variables that the layer's start script sets (aws-otel-python-instrumentation, lambda-layer/)."""

BARE = Variant("bare FastAPI + Mangum", "bare.lambda_handler", quick=True)
NATIVE = Variant("this library, native", "observed.lambda_handler", quick=True)
POWERTOOLS = Variant("Powertools: Logger, Metrics, Tracer", "powertools.lambda_handler", quick=True)
PEERS = (
    BARE,
    NATIVE,
    Variant("this library, xray-sdk", NATIVE.handler, variables={"OBSERVABILITY_TRACING": "xray-sdk"}),
    Variant("this library, otel", NATIVE.handler, variables={"OBSERVABILITY_TRACING": "otel"}),
    POWERTOOLS,
    Variant("OpenTelemetry: FastAPI, Lambda, OTLP", "otel_sdk.lambda_handler", Packages.OPENTELEMETRY, _LAYER),
    Variant("AWS's distro", "distro.lambda_handler", Packages.DISTRO, _LAYER),
    Variant("AWS's distro, fast start", "distro_lite.lambda_handler", Packages.DISTRO, _LAYER),
)
"""One application, seen into in different ways. The floor is first: all ratios are to it."""

SERVICE = Variant("this service", "service.handler.lambda_handler", quick=True)
BARE_DYNAMODB = Variant("bare, with a DynamoDB client", "bare_dynamodb.lambda_handler")
NATIVE_DYNAMODB = Variant("this library, with a DynamoDB client", "observed_dynamodb.lambda_handler")
ONLY_COLD = (
    Variant("this library, no trick", NATIVE.handler, variables={"OBSERVABILITY_COLD_START": "none"}),
    BARE_DYNAMODB,
    NATIVE_DYNAMODB,
    Variant(f"{BARE.name}, no bytecode", BARE.handler, Packages.SOURCES),
    Variant(f"{SERVICE.name}, no bytecode", SERVICE.handler, Packages.SOURCES),
)
"""What only tells something about starting."""
