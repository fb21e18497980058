"""PURE: how an invocation can fail, in Lambda's own words.

Sources: the AWS pages "Troubleshoot invocation issues in Lambda" and "Using the Lambda runtime API", and the answers of
the Invoke API for functions that time out, exit and run out of memory.
"""

import json
import signal
from dataclasses import dataclass
from typing import Any, Literal

from local.lambda_runtime.invocation import RESPONSE_LIMIT_BYTES, Outcome

# How Lambda's supervisor (a Go program) names signals.
SIGNAL_NAMES = {
    signal.SIGABRT: "aborted",
    signal.SIGBUS: "bus error",
    signal.SIGFPE: "floating point exception",
    signal.SIGHUP: "hangup",
    signal.SIGILL: "illegal instruction",
    signal.SIGINT: "interrupt",
    signal.SIGKILL: "killed",
    signal.SIGPIPE: "broken pipe",
    signal.SIGQUIT: "quit",
    signal.SIGSEGV: "segmentation fault",
    signal.SIGTERM: "terminated",
}


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no answer of the function.

    `status` and `error_type` are what reports say; `payload` is what Invoke returns; `log_line` is what Lambda adds to
    the log stream beside its reports, if anything; `cause` is the X-Ray cause that the runtime client posted, if any;
    `raised` is whether the runtime client posted it, so that it lives on.
    """

    outcome: Outcome
    status: Literal["error", "timeout"]
    error_type: str
    payload: bytes
    log_line: str | None = None
    cause: Any = None
    raised: bool = False

    @property
    def message(self) -> str:
        """The payload's `errorMessage`."""
        message = _member(self.payload, "errorMessage")
        return message if message is not None else self.error_type


def timed_out(request_id: str, timeout_s: float) -> Failure:
    sentence = f"Task timed out after {timeout_s:.2f} seconds"
    payload = _payload("Sandbox.Timedout", f"RequestId: {request_id} Error: {sentence}")
    return Failure(Outcome.TIMEOUT, "timeout", "Sandbox.Timedout", payload, log_line=f"{request_id} {sentence}")


def exited(request_id: str, return_code: int) -> Failure:
    """The runtime process ended. `return_code` as subprocess gives it: negative for a signal."""
    sentence = f"RequestId: {request_id} Error: {exit_reason(return_code)}"
    payload = _payload("Runtime.ExitError", sentence)
    return Failure(Outcome.CRASH, "error", "Runtime.ExitError", payload, log_line=f"{sentence}\nRuntime.ExitError")


def out_of_memory(request_id: str, return_code: int) -> Failure:
    sentence = f"RequestId: {request_id} Error: {exit_reason(return_code)}"
    payload = _payload("Runtime.OutOfMemory", sentence)
    log_line = f"{sentence}\nRuntime.OutOfMemory"
    return Failure(Outcome.OUT_OF_MEMORY, "error", "Runtime.OutOfMemory", payload, log_line=log_line)


def response_too_large(size: int) -> Failure:
    sentence = (
        f"Response payload size ({size} bytes) exceeded maximum allowed payload size ({RESPONSE_LIMIT_BYTES} bytes)."
    )
    error_type = "Function.ResponseSizeTooLarge"
    return Failure(Outcome.FUNCTION_ERROR, "error", error_type, _payload(error_type, sentence), log_line=sentence)


def posted(body: bytes, header_type: str | None, cause: Any = None) -> Failure:
    """The runtime client posted an error: Invoke returns the body as it is, the type is its `errorType`."""
    error_type = _member(body, "errorType") or header_type or "Runtime.Unknown"
    return Failure(Outcome.FUNCTION_ERROR, "error", error_type, body, cause=cause, raised=True)


def exit_reason(return_code: int) -> str:
    """What Lambda says of a runtime process that ended."""
    if return_code == 0:
        return "Runtime exited without providing a reason"
    if return_code > 0:
        return f"Runtime exited with error: exit status {return_code}"
    name = next((text for number, text in SIGNAL_NAMES.items() if number == -return_code), str(-return_code))
    return f"Runtime exited with error: signal: {name}"


def _member(body: bytes, name: str) -> str | None:
    try:
        error = json.loads(body)
    except ValueError:
        return None
    value = error.get(name) if isinstance(error, dict) else None
    return value if isinstance(value, str) and value else None


def _payload(error_type: str, message: str) -> bytes:
    return json.dumps({"errorType": error_type, "errorMessage": message}, separators=(",", ":")).encode()
