"""PURE: how long a user waits before the next thing it does."""

from dataclasses import dataclass


@dataclass(slots=True)
class Pace:
    """A user's share of an agreed rate: `made` requests since `began` (seconds of any clock that only goes on)."""

    began: float
    made: int = 0

    def pause_s(self, now: float, requests_per_s: float) -> float:
        """Seconds until this user's next request is due; 0 if it is late: it then catches up."""
        return max(0.0, self.began + self.made / requests_per_s - now)
