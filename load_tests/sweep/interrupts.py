"""Ctrl-C, SIGTERM and SIGHUP all end a sweep by KeyboardInterrupt, and none of them ends a restoration."""

import asyncio
import signal
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, TypeVar

Found = TypeVar("Found")
ENDING = (signal.SIGTERM, signal.SIGHUP)
ALL = (signal.SIGINT, *ENDING)


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
    former = {number: signal.signal(number, signal.SIG_IGN) for number in ALL}
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


def run(work: Callable[[], Coroutine[Any, Any, Found]]) -> Found:
    """As asyncio.run; but an interruption arrives when the loop is there to cancel `work`, not while it is made."""

    async def interruptible() -> Found:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ALL)
        try:
            return await work()
        finally:
            signal.pthread_sigmask(signal.SIG_BLOCK, ALL)

    former = signal.pthread_sigmask(signal.SIG_BLOCK, ALL)
    try:
        return asyncio.run(interruptible())
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, former)
