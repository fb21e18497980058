"""PURE: the aggregate functions of Logs Insights that SQLite does not have, in the shape that it calls them."""

import math
from collections.abc import Callable
from functools import cmp_to_key
from typing import Any

from local.cloudwatch.logs.insights.scalars import Value, natural_order, number


class _Collected:
    """`step` is a list's append: no Python code of ours runs for an event."""

    def __init__(self) -> None:
        self._values: list[float | None] = []
        self.step = self._values.append

    def numbers(self) -> list[float]:
        return [value for value in self._values if value is not None]


def percentile(percent: float) -> Callable[[], Any]:
    """The least value that at least so many percent of the values do not exceed (nearest rank)."""

    class Percentile(_Collected):
        def finalize(self) -> float | None:
            ordered = sorted(self.numbers())
            if not ordered:
                return None
            return ordered[max(0, math.ceil(percent / 100 * len(ordered)) - 1)]

    return Percentile


class StandardDeviation(_Collected):
    """Of the values as a whole population."""

    def finalize(self) -> float | None:
        values = self.numbers()
        if not values:
            return None
        mean = math.fsum(values) / len(values)
        return math.sqrt(math.fsum((value - mean) ** 2 for value in values) / len(values))


class Earliest:
    """The value of the event with the least id, which is the earliest; events without the value don't count."""

    def __init__(self) -> None:
        self._at: int | None = None
        self._value: Value = None

    def step(self, value: Value, event_id: int) -> None:
        if value is not None and (self._at is None or self._is_before(event_id, self._at)):
            self._at, self._value = event_id, value

    def finalize(self) -> Value:
        return self._value

    def _is_before(self, one: int, other: int) -> bool:
        return one < other


class Latest(Earliest):
    def _is_before(self, one: int, other: int) -> bool:
        return one > other


class SortsFirst:
    """The value that sort puts first: texts before numbers."""

    def __init__(self) -> None:
        self._values: set[Value] = set()

    def step(self, value: Value) -> None:
        if value is not None:
            self._values.add(value)

    def finalize(self) -> Value:
        return min(self._values, key=_order, default=None)


class SortsLast(SortsFirst):
    def finalize(self) -> Value:
        return max(self._values, key=_order, default=None)


def _order(value: Value) -> tuple[bool, float, Any]:
    as_number = number(value)
    return (as_number is not None, as_number or 0, _NATURAL(str(value)))


_NATURAL = cmp_to_key(natural_order)

AGGREGATES: dict[str, tuple[int, Callable[[], Any]]] = {
    "insights_stddev": (1, StandardDeviation),
    "insights_earliest": (2, Earliest),
    "insights_latest": (2, Latest),
    "insights_sorts_first": (1, SortsFirst),
    "insights_sorts_last": (1, SortsLast),
}
"""Name in SQL -> number of arguments, class. Percentiles are made for each query."""
