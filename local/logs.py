"""PURE: one line of a log stream, and where lines go."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class LogSource(StrEnum):
    """Who wrote a line.

    PLATFORM: Lambda itself (START, END, REPORT, INIT_START, INIT_REPORT, timeouts, or their JSON records).
    FUNCTION: the function, on its standard output or standard error.
    """

    PLATFORM = "platform"
    FUNCTION = "function"


@dataclass(frozen=True, slots=True)
class LogEvent:
    """One event of a CloudWatch log stream. `timestamp_ms` is milliseconds since the epoch."""

    group: str
    stream: str
    timestamp_ms: int
    message: str
    source: LogSource
    request_id: str | None = None


class LogSink(Protocol):
    """Takes log events in the order in which they were written."""

    def put(self, event: LogEvent) -> None: ...
