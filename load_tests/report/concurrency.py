"""PURE: how many sandboxes a flow of requests needs.

Two answers. From a measured pattern: how many requests each arrival finds running, itself included. From a rate:
Erlang's loss formula, for arrivals that come independently (Poisson), whatever the distribution of their times. Its
offered load is rate x time, which the AWS page "Understanding Lambda function scaling" calls concurrency.
"""

from collections.abc import Iterable, Sequence
from heapq import heappop, heappush
from math import exp

from load_tests.report.intervals import rank

ENOUGH = 0.99
"""The share of requests that provisioned sandboxes should serve: more costs a sandbox for every thousandth request."""
MOST_SANDBOXES = 1000  # Lambda's default limit of an account and region: AWS page "Lambda quotas"


def lost(sandboxes: int, load: float) -> float:
    """Erlang B: the share of requests that find all `sandboxes` busy. They are throttled, or start another."""
    share = 1.0
    for count in range(1, sandboxes + 1):
        share = _lost_next(count, load, share)
    return share


def needed(load: float, served: float = ENOUGH) -> int | None:
    """The fewest sandboxes that serve this share; None where a whole account's are too few."""
    if load <= 0:
        return 0
    share = 1.0
    for count in range(1, MOST_SANDBOXES + 1):
        share = _lost_next(count, load, share)
        if share <= 1 - served + 1e-12:
            return count
    return None


def met(spans: Iterable[tuple[float, float]]) -> list[int]:
    """For each (start, end) in order of start: how many run then, itself included. One that ends then has ended."""
    ends: list[float] = []
    found = []
    for start, end in sorted(spans):
        while ends and ends[0] <= start:
            heappop(ends)
        heappush(ends, end)
        found.append(len(ends))
    return found


def percentile(counts: Sequence[int], served: float = ENOUGH) -> int:
    """So many sandboxes meet that share of arrivals; 0 without any."""
    return sorted(counts)[rank(len(counts), served) - 1] if counts else 0


def cold_share(rate: float, seconds: float, idle_s: float) -> float:
    """The share of requests that start a sandbox, for Poisson arrivals of `rate` a second that take `seconds` each.

    The model: Lambda gives a request to the sandbox that was used last and drops one that was idle for `idle_s`. The
    k-th sandbox then gets what the k-1 before it lose (Erlang B), and starts when nothing came to it for `idle_s`:
    exp(-rate_k x idle_s), as if what overflows were Poisson too. AWS promises no `idle_s`.
    """
    if rate <= 0:
        return 1.0
    load, found, flow = rate * seconds, 0.0, 1.0
    for count in range(1, MOST_SANDBOXES + 1):
        overflow = _lost_next(count, load, flow)
        found += (flow - overflow) * exp(-rate * flow * idle_s)
        flow = overflow
        if flow < 1e-9:
            break
    return min(1.0, found)


def _lost_next(count: int, load: float, former: float) -> float:
    """Erlang B of `count` sandboxes from that of one fewer."""
    return load * former / (count + load * former)
