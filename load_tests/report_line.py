"""PURE: Lambda's own report of an invocation, in either log format.

Sources: the AWS pages "Lambda Telemetry API Event schema reference" (platform.report) and "Using CloudWatch Logs with
Lambda" (the REPORT line).
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from load_tests.answer import TRACE_ID

JSON_COLD = '{ $.type = "platform.report" && $.record.metrics.initDurationMs >= 0 }'
"""The filter pattern of cold starts' reports where the function's log format is JSON, ..."""
TEXT_COLD = '"REPORT RequestId" "Init Duration"'
"""... and where it is text."""

_NUMBER = r"(\d+(?:\.\d+)?) ms"
_REQUEST_ID = re.compile(r"^REPORT RequestId: (\S+)")
_DURATION = re.compile(rf"\tDuration: {_NUMBER}")
_INIT = re.compile(rf"\tInit Duration: {_NUMBER}")
_TRACE = re.compile(rf"XRAY TraceId: ({TRACE_ID})")
_ROOT = re.compile(rf"Root=({TRACE_ID})")


@dataclass(frozen=True, slots=True)
class Report:
    """`init_ms` is None for a warm invocation, `trace_id` where the function is not traced."""

    request_id: str
    duration_ms: float
    init_ms: float | None
    trace_id: str | None


def read_report(message: str) -> Report | None:
    """A log event's message; None if it is no report."""
    return _read_json(message) if message.startswith("{") else _read_text(message)


def _read_text(message: str) -> Report | None:
    request_id, duration = _REQUEST_ID.search(message), _DURATION.search(message)
    if request_id is None or duration is None:
        return None
    init, trace = _INIT.search(message), _TRACE.search(message)
    return Report(request_id[1], float(duration[1]), float(init[1]) if init else None, trace[1] if trace else None)


def _read_json(message: str) -> Report | None:
    try:
        event: dict[str, Any] = json.loads(message)
        if event.get("type") != "platform.report":
            return None
        record = event["record"]
        metrics, trace = record["metrics"], _ROOT.search(record.get("tracing", {}).get("value", ""))
        init = metrics.get("initDurationMs")
        return Report(
            record["requestId"],
            float(metrics["durationMs"]),
            None if init is None else float(init),
            trace[1] if trace else None,
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
