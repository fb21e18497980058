"""PURE: parameters against the shapes of botocore's model: types, required, lengths, ranges, patterns, enums.

The sentences are the ones that AWS's services answer with: "1 validation error detected: Value '...' at '...' failed to
satisfy constraint: Member must ...".
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from botocore.model import ListShape, MapShape, Shape, StructureShape

from local.endpoint.columns import columns_of, fit
from local.endpoint.patterns import fits

LONGEST_SHOWN = 200  # characters of a wrong value that an answer repeats


@dataclass(frozen=True, slots=True)
class Problem:
    """`path` starts with a dot or is empty. `malformed`: the value is of another type, or the member is unknown."""

    path: str
    sentence: str
    value: str = ""
    malformed: bool = False
    missing: bool = False

    def below(self, name: str) -> "Problem":
        return Problem(f".{name}{self.path}", self.sentence, self.value, self.malformed, self.missing)

    def __str__(self) -> str:
        if self.malformed:
            return f"'{self.path[1:]}': {self.sentence}"
        value = "null" if self.missing else f"'{self.value}'"
        return f"Value {value} at '{self.path[1:]}' failed to satisfy constraint: {self.sentence}"


Problems: TypeAlias = list[Problem] | None
Check: TypeAlias = Callable[[Any], Problems]

_NULL = Problem("", "Member must not be null", missing=True)
_RANGES = {"integer": (-(2**31), 2**31 - 1), "long": (-(2**63), 2**63 - 1)}
_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "character": (str,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "boolean": (bool,),
    "timestamp": (datetime,),
    "blob": (bytes,),
}


def sentence_of(problems: Sequence[Problem]) -> str:
    """What AWS says of the problems that are not malformed."""
    plural = "s" if len(problems) > 1 else ""
    return f"{len(problems)} validation error{plural} detected: {'; '.join(map(str, problems))}"


class Checks:
    """Checks of one service's shapes, each made when it is first wanted."""

    def __init__(self) -> None:
        self._made: dict[str, Check] = {}

    def of(self, shape: Shape) -> Check:
        if shape.name not in self._made:
            # Recursive shapes find the entry that is being made.
            self._made[shape.name] = lambda value: self._made[shape.name](value)  # noqa: PLW0108 - the later entry
            self._made[shape.name] = self._make(shape)
        return self._made[shape.name]

    def _make(self, shape: Shape) -> Check:
        if isinstance(shape, StructureShape):
            return self._structure(shape)
        if isinstance(shape, ListShape):
            return self._list(shape)
        if isinstance(shape, MapShape):
            return self._map(shape)
        return _scalar(shape)

    def _structure(self, shape: StructureShape) -> Check:
        members = {name: self.of(member) for name, member in shape.members.items()}
        required = tuple(shape.required_members)
        needed = frozenset(required)
        union = bool(shape.metadata.get("union"))
        known = ", ".join(members)

        def check(value: Any) -> Problems:
            if type(value) is not dict:
                return [_wrong_type(shape, value)]
            found: list[Problem] = []
            for name, item in value.items():
                member = members.get(name)
                if member is None:
                    sentence = f"{shape.name} has no such member; it has {known}"
                    found.append(Problem(f".{name}", sentence, malformed=True))
                elif problems := member(item):
                    found += [problem.below(_lower(name)) for problem in problems]
            if not needed <= value.keys():
                found += [_NULL.below(_lower(name)) for name in required if name not in value]
            if union and len(value) != 1:
                found.append(Problem("", f"exactly one of {known} must be set", malformed=True))
            return found or None

        return check

    def _list(self, shape: ListShape) -> Check:
        item_check = self.of(shape.member)
        limits, columns = _length(shape), columns_of(shape.member)

        def check(value: Any) -> Problems:
            if type(value) is not list:
                return [_wrong_type(shape, value)]
            found = limits(value) or []
            if not found and columns is not None and fit(columns, value):
                return None
            for at, item in enumerate(value):
                if problems := item_check(item):
                    found += [problem.below(f"{at + 1}.member") for problem in problems]
            return found or None

        return check

    def _map(self, shape: MapShape) -> Check:
        key_check, value_check = self.of(shape.key), self.of(shape.value)
        limits = _length(shape)

        def check(value: Any) -> Problems:
            if type(value) is not dict:
                return [_wrong_type(shape, value)]
            found = limits(value) or []
            for key, item in value.items():
                problems = (key_check(key) or []) + (value_check(item) or [])
                found += [problem.below(f"{key}.member") for problem in problems]
            return found or None

        return check


def _scalar(shape: Shape) -> Check:
    if shape.type_name == "string":
        return _string(shape)
    types, kind = _TYPES[shape.type_name], shape.type_name
    low, high = _RANGES.get(kind, (None, None))
    limits = _length(shape) if kind == "blob" else _bounds(shape)

    def check(value: Any) -> Problems:
        fits_type: bool = isinstance(value, types)
        if not fits_type or (type(value) is bool and kind != "boolean"):
            return [_wrong_type(shape, value)]
        if low is not None and high is not None and not low <= value <= high:
            return [Problem("", f"{_shown(value)} is out of the range of {_article(kind)}", malformed=True)]
        if kind == "timestamp" and value.tzinfo is None:
            return [Problem("", f"{value} has no time zone", malformed=True)]
        return limits(value)

    return check


def _string(shape: Shape) -> Check:
    """Most of what is checked are texts, and most of them are right: one look at each."""
    limits, text = _length(shape), _text(shape)
    low, high = shape.metadata.get("min", 0), shape.metadata.get("max", math.inf)
    free = "pattern" not in shape.metadata and "enum" not in shape.metadata

    def check(value: Any) -> Problems:
        if type(value) is str and low <= len(value) <= high:
            return None if free else text(value)
        return [_wrong_type(shape, value)] if not isinstance(value, str) else limits(value) or text(value)

    return check


def _length(shape: Shape) -> Check:
    low, high = shape.metadata.get("min", 0), shape.metadata.get("max")

    def check(value: Any) -> Problems:
        size = len(value)
        if size < low:
            return [Problem("", f"Member must have length greater than or equal to {low}", _shown(value))]
        if high is not None and size > high:
            return [Problem("", f"Member must have length less than or equal to {high}", _shown(value))]
        return None

    return check


def _bounds(shape: Shape) -> Check:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")

    def check(value: Any) -> Problems:
        if low is not None and value < low:
            return [Problem("", f"Member must have value greater than or equal to {low}", _shown(value))]
        if high is not None and value > high:
            return [Problem("", f"Member must have value less than or equal to {high}", _shown(value))]
        return None

    return check


def _text(shape: Shape) -> Check:
    pattern: str | None = shape.metadata.get("pattern")
    enum: Sequence[str] = shape.metadata.get("enum", ())

    def check(value: Any) -> Problems:
        if enum and value not in enum:
            return [Problem("", f"Member must satisfy enum value set: [{', '.join(enum)}]", _shown(value))]
        if pattern is not None and not fits(pattern, value):
            return [Problem("", f"Member must satisfy regular expression pattern: {pattern}", _shown(value))]
        return None

    return check


def _wrong_type(shape: Shape, value: Any) -> Problem:
    return Problem("", f"{_shown(value)} is not {_article(shape.type_name)}", malformed=True)


def _article(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


def _shown(value: Any) -> str:
    text = str(value) if not isinstance(value, bytes) else value.decode("utf-8", "replace")
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."


def _lower(name: str) -> str:
    """AWS's sentences name members as its servers do: logGroupName, metricData."""
    return name[:1].lower() + name[1:]
