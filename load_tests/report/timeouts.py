"""PURE: which timeout to set, and what it costs when something hangs.

Lambda's timeout counts the handler's time; an initialisation has 10 s of its own before that. But one that failed, or
follows a crash or a timeout, is done again inside the next invocation, on its time ("Understanding the Lambda execution
environment lifecycle"): a timeout must leave room for a start too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from load_tests.report.intervals import quantile

MARGIN = 2.0
"""Times the slowest answer seen: room for a slower dependency or a larger page before requests are killed."""
LEAST_S = 1
"""Lambda's smallest timeout."""
REST_LIMIT_S = 29
"""What a REST API waits (AWS page "Amazon API Gateway quotas"): a later answer reaches nobody, and is paid."""
TAIL = 0.99
TAIL_POINTS = 80


@dataclass(frozen=True, slots=True)
class TimeoutChoice:
    """`beyond`: at 95 % confidence at most this share of requests is slower than the slowest seen (3/n, rule of three).

    `limited`: the tail asks for more than API Gateway waits.
    """

    seconds: int
    slowest_ms: float
    p99_high_ms: float
    beyond: float
    limited: bool
    n: int


def choose(durations_ms: Sequence[float], limit_s: int = REST_LIMIT_S) -> TimeoutChoice | None:
    """From the times of requests that got their answer, starts included, in ascending order."""
    tail = quantile(durations_ms, TAIL)
    if tail is None:
        return None
    slowest = max(durations_ms[-1], tail.high)
    wanted = max(LEAST_S, ceil(slowest * MARGIN / 1000))
    return TimeoutChoice(min(wanted, limit_s), slowest, tail.high, min(1.0, 3 / tail.n), wanted > limit_s, tail.n)


def cut(durations_ms: Sequence[float], timeout_s: float) -> int:
    """How many of the answers that came would have been killed."""
    return sum(ms > timeout_s * 1000 for ms in durations_ms)


def tail(durations_ms: Sequence[float]) -> list[tuple[float, float]]:
    """(ms, share that takes longer), ascending; at most TAIL_POINTS, ever closer to the slowest."""
    n = len(durations_ms)
    places = {round(n * (1 - (1 / n) ** (at / TAIL_POINTS))) for at in range(TAIL_POINTS)} if n else set()
    return [(durations_ms[place], (n - 1 - place) / n) for place in sorted(places) if place < n]
