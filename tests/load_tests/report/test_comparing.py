"""Two sweeps compared."""

from random import Random

from load_tests.observation import Observation, Outcome
from load_tests.report.comparing import Verdict, compare, only
from tests.load_tests.report.measured import one, step


def around(middle: float, seed: int, count: int = 300) -> list[Observation]:
    """Requests whose times scatter by a tenth."""
    draws = Random(seed)
    return [one(middle * draws.gauss(1, 0.1), at_s=1000 + at / 10) for at in range(count)]


def test_the_same_thing_twice_is_no_change() -> None:
    """Two samples of one distribution, ten pairs of them: nothing is called a change."""
    for seed in range(10):
        changes = compare([step(512, around(50, seed))], [step(512, around(50, seed + 100))])
        assert {change.verdict for change in changes} <= {Verdict.SAME, Verdict.FEW}


def test_a_fifth_slower_is_a_change() -> None:
    """And it is told in its direction, with both values; the memory has not changed."""
    changes = {change.measure: change for change in compare([step(512, around(50, 1))], [step(512, around(60, 2))])}
    slower = changes["warm p50"]
    assert (slower.variant, slower.verdict) == ("512 MB", Verdict.MORE)
    assert slower.before is not None
    assert slower.after is not None
    assert round(slower.after / slower.before, 1) == 1.2
    assert changes["memory p50"].verdict is Verdict.SAME
    back = compare([step(512, around(60, 2))], [step(512, around(50, 1))])
    assert {change.measure: change.verdict for change in back}["warm p50"] is Verdict.LESS


def test_failures_are_compared() -> None:
    """None of 300 against every tenth."""
    broken = [*around(50, 1, 270), *(one(50, outcome=Outcome.FAULT, status=500) for _ in range(30))]
    changes = {change.measure: change for change in compare([step(512, around(50, 2))], [step(512, broken)])}
    assert (changes["not answered"].verdict, changes["not answered"].after) == (Verdict.MORE, 0.1)


def test_too_few_say_nothing() -> None:
    """Two starts on each side are no distribution."""
    sides = [[step(512, [*around(50, 1), one(50, init_ms=ms), one(50, init_ms=ms)])] for ms in (200, 900)]
    changes = {change.measure: change.verdict for change in compare(*sides)}
    assert changes["start p50"] is Verdict.FEW


def test_variants_of_one_side_are_named() -> None:
    """What can't be compared isn't left out silently."""
    before, after = [step(128, around(50, 1)), step(512, around(50, 1))], [step(512, around(50, 1)), step(1024, [])]
    assert {change.variant for change in compare(before, after)} == {"512 MB"}
    assert only(before, after) == (["128 MB"], ["1024 MB"])
