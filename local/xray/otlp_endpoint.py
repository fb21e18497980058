"""X-Ray's OTLP endpoint: POST /v1/traces.

Sources: CloudWatch's user guide, "OTLP Endpoints" (encodings, limits); OpenTelemetry protocol specification,
"OTLP/HTTP".
Whoever may ask X-Ray here at all may ask this, signed or not.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from local.endpoint.wire import PathAction, WireAnswer, WireRequest
from local.xray.otlp import (
    INVALID_ARGUMENT,
    UNIMPLEMENTED,
    NotOtlp,
    answer,
    failure,
    in_json,
    of_json,
    of_protobuf,
    spans_of,
)

if TYPE_CHECKING:
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

PATH = "/v1/traces"
_OTHERS = ("/v1/logs", "/v1/metrics")

_MOST_BYTES = 5 * 1024 * 1024
_MOST_SPANS = 10_000
_MOST_SPAN_BYTES = 200 * 1024
_DAY_S = 86_400
_PAST_S, _FUTURE_S, _GAP_S = 14 * _DAY_S, 2 * 3600, _DAY_S
_NS = 1_000_000_000
_JSON, _PROTOBUF = "application/json", "application/x-protobuf"


class SpanStore(Protocol):
    def put_spans(self, request: Mapping[str, Any]) -> list[str]: ...


def otlp_paths(store: SpanStore, clock: Callable[[], float]) -> dict[str, PathAction]:
    """What answers at each path of OTLP. `clock`: seconds since the epoch."""
    return {PATH: _Traces(store, clock), **dict.fromkeys(_OTHERS, _refuse_other)}


class _Traces:
    """Answers a request of any method, in the encoding of the request."""

    def __init__(self, store: SpanStore, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock

    def __call__(self, request: WireRequest) -> WireAnswer:
        as_json = request.media_type == _JSON
        kind = _JSON if as_json else _PROTOBUF
        if request.method != "POST":
            return _refused(405, f"{PATH} takes POST", kind, Allow="POST")
        if request.media_type not in (_JSON, _PROTOBUF):
            return _refused(415, f"Content-Type {request.media_type!r}: {_PROTOBUF} and {_JSON} are taken", kind)
        if len(request.body) > _MOST_BYTES:
            return _refused(413, f"{len(request.body)} bytes: a request has {_MOST_BYTES} at most", kind)
        try:
            taken = (of_json if as_json else of_protobuf)(request.body)
            _within_limits([span.start_time_unix_nano / _NS for span in spans_of(taken)], self._clock())
        except NotOtlp as error:
            return _refused(400, str(error), kind)
        reasons = _too_large(taken) + self._store.put_spans(in_json(taken))
        return WireAnswer(200, answer(len(reasons), next(iter(reasons), ""), as_json=as_json), {"Content-Type": kind})


def _refuse_other(request: WireRequest) -> WireAnswer:
    """CloudWatch's endpoints for the other signals, which an OpenTelemetry SDK sends to the same address."""
    kind = _JSON if request.media_type == _JSON else _PROTOBUF
    return _refused(501, f"OTLP at {request.path} is not supported on the laptop; at {PATH} it is", kind)


def _within_limits(starts_s: Sequence[float], now_s: float) -> None:
    """Of the request as a whole. Raises NotOtlp."""
    if len(starts_s) > _MOST_SPANS:
        raise NotOtlp(f"{len(starts_s)} spans: a request has {_MOST_SPANS} at most")
    if not starts_s:
        return
    first, last = min(starts_s), max(starts_s)
    if first < now_s - _PAST_S or last > now_s + _FUTURE_S:
        raise NotOtlp("a span starts more than 14 days ago or 2 hours from now")
    if last - first > _GAP_S:
        raise NotOtlp("the spans of a request start within 24 hours")


def _too_large(request: "ExportTraceServiceRequest") -> list[str]:
    """Takes them out; why, of each."""
    reasons = []
    for of_resource in request.resource_spans:
        for scope in of_resource.scope_spans:
            kept = [span for span in scope.spans if span.ByteSize() <= _MOST_SPAN_BYTES]
            reasons += [f"a span has {_MOST_SPAN_BYTES} bytes at most"] * (len(scope.spans) - len(kept))
            if len(kept) < len(scope.spans):
                del scope.spans[:]
                scope.spans.extend(kept)
    return reasons


def _refused(status: int, message: str, kind: str, **headers: str) -> WireAnswer:
    code = UNIMPLEMENTED if status == 501 else INVALID_ARGUMENT
    return WireAnswer(status, failure(code, message, as_json=kind == _JSON), {"Content-Type": kind, **headers})
