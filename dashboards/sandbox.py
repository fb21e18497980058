"""The child process that stands for Lambda: python -m dashboards.sandbox service.handler.lambda_handler.

Each line on stdin is an invocation: {"event": ..., "remaining_ms": ...}. The handler's answer follows on stdout, behind
the separator that starts no JSON line; all else on stdout is what the service wrote there, as a log group has it.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from typing import Any

ANSWER = "\x1e"
_STDOUT = 1


class Context:
    """Lambda developer guide, "Using the Lambda context object to retrieve Python function information"."""

    def __init__(self, number: int, remaining_ms: int) -> None:
        self.aws_request_id = f"00000000-0000-4000-8000-{number:012}"
        self.function_name = "items"
        self.function_version = "1"
        self.invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:items:live"
        self.memory_limit_in_mb = "512"
        self.log_group_name = "/aws/lambda/items"
        self.log_stream_name = "2026/01/01/[1]0"
        self._deadline = time.monotonic() + remaining_ms / 1000

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int((self._deadline - time.monotonic()) * 1000))


def main(handler_name: str) -> int:
    module, _, name = handler_name.rpartition(".")
    handler = getattr(importlib.import_module(module), name)
    for number, line in enumerate(sys.stdin, start=1):
        _answer(_invoke(handler, number, json.loads(line)))
    return 0


def _invoke(handler: Any, number: int, invocation: dict[str, Any]) -> dict[str, Any]:
    """Lambda answers for a handler that raises; the service's own never should."""
    try:
        found: dict[str, Any] = handler(invocation["event"], Context(number, invocation["remaining_ms"]))
    except Exception as error:  # noqa: BLE001 (whatever it is, the driver is told)
        return {"errorType": type(error).__name__, "errorMessage": str(error)}
    return found


def _answer(answer: dict[str, Any]) -> None:
    sys.stdout.flush()
    left = f"{ANSWER}{json.dumps(answer)}\n".encode()
    while left:
        left = left[os.write(_STDOUT, left) :]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
