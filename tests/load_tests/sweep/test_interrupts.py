"""Ctrl-C and its like, at any moment of a load."""

import asyncio
import signal
import warnings

import pytest

from load_tests.sweep import interrupts


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_what_arrives_while_the_loop_is_made_cancels_the_work(
    number: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No coroutine is left without its await, and the work's own clean-up runs."""
    seen: list[str] = []

    async def work() -> None:
        seen.append("started")
        try:
            await asyncio.sleep(60)
        finally:
            seen.append("cleaned up")

    make = asyncio.events.new_event_loop

    def interrupted() -> asyncio.AbstractEventLoop:
        signal.raise_signal(number)
        return make()

    monkeypatch.setattr(asyncio.events, "new_event_loop", interrupted)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with interrupts.all_as_ctrl_c(), pytest.raises(KeyboardInterrupt):
            interrupts.run(work)
    assert seen == ["started", "cleaned up"]


def test_a_restoration_is_not_interrupted() -> None:
    """None of the three ends it; afterwards they do again."""
    with interrupts.held_off():
        for number in interrupts.ALL:
            signal.raise_signal(number)
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
