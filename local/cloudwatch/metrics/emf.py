"""PURE: a log event in CloudWatch's embedded metric format -> the datapoints in it, and what was wrong with it.

Source: "Specification: Embedded metric format". What breaks the format is one parsing error, and nothing is taken from
the event. What a directive names and the root has not, or has beyond the limits of MetricDatum, is one validation error
for each metric or set of dimensions; the others are taken.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar

import msgspec

from local.cloudwatch.metrics.datum import Datum, is_in_time, is_text, is_value
from local.cloudwatch.metrics.emf_directives import METADATA, Directive, Head, Plan, Values, plan_for, plan_of
from local.cloudwatch.metrics.identity import Metric
from local.cloudwatch.metrics.limits import (
    LARGEST_EMF_BYTES,
    LARGEST_VALUE,
    LONGEST_DIMENSION_VALUE,
    MOST_EMF_VALUES,
)
from local.json_text import read_json

LONGEST_REMEMBERED = 1_024  # characters of the values of keys; with REMEMBERED of them, memory stays bounded
REMEMBERED = 1_024

_HEAD = msgspec.json.Decoder(Head)
_NUMBERS = {int, float}

Origin = TypeVar("Origin")
Dimensions: TypeAlias = tuple[tuple[str, str], ...]
Sets: TypeAlias = tuple[Dimensions | None, ...]  # None is a wrong one
# What is to be taken, from the same second, with the same values of the directives' keys.
_Place: TypeAlias = tuple[Plan, Values, int]


class Wrong(NamedTuple):
    """How many errors an event is."""

    parsing_errors: int = 0
    validation_errors: int = 0


class Extraction(Generic[Origin]):
    """Of many events together: what a service's events have in common is not made again for each. Each has an origin,
    by which what is wrong with it is told.
    """

    def __init__(self, now_s: float) -> None:
        self._now_s = now_s
        self._found: dict[_Place, list[tuple[Origin, Values]]] = {}
        self._wrong: list[tuple[Origin, Wrong]] = []
        self._latest: Plan | None = None  # most events have the directives of the one before

    def add(self, message: str, origin: Origin) -> None:
        """Does nothing with an event that isn't in the format: most aren't, and looking for two words is quick."""
        if '"_aws"' not in message or '"CloudWatchMetrics"' not in message:
            return
        try:
            at_ms, plan, values = self._read(_document(message))
        except ValueError:
            self._wrong.append((origin, Wrong(parsing_errors=1)))
            return
        if abs(at_ms) > 1e15 or not is_in_time(at_ms / 1_000, self._now_s):
            self._wrong.append((origin, Wrong(validation_errors=1)))
            return
        keys, second = values[1 : plan.keys_end], at_ms // 1_000
        try:
            self._found.setdefault((plan, keys, second), []).append((origin, values))
        except TypeError:  # a dimension whose value is a list or an object
            texts = tuple([value if type(value) is str else None for value in keys])
            self._found.setdefault((plan, texts, second), []).append((origin, values))

    def result(self) -> tuple[list[Datum], list[tuple[Origin, Wrong]]]:
        """The datapoints, and what was wrong with those events that something was wrong with. To be called once."""
        data: list[Datum] = []
        for (plan, keys, second), found in self._found.items():
            columns = dict(zip(plan.names, zip(*[values for _, values in found], strict=True), strict=True))
            wrong = [0] * len(found)
            for directive, sets in zip(plan.directives, sets_of(plan, keys), strict=True):
                data += _data(directive, sets, columns, second, wrong)
            counted = zip(found, wrong, strict=True)
            self._wrong += [(origin, Wrong(validation_errors=number)) for (origin, _), number in counted if number]
        return data, self._wrong

    def _read(self, document: str) -> tuple[int, Plan, Values]:
        """Its time, and the values of what its directives name. Raises ValueError."""
        try:
            plan, values = self._members(document)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return _read_whole(document)
        at_ms = values[0].Timestamp
        if type(at_ms) is not int:
            raise ValueError("not in the format")
        return at_ms, plan, values

    def _members(self, document: str) -> tuple[Plan, Values]:
        plan = self._latest
        if plan is not None and plan.read is not None:
            values = plan.read(document)
            if bytes(values[0].CloudWatchMetrics) == plan.written:
                return plan, values
        plan = self._latest = plan_of(bytes(_HEAD.decode(document).metadata.CloudWatchMetrics))
        if plan.read is None:
            raise msgspec.MsgspecError("to be read whole")
        return plan, plan.read(document)


def _document(message: str) -> str:
    """Lambda may have put the time, the request's id and the level before it. Raises ValueError."""
    if (len(message) if message.isascii() else len(message.encode())) > LARGEST_EMF_BYTES:
        raise ValueError("too large")
    return message if message.startswith("{") else message[message.index("{") :]


