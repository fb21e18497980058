"""PURE: a log event in CloudWatch's embedded metric format -> the datapoints in it, and what was wrong with it.

Source: "Specification: Embedded metric format". What breaks the format is one parsing error, and nothing is taken from
the event. What a directive names and the root has not, or has beyond the limits of MetricDatum, is one validation error
for each metric or set of dimensions; the others are taken.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NoReturn, TypeVar

from local.cloudwatch.metrics.datum import Datum, is_in_time, is_name, is_text, is_value
from local.cloudwatch.metrics.identity import Metric
from local.cloudwatch.metrics.limits import (
    LARGEST_EMF_BYTES,
    LONGEST_DIMENSION_VALUE,
    LONGEST_EMF_DIMENSION_NAME,
    LONGEST_NAME,
    MOST_DIMENSIONS,
    MOST_EMF_METRICS,
    MOST_EMF_VALUES,
    RESOLUTIONS_S,
    UNITS,
)

T = TypeVar("T")

REMEMBERED = 1_024  # answers of the checks of names: a service's events have the same ones again and again


@dataclass(slots=True)
class Extracted:
    data: list[Datum] = field(default_factory=list)
    parsing_errors: int = 0
    validation_errors: int = 0


@dataclass(frozen=True, slots=True)
class _Definition:
    """A metric of a directive with its values on the root."""

    name: str
    unit: str
    resolution_s: int
    pairs: tuple[float, ...]


def extract(message: str, now_s: float) -> Extracted | None:
    """None where the event isn't in the format: most aren't, and looking for two words is quick."""
    if '"_aws"' not in message or '"CloudWatchMetrics"' not in message:
        return None
    try:
        root = _root(message)
        at_s, directives = _metadata(root)
    except ValueError:
        return Extracted(parsing_errors=1)
    if not is_in_time(at_s, now_s):
        return Extracted(validation_errors=1)
    found = Extracted()
    for directive in directives:
        _take(directive, root, at_s, found)
    return found


def _root(message: str) -> dict[str, Any]:
    """Lambda may have put the time, the request's id and the level before the document."""
    if len(message) > LARGEST_EMF_BYTES or len(message.encode()) > LARGEST_EMF_BYTES:
        raise ValueError("too large")
    try:
        root = _DECODER.decode(message[message.index("{") :])
    except RecursionError:
        raise ValueError("too deep") from None
    if not isinstance(root, dict) or "_aws" not in root:
        raise ValueError("no metadata")
    return root


def _no_number(constant: str) -> NoReturn:
    raise ValueError(constant)  # NaN and Infinity are Python's, not JSON's


# One for all: json.loads() with an option of its own makes a new one for each event.
_DECODER = json.JSONDecoder(parse_constant=_no_number)


def _metadata(root: Mapping[str, Any]) -> tuple[float, list[dict[str, Any]]]:
    match root["_aws"]:
        case {"Timestamp": int() as at_ms, "CloudWatchMetrics": list() as directives} if type(at_ms) is int:
            if all(_is_directive(directive) for directive in directives):
                return at_ms / 1_000 if abs(at_ms) < 1e15 else float("inf"), directives
    raise ValueError("not in the format")


def _is_directive(directive: Any) -> bool:
    match directive:
        case {"Namespace": str(), "Dimensions": [_, *_] as sets, "Metrics": list() as metrics}:
            return all(isinstance(keys, list) and all(isinstance(key, str) for key in keys) for keys in sets) and all(
                isinstance(metric, dict) and isinstance(metric.get("Name"), str) for metric in metrics
            )
        case _:
            return False


def _take(directive: Mapping[str, Any], root: Mapping[str, Any], at_s: float, found: Extracted) -> None:
    namespace = directive["Namespace"]
    if len(directive["Metrics"]) > MOST_EMF_METRICS or not _is_namespace(namespace):
        found.validation_errors += 1
        return
    definitions = list(_valid([_definition(metric, root) for metric in directive["Metrics"]], found))
    for dimensions in _valid([_dimensions(keys, root) for keys in directive["Dimensions"]], found):
        found.data += [
            Datum(
                Metric(namespace, definition.name, dimensions),
                definition.unit,
                definition.resolution_s,
                at_s,
                definition.pairs,
            )
            for definition in definitions
        ]


def _valid(checked: Sequence[T | None], found: Extracted) -> Iterator[T]:
    for one in checked:
        if one is None:
            found.validation_errors += 1
        else:
            yield one


def _is_namespace(namespace: str) -> bool:
    return 1 <= len(namespace) <= LONGEST_NAME and is_text(namespace) and not namespace.startswith("AWS/")


def _definition(metric: Mapping[str, Any], root: Mapping[str, Any]) -> _Definition | None:
    name, unit, resolution_s = metric["Name"], metric.get("Unit", "None"), metric.get("StorageResolution", 60)
    target = root.get(name)
    values: list[Any] = target if isinstance(target, list) else [target]
    valid = (
        1 <= len(name) <= LONGEST_NAME
        and _is_metric_name(name)
        and unit in UNITS
        and resolution_s in RESOLUTIONS_S
        and type(resolution_s) is int
        and 1 <= len(values) <= MOST_EMF_VALUES
        and all(type(value) in (int, float) and is_value(value) for value in values)
    )
    if not valid:
        return None
    return _Definition(name, unit, resolution_s, tuple(part for value in values for part in (float(value), 1.0)))


_is_metric_name = lru_cache(REMEMBERED)(is_name)


def _dimensions(keys: Sequence[str], root: Mapping[str, Any]) -> tuple[tuple[str, str], ...] | None:
    """What is too long is not remembered either."""
    values = tuple(root.get(key) for key in keys)
    if len(keys) > MOST_DIMENSIONS or not all(len(key) <= LONGEST_EMF_DIMENSION_NAME for key in keys):
        return None
    if not all(isinstance(value, str) and len(value) <= LONGEST_DIMENSION_VALUE for value in values):
        return None
    return _pairs(tuple(keys), values)


@lru_cache(REMEMBERED)
def _pairs(keys: tuple[str, ...], values: tuple[str, ...]) -> tuple[tuple[str, str], ...] | None:
    pairs = sorted(zip(keys, values, strict=True))
    valid = all(key and is_text(key) and value and is_text(value, colon=True) for key, value in pairs)
    return tuple(pairs) if valid and len(set(keys)) == len(keys) else None
