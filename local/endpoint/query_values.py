"""PURE: the fields of a Query request (`MetricData.member.1.Value=3`) to what boto3 takes, by the shapes of the model.

Source: the Smithy page "AWS query protocol".
"""

import base64
import binascii
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl

from botocore.model import ListShape, MapShape, Shape, StructureShape

from local.endpoint.instants import from_text
from local.errors import AwsError

MOST_FIELDS = 20_000  # a PutMetricData with 1,000 data of 30 dimensions each has more than a body may hold
_FLOAT = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|NaN|[+-]?Infinity", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d{1,20}", re.ASCII)
_BOOLEANS = {"true": True, "false": False}


def fields(text: str) -> dict[str, str]:
    """The fields of a form or a query string. Raises AwsError for one that is given twice or is not UTF-8."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise AwsError("MalformedQueryString", f"the query string can't be read: {error}") from None
    found: dict[str, str] = {}
    for name, value in pairs:
        if name in found:
            raise AwsError("MalformedQueryString", f"{name} is given twice")
        found[name] = value
    return found


def read_query(shape: StructureShape, given: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """A value that is not what its shape says comes back as its text: the check of the parameters names it."""
    tree: dict[str, Any] = {}
    for name, value in given:
        _plant(tree, name, value)
    found: dict[str, Any] = _structure(shape, tree)
    return found


def scalar(shape: Shape, text: str, timestamp_format: str = "iso8601") -> Any:
    """A value that stands as text: in a field, a header, a path."""
    match shape.type_name:
        case "integer" | "long":
            return int(text) if _INTEGER.fullmatch(text) else text
        case "float" | "double":
            return float(text) if _FLOAT.fullmatch(text) else text
        case "boolean":
            return _BOOLEANS.get(text, text)
        case "timestamp":
            return from_text(text, shape.serialization.get("timestampFormat", timestamp_format))
        case "blob":
            return _bytes(text)
    return text


def _plant(tree: dict[str, Any], name: str, value: str) -> None:
    *path, last = name.split(".")
    node = tree
    for part in path:
        below = node.setdefault(part, {})
        if not isinstance(below, dict):
            raise AwsError("MalformedQueryString", f"{name}: {part} is a value already")
        node = below
    if last in node:
        raise AwsError("MalformedQueryString", f"{name}: {last} has members already")
    node[last] = value


def _read(shape: Shape, node: Any) -> Any:
    if isinstance(shape, ListShape):
        return _list(shape, node)
    if isinstance(shape, MapShape):
        return _map(shape, node)
    if isinstance(shape, StructureShape):
        return _structure(shape, node) if isinstance(node, dict) else node
    return scalar(shape, node) if isinstance(node, str) else node


def _structure(shape: StructureShape, node: dict[str, Any]) -> dict[str, Any]:
    members = {wire_name(member, name): (name, member) for name, member in shape.members.items()}
    found = {}
    for wire, below in node.items():
        if wire in members:
            name, member = members[wire]
            found[name] = _read(member, below)
        else:
            found[wire] = below
    return found


def wire_name(member: Shape, name: str) -> str:
    """Under which name a structure's member stands: a flattened list's under that of its members, if they have one."""
    if isinstance(member, ListShape) and member.serialization.get("flattened"):
        return str(member.member.serialization.get("name") or member.serialization.get("name", name))
    return str(member.serialization.get("name", name))


def _list(shape: ListShape, node: Any) -> Any:
    if node == "":
        return []
    if not shape.serialization.get("flattened") and isinstance(node, dict):
        name = shape.member.serialization.get("name", "member")
        if set(node) != {name}:
            return node
        node = node[name]
    items = _numbered(node)
    return node if items is None else [_read(shape.member, item) for item in items]


def _map(shape: MapShape, node: Any) -> Any:
    if not shape.serialization.get("flattened") and isinstance(node, dict):
        if set(node) != {"entry"}:
            return node
        node = node["entry"]
    entries = _numbered(node)
    key, value = shape.key.serialization.get("name", "key"), shape.value.serialization.get("name", "value")
    if entries is None or not all(isinstance(entry, dict) and set(entry) == {key, value} for entry in entries):
        return node
    return {entry[key]: _read(shape.value, entry[value]) for entry in entries if isinstance(entry[key], str)}


def _numbered(node: Any) -> list[Any] | None:
    """The items of {"1": ..., "2": ...} in order; None where the names are no numbers."""
    if not isinstance(node, dict) or not all(name.isascii() and name.isdigit() and len(name) < 10 for name in node):
        return None
    return [node[name] for name in sorted(node, key=int)]


def _bytes(text: str) -> Any:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return text
