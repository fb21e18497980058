"""What is kept for how long: "Amazon CloudWatch concepts", "Metrics retention"."""

from datetime import datetime, timedelta

import pytest

from tests.local.cloudwatch.metrics.laptop import NOW, Laptop, query

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


@pytest.fixture
def kept(laptop: Laptop) -> Laptop:
    """A value every 20 s for ten minutes before noon: 1, 2, ... 30, stored by the second."""
    for n in range(30):
        laptop.put("App", "m", n + 1, NOW + (n - 30) * 20 * SECOND, StorageResolution=1)
    return laptop


def sums(laptop: Laptop, period: int, statistic: str = "Sum") -> list[float]:
    begin = NOW - timedelta(hours=1)
    found: list[float] = laptop.data(query("m1", "App", "m", statistic, period), start=begin, end=NOW)[0]["Values"]
    return found


MINUTES = [6, 15, 24, 33, 42, 51, 60, 69, 78, 87]


@pytest.mark.parametrize("expires", [True, False], ids=["expire() ran", "expire() did not run"])
@pytest.mark.parametrize(
    ("age", "period", "found"),
    [
        (timedelta(hours=2), 20, [*range(1, 31)]),
        (timedelta(hours=2), 60, MINUTES),
        (timedelta(hours=4), 20, []),
        (timedelta(hours=4), 1, []),
        (timedelta(hours=4), 60, MINUTES),
        (14 * DAY, 60, MINUTES),
        (16 * DAY, 60, []),
        (16 * DAY, 120, []),
        (16 * DAY, 300, [120, 345]),
        (62 * DAY, 300, [120, 345]),
        (64 * DAY, 300, []),
        (64 * DAY, 3600, [465]),
        (454 * DAY, 3600, [465]),
        (456 * DAY, 3600, []),
    ],
)
def test_periods_that_can_be_had(
    kept: Laptop, age: timedelta, period: int, found: list[float], *, expires: bool
) -> None:
    """Below a minute for 3 hours, a minute for 15 days, 5 minutes for 63 days, an hour for 455 days."""
    kept.now = NOW + age
    if expires:
        kept.metrics.expire()
    assert sums(kept, period) == found


def test_percentiles_stay_exact_when_rolled_up(kept: Laptop) -> None:
    """Rolled-up samples keep their values."""
    for age in (timedelta(hours=4), 16 * DAY, 64 * DAY):
        kept.now = NOW + age
        kept.metrics.expire()
    assert (sums(kept, 3600, "p50"), sums(kept, 3600, "SampleCount"), sums(kept, 3600, "Maximum")) == ([15], [30], [30])


def test_late_data_goes_to_the_rest(kept: Laptop) -> None:
    """What comes after its minute was rolled up counts in it, and once."""
    kept.now = NOW + timedelta(hours=4)
    kept.metrics.expire()
    kept.put("App", "m", 100, NOW - 20 * SECOND, StorageResolution=1)
    kept.metrics.put(
        "App",
        [
            {
                "MetricName": "m",
                "Timestamp": NOW - 20 * SECOND,
                "StatisticValues": {"SampleCount": 2, "Sum": 3, "Minimum": 1, "Maximum": 2},
                "StorageResolution": 1,
            }
        ],
    )
    for _ in range(2):
        kept.metrics.expire()
        assert (sums(kept, 60)[-1], sums(kept, 60, "SampleCount")[-1]) == (190, 6)


def test_metrics_without_data_go(kept: Laptop) -> None:
    """ "they automatically expire after 15 months if no new data is published to them"."""
    kept.now = NOW + 456 * DAY
    kept.metrics.expire()
    kept.put("App", "m", 1, kept.now)
    start: datetime = kept.now
    assert kept.data(query("m1", "App", "m"), start=start, end=start + 60 * SECOND)[0]["Values"] == [1]
    assert len(kept.call("ListMetrics")["Metrics"]) == 1
