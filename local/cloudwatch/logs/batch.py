"""PURE: the rules for the events of one PutLogEvents. Source: its page in the API reference."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from local.cloudwatch.logs.parameters import invalid
from local.cloudwatch.logs.texts import sizes_of, whole_texts

MOST_EVENTS = 10_000
MOST_BYTES = 1_048_576
EVENT_BYTES = 26  # counted for each event beside its message
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
NEWEST_MS = 2 * HOUR_MS
OLDEST_MS = 14 * DAY_MS


@dataclass(frozen=True)
class Batch:
    """`events`: timestamp and message of each event that is taken. `rejected` is the answer's rejectedLogEventsInfo."""

    events: Sequence[tuple[int, str]]
    rejected: Mapping[str, int] = field(default_factory=dict)


def check_batch(events: Sequence[Mapping[str, Any]], now_ms: int, retention_days: int | None) -> Batch:
    """Raises AwsError when the batch as a whole is refused."""
    if not 1 <= len(events) <= MOST_EVENTS:
        raise invalid(f"{len(events)} log events; a batch has from 1 to {MOST_EVENTS}")
    messages = whole_texts([event["message"] for event in events])
    size = sum(sizes_of(messages)) + len(messages) * EVENT_BYTES
    if size > MOST_BYTES:
        raise invalid(f"Upload too large: {size} bytes exceeds limit of {MOST_BYTES}")
    times = [event["timestamp"] for event in events]
    if times != sorted(times):
        raise invalid("Log events in a single PutLogEvents request must be in chronological order.")
    return _valid(list(zip(times, messages, strict=True)), times, now_ms, retention_days)


def _valid(pairs: Sequence[tuple[int, str]], times: Sequence[int], now_ms: int, retention_days: int | None) -> Batch:
    """The times ascend: what is too old comes first, what is too new last."""
    expired = bisect_left(times, now_ms - retention_days * DAY_MS if retention_days else 0)
    too_old = bisect_left(times, now_ms - OLDEST_MS)
    too_new = len(times) - bisect_right(times, now_ms + NEWEST_MS)
    valid = pairs[max(expired, too_old) : len(pairs) - too_new]
    if valid and valid[-1][0] - valid[0][0] > DAY_MS:
        raise invalid("The batch of log events in a single PutLogEvents request cannot span more than 24 hours.")
    ends = {"expiredLogEventEndIndex": expired, "tooOldLogEventEndIndex": too_old}
    rejected = {name: index for name, index in ends.items() if index}
    if too_new:
        rejected["tooNewLogEventStartIndex"] = len(pairs) - too_new
    return Batch(valid, rejected)
