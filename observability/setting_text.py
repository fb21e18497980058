"""The text of one setting: what it means to a type, and how types and defaults are written. PURE."""

from __future__ import annotations

import re
import types
from dataclasses import MISSING
from enum import Enum
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin

from observability.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Callable

_BOOLEANS = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}


def parse(variable: str, text: str, kind: Any) -> Any:
    """The value of the text as the type `kind`. Raises SettingError."""
    kind = _without_none(kind)
    if get_origin(kind) is tuple:
        return tuple(part.strip() for part in text.split(",") if part.strip())
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _parse_enum(variable, text, kind)
    return _PARSERS[kind](variable, text)


def _parse_str(_variable: str, text: str) -> str:
    return text


def _parse_bool(variable: str, text: str) -> bool:
    value = _BOOLEANS.get(text.lower())
    if value is None:
        raise SettingError(variable, text, "true or false (also 1, 0, yes, no, on, off)")
    return value


def _parse_int(variable: str, text: str) -> int:
    if not re.fullmatch(r"[+-]?[0-9]{1,18}", text):
        raise SettingError(variable, text, "a whole number")
    return int(text)


def _parse_float(variable: str, text: str) -> float:
    if not re.fullmatch(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?", text):
        raise SettingError(variable, text, "a number such as 0.5")
    return float(text)


_PARSERS: dict[Any, Callable[[str, str], Any]] = {
    str: _parse_str,
    bool: _parse_bool,
    int: _parse_int,
    float: _parse_float,
}


def _parse_enum(variable: str, text: str, kind: type[Enum]) -> Enum:
    for member in kind:
        if str(member.value) == text.lower():
            return member
    raise SettingError(variable, text, describe(kind))


def _without_none(kind: Any) -> Any:
    if get_origin(kind) in (Union, types.UnionType):
        (kind,) = (one for one in get_args(kind) if one is not type(None))
    return kind


def describe(kind: Any) -> str:
    """The texts that the type takes."""
    kind = _without_none(kind)
    if get_origin(kind) is tuple:
        return "texts, separated by commas"
    if isinstance(kind, type) and issubclass(kind, Enum):
        return "one of " + ", ".join(str(member.value) for member in kind)
    return {str: "text", bool: "true or false", int: "a whole number", float: "a number"}[kind]


def show(default: object) -> str:
    """The default as the docs show it."""
    if default is None or default is MISSING or default == ():
        return ""
    if isinstance(default, bool):
        return str(default).lower()
    if isinstance(default, Enum):
        return str(default.value)
    return ",".join(default) if isinstance(default, tuple) else str(default)
