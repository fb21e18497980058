"""Percentiles of a period with so many values that they had better not all be in memory. Exact, in two passes.

The first counts values by the leading bits of their floats, which for values from 0 on are in the order of the values;
the second collects those alone that share the bits of a wanted rank.
"""

import sqlite3
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import accumulate
from typing import TypeVar

from local.cloudwatch.metrics.distribution import rank_of
from local.cloudwatch.metrics.statistic import Statistic

MOST_AT_ONCE = 200_000
"""Values of a period that are sorted in memory, at up to 72 bytes each."""
_DROPPED_BITS = 40  # what is left: exponent and 12 bits, or values that differ by one part in 4096
_NOT_THE_SIGN = (1 << 63) - 1  # -0.0 has one

Rows = Iterator[tuple["array[float]", "array[float]"]]
Key = TypeVar("Key", int, float)


def percentiles(
    connection: sqlite3.Connection, statistics: Sequence[Statistic], within: str, arguments: Mapping[str, object]
) -> dict[Statistic, float]:
    """Of all values of the rows, at least one, each 0 or more. `statistics` are of kind P.

    `within` is FROM and WHERE of the rows of metric_points, with `arguments`.
    """
    groups: defaultdict[int, float] = defaultdict(float)
    for values, counts in _rows(connection, within, arguments):
        for group, count in zip(_leading_bits(values), counts, strict=True):
            groups[group] += count
    samples = sum(groups.values())
    ranks = {one: rank_of(one.high or Fraction(0), samples) for one in statistics}
    places = {one: _at(groups, rank) for one, rank in ranks.items()}
    members: dict[int, defaultdict[float, float]] = {group: defaultdict(float) for group, _ in places.values()}
    for values, counts in _rows(connection, within, arguments):
        for group, value, count in zip(_leading_bits(values), values, counts, strict=True):
            if group in members:
                members[group][value] += count
    return {one: _at(members[group], ranks[one] - before)[0] for one, (group, before) in places.items()}


def _at(counts: Mapping[Key, float], rank: float) -> tuple[Key, float]:
    """The key with the sample of this rank, from 1, and how many samples come before that key's."""
    keys = sorted(counts)
    ends = list(accumulate(counts[key] for key in keys))
    place = min(bisect_left(ends, rank), len(keys) - 1)
    return keys[place], ends[place - 1] if place else 0


def _rows(connection: sqlite3.Connection, within: str, arguments: Mapping[str, object]) -> Rows:
    for (pairs,) in connection.execute(f"SELECT pairs {within}", arguments):
        numbers = array("d", pairs)
        yield numbers[0::2], numbers[1::2]


def _leading_bits(values: "array[float]") -> list[int]:
    return [(bits & _NOT_THE_SIGN) >> _DROPPED_BITS for bits in array("Q", values.tobytes())]
