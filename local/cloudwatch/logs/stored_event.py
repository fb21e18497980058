"""PURE: an event that is on disk, as those who listen get it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """`timestamp_ms` is milliseconds since the epoch."""

    group: str
    stream: str
    timestamp_ms: int
    message: str
