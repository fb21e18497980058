"""PURE: quantiles, means and shares, with the interval in which sampling alone would move them.

Quantiles: the bootstrap's percentile interval, without drawing. A resample's k-th smallest value is at most the j-th
smallest of the sample exactly when k or more of its n draws hit the j smallest, so Binomial(n, j/n) tells it: what
drawing would only come near to (Efron 1979, section 3; Maritz and Jarrett 1978). Means have no such form: they are
drawn, from a generator that the caller seeds.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import ceil, exp, lgamma, log, sqrt
from typing import Protocol

CONFIDENCE = 0.95
RESAMPLES = 1000
MOST_DRAWS = 3_000_000  # about a second; larger samples are resampled less often, and vary less
Z95 = 1.959964
NEGLIGIBLE = 1e-15


class Draws(Protocol):
    """random.Random."""

    def choices(self, population: Sequence[float], *, k: int) -> list[float]: ...


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value, and where it may be at 95 % confidence. `n`: of how many measurements."""

    value: float
    low: float
    high: float
    n: int

    def as_dict(self) -> dict[str, float]:
        return {name: round(value, 6) for name, value in asdict(self).items()}


def rank(n: int, share: float) -> int:
    """The place of a quantile among n sorted values, from 1: the smallest that `share` of them don't exceed."""
    return max(1, min(n, ceil(round(share * n, 9))))


def quantile(ordered: Sequence[float], share: float) -> Estimate | None:
    """Of values in ascending order; None where there are none. The interval never reaches beyond the largest."""
    n = len(ordered)
    if not n:
        return None
    k, tail = rank(n, share), (1 - CONFIDENCE) / 2
    return Estimate(ordered[k - 1], ordered[_first(n, k, tail) - 1], ordered[_first(n, k, 1 - tail) - 1], n)


def mean(values: Sequence[float], draws: Draws) -> Estimate | None:
    n = len(values)
    if not n:
        return None
    resamples = min(RESAMPLES, max(100, MOST_DRAWS // n))
    means = sorted(sum(draws.choices(values, k=n)) / n for _ in range(resamples))
    tail = (1 - CONFIDENCE) / 2
    return Estimate(sum(values) / n, means[rank(resamples, tail) - 1], means[rank(resamples, 1 - tail) - 1], n)


def share(hits: int, n: int) -> Estimate | None:
    """Wilson's score interval: right for few hits, where the bootstrap of none at all would be certain of none."""
    if not n:
        return None
    found, square = hits / n, Z95 * Z95
    middle = (found + square / (2 * n)) / (1 + square / n)
    half = Z95 / (1 + square / n) * sqrt(found * (1 - found) / n + square / (4 * n * n))
    return Estimate(found, min(found, max(0.0, middle - half)), max(found, min(1.0, middle + half)), n)


def probability_above(left: Sequence[float], right: Sequence[float], share: float) -> float:
    """How likely resampling puts `left`'s quantile above `right`'s; a tie counts half. Both in ascending order."""
    if not left or not right:
        raise ValueError("two samples are needed")
    lefts, rights = _distribution(left, share), _distribution(right, share)
    above, below, at = 0.0, 0.0, 0
    for value, weight in lefts:
        while at < len(rights) and rights[at][0] < value:
            below += rights[at][1]
            at += 1
        tied, look = 0.0, at
        while look < len(rights) and rights[look][0] == value:
            tied += rights[look][1]
            look += 1
        above += weight * (below + tied / 2)
    return min(1.0, max(0.0, above))


def _first(n: int, k: int, level: float) -> int:
    """The smallest j for which the resample's k-th value is at most the j-th with a probability of `level`."""
    low, high = 1, n
    while low < high:
        middle = (low + high) // 2
        if at_least(n, middle / n, k) >= level:
            high = middle
        else:
            low = middle + 1
    return low


def _distribution(ordered: Sequence[float], share: float) -> list[tuple[float, float]]:
    """(value, probability) of a resample's quantile; what is less likely than NEGLIGIBLE is left out."""
    n = len(ordered)
    k, former, found = rank(n, share), 0.0, []
    for j in range(_first(n, k, NEGLIGIBLE), n + 1):
        reached = at_least(n, j / n, k)
        found.append((ordered[j - 1], reached - former))
        former = reached
        if reached > 1 - NEGLIGIBLE:
            break
    return found


def at_least(n: int, chance: float, k: int) -> float:
    """P(Binomial(n, chance) >= k)."""
    if k <= 0 or chance >= 1:
        return 1.0
    if chance <= 0:
        return 0.0
    if k <= n * chance:  # the other tail is the smaller one
        return 1 - _tail(n, chance, k - 1, -1)
    return _tail(n, chance, k, 1)


def _tail(n: int, chance: float, start: int, step: int) -> float:
    """The terms from `start` away from the middle, until they no longer count."""
    odds = chance / (1 - chance)
    term = exp(
        lgamma(n + 1) - lgamma(start + 1) - lgamma(n - start + 1) + start * log(chance) + (n - start) * log(1 - chance)
    )
    total, at = 0.0, start
    while 0 <= at <= n and term > total * 1e-17:
        total += term
        term *= (n - at) / (at + 1) * odds if step > 0 else at / (n - at + 1) / odds
        at += step
    return min(1.0, total)
