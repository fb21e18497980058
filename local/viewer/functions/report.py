"""PURE: Lambda's own lines of its invocations, as a query finds them -> figures: cold and warm, memory, billed time.

Source: AWS page "Supported logs and discovered fields" (@duration, ... of REPORT lines; @memorySize and @maxMemoryUsed
are bytes: its samples divide by 1000 twice) and "Lambda Telemetry API Event schema reference" (platform.report).
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

Row: TypeAlias = Mapping[str, str]
MOST = 10_000  # rows in one answer of Logs Insights
_METRICS = "record.metrics."
_MEGABYTE = 1_000_000
# The most telling first. A REPORT line has a status where something failed, and then an error's type; no field of it.
_STATUSES = ("record.errorType", "reported_error", "record.status", "reported_status")
QUERY = f"""\
filter @type = "REPORT" or type = "platform.report"
| parse @message /Status: (?<reported_status>[a-z]+)/
| parse @message /Error Type: (?<reported_error>[A-Za-z.]+)/
| fields @timestamp, @requestId, @duration, @billedDuration, @initDuration, @memorySize, @maxMemoryUsed, @xrayTraceId,
 reported_status, reported_error, record.requestId, record.status, record.errorType, record.tracing.value,
 {_METRICS}durationMs, {_METRICS}billedDurationMs, {_METRICS}initDurationMs, {_METRICS}memorySizeMB,
 {_METRICS}maxMemoryUsedMB
| sort @timestamp desc
| limit {MOST}"""


@dataclass(frozen=True, slots=True)
class Report:
    """One invocation's end. `time` is as Insights writes it; what its line does not say is None, or empty."""

    time: str
    request_id: str
    status: str
    duration_ms: float | None
    billed_ms: float | None
    init_ms: float | None
    memory_mb: float | None
    used_mb: float | None
    trace_id: str | None

    @property
    def is_cold(self) -> bool:
        return self.init_ms is not None


@dataclass(frozen=True, slots=True)
class Spread:
    """Of some values: how many, and percentiles by nearest rank; None of none."""

    count: int
    p50: float | None
    p90: float | None
    p99: float | None
    most: float | None


@dataclass(frozen=True, slots=True)
class Figures:
    """Durations in milliseconds, memory in MB. `failed` counts the reports whose status is known and not success."""

    cold: Spread
    warm: Spread
    init: Spread
    used: Spread
    memory_mb: float | None
    billed_ms: float
    failed: int


def report(row: Row) -> Report:
    return Report(
        time=row.get("@timestamp", ""),
        request_id=row.get("@requestId") or row.get("record.requestId", ""),
        status=next((row[name] for name in _STATUSES if row.get(name)), ""),
        duration_ms=_number(row, "@duration", f"{_METRICS}durationMs"),
        billed_ms=_number(row, "@billedDuration", f"{_METRICS}billedDurationMs"),
        init_ms=_number(row, "@initDuration", f"{_METRICS}initDurationMs"),
        memory_mb=_megabytes(row, "@memorySize", f"{_METRICS}memorySizeMB"),
        used_mb=_megabytes(row, "@maxMemoryUsed", f"{_METRICS}maxMemoryUsedMB"),
        trace_id=row.get("@xrayTraceId") or _root(row.get("record.tracing.value", "")),
    )


def figures(reports: Sequence[Report]) -> Figures:
    cold = [one.duration_ms for one in reports if one.is_cold]
    warm = [one.duration_ms for one in reports if not one.is_cold]
    return Figures(
        cold=spread(cold),
        warm=spread(warm),
        init=spread(one.init_ms for one in reports),
        used=spread(one.used_mb for one in reports),
        memory_mb=next((one.memory_mb for one in reports if one.memory_mb is not None), None),
        billed_ms=sum(one.billed_ms for one in reports if one.billed_ms is not None),
        failed=sum(one.status not in ("", "success") for one in reports),
    )


def spread(values: Iterable[float | None]) -> Spread:
    known = sorted(value for value in values if value is not None)
    return Spread(len(known), *(_percentile(known, share) for share in (0.5, 0.9, 0.99, 1.0)))


def _percentile(ordered: Sequence[float], share: float) -> float | None:
    return ordered[max(math.ceil(len(ordered) * share), 1) - 1] if ordered else None


def _number(row: Row, *names: str) -> float | None:
    for name in names:
        try:
            value = float(row.get(name, ""))
        except ValueError:
            continue
        if math.isfinite(value):
            return value
    return None


def _megabytes(row: Row, in_bytes: str, in_megabytes: str) -> float | None:
    size = _number(row, in_bytes)
    return _number(row, in_megabytes) if size is None else size / _MEGABYTE


def _root(header: str) -> str | None:
    """The trace id of a tracing header."""
    for member in header.split(";"):
        name, _, value = member.strip().partition("=")
        if name == "Root" and value:
            return value
    return None
