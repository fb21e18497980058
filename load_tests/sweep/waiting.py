"""Waiting for what AWS does in its own time."""

import time
from collections.abc import Callable
from typing import TypeVar

from load_tests.errors import CallRefused

Found = TypeVar("Found")
FIRST_PAUSE_S, LONGEST_PAUSE_S, PATIENCE_S = 0.02, 2.0, 600.0


class Waited(CallRefused):
    """It did not happen in time."""


def until(look: Callable[[], Found | None], what: str, patience_s: float = PATIENCE_S) -> Found:
    """The first true answer of `look`, asked ever more seldom. Raises Waited after `patience_s`."""
    pause, deadline = FIRST_PAUSE_S, time.monotonic() + patience_s
    while not (found := look()):
        if time.monotonic() > deadline:
            raise Waited(f"waited {patience_s:g} s for {what}")
        time.sleep(pause)
        pause = min(LONGEST_PAUSE_S, pause * 1.5)
    return found
