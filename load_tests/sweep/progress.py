"""How far a sweep is, on a terminal as one line that is drawn over, elsewhere as one line a step."""

import sys
import time
from typing import TextIO

from load_tests.sweep.bar import bar, minutes


class Progress:
    """`expected_s`: of each step that is to run, in order."""

    def __init__(self, expected_s: list[float], stream: TextIO = sys.stderr) -> None:
        self._expected_s = expected_s
        self._done = 0
        self._stream = stream
        self._is_terminal = stream.isatty()
        self._started = time.monotonic()
        self._step_started = self._started
        self._finished: list[tuple[float, float]] = []  # (expected, taken), of those that ran
        self._shown = ""

    def step(self, name: str) -> None:
        self._step_started = time.monotonic()
        self._shown = name
        self.show("setting")
        if not self._is_terminal:
            self._stream.write(f"{self._done + 1} of {self._total}  {name}\n")
            self._stream.flush()

    def show(self, what: str) -> None:
        if self._is_terminal:
            self._stream.write(f"\r\x1b[K{bar(self._share)} {self._shown}: {what}, {minutes(self._left_s)} left")
            self._stream.flush()

    def ended(self) -> None:
        self._finished.append((self._expected_s[self._done], time.monotonic() - self._step_started))
        self._done += 1

    def close(self) -> None:
        if self._is_terminal:
            self._stream.write("\r\x1b[K")
            self._stream.flush()

    @property
    def _total(self) -> int:
        return len(self._expected_s)

    @property
    def _pace(self) -> float:
        """What a step takes to what was expected of it."""
        expected, taken = (sum(column) for column in zip(*self._finished, strict=True)) if self._finished else (1, 1)
        return taken / expected

    @property
    def _left_s(self) -> float:
        later = sum(self._expected_s[self._done :]) * self._pace
        return max(0.0, later - (time.monotonic() - self._step_started))

    @property
    def _share(self) -> float:
        whole = sum(self._expected_s) * self._pace
        return 1 - self._left_s / whole if whole else 1.0
