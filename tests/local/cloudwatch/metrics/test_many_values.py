"""Statistics over more values than should be in memory at once: the same answers, out of little memory."""

import tracemalloc
from array import array
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local.cloudwatch.metrics import SCHEMA
from local.cloudwatch.metrics.distribution import Distribution
from local.cloudwatch.metrics.ranking import percentiles
from local.cloudwatch.metrics.reading import Window, measure
from local.cloudwatch.metrics.schema import ADD
from local.cloudwatch.metrics.statistic import Statistic, parse_statistic
from local.database import Database

PERIOD = Window(anchor_s=0, end_s=3600, period_s=3600)
MB = 1024 * 1024
NAMES = ("p0", "p50", "p99", "p100")

values = st.floats(0, 1e12) | st.sampled_from([0.0, -0.0, 1.0, 12.5])
samples = st.lists(st.tuples(values, st.sampled_from([1.0, 1.0, 1.0, 3.0, 0.5])), min_size=1, max_size=60)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    one = Database(tmp_path / "aws.sqlite3", [SCHEMA])
    yield one
    one.close()


def store(database: Database, chunks: list[list[float]]) -> None:
    """Each chunk, of value, count, value, count, ..., becomes a row of a second of its own."""
    rows = [
        (1, second, 0, sum(pairs[1::2]), 0.0, min(pairs[0::2]), max(pairs[0::2]), array("d", pairs).tobytes())
        for second, pairs in enumerate(chunks)
    ]
    with database.write() as connection:
        connection.execute("DELETE FROM metric_points")
        connection.executemany(ADD, rows)


def asked(*names: str) -> list[Statistic]:
    return [statistic for name in names if (statistic := parse_statistic(name))]


@settings(deadline=None, database=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(samples, st.integers(1, 20))
def test_two_passes_find_what_sorting_finds(database: Database, given: list[tuple[float, float]], length: int) -> None:
    """The percentiles of the two passes are those of all values in order, whatever the values and their counts."""
    pairs = [part for pair in given for part in pair]
    store(database, [pairs[begin : begin + 2 * length] for begin in range(0, len(pairs), 2 * length)])
    with database.read() as connection:
        found = percentiles(connection, asked(*NAMES), "FROM metric_points", {})
    assert found == {statistic: Distribution(pairs).measure(statistic) for statistic in asked(*NAMES)}


def test_an_hour_of_a_million_requests(database: Database) -> None:
    """p99 and PR over a million values are exact and take a few megabytes; to have the values takes more than 30.

    Page "CloudWatch statistics definitions": p99 is the maximum of the lower 99 %, PR(:300) the share up to 300.
    """
    million = [float(number * 7919 % 1_000_000 + 1) for number in range(1_000_000)]  # 1 to 1,000,000, in no order
    chunk = 500
    store(
        database,
        [
            [part for value in million[begin : begin + chunk] for part in (value, 1.0)]
            for begin in range(0, len(million), chunk)
        ],
    )
    del million
    with database.read() as connection:
        tracemalloc.start()
        found = measure(connection, [1], asked("p99", "p50", "PR(:250000)", "TC(10:20)"), PERIOD)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert {statistic.name: points for statistic, points in found.items()} == {
        "p99": {0: 990_000.0},
        "p50": {0: 500_000.0},
        "PR(:250000)": {0: 25.0},
        "TC(10:20)": {0: 10.0},
    }
    assert peak < 15 * MB


def test_many_values_and_one_negative(database: Database) -> None:
    """Not available "when any of the metric values are negative", the last of many too; nor beside a statistic set."""
    many = [part for number in range(250_000) for part in (float(number), 1.0)]
    wanted = asked("p99", "PR(:10)")
    store(database, [many, [-1.0, 1.0]])
    with database.read() as connection:
        assert list(measure(connection, [1], wanted, PERIOD).values()) == [{}, {}]
    store(database, [many])
    with database.write() as connection:
        connection.execute("INSERT INTO metric_points VALUES (1, 9, -1, 2, 3, 1, 2, NULL)")
    with database.read() as connection:
        assert list(measure(connection, [1], wanted, PERIOD).values()) == [{}, {}]
