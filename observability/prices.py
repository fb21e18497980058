"""What Lambda asks for a request. PURE: one table, dated.

AWS Lambda pricing, us-east-1, first tier, without the free tier. Other regions ask a little more; the estimate is for
comparing routes and versions, the bill for paying.
"""

from __future__ import annotations

from math import ceil
from typing import NamedTuple

AS_OF = "2025-08-01"
"""From this day on the time of a start is billed too. The prices are those of that time as far as public pages quote
them; that of arm64 with provisioned concurrency no page confirmed: check it before relying on it.
"""

MICRODOLLARS_PER_REQUEST = 0.2
"""$0.20 a million, on both architectures."""


class Price(NamedTuple):
    """Microdollars for one GB-second of a running request. What provisioned concurrency costs while it waits isn't a
    request's.
    """

    on_demand: float
    provisioned: float


PRICES: dict[str, Price] = {
    "x86_64": Price(on_demand=16.6667, provisioned=9.7222),
    "arm64": Price(on_demand=13.3334, provisioned=7.7778),
}


def per_millisecond(memory_mb: int, machine: str, *, provisioned: bool) -> float:
    """Microdollars for a millisecond of a function with this memory. `machine`: as uname names it."""
    price = PRICES["arm64" if machine in ("arm64", "aarch64") else "x86_64"]
    return (price.provisioned if provisioned else price.on_demand) * memory_mb / 1024 / 1000


def microdollars(per_ms: float, duration_ms: float, init_ms: float | None) -> float:
    """One request's price. Lambda bills whole milliseconds, of the start and the request together."""
    return ceil(duration_ms + (init_ms or 0)) * per_ms + MICRODOLLARS_PER_REQUEST
