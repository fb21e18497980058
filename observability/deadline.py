"""The last gasp: a request that is about to run into Lambda's timeout leaves its line and trace while it still can.

A timeout is a SIGKILL, so nothing that waits for the request's end would be written. One thread sleeps until the
deadline of the request that is being served draws near; a request costs it two writes. What Python's own lock keeps
it from seeing is a C function that holds the lock to the end (a regular expression gone wild).
"""

from __future__ import annotations

import os
import threading
import weakref
from copy import copy
from functools import partial
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING, Any

from observability.stacks import Stack, hanging

if TYPE_CHECKING:
    from collections.abc import Callable

    from observability.record import Record
    from observability.spans import Span

_GATEWAY_TIMEOUT = 504
"""What the client is about to get, where nothing has been answered yet."""
_SHORTEST_NAP_S = 0.05


class NearTimeoutError(Exception):
    """Not raised: it stands in the line and the trace for what hangs. `stack` is the text of all stacks."""

    def __init__(self, stacks: list[Stack], remaining_ms: int) -> None:
        self.remaining_ms = remaining_ms
        self.stack = "\n".join(str(stack) for stack in stacks)
        super().__init__(
            f"still in {stacks[-1].innermost if stacks else 'sight'}, {remaining_ms} ms before the deadline"
        )
        if stacks:
            self.__traceback__ = _traceback(stacks[-1])


class Armed:
    """What the watchdog watches. `gasp_at` and `deadline`: on the monotonic clock, in seconds."""

    __slots__ = ("deadline", "gasp_at", "record", "task", "thread_id")

    def __init__(self, record: Record, gasp_at: float, deadline: float, task: Any) -> None:
        self.record = record
        self.gasp_at = gasp_at
        self.deadline = deadline
        self.task = task
        self.thread_id = threading.get_ident()


class Watchdog:
    """Watches one request at a time, as Lambda serves them. `lead_ms`: how long before the deadline it acts;
    `gasp(record, error)` is called then, from the watchdog's thread.
    """

    def __init__(self, lead_ms: float, gasp: Callable[[Record, NearTimeoutError], None]) -> None:
        from asyncio import current_task  # noqa: PLC0415 (only a process that serves Lambda gets here)

        self._current_task = current_task
        self._lead_ms = lead_ms
        self._gasp = gasp
        self._armed: Armed | None = None
        self._gasped: Armed | None = None
        self._span_s = _SHORTEST_NAP_S
        self._wakes_at = float("inf")
        self._alarm = threading.Event()
        self._thread: threading.Thread | None = None
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=partial(_lost, weakref.ref(self)))

    def arm(self, record: Record, remaining_ms: float) -> None:
        """Watches the record's request, which runs in this thread and task and has so long left."""
        # A timeout shorter than twice the lead would otherwise make every request gasp.
        span_s = max(remaining_ms - self._lead_ms, remaining_ms / 2) / 1000
        now = monotonic()
        self._span_s = span_s
        self._armed = Armed(record, now + span_s, now + remaining_ms / 1000, self._task())
        if now + span_s < self._wakes_at or self._thread is None:
            self._wake()

    def disarm(self) -> None:
        self._armed = None

    def look(self) -> float:
        """Acts if it is time to. The seconds until it has to look again."""
        while True:
            armed, now = self._armed, monotonic()
            if armed is not None and armed is not self._gasped and armed.gasp_at <= now:
                self._gasped = armed
                self._act(armed)
                continue
            watched = None if armed is self._gasped else armed
            if watched is not None:
                self._gasped = None  # it holds the frames of what hung
            # Who is armed from now on has its whole time before it: the next look comes early enough without a word.
            nap_s = max(self._span_s * 0.9, _SHORTEST_NAP_S) if watched is None else watched.gasp_at - now
            self._wakes_at = now + nap_s
            if self._armed is armed:
                return nap_s

    def _task(self) -> Any:
        try:
            return self._current_task()
        except RuntimeError:  # no event loop runs in this thread
            return None

    def _act(self, armed: Armed) -> None:
        remaining_ms = max(0, int((armed.deadline - monotonic()) * 1000))
        self._gasp(armed.record, NearTimeoutError(_stacks(armed), remaining_ms))

    def _wake(self) -> None:
        """Shortens the nap; starts the thread where there is none, for it isn't there yet or a fork has lost it."""
        if self._thread is not None:
            self._alarm.set()
            return
        self._alarm = threading.Event()
        self._wakes_at = float("inf")
        self._thread = threading.Thread(
            target=_watch, args=(weakref.ref(self), self._alarm), name="near-timeout", daemon=True
        )
        weakref.finalize(self, self._alarm.set)
        self._thread.start()

    def lost(self) -> None:
        """The process turned out to be a fork: it has none of its parent's threads."""
        self._thread = None


def _watch(found: Callable[[], Watchdog | None], alarm: threading.Event) -> None:
    """The thread: ends with its watchdog, which it doesn't hold while it sleeps."""
    while (watchdog := found()) is not None:
        nap_s = watchdog.look()
        del watchdog
        alarm.wait(nap_s)
        alarm.clear()


def _lost(found: Callable[[], Watchdog | None]) -> None:
    if (watchdog := found()) is not None:
        watchdog.lost()


def last_words(record: Record, error: NearTimeoutError) -> Record | None:
    """The record as it stands, closed for good, to be sent: a copy, because the request may still run on.
    None if it has ended by itself meanwhile.
    """
    if not record.close(near_timeout=True):
        return None
    record.describe()
    last = copy(record)
    last.remaining_ms = error.remaining_ms
    if last.status is None:
        last.status = _GATEWAY_TIMEOUT
    last.exceptions = [error, *record.exceptions]
    for span in _open_spans(record.root):
        span.ended = record.ended
        span.annotations["near_timeout"] = True
        span.exception = span.exception or error
    return last


def _stacks(armed: Armed) -> list[Stack]:
    try:
        return hanging(armed.thread_id, armed.task)
    except Exception:  # noqa: BLE001 (a line that doesn't say where it hangs is better than none)
        return []


def _open_spans(span: Span) -> list[Span]:
    found = [] if span.ended is not None else [span]
    for child in list(span.children):
        found += _open_spans(child)
    return found


def _traceback(stack: Stack) -> TracebackType | None:
    made: TracebackType | None = None
    for frame, line in reversed(stack.calls):
        made = TracebackType(made, frame, max(frame.f_lasti, 0), line)
    return made
