"""PURE: a log event in CloudWatch's embedded metric format -> the datapoints in it, and what was wrong with it.

Source: "Specification: Embedded metric format". What breaks the format is one parsing error, and nothing is taken from
the event. What a directive names and the root has not, or has beyond the limits of MetricDatum, is one validation error
for each metric or set of dimensions; the others are taken.
"""

import marshal
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple, TypeAlias

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
from local.json_text import read_json

LONGEST_REMEMBERED = 16 * 1024  # bytes of directives; with REMEMBERED of them, memory stays bounded
REMEMBERED = 1_024  # directives: a service has the same ones in all its events


class Wrong(NamedTuple):
    """How many errors an event is."""

    parsing_errors: int = 0
    validation_errors: int = 0


@dataclass(frozen=True, slots=True)
class _Definition:
    """A metric of a directive: what of it is the same in every event."""

    name: str
    unit: str
    resolution_s: int


@dataclass(frozen=True, slots=True, eq=False)
class _Directive:
    """What can be taken by it, and how many of its metrics and sets of dimensions are wrong in any event. `keys` are
    those of its sets, one after the other.
    """

    namespace: str
    metrics: tuple[_Definition, ...] = ()
    sets: tuple[tuple[str, ...], ...] = ()
    wrong: int = 0
    keys: tuple[str, ...] = ()


Dimensions: TypeAlias = tuple[tuple[str, str], ...]
# The same metrics, in the same second, with the same values of the directive's keys.
_Place: TypeAlias = tuple[_Directive, tuple[Any, ...], int]


class _Gathered(NamedTuple):
    """Of the events of one place: the dimensions by each of the directive's sets (None: a wrong one), and the values
    of each of its metrics.
    """

    sets: tuple[Dimensions | None, ...]
    wrong_sets: int
    values: tuple[list[float], ...]


class Extraction:
    """Of many events together: what a service's events have in common is not made again for each."""

    def __init__(self, now_s: float) -> None:
        self._now_s = now_s
        self._gathered: dict[_Place, _Gathered] = {}

    def add(self, message: str) -> Wrong | None:
        """None where nothing is wrong, as with an event that isn't in the format: most aren't, and looking for two
        words is quick.
        """
        if '"_aws"' not in message or '"CloudWatchMetrics"' not in message:
            return None
        try:
            root = _root(message)
            at_s, directives = _metadata(root)
        except ValueError:
            return Wrong(parsing_errors=1)
        if not is_in_time(at_s, self._now_s):
            return Wrong(validation_errors=1)
        wrong = 0
        for directive in directives:
            wrong += self._take(directive, root, int(at_s))
        return Wrong(validation_errors=wrong) if wrong else None

    def data(self) -> Iterator[Datum]:
        for (directive, _, second), (sets, _, gathered) in self._gathered.items():
            for definition, values in zip(directive.metrics, gathered, strict=True):
                pairs = [1.0] * (2 * len(values))
                pairs[::2] = values
                for dimensions in sets if values else ():
                    if dimensions is not None:
                        metric = Metric(directive.namespace, definition.name, dimensions)
                        yield Datum(metric, definition.unit, definition.resolution_s, second, pairs)

    def _take(self, directive: _Directive, root: Mapping[str, Any], second: int) -> int:
        """How many errors it is."""
        values = tuple([root.get(key) for key in directive.keys])
        gathered = self._at((directive, values, second))
        wrong = directive.wrong + gathered.wrong_sets
        for definition, so_far in zip(directive.metrics, gathered.values, strict=True):
            value: Any = root.get(definition.name)
            if (type(value) is float or type(value) is int) and is_value(value):  # most are
                so_far.append(float(value))
            elif several := _several(value):
                so_far.extend(map(float, several))
            else:
                wrong += 1
        return wrong

    def _at(self, place: _Place) -> _Gathered:
        try:
            found = self._gathered.get(place)
        except TypeError:  # a dimension whose value is a list or an object
            directive, values, second = place
            return self._at((directive, tuple(value if type(value) is str else None for value in values), second))
        if found is None:
            directive, values, _ = place
            sets = _sets(directive, values)
            found = self._gathered[place] = _Gathered(sets, sets.count(None), tuple([] for _ in directive.metrics))
        return found


