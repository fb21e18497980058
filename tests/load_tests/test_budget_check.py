"""load_tests/budget_check.py: ratios to the floor."""

import json

import pytest

from load_tests.budget import BASELINE
from load_tests.budget_check import Ratios, broken, measure, percentile
from load_tests.errors import OptionError
from load_tests.made import Made
from load_tests.outcome import Outcome
from tests.load_tests.making import made


def a_run(warm_ms: float = 6.0, floor_ms: float = 4.0, cold: int = 3) -> list[Made]:
    return [
        *(made(number, ms=warm_ms) for number in range(200)),
        *(made(number, ms=floor_ms, route="/api/health") for number in range(200)),
        *(made(number, ms=900.0, init_ms=500.0) for number in range(cold)),
    ]


def test_ratio_is_to_the_floor_of_the_same_run() -> None:
    """6 ms over 4 ms is 1.5, and 60 over 40 too: a slower machine changes nothing. Cold starts are counted apart."""
    assert measure(a_run(), 5) == Ratios(1.5, 0.6, 0)
    assert measure(a_run(60.0, 40.0), 5) == Ratios(1.5, 0.6, 0)


def test_faults_are_counted_wherever_they_are() -> None:
    """Each answer that nobody asked for counts."""
    wrong = made(1, status=500, outcome=Outcome.WRONG, ms=9_000.0)
    assert measure([*a_run(), wrong, made(2, status=0, outcome=Outcome.WRONG, handler_ms=None)], 5).faults == 2
    assert measure([*a_run(), wrong], 5).p99_to_floor == 1.5


def test_too_short_a_run_is_refused() -> None:
    """A percentile of a few requests is chance."""
    with pytest.raises(OptionError, match="--requests: 3 warm ones were made; it must be enough for 200 of each kind"):
        measure([made(number) for number in range(3)], 5)


def test_budget_is_kept_up_to_twice_the_baseline() -> None:
    """Noise is let pass; what is worse is named, each by itself."""
    baseline = Ratios(1.5, 1.0, 0)
    assert broken(Ratios(3.0, 1.0, 0), baseline) == []
    assert broken(Ratios(3.1, 1.2, 4), baseline) == [
        "p99 is 3.1 times the floor's; at most 3.0 is in the budget",
        "1.20 cold starts a user; at most 1.00",
        "4 answers that nobody asked for; at most 0",
    ]


@pytest.mark.parametrize(("part", "value"), [(0.5, 50.0), (0.99, 99.0), (1.0, 100.0), (0.001, 1.0)])
def test_percentile_is_the_nearest_ranks(part: float, value: float) -> None:
    """Of 1 to 100 the 99th percentile is 99."""
    assert percentile([float(number) for number in range(100, 0, -1)], part) == value


def test_baseline_is_readable_and_wants_no_fault() -> None:
    """The stored one has all three ratios; nobody gets used to faults, nor to more cold starts than users."""
    baseline = Ratios.from_json(json.loads(BASELINE.read_text()))
    assert (baseline.faults, baseline.cold_starts_per_user) == (0, 1.0)
    assert baseline.p99_to_floor > 1


@pytest.mark.parametrize("found", [[], {}, {"p99_to_floor": "fast", "cold_starts_per_user": 1, "faults": 0}, None])
def test_baseline_that_is_none_is_refused(found: object) -> None:
    """It says which members it must have."""
    with pytest.raises(OptionError, match="it must have p99_to_floor, cold_starts_per_user, faults"):
        Ratios.from_json(found)
