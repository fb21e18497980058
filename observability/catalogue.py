"""Metrics and the members of the wide line: what they are called, their unit, what they mean. PURE data.

Faults, Errors, Throttles, ColdStarts, NearTimeouts and TelemetryFailures are emitted with every request, as 0 when
there was none: the average over any period is then the rate, and an alarm can tell "no faults" from "no requests".
CloudWatch bills metrics, not datapoints, so the zeros cost nothing but their bytes.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from observability.errors import MetricError


class Unit(Enum):
    """CloudWatch's units (API reference, MetricDatum). A unit is shown, never converted."""

    SECONDS = "Seconds"
    MICROSECONDS = "Microseconds"
    MILLISECONDS = "Milliseconds"
    BYTES = "Bytes"
    KILOBYTES = "Kilobytes"
    MEGABYTES = "Megabytes"
    GIGABYTES = "Gigabytes"
    TERABYTES = "Terabytes"
    BITS = "Bits"
    KILOBITS = "Kilobits"
    MEGABITS = "Megabits"
    GIGABITS = "Gigabits"
    TERABITS = "Terabits"
    PERCENT = "Percent"
    COUNT = "Count"
    BYTES_PER_SECOND = "Bytes/Second"
    KILOBYTES_PER_SECOND = "Kilobytes/Second"
    MEGABYTES_PER_SECOND = "Megabytes/Second"
    GIGABYTES_PER_SECOND = "Gigabytes/Second"
    TERABYTES_PER_SECOND = "Terabytes/Second"
    BITS_PER_SECOND = "Bits/Second"
    KILOBITS_PER_SECOND = "Kilobits/Second"
    MEGABITS_PER_SECOND = "Megabits/Second"
    GIGABITS_PER_SECOND = "Gigabits/Second"
    TERABITS_PER_SECOND = "Terabits/Second"
    COUNT_PER_SECOND = "Count/Second"
    NONE = "None"


DIMENSION_SETS: tuple[tuple[str, ...], ...] = (("service",), ("service", "route"))
"""The dimension sets of the library's metrics, and of a service's unless it declares others. CloudWatch bills each set
of values as a metric of its own.
"""

UNMATCHED = "(unmatched)"
"""The route of a request that no route template matched: a path would be a new, billed metric for each scanner."""

OTHER = "(other)"
"""A dimension's value once a process has met as many as it may (OBSERVABILITY_MOST_DIMENSION_VALUES)."""

MISSING = "(none)"
"""The value of a dimension that the request has no field for: without one CloudWatch would refuse the whole event."""

FIELDS: dict[str, str] = {
    "level": "INFO; WARNING for a status from 400 on; ERROR for a fault",
    "timestamp": "when the request ended: ISO 8601, UTC, milliseconds",
    "message": "method, route template and status in one readable line",
    "service": "the service's name; a dimension",
    "cold_start": "whether this request had to wait for a new process",
    "function_name": "the Lambda function's name",
    "function_version": "the Lambda function's version",
    "function_memory_size": "the Lambda function's memory in MB",
    "function_request_id": "Lambda's id of the invocation",
    "request_id": "API Gateway's id of the request; without one Lambda's; without either one made here",
    "xray_trace_id": "the X-Ray trace id: 1-<8 hex digits>-<24 hex digits>",
    "correlation_id": "the caller's X-Correlation-Id if it sent a usable one, else the request id",
    "method": "the HTTP method",
    "route": "the route template, such as /items/{item_id}; (unmatched) without one, (other) where there are too many;"
    " a dimension",
    "path": "the request's path, never its query string, which may hold secrets",
    "status": "the HTTP status the client got; 499 if it went away before there was one",
    "duration_ms": "milliseconds from the request's arrival until its answer was complete; in Lambda that includes"
    " background tasks, because the client waits for them",
    "cpu_ms": "milliseconds of processor time that the process used meanwhile: in Lambda, where one request runs at a"
    " time, the request's own",
    "memory_mb": "MB of memory that the process held when the request ended (resident set)",
    "init_ms": "milliseconds from the start of the process until it was ready; on a cold start only",
    "request_bytes": "bytes of the request's body that the application read",
    "response_bytes": "bytes of the response's body",
    "client_ip": "the client's address",
    "user_agent": "the client's User-Agent, cut to 256 characters",
    "client_disconnected": "true if the client went away before its answer was complete",
    "remaining_ms": "milliseconds that Lambda would still have given the request",
    "near_timeout": "true if Lambda was about to stop the request: the line is from just before",
    "cost_microdollars": "the estimated price of the request in Lambda, in millionths of a dollar: its billed time,"
    " that of the start included on a cold start, and the request itself",
    "error_type": "the exception's class, on a fault",
    "error_message": "the exception's message, on a fault, cut to 4,000 characters",
    "error_stack": "the exception's stack, on a fault, its last 16,000 characters",
    "telemetry_errors": "what went wrong in telemetry itself, at most five messages",
    "part": "which part of the request's event this line is (2/3), where it needs several lines",
    "_aws": "the EMF directive, from which CloudWatch makes the metrics",
}
"""The members of the wide line and their meaning. The request's own fields stand beside them."""

