"""PURE: the functions of Logs Insights that SQLite does not have, as it calls them. None stands for a missing value."""

import calendar
import hashlib
import ipaddress
import math
import re
import time
from collections.abc import Callable
from typing import Any, TypeAlias

Value: TypeAlias = str | int | float | None

_NUMBER = re.compile(r"\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*", re.ASCII)
_DIGITS = re.compile(r"(\d+)", re.ASCII)
_MOST_DIGITS = 4000  # Python refuses to read longer whole numbers
_LARGEST = 2**63


def number(text: Value) -> int | float | None:
    """The number that a text holds."""
    if not isinstance(text, str):
        return text
    if len(text) > _MOST_DIGITS or not _NUMBER.fullmatch(text):
        return None
    try:
        return _fitting(int(text))
    except ValueError:
        return _finite(float(text))


def time_text(milliseconds: Value) -> str | None:
    """Milliseconds since the epoch as Insights writes them: 2026-11-26 01:20:00.000."""
    if not isinstance(milliseconds, int | float):
        return milliseconds
    seconds, rest = divmod(int(milliseconds), 1000)
    try:
        return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(seconds)) + f".{rest:03d}"
    except (OverflowError, OSError, ValueError):
        return str(milliseconds)


def compare(left: Value, right: Value) -> int | None:
    """-1, 0 or 1: as numbers when both are, else as texts. None when one is missing."""
    if left is None or right is None:
        return None
    numbers = number(left), number(right)
    if numbers[0] is not None and numbers[1] is not None:
        return (numbers[0] > numbers[1]) - (numbers[0] < numbers[1])
    texts = str(left), str(right)
    return (texts[0] > texts[1]) - (texts[0] < texts[1])


def natural_order(left: str, right: str) -> int:
    """The order of texts in sort: digits by how many they are, then by value; all else by code point."""
    one, other = _chunks(left), _chunks(right)
    return (one > other) - (one < other)


def month_floor(milliseconds: Value, months: int) -> int | None:
    """The first millisecond of the span of so many months, counted from 1970, that a moment is in."""
    if not isinstance(milliseconds, int | float):
        return None
    try:
        year, month = time.gmtime(int(milliseconds) // 1000)[:2]
    except (OverflowError, OSError, ValueError):
        return None
    return _month_start(((year - 1970) * 12 + month - 1) // months * months)


def month_ceil(milliseconds: Value, months: int) -> int | None:
    floor = month_floor(milliseconds, months)
    if floor is None or floor == milliseconds:
        return floor
    year, month = time.gmtime(floor // 1000)[:2]
    return _month_start((year - 1970) * 12 + month - 1 + months)


def is_address(value: Value, version: int) -> int:
    """`version` 4, 6, or 0 for either."""
    try:
        address = ipaddress.ip_address(value if isinstance(value, str) else "")
    except ValueError:
        return 0
    return int(version in (0, address.version))


def is_in_subnet(value: Value, subnet: Value, version: int) -> int:
    try:
        address = ipaddress.ip_address(value if isinstance(value, str) else "")
        network = ipaddress.ip_network(subnet if isinstance(subnet, str) else "", strict=False)
    except ValueError:
        return 0
    return int(address.version == network.version and version in (0, address.version) and address in network)


def _greatest(*values: Value) -> Value:
    known = [value for value in values if isinstance(value, int | float)]
    return max(known) if known else None


def _least(*values: Value) -> Value:
    known = [value for value in values if isinstance(value, int | float)]
    return min(known) if known else None


def _arithmetic(calculate: Callable[..., int | float]) -> Callable[..., int | float | None]:
    """NULL for missing values, and for what has no finite value: a logarithm of 0, a division by it."""

    def apply(*values: Value) -> int | float | None:
        if any(not isinstance(value, int | float) for value in values):
            return None
        try:
            return _finite(calculate(*values))
        except (ArithmeticError, ValueError):
            return None

    return apply


def _power(base: float, exponent: float) -> float:
    return math.pow(base, exponent)


def _hash(name: str) -> Callable[[Value], str | None]:
    def apply(value: Value) -> str | None:
        return None if value is None else hashlib.new(name, str(value).encode(), usedforsecurity=False).hexdigest()

    return apply


def _finite(value: float) -> int | float | None:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return _fitting(value)


def _fitting(value: float) -> int | float:
    """SQLite's whole numbers have 64 bits."""
    return float(value) if isinstance(value, int) and not -_LARGEST <= value < _LARGEST else value


def _month_start(index: int) -> int | None:
    try:
        return calendar.timegm((1970 + index // 12, index % 12 + 1, 1, 0, 0, 0)) * 1000
    except (ValueError, OverflowError):
        return None  # after the year 9999


def _chunks(text: str) -> list[tuple[int, int, str]]:
    """Texts and digits in turn. Digits meet other characters by code point, and digits by how many they are first."""
    parts = [part for part in _DIGITS.split(text) if part]
    return [(ord("0"), len(part), part) if part[0] in "0123456789" else (ord(part[0]), 0, part) for part in parts]


SCALARS: dict[str, tuple[int, Callable[..., Any]]] = {
    "insights_number": (1, number),
    "insights_time": (1, time_text),
    "insights_compare": (2, compare),
    "insights_month_floor": (2, month_floor),
    "insights_month_ceil": (2, month_ceil),
    "insights_address": (2, is_address),
    "insights_subnet": (3, is_in_subnet),
    "insights_greatest": (-1, _greatest),
    "insights_least": (-1, _least),
    "insights_mod": (2, _arithmetic(math.fmod)),
    "insights_power": (2, _arithmetic(_power)),
    "insights_abs": (1, _arithmetic(abs)),
    "insights_log": (1, _arithmetic(math.log)),
    "insights_sqrt": (1, _arithmetic(math.sqrt)),
    "insights_ceil": (1, _arithmetic(math.ceil)),
    "insights_floor": (1, _arithmetic(math.floor)),
    "insights_upper": (1, lambda text: None if text is None else text.upper()),
    "insights_lower": (1, lambda text: None if text is None else text.lower()),
    "insights_md5": (1, _hash("md5")),
    "insights_sha256": (1, _hash("sha256")),
}
"""Name in SQL -> number of arguments, function."""
