"""Settings: each has its variable, default, unit and meaning in one place. PURE: the environment is an argument.

`setting`, `read` and `table` are for a service's own settings as well:

    @dataclass(frozen=True)
    class Settings:
        wait_ms: int = setting(env="WAIT_MS", default=200, unit="ms", meaning="how long to wait")

    settings = read(Settings, os.environ)
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields, is_dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast, get_type_hints

from observability.errors import SettingError
from observability.setting_text import describe, parse, show
from observability.tricks import Trick, tricks

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["LogLevel", "Row", "SettingError", "Settings", "Tracing", "read", "setting", "table"]

T = TypeVar("T")


class _Spec(NamedTuple):
    env: str
    unit: str | None
    meaning: str


class Row(NamedTuple):
    """One setting as the docs show it."""

    variable: str
    kind: str
    default: str
    unit: str
    meaning: str


def setting(*, env: str, default: T, meaning: str, unit: str | None = None) -> T:
    """A dataclass field that `read` fills from the variable `env`. The field's type decides how it is parsed:
    str, int, float, bool, an Enum (by value), tuple[str, ...] (separated by commas), each also `| None`.
    """
    return field(default=default, metadata={"setting": _Spec(env, unit, meaning)})


def read(cls: type[T], environ: Mapping[str, str]) -> T:
    """An instance of the dataclass `cls`, its settings from `environ`. A variable that is set to nothing but spaces
    counts as not set. A field that is a dataclass itself is read likewise. Raises SettingError.
    """
    hints = get_type_hints(cls)
    values: dict[str, Any] = {}
    for one in fields(cast("Any", cls)):
        kind = hints[one.name]
        spec: _Spec | None = one.metadata.get("setting")
        if spec is None and is_dataclass(kind):
            values[one.name] = read(cast("type[Any]", kind), environ)
        elif spec is not None and environ.get(spec.env, "").strip():
            values[one.name] = parse(spec.env, environ[spec.env].strip(), kind)
    return cls(**values)


def misnamed(cls: type[Any], environ: Mapping[str, str], prefix: str) -> list[str]:
    """The variables that begin as the settings of the dataclass `cls` do and are none, sorted."""
    named = [name for name in environ if name.startswith(prefix)]
    known = {spec.env for one in fields(cls) if (spec := one.metadata.get("setting"))} if named else ()
    return sorted(name for name in named if name not in known)


def table(cls: type[Any]) -> tuple[Row, ...]:
    """The settings of the dataclass `cls` in their order, those of its sections included."""
    hints = get_type_hints(cls)
    rows: list[Row] = []
    for one in fields(cls):
        kind = hints[one.name]
        spec: _Spec | None = one.metadata.get("setting")
        if spec is not None:
            rows.append(Row(spec.env, describe(kind), show(one.default), spec.unit or "", spec.meaning))
        elif is_dataclass(kind):
            rows.extend(table(cast("type[Any]", kind)))
    return tuple(rows)


class Tracing(Enum):
    """Where traces go."""

    NATIVE = "native"
    """X-Ray documents, straight to the X-Ray daemon."""
    XRAY_SDK = "xray-sdk"
    """As native, with the subsegments of code that uses aws-xray-sdk's recorder in the same trace."""
    OTEL = "otel"
    """OpenTelemetry's SDK: OTLP over UDP to the X-Ray daemon, or over HTTP where an endpoint is set."""
    OFF = "off"
    """Nowhere. Trace ids still are in the line and in the response's headers."""


class LogLevel(Enum):
    """From which level on the application's log lines are written at once."""

    DEBUG = "debug"
    """Everything."""
    INFO = "info"
    """What happens as it should."""
    WARNING = "warning"
    """What somebody should know of."""
    ERROR = "error"
    """What failed."""
    CRITICAL = "critical"
    """What stops the service."""


