"""The way that traces leave by: UDP to the X-Ray daemon, or OTLP over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from observability.tracing.daemon import Daemon

if TYPE_CHECKING:
    from collections.abc import Callable

    from observability.settings import Settings

__all__ = ["otlp_url", "sender"]

_TRACES = "/v1/traces"
"""What follows the general endpoint (OpenTelemetry, "OTLP exporter configuration")."""


def sender(settings: Settings) -> Callable[[bytes], None]:
    """Takes one datagram's, or one OTLP request's, bytes. It raises OSError. Raises SettingError."""
    url = otlp_url(settings)
    if url is None:
        return Daemon(settings.daemon).send
    from observability.tracing.otlp_http import OtlpHttp, headers_of  # noqa: PLC0415 (loads http.client)

    return OtlpHttp(
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT" if settings.otlp_traces_endpoint else "OTEL_EXPORTER_OTLP_ENDPOINT",
        url,
        headers_of(settings.otlp_headers),
        settings.otlp_timeout_ms / 1000,
        at_once=settings.function_name is not None,
    ).send


def otlp_url(settings: Settings) -> str | None:
    """Where OTLP goes by HTTP; None: nowhere, or by UDP."""
    if settings.tracing.value != "otel":
        return None
    if settings.otlp_traces_endpoint is not None:
        return settings.otlp_traces_endpoint
    return None if settings.otlp_endpoint is None else settings.otlp_endpoint.rstrip("/") + _TRACES
