"""PURE: how much is measured of the laptop's AWS, and what comes of it."""

from dataclasses import dataclass

from benchmarks.figures import Series


@dataclass(frozen=True, slots=True)
class Size:
    """`rounds` times `seconds` of each load on each server; `points` and `events` are what the questions are about."""

    rounds: int
    seconds: float
    points: int
    events: int


@dataclass(frozen=True, slots=True)
class Aws:
    """Calls a second by load and server; the most memory that each server had after them, and ours after the
    questions, in MB of 2^20 bytes; the seconds that the questions took.
    """

    rates: dict[str, list[Series]]
    size: Size
    percentiles_s: tuple[float, ...]
    insights_s: tuple[float, ...]
    memory_mb: dict[str, float]
    filled_mb: float
    left_out: tuple[str, ...]
