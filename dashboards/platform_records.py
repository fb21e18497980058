"""What Lambda writes into a function's log group by itself, in the JSON log format. PURE data: one record of each kind.

Lambda developer guide, "Lambda Telemetry API Event schema reference" (members and states); "Log level filtering" (at
the system log level INFO a success of initReport and runtimeDone is not written). Ids and numbers are made up.
"""

from __future__ import annotations

from typing import Any

_TRACING = {
    "spanId": "54565fb41ac79632",
    "type": "X-Amzn-Trace-Id",
    "value": "Root=1-62e900b2-710d76f009d6e7785905449a;Parent=0efbd19962d95b05;Sampled=1",
}
_ID = "6d68ca91-49c9-448d-89b8-7ca3e6dc66aa"
_METRICS = {
    "durationMs": 12.5,
    "billedDurationMs": 13,
    "memorySizeMB": 512,
    "maxMemoryUsedMB": 96,
    "initDurationMs": 380.2,
}


def _record(kind: str, **record: Any) -> dict[str, Any]:
    return {"time": "2026-01-01T00:00:00.000Z", "type": f"platform.{kind}", "record": record}


def _report(status: str, **more: Any) -> dict[str, Any]:
    return _record("report", requestId=_ID, metrics=_METRICS, status=status, tracing=_TRACING, **more)


RECORDS: tuple[dict[str, Any], ...] = (
    _record(
        "initStart",
        initializationType="on-demand",
        phase="init",
        runtimeVersion="python:3.13.v1",
        functionName="items",
        functionVersion="1",
    ),
    _record("start", requestId=_ID, version="1", tracing=_TRACING),
    _report("success"),
    _report("timeout", errorType="Sandbox.Timedout"),
    _report("error", errorType="Runtime.ExitError"),
    _report("failure", errorType="Function.Unknown"),
    _record(
        "initReport",
        initializationType="on-demand",
        phase="init",
        status="error",
        errorType="Runtime.ImportModuleError",
        metrics={"durationMs": 125.3},
    ),
    _record(
        "runtimeDone",
        requestId=_ID,
        status="error",
        errorType="Runtime.ExitError",
        metrics={"durationMs": 12.5, "producedBytes": 0},
        tracing=_TRACING,
    ),
)
