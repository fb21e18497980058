"""PURE: the shapes of a load, as data: which part of the users there is until which part of the run is over."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """Until `until` (a fraction of the run's length) there are `users` (a fraction of its peak)."""

    until: float
    users: float


STEPS: Mapping[str, tuple[Step, ...]] = {
    "steady": (Step(1.0, 1.0),),
    "ramp": tuple(Step(tenth / 10, tenth / 10) for tenth in range(1, 11)),
    # A fifth of the users, all of them for a fifth of the time, and a fifth again: does it recover?
    "spike": (Step(0.4, 0.2), Step(0.6, 1.0), Step(1.0, 0.2)),
    # A gentle start, so that the long level part begins with warm sandboxes.
    "soak": (Step(0.02, 0.25), Step(0.04, 0.5), Step(1.0, 1.0)),
    # Users of a storm never pause, so that as many requests are at work as there are users: each doubling finds half
    # of them without a sandbox.
    "storm": (Step(0.25, 1 / 8), Step(0.5, 1 / 4), Step(0.75, 1 / 2), Step(1.0, 1.0)),
}
UNPAUSED = frozenset({"storm"})
"""The shapes whose users never pause."""


def users_at(shape: str, moment: float, peak: int) -> int | None:
    """How many users `shape` has at `moment` (a fraction of its length), at least one; None when it is over."""
    for step in STEPS[shape]:
        if moment < step.until:
            return max(1, round(step.users * peak))
    return None
