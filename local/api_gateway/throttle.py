"""A stage's throttling. Source: AWS page "Throttle requests to your REST APIs": a token bucket."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Throttle:
    """`rate`: requests a second in the long run. `burst`: how many at once, the size of the bucket."""

    rate: float
    burst: int


class TokenBucket:
    """Full at first; each request takes one token, and `rate` a second come in. `clock` gives seconds."""

    def __init__(self, throttle: Throttle, clock: Callable[[], float] = time.monotonic) -> None:
        self._throttle = throttle
        self._clock = clock
        self._tokens = float(throttle.burst)
        self._at = clock()

    def take(self) -> bool:
        """Whether the request is let in."""
        now = self._clock()
        self._tokens = min(float(self._throttle.burst), self._tokens + (now - self._at) * self._throttle.rate)
        self._at = now
        if self._tokens < 1.0:
            return False
        self._tokens -= 1.0
        return True
