"""PURE: which of several measured variants to take, by strategy."""

from collections.abc import Sequence
from dataclasses import dataclass

from load_tests.report.intervals import probability_above

SURE = 0.975
"""A variant is slower when resampling says so that often: two-sided 95 %."""
TAIL = 0.99


@dataclass(frozen=True, slots=True)
class Candidate:
    """`dollars` per million requests; `times_ms` ascending, of the load's requests, in Lambda."""

    name: str
    dollars: float
    times_ms: Sequence[float]
    p99_ms: float
    p99_high_ms: float


def cheapest(candidates: Sequence[Candidate]) -> Candidate | None:
    return min(candidates, key=lambda one: (one.dollars, one.p99_ms), default=None)


def fastest(candidates: Sequence[Candidate]) -> Candidate | None:
    """The cheapest of those that aren't slower than the fastest beyond noise: nobody should pay for noise."""
    first = min(candidates, key=lambda one: (one.p99_ms, one.dollars), default=None)
    if first is None:
        return None
    level = [one for one in candidates if probability_above(one.times_ms, first.times_ms, TAIL) < SURE]
    return cheapest(level or [first])


def balanced(candidates: Sequence[Candidate], weight: float) -> Candidate | None:
    """`weight` 1 looks at cost alone, 0 at time alone; each is taken relative to the largest, as power tuning does."""
    if not candidates:
        return None
    dollars = max(one.dollars for one in candidates) or 1.0
    times = max(one.p99_ms for one in candidates) or 1.0
    return min(
        candidates,
        key=lambda one: (weight * one.dollars / dollars + (1 - weight) * one.p99_ms / times, one.dollars),
    )


def cheapest_within(candidates: Sequence[Candidate], limit_ms: float) -> Candidate | None:
    """The cheapest whose p99 is below the limit with its whole interval; None where none is."""
    return cheapest([one for one in candidates if one.p99_high_ms < limit_ms])


def frontier(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Those that no other beats in both cost and p99, the cheapest first."""
    found: list[Candidate] = []
    for one in sorted(candidates, key=lambda each: (each.dollars, each.p99_ms)):
        if not found or one.p99_ms < found[-1].p99_ms:
            found.append(one)
    return found
