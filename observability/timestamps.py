"""Moments as text. PURE."""

from __future__ import annotations

import time
from functools import lru_cache


def iso(wall: float) -> str:
    """Seconds since the epoch -> 2026-01-31T12:00:00.123Z."""
    seconds, milliseconds = divmod(int(wall * 1000), 1000)
    return f"{_second(seconds)}.{milliseconds:03d}Z"


@lru_cache(maxsize=4)
def _second(seconds: int) -> str:
    """Many requests end in the same second."""
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