def _read_whole(document: str) -> tuple[int, Plan, Values]:
    """As Extraction._read() does, where msgspec takes the event for no JSON. Raises ValueError."""
    try:
        root: dict[str, Any] = read_json(document)
    except RecursionError:
        raise ValueError("too deep") from None
    metadata = root.get(METADATA)
    if type(metadata) is not dict or type(metadata.get("Timestamp")) is not int:
        raise ValueError("not in the format")
    plan = plan_for(metadata.get("CloudWatchMetrics"))
    return metadata["Timestamp"], plan, tuple([root.get(name) for name in plan.names])


def sets_of(plan: Plan, keys: Values) -> tuple[Sets, ...]:
    """What each directive's sets of dimensions are with these values of the plan's keys; a service has the same ones
    in many of its events.
    """
    size = sum([len(value) for value in keys if type(value) is str])
    is_short = plan.read is not None and size <= LONGEST_REMEMBERED
    return _sets(plan, keys) if is_short else _sets.__wrapped__(plan, keys)


@lru_cache(REMEMBERED)
def _sets(plan: Plan, keys: Values) -> tuple[Sets, ...]:
    given = dict(zip(plan.names[1:], keys, strict=False))
    return tuple(tuple(_pairs(each, given) for each in directive.sets) for directive in plan.directives)


def _data(
    directive: Directive, sets: Sets, columns: Mapping[str, Values], second: int, wrong: list[int]
) -> Iterator[Datum]:
    """Of events with the same sets of dimensions. Counts in `wrong` what is wrong with each of them."""
    for_each = directive.wrong + sets.count(None)
    wrong[:] = [number + for_each for number in wrong]
    for definition in directive.metrics:
        values = _numbers(columns[definition.name], wrong)
        pairs = [1.0] * (2 * len(values))
        pairs[::2] = values
        for dimensions in sets if values else ():
            if dimensions is not None:
                metric = Metric(directive.namespace, definition.name, dimensions)
                yield Datum(metric, definition.unit, definition.resolution_s, second, pairs)


def _numbers(column: Values, wrong: list[int]) -> list[float]:
    """Of the events' values for a metric, one or several each."""
    if _NUMBERS.issuperset(map(type, column)) and min(column) >= -LARGEST_VALUE and max(column) <= LARGEST_VALUE:
        return list(map(float, column))  # nearly all are such
    found: list[float] = []
    for at, value in enumerate(column):
        several = value if isinstance(value, list) else [value]
        if 1 <= len(several) <= MOST_EMF_VALUES and all(type(one) in _NUMBERS and is_value(one) for one in several):
            found.extend(map(float, several))
        else:
            wrong[at] += 1
    return found


def _pairs(keys: Sequence[str], given: Mapping[str, Any]) -> Dimensions | None:
    """What a set of dimensions is, with these values of its keys; None where it is a wrong one."""
    pairs = sorted((key, given[key]) for key in keys if type(given.get(key)) is str)
    valid = len(pairs) == len(set(keys)) == len(keys) and all(
        key and is_text(key) and value and len(value) <= LONGEST_DIMENSION_VALUE and is_text(value, colon=True)
        for key, value in pairs
    )
    return tuple(pairs) if valid else None
