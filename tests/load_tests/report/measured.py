"""Steps made by hand: what a sweep would have kept."""

from collections.abc import Iterable
from typing import Any

from load_tests.observation import Configuration, Observation, Outcome, Phase, Step


def one(duration_ms: float, *, init_ms: float | None = None, at_s: float = 1000.0, **given: Any) -> Observation:
    """An answered request, billed as Lambda bills it: whole milliseconds, rounded up, the start included."""
    values: dict[str, Any] = {
        "phase": Phase.LOAD,
        "outcome": Outcome.ANSWERED,
        "route": "GET /",
        "at_s": at_s,
        "client_ms": duration_ms + 2,
        "status": 200,
        "duration_ms": duration_ms,
        "billed_ms": int(-(-(duration_ms + (init_ms or 0)) // 1)),
        "init_ms": init_ms,
        "used_mb": 60,
    }
    return Observation(**{**values, **given})


def unreported(outcome: Outcome, status: int | None) -> Observation:
    """A request that Lambda has no REPORT of."""
    return Observation(Phase.LOAD, outcome, "GET /", 1000.0, 2.0, status)


def step(memory_mb: int, observations: Iterable[Observation], timeout_s: int = 10, **given: Any) -> Step:
    """Ten seconds of load."""
    return Step(Configuration(memory_mb, timeout_s, **given), tuple(observations), {"throttles": 0.0}, 0, 10.0)
