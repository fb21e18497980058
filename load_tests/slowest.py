"""PURE: the slowest requests of a run, each with the trace that tells why."""

import heapq
from collections.abc import Iterable

from load_tests.made import Made

COLUMNS = ("ms", "start", "handler ms", "init ms", "status", "request", "trace id", "correlation id")


class Slowest:
    """Keeps the `limit` slowest of all that it is told."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._heap: list[tuple[float, int, Made]] = []
        self._count = 0  # two of one length are told apart by who came first: a Made has no order

    def add(self, made: Made) -> None:
        self._count += 1
        entry = (made.ms, -self._count, made)
        if len(self._heap) < self._limit:
            heapq.heappush(self._heap, entry)
        elif self._heap and entry > self._heap[0]:
            heapq.heapreplace(self._heap, entry)

    def all(self) -> list[Made]:
        """The slowest first."""
        return [made for _, _, made in sorted(self._heap, reverse=True)]


def rows(slowest: Iterable[Made]) -> list[tuple[str, ...]]:
    """A row of texts for each, under COLUMNS."""
    return [
        (
            f"{made.ms:.1f}",
            "cold" if made.cold else "warm",
            _number(made.handler_ms),
            _number(made.init_ms),
            str(made.status or "no answer"),
            f"{made.method} {made.route}",
            made.trace_id or "",
            made.correlation_id,
        )
        for made in slowest
    ]


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"
