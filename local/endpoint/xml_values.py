"""PURE: what an operation answers, as the XML of the Query protocol, by the shapes of botocore's model.

Source: the Smithy page "AWS query protocol".
"""

import base64
import math
import re
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

from botocore.model import ListShape, MapShape, Shape, StructureShape

from local.endpoint.instants import to_text
from local.endpoint.modelled import Failure
from local.endpoint.query_values import wire_name

# XML 1.0 has no way at all to say these characters; U+FFFD stands for what can't be said.
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def answer_xml(name: str, shape: StructureShape | None, answer: Any, request_id: str, namespace: str) -> bytes:
    """`<NameResponse>` with the result in its wrapper, if the shape has one, and ResponseMetadata."""
    result = ""
    if shape is not None:
        inner = "".join(_members(shape, answer))
        wrapper = shape.serialization.get("resultWrapper")
        result = f"<{wrapper}>{inner}</{wrapper}>" if wrapper else inner
    metadata = f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>"
    return _document(f'{name}Response xmlns="{namespace}"', f"{name}Response", result + metadata)


def error_xml(failure: Failure, request_id: str, namespace: str) -> bytes:
    more = "" if failure.shape is None else "".join(_members(failure.shape, failure.members))
    code, message = text(failure.code), text(failure.message)
    error = f"<Error><Type>{failure.kind}</Type><Code>{code}</Code><Message>{message}</Message>{more}</Error>"
    inner = f"{error}<RequestId>{request_id}</RequestId>"
    return _document(f'ErrorResponse xmlns="{namespace}"', "ErrorResponse", inner)


def text(value: str) -> str:
    # A carriage return that is not escaped is read as a newline (XML 1.0, 2.11).
    return escape(_NOT_IN_XML.sub("\ufffd", value), {"\r": "&#13;"})


def _document(opening: str, name: str, inner: str) -> bytes:
    return f"<{opening}>{inner}</{name}>".encode()


def _members(shape: StructureShape, value: Any) -> Iterator[str]:
    for name, item in value.items():
        if item is not None:
            member = shape.members[name]
            yield from _element(member, wire_name(member, name), item)


def _element(shape: Shape, name: str, value: Any) -> Iterator[str]:
    if isinstance(shape, StructureShape):
        yield f"<{name}>{''.join(_members(shape, value))}</{name}>"
    elif isinstance(shape, ListShape):
        yield from _list(shape, name, value)
    elif isinstance(shape, MapShape):
        yield from _map(shape, name, value)
    else:
        yield f"<{name}>{_scalar(shape, value)}</{name}>"


def _list(shape: ListShape, name: str, value: Any) -> Iterator[str]:
    if shape.serialization.get("flattened"):
        for item in value:
            yield from _element(shape.member, name, item)
        return
    item_name = shape.member.serialization.get("name", "member")
    yield f"<{name}>{''.join(part for item in value for part in _element(shape.member, item_name, item))}</{name}>"


def _map(shape: MapShape, name: str, value: Any) -> Iterator[str]:
    key_name, value_name = shape.key.serialization.get("name", "key"), shape.value.serialization.get("name", "value")
    pairs = [
        "".join([*_element(shape.key, key_name, key), *_element(shape.value, value_name, item)])
        for key, item in value.items()
    ]
    if shape.serialization.get("flattened"):
        yield from (f"<{name}>{pair}</{name}>" for pair in pairs)
    else:
        yield f"<{name}>{''.join(f'<entry>{pair}</entry>' for pair in pairs)}</{name}>"


def _scalar(shape: Shape, value: Any) -> str:
    match shape.type_name:
        case "timestamp":
            return to_text(value, shape.serialization.get("timestampFormat", "iso8601"))
        case "blob":
            return base64.b64encode(value).decode()
        case "boolean":
            return "true" if value else "false"
        case "float" | "double":
            return _number(value)
    return text(str(value))


def _number(value: float) -> str:
    if math.isfinite(value):
        return repr(float(value))
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
