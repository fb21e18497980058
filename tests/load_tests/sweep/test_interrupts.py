"""Ctrl-C and its like, at any moment of a load."""

import asyncio
import signal
import warnings

import pytest

from load_tests.sweep import interrupts


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_what_arrives_while_the_loop_is_made_cancels_the_work(number: signal.Signals) -> None:
    """No coroutine is left without its await, and the work's own clean-up runs."""
    seen: list[str] = []

    async def work() -> None:
        seen.append("started")
        try:
            await asyncio.sleep(60)
        finally:
            seen.append("cleaned up")

    class Policy(asyncio.DefaultEventLoopPolicy):
        def new_event_loop(self) -> asyncio.AbstractEventLoop:
            signal.raise_signal(number)
            return super().new_event_loop()

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        asyncio.set_event_loop_policy(Policy())
        try:
            with interrupts.all_as_ctrl_c(), pytest.raises(KeyboardInterrupt):
                interrupts.run(work)
        finally:
            asyncio.set_event_loop_policy(None)
    assert seen == ["started", "cleaned up"]


def test_a_restoration_is_not_interrupted() -> None:
    """None of the three ends it; afterwards they do again."""
    with interrupts.held_off():
        for number in interrupts.ALL:
            signal.raise_signal(number)
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
