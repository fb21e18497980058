from __future__ import annotations

from benchmarks.figures import COLD, GATEWAY, THROUGHPUT, Series, comparison, rates, ratio, targets


def test_comparison() -> None:
    """Each variant has its median, its best, and its ratio to the first, as a Markdown table."""
    series = [Series("floor", (300.0, 200.0, 250.0)), Series("mine", (500.0, 505.0, 400.0))]
    assert comparison("cold", series) == (
        "| cold | median ms | best ms | ratio to the first |\n"
        "| --- | ---: | ---: | ---: |\n"
        "| floor | 250.00 | 200.00 | 1.00 |\n"
        "| mine | 500.00 | 400.00 | 1.67 |"
    )


def test_rates() -> None:
    """Of rates the highest is the best, and a higher one has a ratio above 1."""
    series = [Series("mine", (100.0, 300.0, 200.0)), Series("peer", (50.0, 40.0, 60.0))]
    assert rates("calls", series) == (
        "| calls | median/s | best/s | ratio to the first |\n"
        "| --- | ---: | ---: | ---: |\n"
        "| mine | 200 | 300 | 1.00 |\n"
        "| peer | 50 | 60 | 0.30 |"
    )


def test_nothing_measured() -> None:
    """What can't be measured on this system is said, not left out."""
    assert comparison("cold", []) == (
        "cold: not measured, awslambdaric is not installed (it has wheels for Linux only)"
    )


def test_targets() -> None:
    """A missed target is called missed; a figure at its bound is met."""
    assert targets([(GATEWAY, 2.0), (THROUGHPUT, 499.0)]) == (
        "| target | wanted | measured |  |\n"
        "| --- | ---: | ---: | ---: |\n"
        "| the gateway adds, p50 | at most 2 ms | 2.00 ms | met |\n"
        "| through the gateway, two sandboxes | at least 500 requests/s | 499.00 requests/s | MISSED |"
    )
    assert "MISSED" in targets([(GATEWAY, 2.01)])
    assert "MISSED" not in targets([(THROUGHPUT, 500.0)])


def test_ratio() -> None:
    """Two variants measured in turns are compared turn by turn: a slow moment of the machine says nothing of either.
    Without turns their medians are compared; and nothing is, where one wasn't measured.
    """
    series = [Series("floor", (100.0, 900.0, 100.0)), Series("mine", (200.0, 1800.0, 1900.0))]
    assert ratio(series, "mine", "floor") == 2.0
    assert ratio([series[0], Series("mine", (500.0, 505.0))], "mine", "floor") == 5.025
    assert ratio(series, "mine", "another") is None
    assert ratio([], "mine", "floor") is None
    assert "| at most 0.75 x | 0.76 x | MISSED |" in targets([(COLD, 0.76)])
    assert "| at most 0.75 x | 0.75 x | met |" in targets([(COLD, 0.75)])
