"""The store below the operations: what was taken is there, whoever wrote beside it and whatever went wrong."""

import sqlite3
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from statistics import fmean

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local.cloudwatch.metrics import SCHEMA, Metrics
from local.cloudwatch.metrics.datum import Datum
from local.cloudwatch.metrics.identity import Metric
from local.cloudwatch.metrics.writing import Writer
from local.database import Database
from tests.local.cloudwatch.metrics.laptop import NOW, Laptop, query

MEASURES: Mapping[str, Callable[[list[float]], float]] = {
    "SampleCount": len,
    "Sum": sum,
    "Average": fmean,
    "Minimum": min,
    "Maximum": max,
    "p100": max,
    "PR(:500)": lambda values: 100 * sum(value <= 500 for value in values) / len(values),
    "TC(100:300)": lambda values: sum(100 < value <= 300 for value in values),
}
samples = st.lists(
    st.tuples(st.integers(-599, -1), st.integers(0, 1000), st.integers(1, 60), st.sampled_from([1, 60])),
    min_size=1,
    max_size=120,
)


@settings(deadline=None, database=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(samples, st.sampled_from([60, 120, 300]))
def test_what_was_put_is_what_is_read(laptop: Laptop, given: list[tuple[int, int, int, int]], period: int) -> None:
    """Over any samples, in whatever calls they came: a period has those whose time is in it, no other."""
    laptop.metrics.reset()
    expected: dict[datetime, list[float]] = {}
    for second, value, count, resolution in given:
        at = NOW + timedelta(seconds=second)
        laptop.metrics.put(
            "App",
            [
                {
                    "MetricName": "m",
                    "Timestamp": at,
                    "Values": [float(value)],
                    "Counts": [float(count)],
                    "StorageResolution": resolution,
                }
            ],
        )
        start = datetime.fromtimestamp(at.timestamp() // period * period, NOW.tzinfo)
        expected.setdefault(start, []).extend([float(value)] * count)
    found = laptop.data(*(query(f"q{n}", "App", "m", name, period) for n, name in enumerate(MEASURES)))
    for result, measure in zip(found, MEASURES.values(), strict=True):
        values = {at: measure(each) for at, each in sorted(expected.items())}
        assert result["Timestamps"] == list(values)
        assert result["Values"] == pytest.approx(list(values.values()))


def test_threads_write_side_by_side(laptop: Laptop) -> None:
    """Nothing is lost of what several threads put at once, new metrics and old."""

    def put(thread: int) -> None:
        for n in range(50):
            data = [{"MetricName": "all", "Value": 1}, {"MetricName": f"m{thread}-{n % 5}", "Value": 1}]
            laptop.metrics.put("App", data)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(put, range(4)))
    end = NOW + timedelta(minutes=1)
    assert laptop.data(query("m1", "App", "all", "Sum"), start=NOW, end=end)[0]["Values"] == [200]
    assert len(laptop.call("ListMetrics")["Metrics"]) == 21


def test_a_write_that_failed_leaves_nothing_behind(tmp_path: Path) -> None:
    """After a full disk the same metric is put, and found, as if it were new."""
    database = Database(tmp_path / "small.db", [SCHEMA])
    metrics = Metrics(database, NOW.timestamp)
    with database.write() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 2}")
    many = [{"MetricName": f"m{n}", "Value": 1} for n in range(1000)]
    with pytest.raises(sqlite3.OperationalError, match="full"):
        metrics.put("App", many)
    with database.write() as connection:
        connection.execute("PRAGMA max_page_count = 1000000")
    metrics.put("App", many)
    start = int(NOW.timestamp())
    found = metrics.evaluate([query("e1", "App", "m999", "Sum")], start, start + 60)
    database.close()
    assert dict(found[0].points) == {start: 1}


def test_what_is_no_longer_remembered_is_looked_up(tmp_path: Path) -> None:
    """A writer that remembers little writes the same."""
    database = Database(tmp_path / "laptop.db", [SCHEMA])
    writer = Writer(database, remembered=1)
    for n in range(12):
        datum = Datum(Metric("App", f"m{n % 3}"), "None", 60, NOW.timestamp(), (float(n), 1.0))
        with database.write() as connection:
            writer.write(connection, [datum], NOW.timestamp())
    start = int(NOW.timestamp())
    queries = [query(f"q{n}", "App", f"m{n}", "Sum") for n in range(3)]
    found = Metrics(database, NOW.timestamp).evaluate(queries, start, start + 60)
    database.close()
    assert [dict(series.points) for series in found] == [{start: 18}, {start: 22}, {start: 26}]


def test_the_file_has_it_all_after_it_was_opened_again(tmp_path: Path) -> None:
    """Another process's metrics go on where this one's ended, in the same minute too."""
    start = int(NOW.timestamp())
    for n in range(3):
        database = Database(tmp_path / "laptop.db", [SCHEMA])
        metrics = Metrics(database, NOW.timestamp)
        metrics.put("App", [{"MetricName": "m", "Values": [float(n * 100 + v) for v in range(1, 101)]}])
        found = metrics.evaluate([query("e1", "App", "m", "p50")], start, start + 60)
        database.close()
        assert dict(found[0].points) == {start: 50 * (n + 1)}
