"""PURE: numbers as people read them."""

from collections.abc import Callable, Mapping
from math import floor, log10
from typing import Any

NOTHING = "-"


def ms(value: float | None) -> str:
    """`4.2 ms`, `87 ms`, `1.25 s`."""
    if value is None:
        return NOTHING
    if value >= 999.5:
        return f"{value / 1000:.3g} s" if value < 99_950 else f"{value / 1000:.0f} s"
    return f"{value:.1f} ms" if 0 < value < 9.95 else f"{value:.0f} ms"


def dollars(value: float | None) -> str:
    """Three digits that count: `$0.00042`, `$1.27`, `$1,270`."""
    if value is None:
        return NOTHING
    if value >= 99.95:
        return f"${value:,.0f}"
    if value >= 0.995:
        return f"${value:.2f}"
    if not value:
        return "$0"
    decimals = 2 - floor(log10(value))
    text = f"{value:.{decimals}f}".rstrip("0")
    return f"${text.ljust(len('0.00'), '0')}"


def percent(value: float | None) -> str:
    if value is None:
        return NOTHING
    shown = value * 100
    return "0 %" if not shown else f"{shown:.2g} %" if shown < 10 else f"{shown:.0f} %"


def count(value: float | None) -> str:
    return NOTHING if value is None else f"{value:,.0f}"


def rate(value: float) -> str:
    return f"{value:,g}/s"


def low_high(estimate: Mapping[str, Any] | None, show: Callable[[float], str]) -> str:
    """`80 to 91 ms`, or `$0.20 to $0.31`; empty where there is nothing to say."""
    if not estimate:
        return ""
    low, high = show(estimate["low"]), show(estimate["high"])
    amount, _, unit = low.partition(" ")
    return f"{amount if unit and high.endswith(f' {unit}') else low} to {high}"
