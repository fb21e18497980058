"""load_tests/steps.py and pace.py: how many users, and how fast each."""

import pytest

from load_tests.pace import Pace
from load_tests.steps import STEPS, users_at


@pytest.mark.parametrize(
    ("shape", "users"),
    [
        ("steady", [80, 80, 80, 80]),
        ("ramp", [8, 24, 48, 80]),
        ("spike", [16, 16, 80, 16]),
        ("soak", [20, 80, 80, 80]),
        ("storm", [10, 10, 40, 80]),
    ],
)
def test_shapes(shape: str, users: list[int]) -> None:
    """At the start, at 0.24, 0.55 and just before the end, of a peak of 80."""
    assert [users_at(shape, moment, 80) for moment in (0.0, 0.24, 0.55, 0.999)] == users


@pytest.mark.parametrize("shape", sorted(STEPS))
def test_every_shape_ends_and_is_never_empty(shape: str) -> None:
    """One user at least until the end, which is at the run's length exactly; its parts follow each other."""
    assert users_at(shape, 0.0, 1) == 1
    assert users_at(shape, 1.0, 80) is None
    ends = [step.until for step in STEPS[shape]]
    assert ends == sorted(set(ends))
    assert ends[-1] == 1.0


def test_storm_doubles() -> None:
    """Each step of a storm has twice the users: half of them find no sandbox."""
    assert [users_at("storm", moment, 8) for moment in (0.1, 0.3, 0.6, 0.9)] == [1, 2, 4, 8]


def test_pace_keeps_the_rate() -> None:
    """At 5 a second the request after the tenth is due two seconds after the start; who is late does not wait."""
    pace = Pace(began=100.0, made=10)
    assert pace.pause_s(101.5, 5.0) == 0.5
    assert pace.pause_s(103.0, 5.0) == 0.0
