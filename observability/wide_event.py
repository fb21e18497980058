"""A finished record -> its line: log and CloudWatch metrics (EMF) in one JSON object. PURE.

EMF: CloudWatch Logs user guide, "Specification: Embedded metric format". The line is put together from pieces of JSON:
what is the same in every line is encoded once, what is known to be a number isn't encoded at all.
"""

from __future__ import annotations

from json.encoder import encode_basestring_ascii as quoted
from typing import TYPE_CHECKING, Any

from observability.catalogue import (
    COLD_STARTS,
    COST,
    EMITTED,
    ERRORS,
    FAULTS,
    FIELDS,
    INIT_DURATION,
    LATENCY,
    MEMORY_USED,
    NEAR_TIMEOUTS,
    REQUESTS,
    TELEMETRY_FAILURES,
    THROTTLES,
)
from observability.deadline import NearTimeoutError
from observability.directive import definitions, directives, template
from observability.json_text import encode, strict, without_lone_surrogates
from observability.parts import MOST_BYTES, Part, fits, split
from observability.timestamps import iso
from observability.tracing.causes import message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from observability.catalogue import Metric
    from observability.constants import Constants
    from observability.record import Record

_LONGEST_MESSAGE = 4_000
_LONGEST_STACK = 16_000
_TRUTH = ("false", "true")

_BEGIN = "{" + template("level", "timestamp", "message") + ","
_REQUEST = template(
    "cold_start",
    "request_id",
    "xray_trace_id",
    "correlation_id",
    "method",
    "route",
    "path",
    "status",
    "duration_ms",
    "request_bytes",
    "response_bytes",
)
_IN_EVERY_PART = template("request_id", "xray_trace_id", "correlation_id", "method", "route")
"""What a further line repeats of the first, so that it is found with it and its metrics have their dimensions."""

_IF_KNOWN = (
    "function_request_id",
    "cpu_ms",
    "memory_mb",
    "init_ms",
    "client_ip",
    "user_agent",
    "remaining_ms",
)
"""Members that are attributes of the record, and left out where they aren't known."""

_ALWAYS = (REQUESTS, LATENCY, FAULTS, ERRORS, THROTTLES, COLD_STARTS, NEAR_TIMEOUTS, TELEMETRY_FAILURES)
_ALWAYS_VALUES = template(*(metric.name for metric in _ALWAYS))
_ALWAYS_DEFINITIONS = definitions(_ALWAYS)
_TAKEN = FIELDS.keys() | {metric.name for metric in EMITTED}


def lines(record: Record, constants: Constants) -> list[str]:
    """The record's lines: one, unless EMF's limits ask for more; then each is marked by `part` and nothing is lost."""
    whole = Part(_own_fields(record), _own_metrics(record))
    if fits(whole):
        line = _first(record, constants, whole, "")
        if len(line) <= MOST_BYTES:
            return [line]
    first, *others = split(whole)
    count = len(others) + 1
    return [
        _first(record, constants, first, f',"part":"1/{count}"'),
        *(_further(record, constants, part, f',"part":"{n}/{count}"') for n, part in enumerate(others, start=2)),
    ]


def _first(record: Record, constants: Constants, part: Part, mark: str) -> str:
    """The line of the request. What had to be repaired in it is counted in it."""
    fields, repairs = _fields(part)
    duration = record.duration_ms()
    cost = constants.cost(record, duration)
    members = _begin(record, constants) + _REQUEST % (
        _TRUTH[record.cold_start],
        *_ids(record),
        quoted(record.path),
        record.status or 0,
        duration,
        record.request_bytes,
        record.response_bytes,
    )
    if cost is not None:
        members += f',"cost_microdollars":{cost}'
    values, defined = _our_metrics(record, duration, cost, repairs)
    return _line(
        record,
        constants,
        f"{members}{_if_known(record)}{_if_troubled(record, repairs)}{mark}{fields},{values}",
        defined,
        part,
    )


def _further(record: Record, constants: Constants, part: Part, mark: str) -> str:
    """A line with what the first one had no room for."""
    fields, repairs = _fields(part)
    values, defined = "", ""
    if repairs:
        values, defined = f",{quoted(TELEMETRY_FAILURES.name)}:{repairs}", TELEMETRY_FAILURES.definition
    members = _begin(record, constants) + _IN_EVERY_PART % _ids(record)
    return _line(record, constants, f"{members}{mark}{fields}{values}", defined, part)


