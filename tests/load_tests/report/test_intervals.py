"""Quantiles, means and shares with their intervals, on data whose answers are known."""

import math
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from load_tests.report.intervals import at_least, mean, probability_above, quantile, rank, share

times = st.lists(st.floats(0, 1e6, allow_nan=False), min_size=1, max_size=60).map(sorted)


@pytest.mark.parametrize(
    ("n", "chance", "k", "probability"),
    [(10, 0.5, 5, 0.6230), (10, 0.2, 5, 0.0328), (10, 0.8, 5, 0.9936), (20, 0.1, 3, 0.3231), (5, 0.5, 5, 0.03125)],
)
def test_binomial_tail(n: int, chance: float, k: int, probability: float) -> None:
    """As printed in tables of the cumulative binomial distribution, to four places."""
    assert at_least(n, chance, k) == pytest.approx(probability, abs=5e-5)


@pytest.mark.parametrize("n", [1000, 100_000])
def test_binomial_tail_of_many(n: int) -> None:
    """Far from overflow: half of a symmetric one, and half of its middle term (de Moivre: 1 / sqrt(pi n / 2))."""
    assert at_least(n, 0.5, n // 2) == pytest.approx(0.5 + 0.5 / math.sqrt(math.pi * n / 2), rel=1e-3)


def test_rank() -> None:
    """Nearest rank: the smallest value that so many don't exceed."""
    assert [rank(100, level) for level in (0.5, 0.9, 0.99)] == [50, 90, 99]
    assert [rank(10, level) for level in (0.0, 0.5, 0.51, 0.99, 1.0)] == [1, 5, 6, 10, 10]


def test_quantile_of_ten() -> None:
    """The median of 1 to 10 is 5, from 2 (Bin(10, .2) has 5 or more with 3.3 %) to 8 (.8: 99.4 %, .7: 95.3 %)."""
    found = quantile([float(value) for value in range(1, 11)], 0.5)
    assert found is not None
    assert (found.value, found.low, found.high, found.n) == (5, 2, 8, 10)


def test_quantile_of_few() -> None:
    """None of none; one value is its own interval; the tail's interval ends at the slowest."""
    assert quantile([], 0.5) is None
    alone = quantile([7.0], 0.99)
    assert alone is not None
    assert (alone.value, alone.low, alone.high) == (7.0, 7.0, 7.0)
    tail = quantile([float(value) for value in range(1, 51)], 0.99)
    assert tail is not None
    assert (tail.value, tail.high) == (50, 50)


def test_quantile_interval_is_that_of_drawing() -> None:
    """Ten thousand seeded resamples put their 2.5 % and 97.5 % where the formula does, give or take one."""
    draws, sample = Random(7), [float(value) for value in range(200)]
    drawn = sorted(sorted(draws.choices(sample, k=200))[rank(200, 0.9) - 1] for _ in range(10_000))
    found = quantile(sample, 0.9)
    assert found is not None
    assert found.low == pytest.approx(drawn[249], abs=1)
    assert found.high == pytest.approx(drawn[9749], abs=1)


@settings(deadline=None)
@given(times, st.sampled_from([0.5, 0.9, 0.99]))
def test_quantile_lies_in_its_interval(sample: list[float], level: float) -> None:
    """Low, value and high are values of the sample, in this order."""
    found = quantile(sample, level)
    assert found is not None
    assert found.low <= found.value <= found.high
    assert {found.low, found.value, found.high} <= set(sample)


def test_mean_is_seeded() -> None:
    """The same seed gives the same interval; it is as wide as theory has it: 2 x 1.96 x 28.87 / 10 for 0 to 99."""
    sample = [float(value) for value in range(100)]
    one, two = mean(sample, Random(1)), mean(sample, Random(1))
    assert one == two
    assert one is not None
    assert one.value == 49.5
    assert one.high - one.low == pytest.approx(2 * 1.96 * 28.87 / 10, rel=0.1)
    assert mean([], Random(1)) is None


def test_share_is_wilsons() -> None:
    """Newcombe 1998 (Statistics in Medicine 17, table I), method 3: 81/263, 15/148, 0/20 and 1/29."""
    for hits, n, low, high in (
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ):
        found = share(hits, n)
        assert found is not None
        assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)
    assert share(0, 0) is None


def test_probability_above() -> None:
    """Sure where the samples don't touch, even where they are the same, and both directions make one."""
    low, high = [1.0, 2.0, 3.0, 4.0, 5.0], [11.0, 12.0, 13.0, 14.0, 15.0]
    assert probability_above(high, low, 0.5) == pytest.approx(1)
    assert probability_above(low, high, 0.5) == pytest.approx(0)
    assert probability_above(low, low, 0.9) == pytest.approx(0.5)
    # Two values each: a resample's median is its smaller, the smaller of all with 3/4.
    assert probability_above([1.0, 3.0], [2.0, 4.0], 0.5) == pytest.approx(1 / 4 * 3 / 4)


@settings(deadline=None)
@given(times, times, st.sampled_from([0.5, 0.9, 0.99]))
def test_probability_above_is_of_two_that_make_one(left: list[float], right: list[float], level: float) -> None:
    """One is above the other, or the other above it; a tie is half of each."""
    there, back = probability_above(left, right, level), probability_above(right, left, level)
    assert there + back == pytest.approx(1, abs=1e-9)


def test_two_samples_are_needed() -> None:
    """Nothing is above nothing."""
    with pytest.raises(ValueError, match="two samples"):
        probability_above([], [1.0], 0.5)
