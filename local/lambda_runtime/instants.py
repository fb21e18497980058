"""PURE: how Lambda writes an instant."""

import time


def iso_milliseconds(epoch_s: float) -> str:
    """Seconds since the epoch as ISO 8601 in UTC with milliseconds: 2026-11-23T07:37:45.123Z."""
    milliseconds = int(epoch_s * 1000)
    seconds, rest = divmod(milliseconds, 1000)
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{rest:03d}Z"
