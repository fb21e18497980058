"""PURE: one invocation, and what became of it."""

from dataclasses import dataclass
from enum import StrEnum

# "Invocation payload (request and response)" of the AWS page "Lambda quotas"; the request's exact number is the one in
# Invoke's own error message, the response's in that of Function.ResponseSizeTooLarge.
REQUEST_LIMIT_BYTES = 6_291_456
RESPONSE_LIMIT_BYTES = 6_291_556


class Outcome(StrEnum):
    """How an invocation ended.

    OK: the function returned; `payload` is its answer.
    FUNCTION_ERROR: the handler raised (or initialisation failed); `payload` is the error object.
    TIMEOUT: the sandbox was killed at the function's timeout.
    CRASH: the runtime process ended by itself (exit code or signal).
    OUT_OF_MEMORY: the sandbox was killed because it passed its memory size.
    """

    OK = "ok"
    FUNCTION_ERROR = "function_error"
    TIMEOUT = "timeout"
    CRASH = "crash"
    OUT_OF_MEMORY = "out_of_memory"


@dataclass(frozen=True, slots=True)
class Invocation:
    """What the runtime gets to do. `trace_header` is the one for the function; `client_context` is JSON text."""

    request_id: str
    payload: bytes
    function_arn: str
    trace_header: str | None = None
    client_context: str | None = None


@dataclass(frozen=True, slots=True)
class InvokeResult:
    """The answer of Lambda's Invoke. Durations in milliseconds; `init_ms` only on a cold start.

    `log_tail` is the end of the invocation's log, where it was asked for.
    """

    request_id: str
    outcome: Outcome
    payload: bytes
    duration_ms: float
    init_ms: float | None = None
    log_stream: str = ""
    version: str = "$LATEST"
    log_tail: bytes = b""

    @property
    def cold(self) -> bool:
        return self.init_ms is not None
