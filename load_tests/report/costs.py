"""PURE: what requests cost, at the prices of prices.py.

Lambda alone: API Gateway, logs and the table cost the same at any memory size.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from load_tests.prices import REQUEST_DOLLARS, Price
from load_tests.report.concurrency import cold_share, lost

MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Work:
    """What a request is: mean billed ms when cold (initialisation included) and when warm, at this memory and price.

    `idle_s`: how long Lambda is taken to keep a sandbox that nothing comes to; AWS promises none.
    """

    cold_ms: float
    warm_ms: float
    memory_mb: int
    price: Price
    idle_s: float

    @property
    def warm_s(self) -> float:
        return self.warm_ms / 1000


def gigabytes(memory_mb: int) -> float:
    return memory_mb / 1024


def request_dollars(billed_ms: float, memory_mb: int, gb_second: float) -> float:
    return billed_ms / 1000 * gigabytes(memory_mb) * gb_second + REQUEST_DOLLARS


def per_million(billed_ms: Sequence[float], memory_mb: int, price: Price) -> list[float]:
    """Each request's dollars, times a million; their mean is the mix's price."""
    return [request_dollars(ms, memory_mb, price.on_demand) * MILLION for ms in billed_ms]


def at_rate(work: Work, rate: float) -> tuple[float, float]:
    """(dollars per million requests, share of cold ones) at `rate` requests a second. See concurrency.cold_share."""
    cold = cold_share(rate, work.warm_s, work.idle_s)
    billed = cold * work.cold_ms + (1 - cold) * work.warm_ms
    return request_dollars(billed, work.memory_mb, work.price.on_demand) * MILLION, cold


def provisioned_at_rate(work: Work, rate: float, sandboxes: int) -> float:
    """Dollars per million requests with so many sandboxes provisioned: they wait, serve, and lose the rest to others.

    What overflows (Erlang B) is billed on demand, and cold as often as its own rate says.
    """
    waiting = sandboxes * gigabytes(work.memory_mb) * work.price.waiting / rate
    overflow = lost(sandboxes, rate * work.warm_s)
    served = request_dollars(work.warm_ms, work.memory_mb, work.price.provisioned)
    others = at_rate(work, rate * overflow)[0] if overflow else 0.0
    return (waiting + (1 - overflow) * served) * MILLION + overflow * others


def hang_dollars(timeout_s: float, memory_mb: int, price: Price) -> float:
    """One request that hangs until its timeout."""
    return request_dollars(timeout_s * 1000, memory_mb, price.on_demand)


def most_an_hour(sandboxes: int, memory_mb: int, price: Price) -> float:
    """Dollars an hour when every one of them is always busy: what reserved concurrency bounds."""
    return sandboxes * gigabytes(memory_mb) * price.on_demand * 3600
