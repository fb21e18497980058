"""load_tests/made.py, slowest.py and records.py: what a run remembers."""

from random import Random

from load_tests.made import Made
from load_tests.records import SAMPLE, Records
from load_tests.slowest import COLUMNS, Slowest, rows
from tests.load_tests.making import made


def test_ledgers_line_comes_back_as_it_was() -> None:
    """A request survives the ledger, and the way from a worker to the master."""
    one = made(7, init_ms=250.5, status=404)
    assert Made.from_line(one.line()) == one
    assert Made.from_row(one.row()) == one
    assert "\n" not in one.line()


def test_slowest_are_kept_and_ordered() -> None:
    """The three slowest of six, slowest first; of equals the earlier."""
    slowest = Slowest(3)
    for number, ms in enumerate([5.0, 90.0, 7.0, 90.0, 300.0, 90.0]):
        slowest.add(made(number, ms=ms))
    assert [(one.ms, one.correlation_id) for one in slowest.all()] == [
        (300.0, "load-4"),
        (90.0, "load-1"),
        (90.0, "load-3"),
    ]


def test_none_may_be_wanted() -> None:
    """--slowest 0 keeps none."""
    slowest = Slowest(0)
    slowest.add(made())
    assert slowest.all() == []


def test_row_leads_to_the_trace() -> None:
    """A row says what was asked, how long it took, whether it was cold, and names the trace."""
    [row] = rows([made(1, ms=812.34, init_ms=700.0, handler_ms=50.05)])
    assert dict(zip(COLUMNS, row, strict=True)) == {
        "ms": "812.3",
        "start": "cold",
        "handler ms": "50.0",
        "init ms": "700.0",
        "status": "200",
        "request": "GET /api/items/",
        "trace id": "1-67891233-000000000000000000000001",
        "correlation id": "load-1",
    }


def test_sample_has_cold_and_warm_ones_and_an_end() -> None:
    """However many requests there are, the sample of each kind is bounded; cold ones are never crowded out by warm."""
    records = Records(5, Random(1), all_ids=False)
    for number in range(1, 1001):
        records.add(made(number, init_ms=200.0 if number % 100 == 0 else None))
    sample = records.sample()
    assert sum(one.cold for one in sample) == 10
    assert sum(not one.cold for one in sample) == SAMPLE
    assert len({one.trace_id for one in sample}) == len(sample)
    assert len(records.cold) == 10
    assert records.unsampled_cold == 0


def test_unsampled_cold_starts_are_counted_apart() -> None:
    """A trace that X-Ray does not keep is in no sample, and its REPORT may name none."""
    records = Records(5, Random(1), all_ids=True)
    records.add(made(1, init_ms=200.0, sampled=False))
    records.add(made(2, sampled=False))
    assert (records.cold, records.trace_ids, records.unsampled_cold, records.sample()) == (set(), set(), 1, [])


def test_sample_is_of_the_whole_run() -> None:
    """The last request is as likely in the sample as the first: neither the early nor the late ones make it up."""
    records = Records(0, Random(3), all_ids=False)
    for number in range(1, 10_001):
        records.add(made(number))
    late = sum(int(str(one.trace_id).rpartition("-")[2], 16) > 5_000 for one in records.sample())
    assert 25 <= late <= 75  # of 100, whose half is expected


def test_ids_of_all_are_kept_only_where_they_are_needed() -> None:
    """Without a confirmation a long run's memory does not grow by its traces' ids."""
    for wanted, count in ((True, 2), (False, 0)):
        records = Records(1, Random(1), all_ids=wanted)
        records.add(made(1))
        records.add(made(2))
        records.add(made(3, trace_id=None))
        assert len(records.trace_ids) == count
