"""PURE: durations -> the bars of a histogram whose bins grow by a constant factor, so that a cold start of seconds and
warm requests of milliseconds are both seen.
"""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

BINS_A_DECADE = 10
SHORTEST_S = 0.0001  # ours: what is shorter stands in the first bin


@dataclass(frozen=True, slots=True)
class Bin:
    """How many durations are at least `from_s` and less than `to_s`."""

    from_s: float
    to_s: float
    count: int


def histogram(durations_s: Iterable[float]) -> tuple[Bin, ...]:
    """From the first bin that has one to the last, the empty ones between them too; none for none."""
    counts = Counter(_bin(duration) for duration in durations_s)
    if not counts:
        return ()
    return tuple(Bin(_edge(place), _edge(place + 1), counts[place]) for place in range(min(counts), max(counts) + 1))


def _bin(duration_s: float) -> int:
    """The bin whose edges, as they are shown, hold the duration."""
    place = math.floor(math.log10(max(duration_s, SHORTEST_S)) * BINS_A_DECADE)
    while duration_s >= _edge(place + 1):
        place += 1
    while duration_s < _edge(place) and _edge(place) > SHORTEST_S:
        place -= 1
    return place


def _edge(place: int) -> float:
    """Three digits: enough to tell bins apart, few enough to be read and to be asked for."""
    return float(f"{10 ** (place / BINS_A_DECADE):.3g}")
