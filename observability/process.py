"""What Linux says about this process. Elsewhere nothing is known, and nothing said."""

from __future__ import annotations

import os
import time
import weakref


def process_age() -> float | None:
    """From the start of the process as Linux counts it, in ticks of 10 ms since boot (proc(5), field 22)."""
    try:
        with open("/proc/self/stat", "rb") as stat:  # noqa: PTH123 (pathlib is slow to import, and this is cold start)
            after_name = stat.read().rpartition(b")")[2].split()
        started = int(after_name[19]) / os.sysconf("SC_CLK_TCK")
        return max(0.0, time.clock_gettime(time.CLOCK_BOOTTIME) - started)
    except (OSError, ValueError, IndexError, AttributeError):  # no Linux
        return None


class Memory:
    """Reads the resident set, through a descriptor that stays open: opening costs four times the reading.

    It is what the process holds now; the peak that getrusage tells includes the process that started this one.
    """

    def __init__(self) -> None:
        self._statm = -1
        self._page_bytes = 0

    def resident(self) -> int | None:
        """Bytes: the pages of proc(5), statm, field 2."""
        try:
            if self._statm < 0:
                self._open()
            return int(os.pread(self._statm, 100, 0).split()[1]) * self._page_bytes
        except (OSError, ValueError, IndexError):  # no Linux
            return None

    def _open(self) -> None:
        self._page_bytes = os.sysconf("SC_PAGE_SIZE")
        self._statm = os.open("/proc/self/statm", os.O_RDONLY | os.O_CLOEXEC)
        weakref.finalize(self, os.close, self._statm)
