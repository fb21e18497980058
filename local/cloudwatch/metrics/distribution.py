"""PURE: the values of a period, with how often each came -> percentiles, trimmed and winsorized means.

The page "CloudWatch statistics definitions" says that p99 is the highest value of what remains without the 1 % highest:
the nearest rank. Trimming takes away whole samples, and never more than the share that was asked for.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property
from itertools import accumulate

from local.cloudwatch.metrics.statistic import Statistic


class Distribution:
    """`pairs` are value, count, value, count, ... in any order."""

    def __init__(self, pairs: Sequence[float]) -> None:
        self._given, self._counts = pairs[0::2], pairs[1::2]
        self._once_each = self._counts.count(1.0) == len(self._counts)

    @cached_property
    def values(self) -> Sequence[float]:
        """Sorted, when a statistic first needs them so: that takes ten times as long as to count them."""
        return sorted(self._given) if self._once_each else [value for value, _ in self._together]

    @cached_property
    def ends(self) -> Sequence[float]:
        """How many samples there are up to each value, and with it."""
        if self._once_each:
            return range(1, len(self._given) + 1)
        return list(accumulate(count for _, count in self._together))

    @cached_property
    def _together(self) -> list[tuple[float, float]]:
        return sorted(zip(self._given, self._counts, strict=True))

    def measure(self, statistic: Statistic) -> float | None:
        """None where AWS has no datapoint: no samples within the bounds, or negative values among all."""
        if not self._given or min(self._given) < 0:
            return None
        if statistic.kind == "P":
            return self._value_at(rank_of(statistic.high or Fraction(0), self.ends[-1]))
        if statistic.kind == "WM":
            return self._winsorized_mean(statistic)
        return self._trimmed(statistic)

    def _trimmed(self, statistic: Statistic) -> float | None:
        low, high = self._ranks(statistic)
        count = max(0.0, high - low)
        match statistic.kind:
            case "TC":
                return count
            case "TS":
                return self._sum(low, high)
            case _:
                return self._sum(low, high) / count if count else None

    def _ranks(self, statistic: Statistic) -> tuple[float, float]:
        """What lies within the bounds, counted in samples from the lowest: after the first, up to the second."""
        everything = self.ends[-1]
        if not statistic.percent:
            return (
                0 if statistic.low is None else self._count_up_to(float(statistic.low)),
                everything if statistic.high is None else self._count_up_to(float(statistic.high)),
            )
        low = 0 if statistic.low is None else _floor(statistic.low, everything)
        return low, everything if statistic.high is None else min(everything, rank_of(statistic.high, everything))

    def _count_up_to(self, value: float) -> float:
        place = bisect_right(self.values, value)
        return self.ends[place - 1] if place else 0

    def _value_at(self, rank: float) -> float:
        """The value of the sample with this rank, from 1; ranks beyond either end are the ends'."""
        return self.values[min(bisect_left(self.ends, rank), len(self.values) - 1)]

    def _sum(self, low: float, high: float) -> float:
        if isinstance(self.ends, range):
            return math.fsum(self.values[int(low) : int(high)])
        begin, parts = 0.0, []
        for value, end in zip(self.values, self.ends, strict=True):
            within = min(end, high) - max(begin, low)
            if within > 0:
                parts.append(value * within)
            begin = end
        return math.fsum(parts)

    def _winsorized_mean(self, statistic: Statistic) -> float | None:
        low, high = self._ranks(statistic)
        everything = self.ends[-1]
        if statistic.percent:
            lowest, highest = self._value_at(low + 1), self._value_at(high)
        else:
            lowest = self.values[0] if statistic.low is None else float(statistic.low)
            highest = self.values[-1] if statistic.high is None else float(statistic.high)
        high = max(low, high)
        return (lowest * low + self._sum(low, high) + highest * (everything - high)) / everything


def rank_of(share: Fraction, samples: float) -> int:
    """Of the sample, from 1, up to which this share of them lies."""
    return -_floor(-share, samples)


def _floor(share: Fraction, samples: float) -> int:
    """Exactly: 29 % of 100 samples are 29, which they aren't in floating point."""
    if isinstance(samples, int):
        return share.numerator * samples // share.denominator
    return math.floor(share * Fraction(samples))
