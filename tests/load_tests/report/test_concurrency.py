"""How many sandboxes: Erlang's formula, a measured pattern, and starts by rate."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from load_tests.report.concurrency import cold_share, lost, met, needed, percentile


@pytest.mark.parametrize(
    ("sandboxes", "load", "share"),
    [(1, 1.0, 0.5), (2, 1.0, 0.2), (5, 3.0, 0.1101), (10, 5.0, 0.0184), (0, 4.0, 1.0), (3, 0.0, 0.0)],
)
def test_erlang_b(sandboxes: int, load: float, share: float) -> None:
    """As in every table of Erlang B: one line offered one erlang loses half."""
    assert lost(sandboxes, load) == pytest.approx(share, abs=5e-5)


@pytest.mark.parametrize(("load", "sandboxes"), [(1.0, 5), (5.0, 11), (10.0, 18), (0.0, 0), (0.009, 1)])
def test_needed_for_99_percent(load: float, sandboxes: int) -> None:
    """The lines that tables of Erlang B give for a loss of 1 %: 5 for 1.36, 11 for 5.16, 18 for 10.4 erlang."""
    assert needed(load) == sandboxes


def test_needed_beyond_an_account() -> None:
    """Where 1000 sandboxes don't do, no number is made up."""
    assert needed(5000.0) is None


def test_met() -> None:
    """Each arrival counts itself and those that still run; one that ends at that moment has ended."""
    assert met([(0.0, 2.0), (1.0, 3.0), (1.5, 1.8), (2.0, 4.0), (9.0, 9.5)]) == [1, 2, 3, 2, 1]
    assert percentile([1, 1, 1, 5], 0.75) == 1
    assert percentile([1, 1, 1, 5], 0.99) == 5
    assert percentile([]) == 0


def test_cold_share_of_one_sandbox() -> None:
    """Requests that hardly ever overlap: one is cold when nothing came for 300 s, with exp(-rate x 300)."""
    assert cold_share(0.001, 0.01, 300) == pytest.approx(math.exp(-0.3), rel=1e-3)
    assert cold_share(0.0, 0.01, 300) == 1.0


@settings(deadline=None)
@given(st.floats(1e-4, 1000), st.floats(1e-3, 5), st.floats(1, 3600))
def test_cold_share_is_a_share_that_falls_with_patience(rate: float, seconds: float, idle_s: float) -> None:
    """Between none and all; sandboxes that are kept longer are started no more often."""
    found = cold_share(rate, seconds, idle_s)
    assert 0 <= found <= 1
    assert cold_share(rate, seconds, idle_s * 2) <= found + 1e-9
