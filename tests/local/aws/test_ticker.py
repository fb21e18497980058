"""What happens by the clock."""

import asyncio

from local.aws.ticker import Ticker


def test_ticks_come_again_and_again_and_a_failure_is_told_once() -> None:
    """A tick that fails stops neither the clock nor the ticks after it."""
    told: list[str] = []
    ticked: list[float] = []

    def broken(_now: float) -> None:
        raise ValueError("broken")

    async def story() -> None:
        enough = asyncio.Event()
        loop = asyncio.get_running_loop()

        def good(now: float) -> None:
            ticked.append(now)
            if len(ticked) == 3:
                loop.call_soon_threadsafe(enough.set)

        task = asyncio.create_task(Ticker(0.001, [broken, good], told.append).run())
        await enough.wait()
        task.cancel()

    asyncio.run(story())
    assert ticked == sorted(ticked)
    assert told == ["AWS: ValueError('broken') (ValueError in broken; told once)"]
