"""PURE: what a log event's CloudWatchMetrics says: which members of the root are metrics, and by which dimensions.

Source: "Specification: Embedded metric format". A service has the same directives in all its events: what they say is
made once, with a reader that takes no more of an event than the members that they name.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, TypeAlias

import msgspec

from local.cloudwatch.metrics.datum import is_name, is_text
from local.cloudwatch.metrics.limits import (
    LONGEST_EMF_DIMENSION_NAME,
    LONGEST_NAME,
    MOST_DIMENSIONS,
    MOST_EMF_METRICS,
    RESOLUTIONS_S,
    UNITS,
)
from local.json_text import read_json

LONGEST_REMEMBERED = 16 * 1024  # bytes of directives; with REMEMBERED of them, memory stays bounded
REMEMBERED = 256
MOST_MEMBERS = 200  # that a reader of its own is made for
METADATA = "_aws"

Values: TypeAlias = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Definition:
    """A metric of a directive: what of it is the same in every event."""

    name: str
    unit: str
    resolution_s: int


@dataclass(frozen=True, slots=True, eq=False)
class Directive:
    """What can be taken by it, and how many of its metrics and sets of dimensions are wrong in any event."""

    namespace: str
    metrics: tuple[Definition, ...] = ()
    sets: tuple[tuple[str, ...], ...] = ()
    wrong: int = 0


class Metadata(msgspec.Struct):
    """With the directives as they are written."""

    Timestamp: Any
    CloudWatchMetrics: msgspec.Raw


class Head(msgspec.Struct):
    """The root of an event, but for all its members but one."""

    metadata: Metadata = msgspec.field(name=METADATA)


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """What to take of an event: the members with these names. The first is its metadata, then come the keys of its
    directives, up to `keys_end`. `written` are the directives as the event has them. `read` gives the members' values,
    and raises what msgspec raises; it is None where there is no such reader.
    """

    directives: tuple[Directive, ...]
    names: tuple[str, ...]
    keys_end: int
    written: bytes = b""
    read: Callable[[str], Values] | None = None


def plan_of(written: bytes) -> Plan:
    """One with a reader is remembered. Raises ValueError where they are not in the format, or no JSON."""
    return _plan(written) if len(written) <= LONGEST_REMEMBERED else plan_for(read_json(written))


@lru_cache(REMEMBERED)
def _plan(written: bytes) -> Plan:
    made = plan_for(read_json(written))
    return replace(made, written=written, read=_reader(made.names))


def plan_for(directives: Any) -> Plan:
    """Of the value of CloudWatchMetrics, without a reader. Raises ValueError where it is not in the format."""
    if not isinstance(directives, list) or not all(_is_directive(directive) for directive in directives):
        raise ValueError("not in the format")
    read = tuple(_directive(directive) for directive in directives)
    keys = dict.fromkeys([METADATA, *(key for directive in read for keys in directive.sets for key in keys)])
    metrics = dict.fromkeys(metric.name for directive in read for metric in directive.metrics)
    return Plan(read, tuple(keys | metrics), len(keys))


def _reader(names: Sequence[str]) -> Callable[[str], Values] | None:
    if len(names) > MOST_MEMBERS:
        return None
    fields = {f"member{number}": name for number, name in enumerate(names)}
    members = [(field, Metadata) if name == METADATA else (field, Any, None) for field, name in fields.items()]
    try:
        root = msgspec.defstruct("Root", members, rename=fields)
    except ValueError:  # a name that needs an escape
        return None
    decode, values_of = msgspec.json.Decoder(root).decode, msgspec.structs.astuple
    return lambda text: values_of(decode(text))


def _is_directive(directive: Any) -> bool:
    match directive:
        case {"Namespace": str(), "Dimensions": [_, *_] as sets, "Metrics": list() as metrics}:
            return all(isinstance(keys, list) and all(isinstance(key, str) for key in keys) for keys in sets) and all(
                isinstance(metric, dict) and isinstance(metric.get("Name"), str) for metric in metrics
            )
        case _:
            return False


def _directive(given: Mapping[str, Any]) -> Directive:
    namespace, metrics, sets = given["Namespace"], given["Metrics"], given["Dimensions"]
    if len(metrics) > MOST_EMF_METRICS or not _is_namespace(namespace):
        return Directive(namespace, wrong=1)
    definitions = tuple(definition for metric in metrics if (definition := _definition(metric)) is not None)
    right = tuple(tuple(keys) for keys in sets if _are_keys(keys))
    wrong = len(metrics) - len(definitions) + len(sets) - len(right)
    return Directive(namespace, definitions, right, wrong)


def _is_namespace(namespace: str) -> bool:
    return 1 <= len(namespace) <= LONGEST_NAME and is_text(namespace) and not namespace.startswith("AWS/")


def _definition(metric: Mapping[str, Any]) -> Definition | None:
    name, unit, resolution_s = metric["Name"], metric.get("Unit", "None"), metric.get("StorageResolution", 60)
    valid = (
        1 <= len(name) <= LONGEST_NAME
        and is_name(name)
        and isinstance(unit, str)
        and unit in UNITS
        and type(resolution_s) is int
        and resolution_s in RESOLUTIONS_S
    )
    return Definition(name, unit, resolution_s) if valid else None


def _are_keys(keys: Sequence[str]) -> bool:
    """What is too long is not remembered either."""
    return len(keys) <= MOST_DIMENSIONS and all(len(key) <= LONGEST_EMF_DIMENSION_NAME for key in keys)