def _line(record: Record, constants: Constants, text: str, defined: str, part: Part) -> str:
    for metric, values in part.metrics:
        text += f",{quoted(metric.name)}:{values[0] if len(values) == 1 else values}"
    timestamp = int(_ended(record) * 1000)
    found = directives(constants.namespace, defined, [metric for metric, _ in part.metrics])
    return f'{text},"_aws":{{"Timestamp":{timestamp},"CloudWatchMetrics":[{found}]}}}}'


def _begin(record: Record, constants: Constants) -> str:
    said = f"{record.method} {record.route} {record.status}"
    if record.near_timeout:
        said += f" near timeout: {record.exceptions[0]}"
    return _BEGIN % (f'"{_level(record)}"', f'"{iso(_ended(record))}"', quoted(said)) + constants.members


def _ids(record: Record) -> tuple[str, ...]:
    request_id = quoted(record.request_id or "")
    correlation_id = record.correlation_id
    return (
        request_id,
        f'"{record.trace_id}"',
        request_id if correlation_id is record.request_id else quoted(correlation_id or ""),
        quoted(record.method),
        quoted(record.route_dimension),
    )


def _if_known(record: Record) -> str:
    found = ""
    for name in _IF_KNOWN:
        value = getattr(record, name)
        if value is not None:
            found += f',"{name}":{quoted(value) if isinstance(value, str) else value}'
    return found


def _if_troubled(record: Record, repairs: int) -> str:
    """Members that a request has when something went wrong with it."""
    found: dict[str, Any] = {}
    if record.client_disconnected:
        found["client_disconnected"] = True
    if record.near_timeout:
        found["near_timeout"] = True
    if record.failure_messages:
        found["telemetry_errors"] = list(record.failure_messages)
    if repairs:
        found.setdefault("telemetry_errors", []).append(f"{repairs} value(s) that JSON can't say")
    if record.exceptions:
        found.update(_error(record.exceptions[0]))
    return _after_comma(found) if found else ""


def _fields(part: Part) -> tuple[str, int]:
    if not part.fields:
        return "", 0
    text, repairs = encode(part.fields)
    return f",{text[1:-1]}", repairs


def _after_comma(members: Mapping[str, Any]) -> str:
    return f",{strict(members)[1:-1]}"


def _our_metrics(record: Record, duration: float, cost: float | None, repairs: int) -> tuple[str, str]:
    """The values as members, and their definitions."""
    status = record.status or 0
    values = _ALWAYS_VALUES % (
        1,
        duration,
        int(record.is_fault()),
        int(400 <= status < 500),
        int(status == 429),
        int(record.cold_start),
        int(record.near_timeout),
        record.failures + repairs,
    )
    defined = _ALWAYS_DEFINITIONS
    for metric, value in ((MEMORY_USED, record.memory_mb), (COST, cost), (INIT_DURATION, record.init_ms)):
        if value is not None:
            values += f',"{metric.name}":{value}'
            defined += f",{metric.definition}"
    return values, defined


def _ended(record: Record) -> float:
    return record.wall(record.started if record.ended is None else record.ended)


def _level(record: Record) -> str:
    if record.is_fault():
        return "ERROR"
    return "WARNING" if (record.status or 0) >= 400 else "INFO"


def _error(error: BaseException) -> dict[str, str]:
    return {
        "error_type": type(error).__qualname__,
        "error_message": message(error)[:_LONGEST_MESSAGE],
        "error_stack": without_lone_surrogates(_stack(error))[-_LONGEST_STACK:],
    }


def _stack(error: BaseException) -> str:
    if isinstance(error, NearTimeoutError):
        return error.stack
    from traceback import format_exception  # noqa: PLC0415 (most processes never see a fault)

    return "".join(format_exception(error))


def _own_fields(record: Record) -> dict[str, Any]:
    """The request's own fields; where one would hide a member or a metric, it is kept under fields.<name>."""
    if not record.fields:
        return {}
    taken = _TAKEN | record.metrics.keys() | record.counts.keys()
    return {f"fields.{name}" if name in taken else name: value for name, value in record.fields.items()}


def _own_metrics(record: Record) -> list[tuple[Metric, list[float]]]:
    if not record.metrics and not record.counts:
        return []
    own = {name: (metric, list(values)) for name, (metric, values) in record.metrics.items()}
    for name, (metric, total) in record.counts.items():
        own.setdefault(name, (metric, []))[1].append(total)
    return list(own.values())
