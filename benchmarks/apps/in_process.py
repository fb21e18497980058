"""Calls a handler without the runtime client: in_process.py EVENT HANDLER; a number on stdin is a block of calls.

Answers on stderr with the milliseconds of each call, as a JSON list; stdout is the handler's own.
"""

import json
import os
import sys
import time
from importlib import import_module


class Context:
    """What the variants read of Lambda's context."""

    aws_request_id = "00000000-0000-4000-8000-000000000000"
    function_name = "bench"
    function_version = "$LATEST"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:bench"

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        return 60_000


def main() -> None:
    event = json.loads(sys.argv[1])
    module, _, name = sys.argv[2].rpartition(".")
    handler = getattr(import_module(module), name)
    context, calls = Context(), 0
    for line in sys.stdin:
        taken = []
        for _ in range(int(line)):
            calls += 1
            os.environ["_X_AMZN_TRACE_ID"] = f"Root=1-67891233-{calls:024x};Parent=53995c3f42cd8ad8;Sampled=1"
            started = time.perf_counter()
            answer = handler(event, context)
            taken.append((time.perf_counter() - started) * 1000)
            if answer["statusCode"] != 200:
                raise SystemExit(f"the answer is not 200: {answer}")
        sys.stderr.write(json.dumps(taken) + "\n")
        sys.stderr.flush()


main()
