"""Any value -> JSON that any reader takes. PURE.

The text is ASCII: no control character, line separator or half of a surrogate pair reaches a log, so no value can
forge a line. What JSON can't say is repaired and counted, never raised.
"""

from __future__ import annotations

import json
import re
from enum import Enum
from typing import Any

_DEEPEST = 32
"""Nested deeper than this, a value is replaced by a note."""

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_WELL_KNOWN = frozenset({"datetime", "decimal", "uuid", "pathlib", "ipaddress"})
"""Packages whose values have one obvious text."""


def encode(value: Any) -> tuple[str, int]:
    """The value as JSON, and how many things in it had to be repaired."""
    try:
        return strict(value), 0
    except Exception:  # noqa: BLE001 (whatever it is, a value broke it: clean() names and counts the culprit)
        repaired, repairs = clean(value)
        return strict(repaired), max(1, repairs)


def strict(value: Any) -> str:
    """The value as JSON. Raises all kinds of exceptions for what JSON can't say."""
    text = _ENCODER.encode(value)
    if "\\ud" in text:  # a surrogate, escaped: rare enough to look whether it is half of a pair
        json.dumps(json.loads(text), ensure_ascii=False).encode()
    return text


def clean(value: Any) -> tuple[Any, int]:
    """A copy that JSON can say, and how many things in it had to be replaced."""
    repairs = _Repairs()
    return repairs.clean(value, ()), repairs.count


def without_lone_surrogates(text: str) -> str:
    """The text with each half of a surrogate pair replaced: no encoding has it."""
    return text if text.isascii() else _LONE_SURROGATE.sub("\ufffd", text)


def _well_known(value: Any) -> Any:
    """Values that aren't JSON but have one obvious JSON form."""
    if isinstance(value, (set, frozenset)):
        return list(value)
    if isinstance(value, Enum):
        return value.value
    if _package(value) in _WELL_KNOWN:
        return str(value)
    raise TypeError(type(value).__name__)


def _package(value: Any) -> str:
    return type(value).__module__.partition(".")[0]


_ENCODER = json.JSONEncoder(separators=(",", ":"), allow_nan=False, default=_well_known)


class _Repairs:
    """Copies a value, replacing what JSON can't say and counting it."""

    def __init__(self) -> None:
        self.count = 0

    def clean(self, value: Any, above: tuple[int, ...]) -> Any:
        try:
            return self._clean(value, above)
        except Exception:  # noqa: BLE001 (a value's own methods may raise anything: that is its answer then)
            return self._note(f"(unprintable {type(value).__name__})")

    def _clean(self, value: Any, above: tuple[int, ...]) -> Any:
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, (int, float)):
            return self._number(value)
        if id(value) in above:
            return self._note("(cyclic)")
        if len(above) >= _DEEPEST:
            return self._note("(too deep)")
        return self._container(value, (*above, id(value)))

    def _container(self, value: Any, above: tuple[int, ...]) -> Any:
        if isinstance(value, dict):
            return {self._key(key): self.clean(one, above) for key, one in list(value.items())}
        if isinstance(value, (list, tuple, set, frozenset)):
            return [self.clean(one, above) for one in list(value)]
        if isinstance(value, Enum):
            return self.clean(value.value, above)
        if _package(value) in _WELL_KNOWN:
            return self._text(str(value))
        return self._note(self._text(str(value)))

    def _key(self, key: Any) -> str:
        return self._text(key) if isinstance(key, str) else self._note(self._text(str(key)))

    def _text(self, value: str) -> str:
        found = without_lone_surrogates(value)
        return self._note(found) if found != value else str.__str__(value)

    def _number(self, value: float) -> Any:
        if isinstance(value, float) and not float("-inf") < value < float("inf"):
            return self._note(str(value))
        # Python refuses to print an int of more than 4,300 digits.
        if isinstance(value, int) and value.bit_length() > 1024:
            return self._note(f"(a number of {value.bit_length()} bits)")
        return value

    def _note(self, text: str) -> str:
        self.count += 1
        return text
