"""The laptop's AWS beside its targets: which figure is held against which bound."""

from benchmarks.aws.report import tables, targets
from benchmarks.aws.result import Aws, Size
from benchmarks.figures import Series, Verdict


def measured(ours: float, filled_mb: float = 100.0) -> Aws:
    rates = {"PutMetricData": [Series("glasshouse", (ours,)), Series("moto", (300.0,)), Series("ministack", (500.0,))]}
    size = Size(rounds=1, seconds=1.0, points=1_000_000, events=2_000_000)
    return Aws(rates, size, (0.1, 0.5, 0.9), (3.0, 2.1, 1.0), {"glasshouse": 70.0}, filled_mb, ())


def test_twice_the_better_peer() -> None:
    """1000 calls/s are twice the better peer's 500; 999 are not, however slow the other is."""
    for ours, verdict in ((1000.0, Verdict.MET), (999.0, Verdict.MISSED)):
        target, ratio = next(targets(measured(ours)))
        assert target.what == "PutMetricData, calls/s to the better peer's"
        assert target.verdict(ratio) is verdict


def test_questions_and_memory() -> None:
    """0.5 s for the percentiles, 2 s for the query, medians both; 300 MB; each says of how much."""
    _, *others = targets(measured(1000.0, filled_mb=300.1))
    assert [(target.what, value, target.verdict(value).value) for target, value in others] == [
        ("p50, p90, p99 by minute, of 1,000,000 points", 0.5, "met"),
        ("an Insights filter and stats, of 2,000,000 events", 2.1, "MISSED"),
        ("memory of the AWS process after all that, at its peak", 300.1, "MISSED"),
    ]


def test_the_tables_say_at_which_priority() -> None:
    """A rate is compared with a peer's at equal priority, and the text above the tables says which."""
    sentence = "The laptop's AWS and its peers all run at the same priority (nice +5), which is its own."
    assert next(tables(measured(1000.0))) == sentence


def test_no_peer_is_no_ratio() -> None:
    """Where no peer is installed, nothing is said of twice its rate."""
    alone = measured(1000.0)
    alone.rates["PutMetricData"] = alone.rates["PutMetricData"][:1]
    assert [target.unit for target, _ in targets(alone)] == ["s", "s", "MB"]
