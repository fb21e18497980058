"""PURE: Lambda's own records in the JSON log format.

Source: the AWS pages "Lambda Telemetry API Event schema reference" (the records) and "Log level filtering" (which of
them are written at the default system log level, INFO: a success of initReport and runtimeDone is below it).
"""

import json
from typing import Any

from local.lambda_runtime.failures import Failure
from local.lambda_runtime.function import FunctionConfig
from local.lambda_runtime.instants import iso_milliseconds
from local.lambda_runtime.reports import InitReport, InitType, Report, TraceContext


class JsonPlatformLog:
    def __init__(self, config: FunctionConfig, runtime_version: str) -> None:
        self._config = config
        self._arn = f"arn:aws:lambda:{config.region}::runtime:local"
        self._runtime_version = runtime_version

    def init_start(self, now: float, init_type: InitType) -> list[str]:
        record = {
            "initializationType": init_type,
            "phase": "init",
            "runtimeVersion": self._runtime_version,
            "runtimeVersionArn": self._arn,
            "functionName": self._config.name,
            "functionVersion": self._config.version,
        }
        return [_line(now, "platform.initStart", record)]

    def init_report(self, now: float, report: InitReport) -> list[str]:
        if report.status == "success":
            return []
        record = {
            "initializationType": report.init_type,
            "phase": report.phase,
            "status": report.status,
            **_error_type(report.error_type),
            "metrics": {"durationMs": round(report.duration_ms, 3)},
        }
        return [_line(now, "platform.initReport", record)]

    def start(self, now: float, request_id: str, trace: TraceContext | None) -> list[str]:
        record = {"requestId": request_id, "version": self._config.version, **_tracing(trace)}
        return [_line(now, "platform.start", record)]

    def failure(self, _now: float, _failure: Failure) -> list[str]:
        """The records of report() say it."""
        return []

    def report(self, now: float, report: Report) -> list[str]:
        lines = [_line(now, "platform.report", _report(report))]
        if report.status != "success":
            lines.insert(0, _line(now, "platform.runtimeDone", _runtime_done(report)))
        return lines


def _runtime_done(report: Report) -> dict[str, Any]:
    return {
        "requestId": report.request_id,
        "status": report.status,
        **_error_type(report.error_type),
        "metrics": {"durationMs": round(report.duration_ms, 3), "producedBytes": report.produced_bytes},
        **_tracing(report.trace),
    }


def _report(report: Report) -> dict[str, Any]:
    metrics: dict[str, Any] = {
        "durationMs": round(report.duration_ms, 3),
        "billedDurationMs": report.billed_ms,
        "memorySizeMB": report.memory_mb,
        "maxMemoryUsedMB": report.used_mb,
    }
    if report.init_ms is not None:
        metrics["initDurationMs"] = round(report.init_ms, 3)
    return {
        "requestId": report.request_id,
        "metrics": metrics,
        "status": report.status,
        **_error_type(report.error_type),
        **_tracing(report.trace),
    }


def _error_type(error_type: str | None) -> dict[str, str]:
    return {} if error_type is None else {"errorType": error_type}


def _tracing(trace: TraceContext | None) -> dict[str, Any]:
    if trace is None:
        return {}
    return {"tracing": {"spanId": trace.segment_id, "type": "X-Amzn-Trace-Id", "value": trace.header}}


def _line(now: float, kind: str, record: dict[str, Any]) -> str:
    return json.dumps({"time": iso_milliseconds(now), "type": kind, "record": record}, separators=(",", ":"))