LINE_DIMENSIONS = frozenset({"service", "route", "method"})
"""The members of the line that a metric may have as dimensions: texts of few values, there in every line."""

_MOST_DIMENSIONS = 30
_NAME = re.compile(r"[\x21-\x39\x3b-\x7e][\x20-\x7e]{0,254}")


@dataclass(frozen=True)
class Metric:
    """A metric, declared once and used as an object: a mistyped one is an AttributeError, not an empty graph.

    `name`: 1 to 255 printable ASCII characters, no colon first (CloudWatch's rule), and no member of FIELDS,
    because EMF keeps a metric's value under its name at the root of the line. `dimensions`: sets of at most 30 names;
    `service`, `route` and `method` are the line's, any other is a field that the service adds to the request, and is
    worth its price only if it has few values. Raises MetricError.
    """

    name: str
    unit: Unit
    meaning: str
    dimensions: tuple[tuple[str, ...], ...] = DIMENSION_SETS

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not _NAME.fullmatch(self.name):
            raise MetricError(self.name, "1 to 255 printable ASCII characters, the first neither a space nor a colon")
        if self.name in FIELDS:
            raise MetricError(self.name, "anything that is no member of the wide line, such as " + self.name.title())
        if self.dimensions is not DIMENSION_SETS:
            self._check_dimensions()

    def _check_dimensions(self) -> None:
        """CloudWatch API reference, Dimension; EMF: at most 30 in a set."""
        for names in self.dimensions:
            if len(names) > _MOST_DIMENSIONS:
                raise MetricError(self.name, f"sets of at most {_MOST_DIMENSIONS} dimensions, not {len(names)}")
            for name in names:
                if not isinstance(name, str) or not _NAME.fullmatch(name):
                    raise MetricError(self.name, f"dimensions of 1 to 255 printable ASCII characters, not {name!r}")
                if name in FIELDS and name not in LINE_DIMENSIONS:
                    raise MetricError(self.name, f"dimensions that are fields of the service, not the line's {name}")

    @cached_property
    def definition(self) -> str:
        """The metric as EMF's directive defines it: JSON, encoded once."""
        return json.dumps({"Name": self.name, "Unit": self.unit.value}, separators=(",", ":"))


REQUESTS = Metric("Requests", Unit.COUNT, "requests that ended, whatever their status")
LATENCY = Metric("Latency", Unit.MILLISECONDS, "the line's duration_ms")
FAULTS = Metric("Faults", Unit.COUNT, "1 for a status from 500 on, or an exception that nobody handled, else 0")
ERRORS = Metric("Errors", Unit.COUNT, "1 for a status from 400 to 499, 429 included, else 0")
THROTTLES = Metric("Throttles", Unit.COUNT, "1 for status 429, else 0")
COLD_STARTS = Metric("ColdStarts", Unit.COUNT, "1 if the request waited for a new process, else 0")
INIT_DURATION = Metric("InitDuration", Unit.MILLISECONDS, "the line's init_ms; on a cold start only")
MEMORY_USED = Metric("MemoryUsed", Unit.MEGABYTES, "the line's memory_mb")
COST = Metric("Cost", Unit.NONE, "the line's cost_microdollars; in Lambda only")
NEAR_TIMEOUTS = Metric("NearTimeouts", Unit.COUNT, "1 if Lambda was about to stop the request, else 0")
TELEMETRY_FAILURES = Metric(
    "TelemetryFailures", Unit.COUNT, "telemetry that was lost or had to be repaired: never the request's fault"
)

EMITTED: tuple[Metric, ...] = (
    REQUESTS,
    LATENCY,
    FAULTS,
    ERRORS,
    THROTTLES,
    COLD_STARTS,
    INIT_DURATION,
    MEMORY_USED,
    COST,
    NEAR_TIMEOUTS,
    TELEMETRY_FAILURES,
)
"""Every metric that this library emits by itself."""
