"""PURE: REST-JSON: parameters in the path, the query string, headers and the body, by the shapes of botocore's model.

Source: the Smithy page "AWS restJson1 protocol".
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, unquote

from botocore.model import ListShape, MapShape, OperationModel, ServiceModel, Shape, StructureShape

from local.endpoint import json_values
from local.endpoint.instants import to_text
from local.endpoint.query_values import scalar
from local.endpoint.wire import WireRequest
from local.errors import AwsError, NotSupported

_LABEL = re.compile(r"\{([^}]+)\}")


class Routes:
    """The operations of a REST service by method and path."""

    def __init__(self, service: ServiceModel) -> None:
        self._routes = [
            (operation.http["method"], *_template(operation.http["requestUri"]), name)
            for name, operation in ((name, service.operation_model(name)) for name in service.operation_names)
        ]

    def find(self, request: WireRequest) -> str | None:
        """The operation whose path fits; of several the one with more fixed letters, and with more fixed fields."""
        fields = parse_qsl(request.query, keep_blank_values=True)
        fitting = [
            (len(wanted), len(_LABEL.sub("", pattern.pattern)), name)
            for method, pattern, wanted, name in self._routes
            if method == request.method and pattern.fullmatch(request.path) and all(pair in fields for pair in wanted)
        ]
        return max(fitting)[2] if fitting else None


def read_rest(request: WireRequest, operation: OperationModel, reader: json_values.JsonReader) -> dict[str, Any]:
    shape = operation.input_shape
    if shape is None:
        return {}
    return {**_outside_the_body(shape, request, operation), **_body(shape, request, reader)}


def write_rest(
    shape: StructureShape | None, answer: Mapping[str, Any], writer: json_values.JsonWriter
) -> tuple[int | None, dict[str, str], bytes]:
    """(status where a member is it, headers, body)."""
    if shape is None:
        return None, {}, b""
    status, headers, document = None, {}, {}
    for name, value in answer.items():
        member = shape.members[name]
        location = member.serialization.get("location")
        if value is None or name == shape.serialization.get("payload"):
            continue
        if location == "statusCode":
            status = value
        elif location == "header":
            headers[member.serialization.get("name", name)] = _header(member, value)
        else:
            document[name] = value
    return status, headers, _written_body(shape, answer, document, writer)


def _written_body(
    shape: StructureShape, answer: Mapping[str, Any], document: dict[str, Any], writer: json_values.JsonWriter
) -> bytes:
    payload = shape.serialization.get("payload")
    if payload is None:
        return json_values.dump(writer.of(shape)(document))
    value, member = answer.get(payload), shape.members[payload]
    if member.type_name == "blob":
        return value or b""
    return b"" if value is None else json_values.dump(writer.of(member)(value))


def _outside_the_body(shape: StructureShape, request: WireRequest, operation: OperationModel) -> dict[str, Any]:
    pattern, fixed = _template(operation.http["requestUri"])
    found = pattern.fullmatch(request.path)
    labels = {} if found is None else found.groupdict()
    fields = [pair for pair in parse_qsl(request.query, keep_blank_values=True, errors="strict") if pair not in fixed]
    parameters: dict[str, Any] = {}
    for name, member in shape.members.items():
        wire = member.serialization.get("name", name)
        value: Any = None
        match member.serialization.get("location"):
            case "uri":
                value = scalar(member, unquote(labels[_group(wire)], errors="strict"))
            case "querystring":
                value = _from_query(member, wire, fields)
            case "header":
                text = request.headers.get(wire.lower())
                value = None if text is None else scalar(member, text, "rfc822")
        if value is not None:
            parameters[name] = value
    known = {
        member.serialization.get("name", name)
        for name, member in shape.members.items()
        if member.serialization.get("location") == "querystring"
    }
    return {**parameters, **{name: value for name, value in fields if name not in known and not _signature(name)}}


def _from_query(member: Shape, wire: str, fields: list[tuple[str, str]]) -> Any:
    values = [value for name, value in fields if name == wire]
    if isinstance(member, MapShape):
        raise NotSupported(f"{wire}: a map in the query string is not supported on the laptop")
    if isinstance(member, ListShape):
        return [scalar(member.member, value) for value in values] if values else None
    if len(values) > 1:
        raise AwsError("InvalidRequestException", f"{wire} is given {len(values)} times")
    return scalar(member, values[0]) if values else None


def _body(shape: StructureShape, request: WireRequest, reader: json_values.JsonReader) -> dict[str, Any]:
    payload = shape.serialization.get("payload")
    if payload is not None and shape.members[payload].type_name == "blob":
        return {payload: request.body} if request.body else {}
    document = json_values.load(request.body)
    if payload is not None:
        return {payload: reader.of(shape.members[payload])(document)} if request.body else {}
    if not isinstance(document, dict):
        raise AwsError(json_values.SERIALIZATION, "the body must be a JSON object")
    found: dict[str, Any] = reader.of(shape)(document)
    return found


def _header(member: Shape, value: Any) -> str:
    if member.type_name == "timestamp":
        return to_text(value, member.serialization.get("timestampFormat", "rfc822"))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _signature(name: str) -> bool:
    return name.lower().startswith("x-amz-")


@cache
def _template(uri: str) -> tuple[re.Pattern[str], tuple[tuple[str, str], ...]]:
    """`/2019-09-30/functions/{FunctionName}/x?List=ALL`: the path as a pattern, and the fields that must be there."""
    path, _, query = uri.partition("?")
    parts = _LABEL.split(path)
    pattern = "".join(
        re.escape(part) if at % 2 == 0 else f"(?P<{_group(part)}>{'.+' if part.endswith('+') else '[^/]+'})"
        for at, part in enumerate(parts)
    )
    # AWS takes /functions/ for /functions.
    return re.compile(pattern.removesuffix("/") + "/?"), tuple(parse_qsl(query, keep_blank_values=True))


def _group(label: str) -> str:
    return re.sub(r"\W", "_", label.removesuffix("+"))
