"""What the library needs from the world: a clock, randomness, and the two places where telemetry goes.

They are one object, given to observe(), so that a test (or another kind of host) can give its own.
"""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from observability.process import Memory, process_age
from observability.tracing.sending import sender

if TYPE_CHECKING:
    from collections.abc import Callable

    from observability.settings import Settings


class Clock(Protocol):
    def wall(self) -> float:
        """Seconds since the epoch. Read once a request: this clock may jump."""

    def monotonic(self) -> float:
        """Seconds from any fixed moment on."""


class SystemClock:
    wall = staticmethod(time.time)
    monotonic = staticmethod(time.perf_counter)


@dataclass(frozen=True, eq=False, repr=False)  # which each take their time to make
class Instruments:
    """`entropy(n)` is n random bytes: the operating system's, because a restored snapshot would repeat a seeded
    generator's. `write_line` takes a wide line without its end, `write_log` an application's log line. `send_document`
    takes one X-Ray datagram.
    `process_age()` is the seconds since this process started, `memory()` the bytes it holds, None where the system
    doesn't say; `cpu()` the seconds of processor time it has used. `machine`: as uname names it.
    """

    clock: Clock
    entropy: Callable[[int], bytes]
    write_line: Callable[[str], None]
    send_document: Callable[[bytes], None]
    process_age: Callable[[], float | None]
    cpu: Callable[[], float] = time.process_time
    memory: Callable[[], int | None] = lambda: None
    machine: str = "x86_64"
    write_log: Callable[[str], None] = lambda text: write_to_stdout(text)  # noqa: PLW0108 (it is defined below)

    @classmethod
    def real(cls, settings: Settings) -> Instruments:
        return cls(
            SystemClock(),
            os.urandom,
            write_to_stdout,
            sender(settings),
            process_age,
            memory=Memory().resident,
            machine=os.uname().machine,
        )


def write_to_stdout(line: str) -> None:
    """Writes the line at once and whole: to stdout's descriptor if it has one, past any buffer and wrapper
    (the Lambda runtime client wraps stdout), after what was printed before it.
    """
    out = sys.stdout
    try:
        descriptor = out.fileno()
    except (OSError, ValueError, AttributeError):  # replaced by an object that is no file
        out.write(line + "\n")
        return
    out.flush()
    data = f"{line}\n".encode()
    written = os.write(descriptor, data)
    while written < len(data):  # a pipe takes a long line in pieces
        written += os.write(descriptor, data[written:])
