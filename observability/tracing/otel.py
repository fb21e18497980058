"""The otel backend: OpenTelemetry's SDK. Its provider makes the spans of OpenTelemetry's API, span() makes its own as
ever, and both leave as OTLP: over UDP to the X-Ray daemon, or over HTTP where an endpoint is set.
"""

# ruff: noqa: ARG002, PLR0913, PLR0917 (the signatures are OpenTelemetry's)

from __future__ import annotations

import base64
import logging
import os
import time
from threading import Lock
from typing import TYPE_CHECKING, Any

from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.sdk.trace.sampling import Decision, Sampler, SamplingResult

from observability.context import current
from observability.tracing import propagator
from observability.tracing.otlp import OtlpSpan, encode, request
from observability.tracing.otlp_spans import spans
from observability.tracing.provider import Bridge, RecordTracer
from observability.tracing.provider import Provider as RecordProvider
from observability.tracing.sending import otlp_url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opentelemetry.sdk.trace import Span as SdkSpan

    from observability.instruments import Instruments
    from observability.record import Bridge as AnyBridge
    from observability.record import Record
    from observability.redaction import Redaction
    from observability.settings import Settings
    from observability.spans import Span

__all__ = ["OpenTelemetry"]

_HEADER = b'{"format":"json","version":1}\nT1S'
"""AWS's OpenTelemetry distribution's way to the daemon: the header line, T1S (sampled), base64 of the request."""
_MOST_BYTES = 48_000
"""Of a request: base64 makes 64,000 of them, what the daemon takes of a document."""
_FASTAPI = "fastapi"


class OpenTelemetry:
    """One backend. Joins a provider of OpenTelemetry's SDK that the application has set itself."""

    def __init__(self, settings: Settings) -> None:
        self.bridge: AnyBridge | None = Bridge(fastapi_spans=settings.fastapi_spans)
        self._by_http = otlp_url(settings) is not None
        self._resource = Resource.create(_about(settings))
        self._collector = Collector(self.bridge)
        self._joined: object = None

    def install(self) -> None:
        provider: Any = trace.get_tracer_provider()
        if isinstance(provider, trace.ProxyTracerProvider):  # nobody has set one yet
            trace.set_tracer_provider(
                Provider(resource=self._resource, id_generator=XRayIds(), sampler=InRequests(), shutdown_on_exit=False)
            )
            provider = trace.get_tracer_provider()
        if self._joined is provider:
            return
        self._joined = provider
        propagator.install()
        if hasattr(provider, "add_span_processor"):
            provider.add_span_processor(self._collector)
        elif not isinstance(provider, RecordProvider):  # whose spans are in the record anyway
            logging.getLogger(__name__).warning(
                "OpenTelemetry's provider is %s already: its spans are not in the traces", type(provider).__qualname__
            )

    def export(self, record: Record, instruments: Instruments) -> None:
        found = [*spans(record), *self._collector.take(record)]
        for body in _requests(dict(self._resource.attributes), found, record):
            try:
                instruments.send_document(body if self._by_http else _HEADER + base64.b64encode(body))
            except OSError as error:
                record.failed(f"OTLP request not sent{f' ({error})' if self._by_http else ''}", error)


class Provider(TracerProvider):
    """FastAPI's spans are a setting of ours; all others are the SDK's own."""

    def get_tracer(
        self,
        instrumenting_module_name: str,
        instrumenting_library_version: str | None = None,
        schema_url: str | None = None,
        attributes: Any = None,
    ) -> trace.Tracer:
        if instrumenting_module_name == _FASTAPI:
            return RecordTracer(_FASTAPI)
        return super().get_tracer(instrumenting_module_name, instrumenting_library_version, schema_url, attributes)


class XRayIds(IdGenerator):
    """X-Ray's trace ids begin with the time. All else is the operating system's randomness, which a restored snapshot
    doesn't repeat.
    """

    def generate_span_id(self) -> int:
        return int.from_bytes(os.urandom(8)) or 1

    def generate_trace_id(self) -> int:
        return int(time.time()) << 96 | int.from_bytes(os.urandom(12))


