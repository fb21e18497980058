"""A finished record -> its line: log and CloudWatch metrics (EMF) in one JSON object. PURE.

EMF: CloudWatch Logs user guide, "Specification: Embedded metric format". The line is put together from pieces of JSON:
what is the same in every line is encoded once, what is known to be a number isn't encoded at all.
"""

from __future__ import annotations

from json.encoder import encode_basestring_ascii as quoted
from typing import TYPE_CHECKING, Any

from observability.catalogue import (
    COST,
    EMITTED,
    FIELDS,
    INIT_DURATION,
    LATENCY,
    MEMORY_USED,
    TELEMETRY_FAILURES,
)
from observability.directive import directives, the_librarys
from observability.json_text import encode, strict, without_lone_surrogates
from observability.outcome import Outcome, members
from observability.parts import MOST_BYTES, Part, fits, split
from observability.timestamps import iso
from observability.tracing.causes import message, stack_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from observability.catalogue import Metric
    from observability.constants import Constants
    from observability.record import Record

_LONGEST_MESSAGE = 4_000
_LONGEST_STACK = 16_000

_TAKEN = FIELDS.keys() | {metric.name for metric in EMITTED}
_NOTHING = Part({}, [])


def lines(record: Record, constants: Constants) -> list[str]:
    """The record's lines: one, unless EMF's limits ask for more; then each is marked by `part` and nothing is lost."""
    whole = Part(_own_fields(record), _own_metrics(record)) if record.has_more() else _NOTHING
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
    more, repairs = mark, 0
    if part.fields:
        fields, repairs = _fields(part)
        more += fields
    about, rates = members(_outcome(record))
    took = record.duration_ms()
    duration = f"{took:.3f}"  # a float's shortest text, Python's own, takes much longer to find
    ended = _ended(record)
    cost = constants.cost(took, record.init_ms) if record.in_lambda else None
    defined, directive = the_librarys(
        constants.namespace, record.memory_mb is not None, cost is not None, record.init_ms is not None
    )
    if part.metrics:
        more += _values(part)
        directive = directives(constants.namespace, defined, part.metrics)
    return (
        f'{{"timestamp":"{iso(ended)}",{about},{constants.members}{_ids(record)},"path":{quoted(record.path)},'
        f'"duration_ms":{duration},"{LATENCY.name}":{duration},{rates},'
        f'"{TELEMETRY_FAILURES.name}":{record.failures + repairs},'
        f'"request_bytes":{record.request_bytes},"response_bytes":{record.response_bytes}'
        f'{_if_known(record, cost)}{_if_troubled(record, repairs)}{more},"_aws":{{"Timestamp":{int(ended * 1000)},'
        f'"CloudWatchMetrics":[{directive}]}}}}'
    )


def _further(record: Record, constants: Constants, part: Part, mark: str) -> str:
    """A line with what the first one had no room for. It repeats what finds it, and what its metrics have as
    dimensions.
    """
    fields, repairs = _fields(part)
    about, _ = members(_outcome(record))
    ended = _ended(record)
    counted, defined = "", ""
    if repairs:
        counted = f',"{TELEMETRY_FAILURES.name}":{repairs}'
        defined = TELEMETRY_FAILURES.definition
    return (
        f'{{"timestamp":"{iso(ended)}",{about},{constants.members}{_ids(record)}{mark}{fields}'
        f'{counted}{_values(part)},"_aws":{{"Timestamp":{int(ended * 1000)},'
        f'"CloudWatchMetrics":[{directives(constants.namespace, defined, part.metrics)}]}}}}'
    )


def _outcome(record: Record) -> Outcome:
    status = record.status or 0
    said = f"{record.method} {record.route} {status}"
    if record.near_timeout:
        said += f" near timeout: {record.exceptions[0]}"
    return (
        said,
        record.method,
        record.route_dimension,
        status,
        record.is_fault(),
        record.cold_start,
        record.near_timeout,
    )


def _ids(record: Record) -> str:
    request_id = quoted(record.request_id or "")
    correlation_id = request_id if record.correlation_id is record.request_id else quoted(record.correlation_id or "")
    text = f'"request_id":{request_id},"correlation_id":{correlation_id},"xray_trace_id":"{record.trace_id}"'
    if record.function_request_id is not None:
        text += f',"function_request_id":{quoted(record.function_request_id)}'
    return text


def _values(part: Part) -> str:
    """The service's metrics as members of the line."""
    return "".join(
        [f",{quoted(metric.name)}:{values[0] if len(values) == 1 else values}" for metric, values in part.metrics]
    )


def _if_known(record: Record, cost: float | None) -> str:
    """Members, and metrics, that are left out where nothing is known."""
    text = "" if record.cpu_ms is None else f',"cpu_ms":{record.cpu_ms:.3f}'
    if record.memory_mb is not None:
        held = f"{record.memory_mb:.1f}"
        text += f',"memory_mb":{held},"{MEMORY_USED.name}":{held}'
    if cost is not None:
        price = f"{cost:.4f}"
        text += f',"cost_microdollars":{price},"{COST.name}":{price}'
    if record.init_ms is not None:
        text += f',"init_ms":{record.init_ms},"{INIT_DURATION.name}":{record.init_ms}'
    if record.remaining_ms is not None:
        text += f',"remaining_ms":{record.remaining_ms}'
    if record.client_ip is not None:
        text += f',"client_ip":{quoted(record.client_ip)}'
    if record.user_agent is not None:
        text += f',"user_agent":{quoted(record.user_agent)}'
    return text


def _if_troubled(record: Record, repairs: int) -> str:
    """Members that a request has when something went wrong with it."""
    fine = not (record.exceptions or record.failure_messages or repairs)
    if fine and not (record.client_disconnected or record.near_timeout):
        return ""
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
        found.update(_error(record.exceptions[0], record.redaction.text))
    return f",{strict(found)[1:-1]}"


def _fields(part: Part) -> tuple[str, int]:
    if not part.fields:
        return "", 0
    text, repairs = encode(part.fields)
    return f",{text[1:-1]}", repairs


def _ended(record: Record) -> float:
    return record.wall(record.started if record.ended is None else record.ended)


def _error(error: BaseException, redact: Callable[[str], str]) -> dict[str, str]:
    return {
        "error_type": type(error).__qualname__,
        "error_message": redact(message(error))[:_LONGEST_MESSAGE],
        "error_stack": redact(without_lone_surrogates(stack_text(error)))[-_LONGEST_STACK:],
    }


def _own_fields(record: Record) -> dict[str, Any]:
    """The request's own fields; where one would hide a member or a metric, it is kept under fields.<name>."""
    if not record.fields:
        return {}
    taken = _TAKEN | record.metrics.keys() | record.counts.keys()
    fields = record.redaction.fields(record.fields)
    return {f"fields.{name}" if name in taken else name: value for name, value in fields.items()}


def _own_metrics(record: Record) -> list[tuple[Metric, list[float]]]:
    own = {name: (metric, list(values)) for name, (metric, values) in record.metrics.items()}
    for name, (metric, total) in record.counts.items():
        own.setdefault(name, (metric, []))[1].append(total)
    return list(own.values())
