"""What a run remembers of the requests that were made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from load_tests.slowest import Slowest

if TYPE_CHECKING:
    from random import Random

    from load_tests.made import Made

SAMPLE = 100
"""How many cold and how many warm requests have their traces read: enough for a median, and twenty calls each."""


class Records:
    """`slowest`: how many of them are kept. `all_ids`: keep the id of every sampled trace, a hundred bytes each, to
    know one's own among all that AWS tells; without it the memory of a long run stays as it is.
    """

    def __init__(self, slowest: int, chance: Random, *, all_ids: bool) -> None:
        self.slowest = Slowest(slowest)
        self._all_ids = all_ids
        self.trace_ids: set[str] = set()
        self.cold: set[str] = set()
        self.unsampled_cold = 0
        self.first_at: float | None = None
        self._chance = chance
        self._samples: dict[bool, list[Made]] = {True: [], False: []}
        self._seen = {True: 0, False: 0}

    def add(self, made: Made) -> None:
        self.slowest.add(made)
        self.first_at = made.at if self.first_at is None else min(self.first_at, made.at)
        if made.trace_id is None:
            return
        if self._all_ids and made.sampled:
            self.trace_ids.add(made.trace_id)
        if made.cold and made.sampled:
            self.cold.add(made.trace_id)
        self.unsampled_cold += made.cold and not made.sampled
        if made.sampled and made.handler_ms is not None:
            self._draw(made)

    def sample(self) -> list[Made]:
        """Cold ones and warm ones, each as likely as any other of its kind."""
        return [*self._samples[True], *self._samples[False]]

    def _draw(self, made: Made) -> None:
        """Reservoir sampling: every request so far is in the sample with the same probability."""
        drawn = self._samples[made.cold]
        self._seen[made.cold] += 1
        if len(drawn) < SAMPLE:
            drawn.append(made)
        elif (place := self._chance.randrange(self._seen[made.cold])) < SAMPLE:
            drawn[place] = made
