"""Signals wait until what was started is remembered."""

import signal

import pytest

from benchmarks.uninterrupted import uninterrupted


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_waits_for_the_end(number: signal.Signals) -> None:
    """The statements run to their end, then the handler that was there before hears of the signal, and stays."""
    heard: list[object] = []
    before = signal.signal(number, lambda came, _frame: heard.append(came))
    try:
        with uninterrupted():
            signal.raise_signal(number)
            heard.append("done")
        assert heard == ["done", number]
        signal.raise_signal(number)
        assert heard == ["done", number, number]
    finally:
        signal.signal(number, before)
