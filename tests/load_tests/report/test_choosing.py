"""Recommendations by strategy."""

from hypothesis import given, settings
from hypothesis import strategies as st

from load_tests.report.choosing import Candidate, balanced, cheapest, cheapest_within, fastest, frontier


def candidate(name: str, dollars: float, p99_ms: float, high_ms: float | None = None) -> Candidate:
    """Times around its p99, a hundred of them."""
    times = [p99_ms * (0.5 + at / 200) for at in range(100)]
    return Candidate(name, dollars, times, p99_ms, high_ms or p99_ms * 1.1)


SLOW, MIDDLE, FAST, DEAR = (
    candidate("128", 0.30, 900),
    candidate("512", 0.40, 300),
    candidate("1024", 0.70, 100),
    candidate("1769", 1.20, 99),
)
ALL = [DEAR, SLOW, FAST, MIDDLE]


def test_each_strategy() -> None:
    """Cost: the cheapest. Speed: not the 99 ms that differ from 100 by noise. Within: the cheapest below."""
    assert cheapest(ALL) is SLOW
    assert fastest(ALL) is FAST
    assert cheapest_within(ALL, 350) is MIDDLE
    assert cheapest_within(ALL, 320) is FAST  # 330 ms is within MIDDLE's interval
    assert cheapest_within(ALL, 50) is None


def test_weight() -> None:
    """1 is cost alone, 0 time alone; halves of 0.25 + 1, 0.33 + 0.33, 0.58 + 0.11 and 1 + 0.11, each to the largest."""
    assert balanced(ALL, 1.0) is SLOW
    assert balanced(ALL, 0.0) is DEAR
    assert balanced(ALL, 0.5) is MIDDLE


def test_frontier() -> None:
    """Who is beaten in both is not on it."""
    beaten = candidate("256", 0.45, 600)
    assert [one.name for one in frontier([*ALL, beaten])] == ["128", "512", "1024", "1769"]


def test_nothing_of_nothing() -> None:
    """Without candidates there is no recommendation, and no exception."""
    assert [cheapest([]), fastest([]), balanced([], 0.5), cheapest_within([], 1)] == [None] * 4
    assert frontier([]) == []


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0.01, 100), st.floats(1, 10_000)), min_size=1, max_size=8), st.floats(0, 1))
def test_choices_are_on_the_frontier(numbers: list[tuple[float, float]], weight: float) -> None:
    """Neither the cheapest nor the balanced one is beaten in both cost and time by another."""
    found = [Candidate(str(at), dollars, [ms], ms, ms) for at, (dollars, ms) in enumerate(numbers)]
    for pick in (cheapest(found), balanced(found, weight)):
        assert pick is not None
        assert not any(one.dollars < pick.dollars and one.p99_ms < pick.p99_ms for one in found)
