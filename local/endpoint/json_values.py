"""PURE: values of the JSON protocols to what boto3 takes and gives, and back, by the shapes of botocore's model.

Sources: the Smithy pages "AWS JSON 1.0 protocol" and "AWS restJson1 protocol".
"""

import base64
import binascii
import json
import math
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from botocore.model import ListShape, MapShape, Shape, StructureShape

from local.endpoint.instants import from_epoch, from_text, to_epoch, to_text
from local.errors import AwsError
from local.json_text import read_whole_json

Convert: TypeAlias = Callable[[Any], Any]
SERIALIZATION = "SerializationException"
_SPECIAL = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def load(body: bytes) -> Any:
    """The document of a body; {} for an empty one. Members that are null are not there. Raises AwsError."""
    if not body.strip():
        return {}
    try:
        document = read_whole_json(body)
        if b"null" in body:
            document = _without_nulls(document)
    except RecursionError:
        raise AwsError(SERIALIZATION, "the document is nested too deep") from None
    except ValueError as error:
        raise AwsError(SERIALIZATION, f"the body is not JSON: {error}") from None
    return document


def dump(value: Any) -> bytes:
    return _ENCODER.encode(value).encode("utf-8", "replace")


class JsonReader:
    """What a value of the wrong type becomes is the value itself: the check of the parameters names it."""

    def __init__(self) -> None:
        self._made: dict[str, Convert] = {}

    def of(self, shape: Shape) -> Convert:
        key = f"{shape.name} {shape.serialization.get('timestampFormat', '')}"
        if key not in self._made:
            self._made[key] = lambda value: self._made[key](value)  # noqa: PLW0108 - the later entry
            self._made[key] = self._make(shape)
        return self._made[key]

    def _make(self, shape: Shape) -> Convert:
        if isinstance(shape, StructureShape):
            return self._structure(shape)
        if isinstance(shape, ListShape):
            member = self.of(shape.member)
            if member is _same:
                return _same
            return lambda value: [member(item) for item in value] if type(value) is list else value
        if isinstance(shape, MapShape):
            item_of = self.of(shape.value)
            return lambda value: {key: item_of(item) for key, item in value.items()} if type(value) is dict else value
        return _reader(shape)

    def _structure(self, shape: StructureShape) -> Convert:
        members = {
            member.serialization.get("name", name): (name, self.of(member)) for name, member in shape.members.items()
        }
        if all(wire == name for wire, (name, _) in members.items()):
            return _in_place([(name, member) for name, member in members.values() if member is not _same])

        def read(value: Any) -> Any:
            if type(value) is not dict:
                return value
            found = {}
            for wire, item in value.items():
                name, member = members.get(wire, (wire, _same))
                found[name] = member(item)
            return found

        return read


class JsonWriter:
    """What an operation answers, as JSON can say it. A member that is None is left out."""

    def __init__(self) -> None:
        self._made: dict[str, Convert] = {}

    def of(self, shape: Shape) -> Convert:
        key = f"{shape.name} {shape.serialization.get('timestampFormat', '')}"
        if key not in self._made:
            self._made[key] = lambda value: self._made[key](value)  # noqa: PLW0108 - the later entry
            self._made[key] = self._make(shape)
        return self._made[key]

    def _make(self, shape: Shape) -> Convert:
        if isinstance(shape, StructureShape):
            members = {
                name: (member.serialization.get("name", name), self.of(member))
                for name, member in shape.members.items()
            }
            return lambda value: {
                members[name][0]: members[name][1](item) for name, item in value.items() if item is not None
            }
        if isinstance(shape, ListShape):
            member = self.of(shape.member)
            return list if member is _same else lambda value: [member(item) for item in value]
        if isinstance(shape, MapShape):
            item_of = self.of(shape.value)
            return lambda value: {key: item_of(item) for key, item in value.items()}
        return _writer(shape)


def _in_place(converts: Sequence[tuple[str, Convert]]) -> Convert:
    """Of a structure whose members have their own names: the document is nobody else's."""

    def read(value: Any) -> Any:
        if type(value) is dict:
            for name, convert in converts:
                if name in value:
                    value[name] = convert(value[name])
        return value

    return read if converts else _same


def _same(value: Any) -> Any:
    return value


def _reader(shape: Shape) -> Convert:
    if shape.type_name == "timestamp":
        form = shape.serialization.get("timestampFormat", "unixTimestamp")
        return from_epoch if form == "unixTimestamp" else lambda value: from_text(value, form)
    if shape.type_name == "blob":
        return _bytes
    if shape.type_name in ("float", "double"):
        return lambda value: _SPECIAL.get(value, value) if isinstance(value, str) else value
    return _same


def _writer(shape: Shape) -> Convert:
    if shape.type_name == "timestamp":
        form = shape.serialization.get("timestampFormat", "unixTimestamp")
        return to_epoch if form == "unixTimestamp" else lambda value: to_text(value, form)
    if shape.type_name == "blob":
        return lambda value: base64.b64encode(value).decode()
    if shape.type_name in ("float", "double"):
        return _number
    return _same


def _number(value: float) -> Any:
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _bytes(value: Any) -> Any:
    try:
        return base64.b64decode(value, validate=True) if isinstance(value, str) else value
    except (binascii.Error, ValueError):
        return value


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value


# One for all: json.dumps() with options of its own makes a new one for each document.
_ENCODER = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, allow_nan=False)
