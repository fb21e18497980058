"""Puts our provider where OpenTelemetry's API looks for one."""

from __future__ import annotations

import logging

from opentelemetry import trace

from observability.tracing.provider import Bridge, Provider

__all__ = ["bridge"]


def bridge(*, fastapi_spans: bool) -> Bridge | None:
    """The bridge to OpenTelemetry's API, our provider set. None, said in the log, if another provider is: its spans
    go where it sends them, and span()'s are as without OpenTelemetry.
    """
    found = trace.get_tracer_provider()
    if isinstance(found, trace.ProxyTracerProvider):  # nobody has set one yet
        trace.set_tracer_provider(Provider())
        found = trace.get_tracer_provider()
    if isinstance(found, Provider):
        return Bridge(fastapi_spans=fastapi_spans)
    kind = f"{type(found).__module__}.{type(found).__qualname__}"
    logging.getLogger(__name__).warning(
        "OpenTelemetry's provider is %s already: spans of its API are not in the X-Ray traces"
        " (OBSERVABILITY_TRACING=otel joins it)",
        kind,
    )
    return None
