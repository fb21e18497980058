"""PURE: a dashboard's body -> lines of JSON that CloudFormation puts together, so that a diff shows what changed."""

from __future__ import annotations

import json
from typing import Any

from dashboards.substitution import sub
from dashboards.widgets import Number, OnlyIf

_WIDTH = 110


def pretty(value: Any) -> str:
    """JSON in which what fits on a line stands on one."""
    return "\n".join(str(line) for line in _lines(value, "", ""))


def joined(body: dict[str, Any]) -> dict[str, Any]:
    """Fn::Join of the body's lines, each with its own Fn::Sub."""
    return {"Fn::Join": ["\n", Lines(_resolved(line) for line in _lines(body, "", ""))]}


Line = str | OnlyIf


class Lines(list[Any]):
    """A list of which each member is written on a line of its own."""


def _resolved(line: Line) -> Any:
    if isinstance(line, OnlyIf):
        return {"Fn::If": [line.condition, sub(str(line.value)), ""]}
    return sub(line)


def _lines(value: Any, start: str, end: str) -> list[Line]:
    """The value as JSON; `start` goes before it and `end` behind it, on its own lines."""
    indent = " " * (len(start) - len(start.lstrip()))
    flat = start + _flat(value) + end
    if (len(flat) <= _WIDTH or _is_one_thing(value)) and not _has_conditions(value):
        return [flat]
    if isinstance(value, dict) and value:
        inner = [(f"{indent} {json.dumps(key)}: ", item) for key, item in value.items()]
        return [f"{start}{{", *_items(inner), f"{indent}}}{end}"]
    if isinstance(value, list) and value:
        return [f"{start}[", *_items([(f"{indent} ", item) for item in value]), f"{indent}]{end}"]
    return [flat]


def _items(items: list[tuple[str, Any]]) -> list[Line]:
    """Conditional members come first: what follows them is there whatever they are, so they may end in a comma."""
    kinds = [item.condition if isinstance(item, OnlyIf) else None for _, item in items]
    if kinds[-1] is not None and len(set(kinds)) > 1:
        raise ValueError(f"a list's last member can't be conditional: {items[-1][1]}")
    found: list[Line] = []
    for position, (start, item) in enumerate(items):
        comma = "" if position == len(items) - 1 else ","
        if isinstance(item, OnlyIf):
            found.append(OnlyIf(item.condition, f"{start}{_flat(item.value)}{comma}"))
        else:
            found += _lines(item, start, comma)
    return found


def _is_one_thing(value: Any) -> bool:
    """What is read as one: an intrinsic function's text, a metric's row."""
    if isinstance(value, dict):
        return len(value) == 1 and all(isinstance(item, str) for item in value.values())
    if isinstance(value, Lines) or not isinstance(value, list):
        return False
    return bool(value) and isinstance(value[0], str) and not any(isinstance(item, list) for item in value)


def _has_conditions(value: Any) -> bool:
    if isinstance(value, OnlyIf):
        return True
    if isinstance(value, dict):
        return any(map(_has_conditions, value.values()))
    return isinstance(value, list) and any(map(_has_conditions, value))


def _flat(value: Any) -> str:
    """On one line."""
    match value:
        case Number():
            return str(value)
        case OnlyIf():
            return _flat(value.value)
        case dict():
            return "{" + ", ".join(f"{json.dumps(key)}: {_flat(item)}" for key, item in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(_flat, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
