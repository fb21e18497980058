"""A few statements that SIGINT and SIGTERM wait for."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uninterrupted() -> Iterator[None]:
    """What comes meanwhile is raised again at the end.

    Between a process's start and the line that remembers it, an exception from a signal's handler would leave it
    running. (Blocking the signals would do too, but children inherit that.)
    """
    waiting: list[int] = []
    handlers = {
        number: signal.signal(number, lambda received, _frame: waiting.append(received))
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        for came in waiting:
            signal.raise_signal(came)
