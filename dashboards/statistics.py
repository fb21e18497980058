"""PURE: which statistics of a metric mean something.

CloudWatch user guide, "CloudWatch statistics definitions".
"""

from __future__ import annotations

import re

from observability.catalogue import Unit

_KINDS = {"p": r"p\d+(\.\d+)?", "PR": r"PR\([\d.]*:[\d.]*\)", "TM": r"TM\([\d.%]*:[\d.%]*\)|tm\d+(\.\d+)?"}
"""Statistics with bounds, by the name that tables give them."""

_SIZES = ("Average", "Minimum", "Maximum", "SampleCount", "p", "PR", "TM")
"""Of a time or a size: a sum of milliseconds over requests is nothing that anybody waits for."""
_AMOUNTS = ("Sum", "Average")
"""Of money: the bill, or what a request costs."""


def sensible(statistic: str, unit: Unit, *, counted_always: bool) -> bool:
    """`counted_always`: of a count, whether there is a 0 where nothing happened; else its average says nothing."""
    if unit is Unit.COUNT:
        return among(statistic, ("Sum", "Average") if counted_always else ("Sum",))
    return among(statistic, _AMOUNTS if unit is Unit.NONE else _SIZES)


def among(statistic: str, kinds: tuple[str, ...]) -> bool:
    return any(re.fullmatch(_KINDS.get(kind, kind), statistic) for kind in kinds)
