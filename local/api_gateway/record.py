"""PURE: what the gateway saw of one request."""

from dataclasses import dataclass
from typing import Any

from local.lambda_runtime.invocation import InvokeResult


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """One line of requests.jsonl. Times are epoch milliseconds, durations milliseconds, sizes bytes.

    `resource` is None when no resource matched. When the gateway (not the function) made the answer, `failure` is a
    sentence, `error` what the client was told and `error_type` the gateway response's type, which is None when no API
    or stage was met. The function's fields are None when it was not invoked or had not answered by then.
    `integration_ms` is how long the gateway waited for the function, None where it did not call it.
    """

    time_ms: int
    method: str
    path: str
    resource: str | None
    status: int
    duration_ms: float
    request_id: str
    trace_id: str
    source_ip: str
    user_agent: str | None
    request_bytes: int
    response_bytes: int
    failure: str | None = None
    function_request_id: str | None = None
    function_ms: float | None = None
    init_ms: float | None = None
    outcome: str | None = None
    log_stream: str | None = None
    integration_ms: float | None = None
    protocol: str = "HTTP/1.1"
    extended_request_id: str = ""
    error: str | None = None
    error_type: str | None = None

    def document(self) -> dict[str, Any]:
        # Not asdict(): it copies deeply, which costs as much as the rest of the line.
        return {name: getattr(self, name) for name in self.__slots__}


def function_fields(result: InvokeResult | None) -> dict[str, Any]:
    """The record's fields that tell about the invocation."""
    if result is None:
        return {}
    return {
        "function_request_id": result.request_id,
        "function_ms": round(result.duration_ms, 3),
        "init_ms": None if result.init_ms is None else round(result.init_ms, 3),
        "outcome": result.outcome.value,
        "log_stream": result.log_stream,
    }
