"""PURE: OTLP attributes, in OTLP's JSON encoding -> plain values."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

Attributes = dict[str, Any]


def attributes(pairs: Iterable[Mapping[str, Any]]) -> Attributes:
    return {pair["key"]: plain(pair.get("value", {})) for pair in pairs if "key" in pair}


def plain(value: Mapping[str, Any]) -> Any:
    """An AnyValue's value; None for an empty one. What JSON has no number for (NaN) stays text."""
    if "intValue" in value:
        return int(value["intValue"])
    if "doubleValue" in value:
        number = float(value["doubleValue"])
        return number if math.isfinite(number) else str(number)
    if "arrayValue" in value:
        return [plain(one) for one in value["arrayValue"].get("values", ())]
    if "kvlistValue" in value:
        return attributes(value["kvlistValue"].get("values", ()))
    return next((value[kind] for kind in ("stringValue", "boolValue", "bytesValue") if kind in value), None)


def text(found: Mapping[str, Any], *names: str) -> str:
    """The first of the attributes that is there as text, or ""; numbers are written."""
    for name in names:
        value = found.get(name)
        if isinstance(value, str | int) and not isinstance(value, bool) and value != "":
            return str(value)
    return ""


def without_empty(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value not in ("", None, {}, [])}