class InRequests(Sampler):
    """Follows the decision that was made for the request; outside of one nothing is recorded."""

    def should_sample(
        self,
        parent_context: Any,
        trace_id: int,
        name: str,
        kind: Any = None,
        attributes: Any = None,
        links: Any = None,
        trace_state: Any = None,
    ) -> SamplingResult:
        record = current()
        if record.closed:
            record.add()  # nothing: which counts as what comes too late
        if record.bridge is None or record.closed or not record.sampled:
            return SamplingResult(Decision.DROP)
        return SamplingResult(Decision.RECORD_AND_SAMPLE, attributes)

    def get_description(self) -> str:
        return "InRequests"


class Collector(SpanProcessor):
    """Keeps the SDK's spans of each request until it ends."""

    def __init__(self, bridge: AnyBridge | None) -> None:
        self._bridge = bridge
        self._lock = Lock()
        self._open: dict[int, tuple[Span, SdkSpan]] = {}
        self._ended: dict[Span, list[ReadableSpan]] = {}

    def on_start(self, span: SdkSpan, parent_context: Any = None) -> None:
        record = current()
        if record.bridge is self._bridge and not record.closed:
            with self._lock:
                self._open[span.get_span_context().span_id] = (record.root, span)

    def on_end(self, span: ReadableSpan) -> None:
        context = span.get_span_context()
        with self._lock:
            root, _ = self._open.pop(context.span_id if context is not None else 0, (None, None))
            if root is not None:
                self._ended.setdefault(root, []).append(span)

    def take(self, record: Record) -> Iterator[OtlpSpan]:
        """The request's spans without their secrets. What hasn't ended is as far as it has come, and says so."""
        with self._lock:
            ended = self._ended.pop(record.root, [])
            left = {span_id: span for span_id, (root, span) in self._open.items() if root is record.root}
            for span_id in left:
                del self._open[span_id]
        for span in [*ended, *left.values()]:
            if (found := _otlp(span, record.redaction)) is not None:
                if span.end_time is None:
                    _close(found, record)
                yield found


def _close(span: OtlpSpan, record: Record) -> None:
    """As our own spans are closed that a request leaves open, or that are open shortly before Lambda's time-out."""
    span.ended_ns = int(record.wall(record.started if record.ended is None else record.ended) * 1e9)
    span.attributes = {**span.attributes, "in_progress": True}
    if record.near_timeout:
        span.attributes["near_timeout"] = True
        span.failed = True


def _otlp(span: ReadableSpan, redaction: Redaction) -> OtlpSpan | None:
    context, parent = span.get_span_context(), span.parent
    if context is None:
        return None
    return OtlpSpan(
        f"{context.trace_id:032x}",
        f"{context.span_id:016x}",
        f"{parent.span_id:016x}" if parent is not None else None,
        span.name,
        span.kind.name,
        span.start_time or 0,
        span.end_time or 0,
        redaction.fields(span.attributes or {}),
        [(event.name, event.timestamp, redaction.fields(event.attributes or {})) for event in span.events],
        [
            (f"{one.context.trace_id:032x}", f"{one.context.span_id:016x}", dict(one.attributes or {}))
            for one in span.links
        ],
        span.status.status_code is trace.StatusCode.ERROR,
        redaction.text(span.status.description or ""),
        span.instrumentation_scope.name if span.instrumentation_scope is not None else "",
    )


def _about(settings: Settings) -> dict[str, Any]:
    """OpenTelemetry semantic conventions, "FaaS resource" and "Cloud resource"."""
    about: dict[str, Any] = {"service.name": settings.service}
    if settings.function_name is not None:
        about |= {
            "cloud.provider": "aws",
            "cloud.platform": "aws_lambda",
            "cloud.region": settings.region or "",
            "faas.name": settings.function_name,
            "faas.version": settings.function_version or "",
        }
    return about


def _requests(resource: dict[str, Any], found: list[OtlpSpan], record: Record) -> Iterator[bytes]:
    """As few requests as their size allows. A span too large by itself loses its attributes and events."""
    held: list[tuple[str, bytes]] = []
    size = 0
    for span in found:
        encoded = encode(span)
        if len(encoded) > _MOST_BYTES // 2:
            span.attributes, span.events = {"left_out": f"{len(encoded)} bytes: more than a datagram takes"}, []
            encoded = encode(span)
            record.failed("a span too large for OTLP")
        if held and size + len(encoded) > _MOST_BYTES - _MOST_BYTES // 8:
            yield request(resource, held)
            held, size = [], 0
        held.append((span.scope, encoded))
        size += len(encoded) + 8
    yield request(resource, held)
