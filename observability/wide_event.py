"""A finished record -> its line: log and CloudWatch metrics (EMF) in one JSON object. PURE.

EMF: CloudWatch Logs user guide, "Specification: Embedded metric format".
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from observability.catalogue import (
    COLD_STARTS,
    DIMENSION_SETS,
    EMITTED,
    ERRORS,
    FAULTS,
    FIELDS,
    INIT_DURATION,
    LATENCY,
    REQUESTS,
    TELEMETRY_FAILURES,
    THROTTLES,
)
from observability.json_text import encode, strict
from observability.parts import MOST_BYTES, Part, fits, split
from observability.tracing.causes import message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from observability.catalogue import Metric
    from observability.record import Record
    from observability.settings import Settings

_DEFINITIONS = {metric.name: metric.definition for metric in EMITTED}
_LONGEST_MESSAGE = 4_000
_LONGEST_STACK = 16_000
_EVERY_PART: tuple[str, ...] = (
    "level",
    "timestamp",
    "message",
    "service",
    "function_name",
    "function_request_id",
    "request_id",
)
_EVERY_PART += ("xray_trace_id", "correlation_id", "method", "route")
"""What a further line repeats of the first, so that it is found with it and its metrics have their dimensions."""

_OPTIONAL = ("function_request_id", "init_ms", "client_ip", "user_agent", "remaining_ms")
"""Members that are attributes of the record, and left out where they aren't known."""


@dataclass(frozen=True)
class Constants:
    """What is the same in every line of a process. `members` stand in the line as they are; `directive` is the EMF
    directive's JSON up to its metrics.
    """

    members: Mapping[str, Any]
    directive: str

    @classmethod
    def of(cls, settings: Settings) -> Constants:
        members = {
            "service": settings.service,
            "function_name": settings.function_name,
            "function_version": settings.function_version,
            "function_memory_size": settings.function_memory_size,
        }
        head = strict({"Namespace": settings.metrics_namespace, "Dimensions": DIMENSION_SETS})
        return cls({name: value for name, value in members.items() if value is not None}, head[:-1] + ',"Metrics":[')


def lines(record: Record, constants: Constants) -> list[str]:
    """The record's lines: one, unless EMF's limits ask for more; then each is marked by `part` and nothing is lost."""
    members = _members(record, constants)
    ours = _our_metrics(record)
    whole = Part(_own_fields(record), _own_metrics(record))
    if fits(whole):
        line = _line(record, constants, members, ours, whole)
        if len(line) <= MOST_BYTES:
            return [line]
    first, *others = split(whole)
    count = len(others) + 1
    repeated = {name: members[name] for name in _EVERY_PART if name in members}
    return [
        _line(record, constants, {**members, "part": f"1/{count}"}, ours, first),
        *(
            _line(record, constants, {**repeated, "part": f"{n}/{count}"}, {}, part)
            for n, part in enumerate(others, start=2)
        ),
    ]


def _line(record: Record, constants: Constants, members: Mapping[str, Any], ours: dict[str, float], part: Part) -> str:
    """One line; what had to be repaired in it is counted in it."""
    own = {metric.name: values[0] if len(values) == 1 else values for metric, values in part.metrics}
    text, repairs = encode({**members, **part.fields, **ours, **own})
    if repairs:
        ours = {**ours, TELEMETRY_FAILURES.name: ours.get(TELEMETRY_FAILURES.name, 0) + repairs}
        messages = [*record.failure_messages, f"{repairs} value(s) that JSON can't say"]
        text, _ = encode({**members, "telemetry_errors": messages, **part.fields, **ours, **own})
    # The directive is nearly the same for every request: it is put together from pieces encoded once.
    metrics = [_DEFINITIONS[name] for name in ours] + [metric.definition for metric, _ in part.metrics]
    directive = f"{constants.directive}{','.join(metrics)}]}}"
    timestamp = int(_ended(record) * 1000)
    return f'{text[:-1]},"_aws":{{"Timestamp":{timestamp},"CloudWatchMetrics":[{directive}]}}}}'


def _members(record: Record, constants: Constants) -> dict[str, Any]:
    members = {
        "level": _level(record),
        "timestamp": iso(_ended(record)),
        "message": f"{record.method} {record.route} {record.status}",
        **constants.members,
        "cold_start": record.cold_start,
        "request_id": record.request_id,
        "xray_trace_id": record.trace_id,
        "correlation_id": record.correlation_id,
        "method": record.method,
        "route": record.route,
        "path": record.path,
        "status": record.status,
        "duration_ms": record.duration_ms(),
        "request_bytes": record.request_bytes,
        "response_bytes": record.response_bytes,
    }
    for name in _OPTIONAL:
        value = getattr(record, name)
        if value is not None:
            members[name] = value
    if record.client_disconnected:
        members["client_disconnected"] = True
    if record.failure_messages:
        members["telemetry_errors"] = record.failure_messages
    if record.exceptions:
        members.update(_error(record.exceptions[0]))
    return members


def iso(wall: float) -> str:
    """Seconds since the epoch -> 2026-01-31T12:00:00.123Z."""
    seconds, milliseconds = divmod(int(wall * 1000), 1000)
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(seconds))}.{milliseconds:03d}Z"


def _ended(record: Record) -> float:
    return record.wall(record.started if record.ended is None else record.ended)


def _level(record: Record) -> str:
    if record.is_fault():
        return "ERROR"
    return "WARNING" if (record.status or 0) >= 400 else "INFO"


def _error(error: BaseException) -> dict[str, str]:
    from traceback import format_exception  # noqa: PLC0415 (most processes never see a fault)

    stack = "".join(format_exception(error))
    return {
        "error_type": type(error).__qualname__,
        "error_message": message(error)[:_LONGEST_MESSAGE],
        "error_stack": stack[-_LONGEST_STACK:],
    }


def _own_fields(record: Record) -> dict[str, Any]:
    """The request's own fields; where one would hide a member or a metric, it is kept under fields.<name>."""
    if not record.fields:
        return {}
    taken = FIELDS.keys() | _DEFINITIONS.keys() | record.metrics.keys() | record.counts.keys()
    return {f"fields.{name}" if name in taken else name: value for name, value in record.fields.items()}


def _our_metrics(record: Record) -> dict[str, float]:
    status = record.status or 0
    found: dict[str, float] = {
        REQUESTS.name: 1,
        LATENCY.name: record.duration_ms(),
        FAULTS.name: int(record.is_fault()),
        ERRORS.name: int(400 <= status < 500),
        THROTTLES.name: int(status == 429),
        COLD_STARTS.name: int(record.cold_start),
        TELEMETRY_FAILURES.name: record.failures,
    }
    if record.init_ms is not None:
        found[INIT_DURATION.name] = record.init_ms
    return found


def _own_metrics(record: Record) -> list[tuple[Metric, list[float]]]:
    own = {name: (metric, list(values)) for name, (metric, values) in record.metrics.items()}
    for name, (metric, total) in record.counts.items():
        own.setdefault(name, (metric, []))[1].append(total)
    return list(own.values())
