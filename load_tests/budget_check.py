"""PURE: whether a short run kept the budget: ratios to the floor of the same run, never times."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from load_tests.errors import OptionError
from load_tests.made import Made
from load_tests.outcome import Outcome

FLOOR = "/api/health"
"""The route of the requests that are the floor: they pass all that any request passes, and then do nothing."""
ROOM = 2.0
"""How many times the baseline's ratio still holds. Six runs on a busy machine were within 1.19 and 1.58; a route that
blocks for 50 ms now and then, or a store that waits for a lock, is beyond it."""
FEWEST = 200
"""Requests of a kind, below which a 99th percentile is one outlier."""


@dataclass(frozen=True, slots=True)
class Ratios:
    """`p99_to_floor`: the 99th percentile of warm requests over that of the floor. `cold_starts_per_user`: at most 1,
    as a sandbox takes one request at a time and users wait for their answers. `faults`: answers nobody asked for.
    """

    p99_to_floor: float
    cold_starts_per_user: float
    faults: int

    @classmethod
    def from_json(cls, found: Any) -> "Ratios":
        """A baseline's content. Raises OptionError."""
        try:
            return cls(float(found["p99_to_floor"]), float(found["cold_starts_per_user"]), int(found["faults"]))
        except (KeyError, TypeError, ValueError) as error:
            raise OptionError(f"baseline: {error!r}; it must have p99_to_floor, cold_starts_per_user, faults") from None


def measure(made: Sequence[Made], users: int) -> Ratios:
    """`users`: how many asked at once, the floor's one among them. Raises OptionError where a run was too short."""
    served = [one for one in made if one.route != FLOOR]
    warm = [one.ms for one in served if one.outcome is not Outcome.WRONG and not one.cold]
    floor = [one.ms for one in made if one.route == FLOOR and one.outcome is not Outcome.WRONG and not one.cold]
    for kind, found in (("warm", warm), ("floor", floor)):
        if len(found) < FEWEST:
            raise OptionError(
                f"--requests: {len(found)} {kind} ones were made; it must be enough for {FEWEST} of each kind"
            )
    return Ratios(
        p99_to_floor=percentile(warm, 0.99) / percentile(floor, 0.99),
        cold_starts_per_user=sum(one.cold for one in made) / users,
        faults=sum(one.outcome is Outcome.WRONG for one in made),
    )


def broken(measured: Ratios, baseline: Ratios) -> list[str]:
    """What the budget does not allow, a sentence each."""
    wrong = []
    allowed = baseline.p99_to_floor * ROOM
    if measured.p99_to_floor > allowed:
        wrong.append(f"p99 is {measured.p99_to_floor:.1f} times the floor's; at most {allowed:.1f} is in the budget")
    if measured.cold_starts_per_user > baseline.cold_starts_per_user:
        wrong.append(
            f"{measured.cold_starts_per_user:.2f} cold starts a user; at most {baseline.cold_starts_per_user:.2f}"
        )
    if measured.faults > baseline.faults:
        wrong.append(f"{measured.faults} answers that nobody asked for; at most {baseline.faults}")
    return wrong


def percentile(values: Iterable[float], part: float) -> float:
    """The nearest rank's: the smallest value that `part` of them do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, ceil(part * len(ordered)) - 1)]
