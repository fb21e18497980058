"""Ctrl-C, SIGTERM and SIGHUP all end a sweep by KeyboardInterrupt, and none of them ends a restoration."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

ENDING = (signal.SIGTERM, signal.SIGHUP)


@contextmanager
def all_as_ctrl_c() -> Iterator[None]:
    """Because asyncio cancels what runs in it on SIGINT, and on nothing else."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        signal.raise_signal(signal.SIGINT)

    former = {number: signal.signal(number, interrupt) for number in ENDING}
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


@contextmanager
def held_off() -> Iterator[None]:
    """While this lasts they are ignored; a kill isn't, and the journal is for that."""
    former = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, *ENDING)}
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
