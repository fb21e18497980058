"""The event loop of a Lambda function: it runs one request at a time, and most of them never wait for anything.

asyncio asks the operating system twice for news of sockets in each run_until_complete(), and makes three turns of the
loop. A request that only computes needs neither: its steps are taken as they become ready. What does wait is asyncio's.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from asyncio import events
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from selectors import BaseSelector

T = TypeVar("T")

__all__ = ["EventLoop"]

_MOST_STEPS = 100
"""Work that yields more often may be waiting, in turns, for a socket or a moment."""


class EventLoop(asyncio.SelectorEventLoop):
    """asyncio's own, with `run`. Where asyncio's insides are not what they are today, `run` is its
    run_until_complete().
    """

    def __init__(self, selector: BaseSelector | None = None) -> None:
        super().__init__(selector)
        self._generator_hooks = (self._asyncgen_firstiter_hook, self._asyncgen_finalizer_hook)  # type: ignore[attr-defined] # BaseEventLoop's

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Runs it to its end. Raises what it raises, and RuntimeError as run_until_complete() does."""
        ready = getattr(self, "_ready", None)
        if ready is None or ready or self.is_running() or self.is_closed() or self.get_debug():
            return self.run_until_complete(work)
        task = asyncio.Task(work, loop=self)
        self._take_steps(ready, task)
        if not task.done():  # it waits for something outside: a socket, a thread, a moment
            return self.run_until_complete(task)
        return task.result()

    def _take_steps(self, ready: Any, task: asyncio.Task[T]) -> None:
        """As run_forever() prepares, runs and cleans up, but never looks at sockets and timers."""
        hooks = sys.get_asyncgen_hooks()
        self._thread_id: int | None = threading.get_ident()
        sys.set_asyncgen_hooks(*self._generator_hooks)
        events._set_running_loop(self)  # noqa: SLF001 (made for those who write event loops)
        try:
            left = _MOST_STEPS
            while ready and left and not task.done():
                left -= 1
                _step(ready)
            for _ in range(len(ready)):  # asyncio makes one more turn, too: a task just started takes its first step
                _step(ready)
        finally:
            self._thread_id = None
            events._set_running_loop(None)  # noqa: SLF001
            sys.set_asyncgen_hooks(*hooks)


def _step(ready: Any) -> None:
    handle = ready.popleft()
    if not handle.cancelled():
        handle._run()  # noqa: SLF001 (what BaseEventLoop does)
