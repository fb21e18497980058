"""What happens by the clock: alarms each second, retention each minute."""

import asyncio
import time
import traceback
from collections.abc import Callable, Sequence

SECOND_S, MINUTE_S = 1.0, 60.0

Tick = Callable[[float], None]


class Ticker:
    """Calls each of `ticks` every `period_s`, one after the other in a thread, with the time since the epoch.

    A tick that takes longer than a period delays the next, and is never run twice at once. One that fails is told of
    once for each kind of failure.
    """

    def __init__(self, period_s: float, ticks: Sequence[Tick], tell: Callable[[str], None]) -> None:
        self._period_s = period_s
        self._ticks = ticks
        self._tell = tell
        self._told: set[str] = set()

    async def run(self) -> None:
        """Until it is cancelled."""
        due = time.monotonic()
        while True:
            due = max(due + self._period_s, time.monotonic())
            await asyncio.sleep(due - time.monotonic())
            await asyncio.to_thread(self.tick, time.time())

    def tick(self, now: float) -> None:
        for tick in self._ticks:
            try:
                tick(now)
            except Exception as error:  # noqa: BLE001 - the clock goes on whatever one of them does
                self._failed(error)

    def _failed(self, error: Exception) -> None:
        kind = f"{type(error).__name__} in {traceback.extract_tb(error.__traceback__)[-1].name}"
        if kind not in self._told:
            self._told.add(kind)
            self._tell(f"AWS: {error!r} ({kind}; told once)")
