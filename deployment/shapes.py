"""A call's parameters against the service's own model, as botocore ships it.

botocore's validator knows types, required and unknown members; enums, lengths, ranges and patterns are ours to check.
"""

import re
from collections.abc import Iterator
from typing import Any

import botocore.session
from botocore.model import ListShape, MapShape, Shape, StructureShape
from botocore.validate import ParamValidator

from deployment.requests import Call


def call_faults(call: Call) -> list[str]:
    """What the service would refuse, one sentence each."""
    session = botocore.session.get_session()
    shape = session.get_service_model(call.service).operation_model(call.operation).input_shape
    assert shape is not None  # noqa: S101 - every call of ours has parameters
    parameters = _typed(dict(call.parameters), shape)
    report = ParamValidator().validate(parameters, shape)
    found = report.generate_report().splitlines() if report.has_errors() else _faults(parameters, shape, "")
    return [f"{call.operation}: {fault}" for fault in found]


def _typed(value: Any, shape: Shape | None) -> Any:
    """CloudFormation's parameters are text: numbers and booleans where the service has them."""
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        return {name: _typed(item, shape.members.get(name)) for name, item in value.items()}
    if isinstance(shape, ListShape) and isinstance(value, list):
        return [_typed(item, shape.member) for item in value]
    return _scalar(value, shape.type_name) if isinstance(value, str) and shape is not None else value


def _scalar(value: str, kind: str) -> Any:
    if kind in ("integer", "long") and re.fullmatch(r"-?[0-9]+", value):
        return int(value)
    if kind in ("float", "double") and re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", value):
        return float(value)
    return {"true": True, "false": False}.get(value, value) if kind == "boolean" else value


def _faults(value: Any, shape: Shape, where: str) -> Iterator[str]:
    if isinstance(shape, StructureShape):
        for name, item in value.items():
            yield from _faults(item, shape.members[name], f"{where}.{name}" if where else name)
    elif isinstance(shape, MapShape):
        for name, item in value.items():
            yield from _faults(item, shape.value, f"{where}.{name}")
    elif isinstance(shape, ListShape):
        yield from _bounds(len(value), shape, f"{where} has {len(value)} members")
        for at, item in enumerate(value):
            yield from _faults(item, shape.member, f"{where}[{at}]")
    elif isinstance(value, str):
        yield from _text_faults(value, shape, where)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield from _bounds(value, shape, f"{where} is {value}")


def _text_faults(value: str, shape: Shape, where: str) -> Iterator[str]:
    enum = getattr(shape, "enum", [])
    if enum and value not in enum:
        yield f"{where} is {value!r}; {', '.join(enum)} are allowed"
    yield from _bounds(len(value), shape, f"{where} has {len(value)} characters")
    pattern = shape.metadata.get("pattern")
    if pattern and not re.fullmatch(pattern, value):
        yield f"{where} is {value!r}, which is not {pattern}"


def _bounds(size: float, shape: Shape, said: str) -> Iterator[str]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and size < least:
        yield f"{said}, fewer than {least}"
    if most is not None and size > most:
        yield f"{said}, more than {most}"
