"""Where a request that doesn't end stands: the stacks of its thread, its tasks and the pools' threads.

Read from another thread while they run. No source line is read: there may be few milliseconds left, and reading files
hands the interpreter's lock back each time to a loop that doesn't give it away again.
"""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

_STANDARD_LIBRARY = threading.__file__.removesuffix("threading.py")
_MOST_FRAMES = 60
_MOST_STACKS = 8
_MOST_AWAITS = 200
_WAITING = ("/threading.py", "/queue.py")
"""Where an idle thread of anyio's pool waits for work."""
_POOLS = ("/concurrent/futures/thread.py", "/anyio/_backends/_asyncio.py")
_GROUPS = ("/asyncio/taskgroups.py", "/anyio/_backends/_asyncio.py")
"""Where a task waits for others: the one that hangs is one of those."""


class Stack(NamedTuple):
    """`calls`: each frame with the line it is at, the outermost first. `name` says whose they are."""

    name: str
    calls: tuple[tuple[FrameType, int], ...]

    def __str__(self) -> str:
        lines = [f"{self.name} (most recent call last):"]
        if len(self.calls) > _MOST_FRAMES:
            lines.append(f"  ... {len(self.calls) - _MOST_FRAMES} calls further out")
        for frame, line in self.calls[-_MOST_FRAMES:]:
            lines.append(f'  File "{frame.f_code.co_filename}", line {line}, in {frame.f_code.co_qualname}')
        return "\n".join(lines)

    @property
    def innermost(self) -> str:
        """Such as `read_all (items.py:12)`: the innermost call that isn't the standard library's, if there is one."""
        if not self.calls:
            return "nothing that could be seen"
        ours = [call for call in self.calls if not call[0].f_code.co_filename.startswith((_STANDARD_LIBRARY, "<"))]
        frame, line = (ours or self.calls)[-1]
        return f"{frame.f_code.co_qualname} ({frame.f_code.co_filename.rpartition('/')[2]}:{line})"


def hanging(thread_id: int, task: Any) -> list[Stack]:
    """The stacks of what runs or waits, at most eight; the last one is where the request hangs, as far as can be told.

    `thread_id`: the thread that serves it; `task`: its asyncio task, None without one.
    """
    frames = sys._current_frames()  # noqa: SLF001 (documented in spite of its name, for exactly this)
    frames.pop(threading.get_ident(), None)
    own = frames.pop(thread_id, None)
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    others = [Stack(f"Thread {names.get(ident, ident)}", _calls(frame)) for ident, frame in frames.items()]
    busy = [stack for stack in others if not _is_idle(stack)]
    if own is not None and (task is None or not _is_idle_loop(own)):
        return [*busy[-_MOST_STACKS + 1 :], Stack(f"Thread {names.get(thread_id, thread_id)}", _calls(own))]
    pooled = [stack for stack in busy if _passes(stack, _POOLS)]
    unpooled = [stack for stack in busy if stack not in pooled]
    return [*unpooled, *_tasks(task), *pooled][-_MOST_STACKS:]


def _calls(frame: FrameType | None) -> tuple[tuple[FrameType, int], ...]:
    found = []
    while frame is not None:
        found.append((frame, frame.f_lineno or 0))
        frame = frame.f_back
    return tuple(reversed(found))


def _is_idle_loop(frame: FrameType) -> bool:
    """Whether the thread's event loop waits for something to happen."""
    outer = frame.f_back
    return frame.f_code.co_name == "select" and outer is not None and outer.f_code.co_name == "_run_once"


def _is_idle(stack: Stack) -> bool:
    """Whether a pool's thread waits for work, or a thread is a watchdog like ours."""
    files = [frame.f_code.co_filename for frame, _ in stack.calls]
    while files and files[-1].endswith(_WAITING):
        files.pop()
    return not files or files[-1].endswith((*_POOLS, "/observability/deadline.py"))


def _passes(stack: Stack, files: tuple[str, ...]) -> bool:
    return any(frame.f_code.co_filename.endswith(files) for frame, _ in stack.calls)


def _tasks(task: Any) -> list[Stack]:
    """The task's awaits and those of the loop's other tasks, the one that hangs last."""
    from asyncio import all_tasks  # noqa: PLC0415 (only a process that serves asynchronously gets here)

    seen: list[Any] = []
    own = Stack(f"{task.get_name()} awaits", tuple(_awaits(task, seen)))
    others = [
        Stack(f"{other.get_name()} awaits", tuple(_awaits(other, [])))
        for other in all_tasks(task.get_loop())
        if other not in seen
    ]
    waits_for_others = bool(own.calls) and own.calls[-1][0].f_code.co_filename.endswith(_GROUPS)
    return [own, *others] if waits_for_others else [*others, own]


def _awaits(task: Any, seen: list[Any]) -> Iterator[tuple[FrameType, int]]:
    """Down the chain of awaits: coroutines in coroutines, tasks that wait for tasks or gather() them."""
    while task is not None and task not in seen and len(seen) < _MOST_AWAITS:
        seen.append(task)
        inner = task.get_coro() if hasattr(task, "get_coro") else None
        for _ in range(_MOST_AWAITS):
            frame, below = _suspended(inner)
            if frame is None:
                break
            yield frame, frame.f_lineno or 0
            inner = below
        # asyncio knows what a task waits for under no public name; without it the chain ends here.
        waits_for = getattr(task, "_fut_waiter", None)
        gathered = [child for child in getattr(waits_for, "_children", ()) if not child.done()]
        task = gathered[0] if gathered else waits_for


def _suspended(awaited: Any) -> tuple[FrameType | None, Any]:
    """The frame of a coroutine or generator that waits, and what it waits for."""
    for kind, below in (("cr", "cr_await"), ("gi", "gi_yieldfrom"), ("ag", "ag_await")):
        frame = getattr(awaited, f"{kind}_frame", None)
        if frame is not None:
            return frame, getattr(awaited, below, None)
    return None, None
