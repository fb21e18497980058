"""PURE: works of some traces of blocks, kind by kind, to be added up many at once."""

from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import compress
from operator import sub
from typing import Any

from local.xray.columns import Block, Kind, Works

MINUTE_S = 60


def _doubles() -> "array[float]":
    return array("d")


def _integers() -> "array[int]":
    return array("q")


@dataclass(slots=True)
class Times:
    """Of works of a kind; `first` are the places of the first one's trace, and its own in it. As Works has them."""

    first: tuple[int, int]
    starts: "array[float]" = field(default_factory=_doubles)
    ends: "array[float]" = field(default_factory=_doubles)
    millis: "array[int]" = field(default_factory=_integers)
    last_millis: "array[int]" = field(default_factory=_integers)

    def add(self, works: Works, start: int, end: int, mask: bytes | None) -> None:
        """Those from start to end, or of them those with a 1 in the mask."""
        given: tuple[array[Any], ...] = (works.starts, works.ends, works.millis, works.last_millis)
        for own, more in zip(self._all(), given, strict=True):
            part = more[start:end]
            own.extend(part if mask is None else compress(part, mask))

    def total_s(self) -> float:
        """The response times."""
        return sum(map(sub, self.ends, self.starts), 0.0)

    def lengths(self) -> list[float]:
        """The response times in seconds as histograms have them."""
        return [each / 1000 for each in self.millis]

    def last_lengths(self) -> list[float]:
        """To the last of each work."""
        return [each / 1000 for each in self.last_millis]

    def by_time(self, place: Callable[[float], int]) -> "Iterator[tuple[int, Times]]":
        """Apart by a place in time; a later start has no earlier place."""
        first, last = place(min(self.starts)), place(max(self.starts))
        if first == last:
            yield first, self
            return
        places = list(map(place, self.starts))
        for each in dict.fromkeys(places):
            those = Times(self.first)
            mask = bytes(other == each for other in places)
            for own, more in zip(those._all(), self._all(), strict=True):
                own.extend(compress(more, mask))
            yield each, those

    def _all(self) -> tuple["array[Any]", ...]:
        return self.starts, self.ends, self.millis, self.last_millis


class Chosen:
    """`size` counts the works."""

    def __init__(self) -> None:
        self.size = 0
        self._traces = 0
        self._times: dict[Kind, Times] = {}

    def add(self, block: Block, traces: bytes, works: bytes | None = None) -> None:
        """A block after another, the latest first. `traces`, and `works` where only some are asked for, have a 1 for
        each that is wanted.
        """
        mask = works
        if 0 in traces:
            mask = bytes(map(traces.__getitem__, block.works.traces))
            if works is not None:  # as numbers, which are joined many bytes at once
                mask = (int.from_bytes(mask) & int.from_bytes(works)).to_bytes(len(mask))
        for kind, start, end in block.kinds:
            self._add(kind, block.works, start, end, None if mask is None else mask[start:end])
        self._traces += len(traces)

    def in_order(self) -> list[tuple[Kind, Times]]:
        """As the traces show them, the latest first."""
        return sorted(self._times.items(), key=lambda each: each[1].first)

    def _add(self, kind: Kind, works: Works, start: int, end: int, mask: bytes | None) -> None:
        first = 0 if mask is None else mask.find(1)
        if first < 0:
            return
        times = self._times.get(kind)
        if times is None:
            place = start + first
            times = self._times[kind] = Times((self._traces + works.traces[place], works.slots[place]))
        times.add(works, start, end, None if mask is None or 0 not in mask else mask)
        self.size += end - start
