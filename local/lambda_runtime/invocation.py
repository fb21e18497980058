"""PURE: what became of one invocation."""

from dataclasses import dataclass
from enum import StrEnum


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
class InvokeResult:
    """The answer of Lambda's Invoke. Durations in milliseconds; `init_ms` only on a cold start."""

    request_id: str
    outcome: Outcome
    payload: bytes
    duration_ms: float
    init_ms: float | None = None
    log_stream: str = ""
    version: str = "$LATEST"

    @property
    def cold(self) -> bool:
        return self.init_ms is not None
