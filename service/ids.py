"""Ids that sort by the time they were made: UUID version 7 (RFC 9562, section 5.7)."""

from __future__ import annotations

import os
import re
import threading
import time
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Callable

_SHAPE = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def is_id(text: str) -> bool:
    """Whether `text` has the shape of an id of ours (nothing else is a key in the store that belongs to an item)."""
    return _SHAPE.fullmatch(text) is not None


class TimeOrderedIds:
    """Makes ids; each is greater than the one before it in this process, whatever the clock does.

    48 bits of milliseconds, then 74 bits from the operating system's randomness: a seeded generator would repeat
    itself in every sandbox restored from one snapshot. Within a millisecond the random part counts on by a random
    step (RFC 9562, section 6.2, method 2), so that a forked process does not make the same ids as its parent.
    """

    def __init__(
        self,
        clock_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
        randomness: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self._clock_ms = clock_ms
        self._randomness = randomness
        self._last = 0
        self._lock = threading.Lock()

    def next(self) -> str:
        now = self._clock_ms()
        with self._lock:
            if now > self._last >> 74:
                # One bit of the 74 stays free, so that counting on cannot run over into the milliseconds.
                fresh = int.from_bytes(self._randomness(10)) >> 7
                self._last = now << 74 | fresh
            else:
                self._last += 1 + int.from_bytes(self._randomness(4))
            return _write(self._last)


def _write(value: int) -> str:
    """122 bits (48 of time, 12, 62) with version and variant put in their places."""
    time_ms, high, low = value >> 74, value >> 62 & 0xFFF, value & (1 << 62) - 1
    return str(UUID(int=time_ms << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low))
