"""Statistics by name, and what they are of a period's values: AWS's page "CloudWatch statistics definitions"."""

import sqlite3
from array import array
from collections.abc import Sequence
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.cloudwatch.metrics.reading import Window, measure
from local.cloudwatch.metrics.schema import ADD, SCHEMA
from local.cloudwatch.metrics.statistic import parse_statistic

QUIET = settings(deadline=None, database=None)  # no time limits: the machine may be busy

TEN = [10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0, 100.0]


def of(name: str, values: Sequence[float], counts: Sequence[float] | None = None) -> float | None:
    statistic = parse_statistic(name)
    assert statistic is not None
    counts = counts or [1.0] * len(values)
    pairs = array("d", [part for pair in zip(values, counts, strict=True) for part in pair])
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(SCHEMA)
        connection.execute(ADD, (1, 0, 0, sum(counts), 0.0, min(values), max(values), pairs.tobytes()))
        return measure(connection, [1], [statistic], Window(anchor_s=0, end_s=60, period_s=60))[statistic].get(0)


@pytest.mark.parametrize(
    "name",
    [
        *("SampleCount", "Average", "Sum", "Minimum", "Maximum", "IQM"),
        *("p0", "p50", "p95.45", "p99.9999999999", "p100", "tm90", "wm98", "tc90", "ts90"),
        *("TM(2%:98%)", "TM(150:1000)", "TM(:95%)", "TM(10%:)", "TM(10%:99%)", "TC(0.005:0.030)", "TC(:0.5)"),
        *("TS(80%:)", "WM(10%:90%)", "PR(:300)", "PR(100:2000)", "PR(10:)", "TC(80:500)"),
    ],
)
def test_names_of_the_page_are_statistics(name: str) -> None:
    """Every form that the page "CloudWatch statistics definitions" shows is read."""
    assert parse_statistic(name) is not None


@pytest.mark.parametrize(
    "name",
    [
        *("", "average", "Median", "p", "p101", "p-1", "P90", "p99.12345678901", "TM90", "tm(10%:90%)", "iqm"),
        *("TM(:)", "TM(90%:10%)", "TM(10%:500)", "PR(10%:90%)", "TM(0%:101%)", "p90\n", "TM(10%:90%) ", "TM(a:b)"),
    ],
)
def test_other_names_are_none(name: str) -> None:
    """Uppercase goes with parentheses, lowercase with one number; bounds are alike, in order, and at most 100 %."""
    assert parse_statistic(name) is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("p50", 50.0),
        ("p90", 90.0),
        ("p91", 100.0),
        ("p0", 10.0),
        ("p100", 100.0),
        ("tm90", 50.0),  # without 100
        ("tc90", 9.0),
        ("ts90", 450.0),
        ("TM(20%:80%)", 55.0),  # of 30 to 80
        ("TM(10%:)", 60.0),
        ("TS(80%:)", 190.0),
        ("IQM", 55.0),  # 2.5 of ten: two whole ones at each end
        ("wm90", 54.0),  # 100 counts as 90
        ("WM(10%:90%)", 55.0),  # 10 counts as 20, 100 as 90
        ("WM(25:75)", 52.5),  # 10 and 20 count as 25, 80 to 100 as 75
        ("PR(:30)", 30.0),
        ("PR(30:60)", 30.0),
        ("PR(90:)", 10.0),
        ("TC(30:60)", 3.0),
        ("TS(30:60)", 150.0),
        ("TM(30:60)", 50.0),
    ],
)
def test_ten_values(name: str, value: float) -> None:
    """p99 is "the maximum value of the remaining 99%", tm99 its average; a fixed lower bound is exclusive, the upper
    inclusive ("CloudWatch statistics definitions", "Percentiles versus trimmed mean", "Note").
    """
    assert of(name, TEN) == pytest.approx(value)
    assert of(name, list(reversed(TEN))) == pytest.approx(value)


def test_shares_are_exact() -> None:
    """29 % of 100 samples are 29, not one less: percentages are no floating-point numbers."""
    hundred = [float(n) for n in range(1, 101)]
    assert (of("p29", hundred), of("TC(29%:)", hundred), of("TC(:29%)", hundred)) == (29, 71, 29)
    assert (of("p57", hundred, [1.0] * 99 + [1.5]), of("TC(57%:)", hundred, [0.5] * 100)) == (58, 22)


def test_counts_are_as_many_samples() -> None:
    """Values with Counts are what as many single values would be (MetricDatum, "Counts")."""
    values, counts = [1.0, 5.0, 9.0], [97.0, 2.0, 1.0]
    each = [1.0] * 97 + [5.0, 5.0, 9.0]
    for name in ("p50", "p97", "p98", "p99", "p100", "tm98", "TM(1%:99%)", "ts99", "tc50", "wm98", "PR(1:5)", "IQM"):
        assert of(name, values, counts) == pytest.approx(of(name, each)), name


def test_nothing_within_the_bounds() -> None:
    """A trimmed mean of no samples has no datapoint; their count and sum are 0."""
    assert of("TM(200:300)", TEN) is None
    assert of("TC(200:300)", TEN) == 0
    assert of("TS(200:300)", TEN) == 0


def test_negative_values_have_none() -> None:
    """ "not available for metrics when any of the metric values are negative numbers"."""
    assert of("p50", [-1.0, 2.0, 3.0]) is None
    assert of("TM(10%:90%)", [-1.0, 2.0, 3.0]) is None


positive = st.floats(0, 1e9, allow_subnormal=False)


@QUIET
@given(st.lists(positive, min_size=1, max_size=50), st.integers(0, 100))
def test_percentiles_are_values_in_order(values: list[float], share: int) -> None:
    """A percentile is one of the values, and at least that share of them is no larger."""
    found = of(f"p{share}", values)
    assert found in values
    assert sum(value <= found for value in values) * 100 >= share * len(values)


@QUIET
@given(st.lists(st.tuples(positive, st.integers(1, 9)), min_size=1, max_size=30), st.integers(0, 49))
def test_trimmed_sum_is_mean_times_count(samples: list[tuple[float, int]], share: int) -> None:
    """Trimmed sum "is equivalent to (Trimmed Mean) * (Trimmed count)"."""
    values, counts = [value for value, _ in samples], [float(count) for _, count in samples]
    mean, count, total = (of(f"{kind}({share}%:{100 - share}%)", values, counts) for kind in ("TM", "TC", "TS"))
    assert mean is not None
    assert count is not None
    assert total == pytest.approx(mean * count)


@QUIET
@given(st.text(alphabet="pPtTmMwWcCsSrR()%:0123456789.IQ-", max_size=20))
def test_any_name_is_one_or_none(name: str) -> None:
    """No name makes an error."""
    statistic = parse_statistic(name)
    assert statistic is None or statistic.name == name