@dataclass(frozen=True)
class Settings:
    """The settings of this library. Raises SettingError for a value that can't be used."""

    service: str = setting(
        env="POWERTOOLS_SERVICE_NAME",
        default="service_undefined",
        meaning="the service's name in logs, metrics and traces, unless observe() is told one",
    )
    namespace: str | None = setting(
        env="POWERTOOLS_METRICS_NAMESPACE",
        default=None,
        meaning="the CloudWatch namespace of the metrics; unset: the service's name",
    )
    tracing: Tracing = setting(env="OBSERVABILITY_TRACING", default=Tracing.NATIVE, meaning="where traces go")
    most_dimension_values: int = setting(
        env="OBSERVABILITY_MOST_DIMENSION_VALUES",
        default=200,
        meaning="how many routes (and values of a service's own dimensions) a process tells apart in metrics, each of"
        " which CloudWatch bills; further ones are (other)",
    )
    fastapi_spans: bool = setting(
        env="OBSERVABILITY_FASTAPI_SPANS",
        default=False,
        meaning="whether FastAPI's own spans (dependencies, endpoint, serialization) are in the traces",
    )
    otlp_traces_endpoint: str | None = setting(
        env="OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
        default=None,
        meaning="with otel: the URL that takes OTLP traces by HTTP, such as http://127.0.0.1:4318/v1/traces",
    )
    otlp_endpoint: str | None = setting(
        env="OTEL_EXPORTER_OTLP_ENDPOINT",
        default=None,
        meaning="the same, without its /v1/traces; neither: OTLP over UDP to the X-Ray daemon",
    )
    otlp_headers: str = setting(
        env="OTEL_EXPORTER_OTLP_HEADERS",
        default="",
        meaning="with an OTLP endpoint: headers that each request carries: name=value,name=value",
    )
    otlp_timeout_ms: int = setting(
        env="OTEL_EXPORTER_OTLP_TIMEOUT",
        default=1_000,
        unit="ms",
        meaning="with an OTLP endpoint: how long it may take; what it does not take in time is lost, and counted",
    )
    log_level: LogLevel = setting(
        env="POWERTOOLS_LOG_LEVEL",
        default=LogLevel.INFO,
        meaning="from which level on the application's log lines are written at once; those below are kept with the"
        " request and written if it fails or is slow",
    )
    log_sample_rate: float = setting(
        env="POWERTOOLS_LOGGER_SAMPLE_RATE",
        default=0.0,
        meaning="the share of requests, from 0 to 1, of which log lines of every level are written at once",
    )
    log_buffer_bytes: int = setting(
        env="OBSERVABILITY_LOG_BUFFER_BYTES",
        default=20_480,
        unit="bytes",
        meaning="how much of a request's log lines below the level is kept, the newest; 0: none",
    )
    slow_ms: int = setting(
        env="OBSERVABILITY_SLOW_MS",
        default=1_000,
        unit="ms",
        meaning="from which duration on a request is slow, and its log lines below the level are written",
    )
    capture_logging: bool = setting(
        env="OBSERVABILITY_CAPTURE_LOGGING",
        default=True,
        meaning="whether other libraries' log lines take our form where the handler is that of Lambda or uvicorn",
    )
    redact: tuple[str, ...] = setting(
        env="OBSERVABILITY_REDACT",
        default=(),
        meaning="names of fields whose values are hidden in lines, logs and traces, beside passwords, tokens, API keys,"
        " cookies and such, which always are",
    )
    near_timeout_ms: int = setting(
        env="OBSERVABILITY_NEAR_TIMEOUT_MS",
        default=200,
        unit="ms",
        meaning="how long before Lambda stops a request its line is written, with where it hangs; 0: never. With 128 MB"
        " the processor is a fourteenth: a loop that is busy to the end may need twice that to be caught each time",
    )
    after_answer: bool = setting(
        env="OBSERVABILITY_AFTER_ANSWER",
        default=True,
        meaning="whether in Lambda a request's line and trace are sent once its answer is out (before Lambda can freeze"
        " or stop anything), so that the client does not wait for them",
    )
    daemon_address: str = setting(
        env="AWS_XRAY_DAEMON_ADDRESS",
        default="127.0.0.1:2000",
        meaning="where the X-Ray daemon takes documents: host:port, or tcp:host:port udp:host:port",
    )
    cold_start: tuple[str, ...] = setting(
        env="OBSERVABILITY_COLD_START",
        default=("all",),
        meaning="what a start does to be shorter: all, none, or some of collector, openapi, plugins, pydantic-v1"
        ", stdlib, s3transfer, prime",
    )
    function_name: str | None = setting(
        env="AWS_LAMBDA_FUNCTION_NAME", default=None, meaning="set by Lambda: the function's name"
    )
    function_version: str | None = setting(
        env="AWS_LAMBDA_FUNCTION_VERSION", default=None, meaning="set by Lambda: the function's version"
    )
    function_memory_size: int | None = setting(
        env="AWS_LAMBDA_FUNCTION_MEMORY_SIZE", default=None, unit="MB", meaning="set by Lambda: the function's memory"
    )
    region: str | None = setting(env="AWS_REGION", default=None, meaning="set by Lambda: the region")
    initialization_type: str = setting(
        env="AWS_LAMBDA_INITIALIZATION_TYPE",
        default="on-demand",
        meaning="set by Lambda: on-demand, provisioned-concurrency (nobody waits for it: no cold start), snap-start",
    )

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Settings:
        return read(cls, environ)

    def __post_init__(self) -> None:
        if not re.fullmatch(r"(?=.*\S)[\x20-\x7e]{1,255}", self.service):
            raise SettingError("POWERTOOLS_SERVICE_NAME", self.service, "1 to 255 printable ASCII characters")
        # CloudWatch, PutMetricData: the characters of a namespace; "AWS/" is for AWS's own.
        if not re.fullmatch(r"(?!AWS/)(?!:)[0-9A-Za-z.\-_/#: ]{1,255}", self.metrics_namespace):
            raise SettingError(
                "POWERTOOLS_METRICS_NAMESPACE",
                self.metrics_namespace,
                "1 to 255 of A-Z a-z 0-9 . - _ / # : and space, not AWS/... (unset, it is the service's name)",
            )
        if self.most_dimension_values < 1:
            raise SettingError(
                "OBSERVABILITY_MOST_DIMENSION_VALUES", str(self.most_dimension_values), "a whole number from 1 on"
            )
        if not 0 <= self.log_sample_rate <= 1:
            raise SettingError("POWERTOOLS_LOGGER_SAMPLE_RATE", str(self.log_sample_rate), "a number from 0 to 1")
        _ = self.daemon, self.tricks

    @property
    def metrics_namespace(self) -> str:
        return self.service if self.namespace is None else self.namespace

    @property
    def tricks(self) -> frozenset[Trick]:
        return tricks(",".join(self.cold_start))

    @property
    def daemon(self) -> tuple[str, int]:
        """The host and UDP port of the X-Ray daemon."""
        for address in self.daemon_address.split():
            found = re.fullmatch(r"(?:udp:)?(\[[0-9A-Fa-f:]+\]|[A-Za-z0-9.\-]+):([0-9]{1,5})", address)
            if found and found[1] not in ("tcp", "udp") and 0 < int(found[2]) < 65536:
                return found[1].strip("[]"), int(found[2])
        raise SettingError(
            "AWS_XRAY_DAEMON_ADDRESS", self.daemon_address, "127.0.0.1:2000 or tcp:127.0.0.1:2000 udp:127.0.0.1:2000"
        )
