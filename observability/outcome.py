"""What the lines of all requests with the same outcome have in common, encoded once for each. PURE."""

from __future__ import annotations

from functools import lru_cache
from json.encoder import encode_basestring_ascii as quoted

from observability.catalogue import COLD_STARTS, ERRORS, FAULTS, NEAR_TIMEOUTS, REQUESTS, THROTTLES, Metric

RATES = (REQUESTS, FAULTS, ERRORS, THROTTLES, COLD_STARTS, NEAR_TIMEOUTS)
"""The metrics whose values are the outcome."""

Outcome = tuple[str, str, str, int, bool, bool, bool]
"""Message, method, route as metrics have it, status, and whether it is a fault, a cold start, near its timeout."""


@lru_cache(maxsize=512)
def members(outcome: Outcome) -> tuple[str, str]:
    """The line's members that the outcome decides, as JSON: what about the request, and the values of RATES."""
    return _about(outcome), _rates(outcome)


def _about(outcome: Outcome) -> str:
    message, method, route, status, is_fault, _, _ = outcome
    level = "ERROR" if is_fault else "WARNING" if status >= 400 else "INFO"
    return (
        f'"level":"{level}","message":{quoted(message)},"method":{quoted(method)},"route":{quoted(route)},'
        f'"status":{status}'
    )


def _rates(outcome: Outcome) -> str:
    _, _, _, status, is_fault, cold_start, near_timeout = outcome
    values: dict[Metric, int] = {
        REQUESTS: 1,
        FAULTS: int(is_fault),
        ERRORS: int(400 <= status < 500),
        THROTTLES: int(status == 429),
        COLD_STARTS: int(cold_start),
        NEAR_TIMEOUTS: int(near_timeout),
    }
    cold = '"cold_start":true' if cold_start else '"cold_start":false'
    return f"{cold}," + ",".join(f'"{metric.name}":{values[metric]}' for metric in RATES)
