"""X-Amzn-Trace-Id for OpenTelemetry's propagation API, beside the W3C headers that it has by itself."""

from __future__ import annotations

from typing import Any

from opentelemetry import propagate, trace
from opentelemetry.context import Context
from opentelemetry.propagators.composite import CompositePropagator
from opentelemetry.propagators.textmap import (
    CarrierT,
    Getter,
    Setter,
    TextMapPropagator,
    default_getter,
    default_setter,
)

from observability.tracing.header import parse
from observability.tracing.outgoing import outgoing

__all__ = ["XRayPropagator", "install"]

_HEADER = "X-Amzn-Trace-Id"


class XRayPropagator(TextMapPropagator):
    def extract(
        self,
        carrier: CarrierT,
        context: Context | None = None,
        getter: Getter[CarrierT] = default_getter,
    ) -> Context:
        """The context with the header's trace, if it names a parent and no other header did before."""
        context = Context() if context is None else context
        found = parse(next(iter(getter.get(carrier, _HEADER) or getter.get(carrier, _HEADER.lower()) or ()), None))
        if found.root is None or found.parent is None or trace.get_current_span(context).get_span_context().is_valid:
            return context
        flags = trace.TraceFlags(trace.TraceFlags.DEFAULT if found.sampled is False else trace.TraceFlags.SAMPLED)
        ids = int(found.root[2:].replace("-", ""), 16), int(found.parent, 16)
        remote = trace.SpanContext(*ids, is_remote=True, trace_flags=flags)
        return trace.set_span_in_context(trace.NonRecordingSpan(remote), context)

    def inject(
        self,
        carrier: CarrierT,
        context: Context | None = None,
        setter: Setter[CarrierT] = default_setter,
    ) -> None:
        found = trace.get_current_span(context).get_span_context()
        if found.is_valid:
            digits = f"{found.trace_id:032x}"
            root = f"1-{digits[:8]}-{digits[8:]}"
            header = outgoing(root, f"{found.span_id:016x}", sampled=found.trace_flags.sampled)[_HEADER]
            setter.set(carrier, _HEADER, header)

    @property
    def fields(self) -> set[str]:
        return {_HEADER}


def install() -> None:
    """Adds it to the propagators that OTEL_PROPAGATORS asks for, once."""
    found: Any = propagate.get_global_textmap()
    if not any(isinstance(one, XRayPropagator) for one in getattr(found, "_propagators", ())):
        propagate.set_global_textmap(CompositePropagator([found, XRayPropagator()]))
