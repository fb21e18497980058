"""PURE: whether a process's memory stays flat."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import linear_regression, median

WARM_UP = 1 / 3
"""The first part of a run that does not count: sandboxes start, caches and connection pools fill, ..."""
WARM_UP_S = 120.0
"""... and its least length: what the laptop's AWS does each minute has then been done twice. Measured there at 150
requests/s: 25 MB more in the first 100 s, nothing after them."""
FEWEST = 10
"""Samples after the warm-up; a line through fewer says nothing."""
ROOM_MB = 6.0
"""What a flat process may seem to grow by. Python takes memory from the system in arenas of 1 MiB; SQLite keeps up to 2
MB of pages a connection; AWS's runtime client puts each trace header into the environment, where glibc's setenv keeps
each for good: with what else it keeps, 340 bytes an invocation were measured, 2.7 MB in one of ten sandboxes over the
part of a ten minutes' soak that counts. A leak of 75 bytes a request is beyond it in a process that all 200 requests a
second pass."""
ROOM_SHARE = 0.05
"""The same for a big process: garbage that waits for its collection, freed memory in pieces too small to give back."""

MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Sample:
    """`at`: seconds since the watch began; `rss`: resident bytes."""

    at: float
    rss: int


@dataclass(frozen=True, slots=True)
class Growth:
    """What the line through a process's samples says: `mb` over the time that counts, of which `room_mb` is noise."""

    process: str
    typical_mb: float
    mb: float
    mb_per_hour: float
    room_mb: float

    @property
    def flat(self) -> bool:
        return self.mb <= self.room_mb


def growth(process: str, samples: Sequence[Sample], length_s: float) -> Growth | None:
    """`length_s`: how long the watch was. None where the process was there for too few samples to judge it."""
    warm_at = max(length_s * WARM_UP, WARM_UP_S)
    counted = [sample for sample in samples if sample.at >= warm_at]
    if len(counted) < FEWEST:
        return None
    slope, _ = linear_regression([sample.at for sample in counted], [sample.rss / MB for sample in counted])
    typical = median(sample.rss for sample in counted) / MB
    grown = slope * (counted[-1].at - counted[0].at)
    return Growth(process, typical, grown, slope * 3600, max(ROOM_MB, ROOM_SHARE * typical))