def _root(message: str) -> dict[str, Any]:
    """Lambda may have put the time, the request's id and the level before the document."""
    if (len(message) if message.isascii() else len(message.encode())) > LARGEST_EMF_BYTES:
        raise ValueError("too large")
    try:
        root: dict[str, Any] = read_json(message if message.startswith("{") else message[message.index("{") :])
    except RecursionError:
        raise ValueError("too deep") from None
    if "_aws" not in root:
        raise ValueError("no metadata")
    return root


def _metadata(root: Mapping[str, Any]) -> tuple[float, tuple[_Directive, ...]]:
    metadata = root["_aws"]
    if type(metadata) is not dict:
        raise ValueError("not in the format")
    at_ms, directives = metadata.get("Timestamp"), metadata.get("CloudWatchMetrics")
    if type(at_ms) is not int or type(directives) is not list:
        raise ValueError("not in the format")
    # Version 2 of the format, which has no references: what is equal has equal bytes.
    marshalled = marshal.dumps(directives, 2)
    read = _directives if len(marshalled) <= LONGEST_REMEMBERED else _directives.__wrapped__
    return at_ms / 1_000 if abs(at_ms) < 1e15 else float("inf"), read(marshalled)


@lru_cache(REMEMBERED)
def _directives(marshalled: bytes) -> tuple[_Directive, ...]:
    """Of the value of CloudWatchMetrics; a service's events have the same one again and again."""
    directives = marshal.loads(marshalled)  # noqa: S302 - which this process has made itself
    if not all(_is_directive(directive) for directive in directives):
        raise ValueError("not in the format")
    return tuple(_directive(directive) for directive in directives)


def _is_directive(directive: Any) -> bool:
    match directive:
        case {"Namespace": str(), "Dimensions": [_, *_] as sets, "Metrics": list() as metrics}:
            return all(isinstance(keys, list) and all(isinstance(key, str) for key in keys) for keys in sets) and all(
                isinstance(metric, dict) and isinstance(metric.get("Name"), str) for metric in metrics
            )
        case _:
            return False


def _directive(given: Mapping[str, Any]) -> _Directive:
    namespace, metrics, sets = given["Namespace"], given["Metrics"], given["Dimensions"]
    if len(metrics) > MOST_EMF_METRICS or not _is_namespace(namespace):
        return _Directive(namespace, wrong=1)
    definitions = tuple(definition for metric in metrics if (definition := _definition(metric)) is not None)
    keys = tuple(tuple(keys) for keys in sets if _are_keys(keys))
    wrong = len(metrics) - len(definitions) + len(sets) - len(keys)
    return _Directive(namespace, definitions, keys, wrong, tuple(key for each in keys for key in each))


def _is_namespace(namespace: str) -> bool:
    return 1 <= len(namespace) <= LONGEST_NAME and is_text(namespace) and not namespace.startswith("AWS/")


def _definition(metric: Mapping[str, Any]) -> _Definition | None:
    name, unit, resolution_s = metric["Name"], metric.get("Unit", "None"), metric.get("StorageResolution", 60)
    valid = (
        1 <= len(name) <= LONGEST_NAME
        and is_name(name)
        and isinstance(unit, str)
        and unit in UNITS
        and type(resolution_s) is int
        and resolution_s in RESOLUTIONS_S
    )
    return _Definition(name, unit, resolution_s) if valid else None


def _are_keys(keys: Sequence[str]) -> bool:
    """What is too long is not remembered either."""
    return len(keys) <= MOST_DIMENSIONS and all(len(key) <= LONGEST_EMF_DIMENSION_NAME for key in keys)


def _several(values: Any) -> Sequence[float]:
    """None where one of them, or their number, is wrong."""
    valid = (
        isinstance(values, list)
        and 1 <= len(values) <= MOST_EMF_VALUES
        and all(type(value) in (int, float) and is_value(value) for value in values)
    )
    return values if valid else ()


def _sets(directive: _Directive, values: tuple[Any, ...]) -> tuple[Dimensions | None, ...]:
    """What each of the directive's sets is, with these values of its keys."""
    left = iter(values)
    return tuple(_pairs(keys, tuple(islice(left, len(keys)))) for keys in directive.sets)


def _pairs(keys: tuple[str, ...], values: tuple[Any, ...]) -> Dimensions | None:
    if not all(isinstance(value, str) and len(value) <= LONGEST_DIMENSION_VALUE for value in values):
        return None
    pairs = sorted(zip(keys, values, strict=True))
    valid = all(key and is_text(key) and value and is_text(value, colon=True) for key, value in pairs)
    return tuple(pairs) if valid and len(set(keys)) == len(keys) else None
