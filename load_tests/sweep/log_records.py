"""PURE: what log events say of an invocation: Lambda's REPORT, as text or JSON, and the service's wide line.

Source: the AWS pages "Lambda Telemetry API Event schema reference" (platform.report), "Sending Lambda function logs to
CloudWatch Logs" (REPORT). A line that is neither is nobody's: the application may log what it likes.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

_FIELDS = re.compile(
    r"REPORT RequestId: (?P<id>\S+)\tDuration: (?P<duration>[\d.]+) ms\tBilled Duration: (?P<billed>\d+) ms"
    r"\tMemory Size: (?P<size>\d+) MB\tMax Memory Used: (?P<used>\d+) MB",
    re.ASCII,
)
_INIT = re.compile(r"\tInit Duration: ([\d.]+) ms", re.ASCII)
_STATUS = re.compile(r"\tStatus: (\w+)", re.ASCII)
FILTER = '?"platform.report" ?"REPORT RequestId" ?function_request_id'
"""FilterLogEvents' pattern for those events."""


@dataclass(frozen=True, slots=True)
class Report:
    """`status` is success where the text format says none, though the handler may have raised."""

    request_id: str
    duration_ms: float
    billed_ms: int
    memory_mb: int
    used_mb: int
    init_ms: float | None
    status: str


@dataclass(frozen=True, slots=True)
class WideLine:
    """The service's own line: Lambda's request id, API Gateway's, and method and route template."""

    request_id: str
    gateway_id: str
    route: str


def read_reports(messages: Iterable[str]) -> dict[str, Report]:
    """By Lambda's request id."""
    found = (_report(message) for message in messages)
    return {report.request_id: report for report in found if report is not None}


def read_lines(messages: Iterable[str]) -> dict[str, WideLine]:
    """By API Gateway's request id."""
    found = (_wide_line(message) for message in messages)
    return {line.gateway_id: line for line in found if line is not None}


def _report(message: str) -> Report | None:
    if message.startswith("REPORT "):
        return _text_report(message)
    event = _object(message) if '"platform.report"' in message else {}
    if event.get("type") != "platform.report":
        return None
    record = event.get("record")
    return _json_report(record) if isinstance(record, dict) else None


def _text_report(message: str) -> Report | None:
    fields = _FIELDS.match(message)
    if fields is None:
        return None
    init, status = _INIT.search(message), _STATUS.search(message)
    try:
        return Report(
            fields["id"],
            float(fields["duration"]),
            int(fields["billed"]),
            int(fields["size"]),
            int(fields["used"]),
            float(init[1]) if init else None,
            status[1] if status else "success",
        )
    except ValueError:  # more than one point
        return None


def _json_report(record: Mapping[str, Any]) -> Report | None:
    try:
        metrics = record["metrics"]
        init = metrics.get("initDurationMs")
        return Report(
            str(record["requestId"]),
            float(metrics["durationMs"]),
            int(metrics["billedDurationMs"]),
            int(metrics["memorySizeMB"]),
            int(metrics["maxMemoryUsedMB"]),
            None if init is None else float(init),
            str(record.get("status", "success")),
        )
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError):
        return None


def _wide_line(message: str) -> WideLine | None:
    event = _object(message) if '"function_request_id"' in message else {}
    names = [event.get(name) for name in ("function_request_id", "request_id", "method", "route")]
    if all(isinstance(name, str) for name in names):
        own, gateway, method, route = names
        return WideLine(str(own), str(gateway), f"{method} {route}")
    return None


def _object(message: str) -> dict[str, Any]:
    try:
        found = json.loads(message)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
