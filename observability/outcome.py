"""What the lines of all requests with the same outcome have in common, encoded once for each. PURE."""

from __future__ import annotations

from functools import lru_cache
from json.encoder import encode_basestring_ascii as quoted

from observability.catalogue import COLD_STARTS, ERRORS, FAULTS, NEAR_TIMEOUTS, REQUESTS, THROTTLES

_TRUTH = ("false", "true")

RATES = (REQUESTS, FAULTS, ERRORS, THROTTLES, COLD_STARTS, NEAR_TIMEOUTS)
"""The metrics whose values are the outcome."""


@lru_cache(maxsize=512)
def members(message: str, method: str, route: str, status: int, *, is_fault: bool) -> str:
    """The line's members that the outcome decides, as JSON. `route`: as metrics have it."""
    level = "ERROR" if is_fault else "WARNING" if status >= 400 else "INFO"
    return (
        f'"level":"{level}","message":{quoted(message)},'
        f'"method":{quoted(method)},"route":{quoted(route)},"status":{status}'
    )


@lru_cache(maxsize=128)
def rates(status: int, *, is_fault: bool, cold_start: bool, near_timeout: bool) -> str:
    """The values of RATES as members of the line."""
    values = {
        REQUESTS: 1,
        FAULTS: int(is_fault),
        ERRORS: int(400 <= status < 500),
        THROTTLES: int(status == 429),
        COLD_STARTS: int(cold_start),
        NEAR_TIMEOUTS: int(near_timeout),
    }
    return f'"cold_start":{_TRUTH[cold_start]},' + ",".join(f'"{metric.name}":{values[metric]}' for metric in RATES)
