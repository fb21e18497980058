"""PURE: two traces -> their rows side by side, and what differs: times, outcomes, annotations.

Rows are the same when they have the same name and kind below the same row; of several, the first goes with the first.
What is left goes together where each trace has one such row of a kind: the handlers of two routes, two tables. Inferred
segments that only repeat a call are left out, as in the waterfall.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from local.viewer.traces.details import annotations
from local.viewer.traces.waterfall import Row, Waterfall, without_folded

_Key: TypeAlias = tuple[str, str, int]  # name, kind, and which of those below the same row
_Tree: TypeAlias = dict[int | None, list[Row]]  # the rows below each place


@dataclass(frozen=True, slots=True)
class Pair:
    """A row of either trace or of both; `first` or `second` is None where that trace has none."""

    depth: int
    name: str
    kind: str
    first: Row | None
    second: Row | None

    @property
    def difference_s(self) -> float | None:
        """How much longer the second took; None where one of them is missing or in progress."""
        if self.first is None or self.second is None:
            return None
        if self.first.duration_s is None or self.second.duration_s is None:
            return None
        return self.second.duration_s - self.first.duration_s

    @property
    def is_outcome_changed(self) -> bool:
        return self.first is not None and self.second is not None and self.first.flags != self.second.flags


@dataclass(frozen=True, slots=True)
class Difference:
    """An annotation that the traces do not share; a side's values are empty where it has none."""

    name: str
    first: tuple[str, ...]
    second: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    pairs: tuple[Pair, ...]
    annotations: tuple[Difference, ...]

    @property
    def largest_s(self) -> float:
        """The largest difference of a pair, whichever way: what a bar's whole width stands for."""
        return max((abs(pair.difference_s) for pair in self.pairs if pair.difference_s is not None), default=0.0)


def compare(first: Waterfall, second: Waterfall) -> Comparison:
    return Comparison(tuple(_pairs(_tree(first.rows), _tree(second.rows))), tuple(_differences(first, second)))


def _tree(rows: Sequence[Row]) -> _Tree:
    below: _Tree = {}
    for row in without_folded(rows):
        below.setdefault(row.parent, []).append(row)
    return below


def _pairs(first: _Tree, second: _Tree) -> Iterator[Pair]:
    """Depth first. Below one row the pairs stand in the order of their start, the first trace's where it has one."""
    left = _matched(0, first.get(None, []), second.get(None, []))[::-1]
    while left:
        pair = left.pop()
        yield pair
        of_first = [] if pair.first is None else first.get(pair.first.place, [])
        of_second = [] if pair.second is None else second.get(pair.second.place, [])
        left.extend(reversed(_matched(pair.depth + 1, of_first, of_second)))


def _matched(depth: int, first: Sequence[Row], second: Sequence[Row]) -> list[Pair]:
    ones, others = dict(_keyed(first)), dict(_keyed(second))
    pairs = [Pair(depth, key[0], key[1], row, others[key]) for key, row in ones.items() if key in others]
    left = (
        [row for key, row in ones.items() if key not in others],
        [row for key, row in others.items() if key not in ones],
    )
    return sorted([*pairs, *_left(depth, *left)], key=_start)


def _left(depth: int, first: Sequence[Row], second: Sequence[Row]) -> Iterator[Pair]:
    alone = Counter(row.kind for row in first), Counter(row.kind for row in second)
    met = {row.kind: row for row in second if alone[0][row.kind] == alone[1][row.kind] == 1}
    for row in first:
        if row.kind in met:
            yield Pair(depth, f"{row.name} → {met[row.kind].name}", row.kind.value, row, met[row.kind])
        else:
            yield Pair(depth, row.name, row.kind.value, row, None)
    yield from (Pair(depth, row.name, row.kind.value, None, row) for row in second if row.kind not in met)


def _keyed(rows: Iterable[Row]) -> Iterator[tuple[_Key, Row]]:
    seen: Counter[tuple[str, str]] = Counter()
    for row in rows:
        name = (row.name, row.kind.value)
        yield (*name, seen[name]), row
        seen[name] += 1


def _start(pair: Pair) -> float:
    row = pair.first or pair.second
    return 0.0 if row is None else row.start_s


def _differences(first: Waterfall, second: Waterfall) -> Iterator[Difference]:
    ones, others = _annotations(first), _annotations(second)
    for name in dict.fromkeys([*ones, *others]):
        one, other = ones.get(name, ()), others.get(name, ())
        if one != other:
            yield Difference(name, one, other)


def _annotations(trace: Waterfall) -> dict[str, tuple[str, ...]]:
    """Each name's values, sorted, each once."""
    found: dict[str, set[str]] = {}
    for row in trace.rows:
        for name, value in annotations(row.document):
            found.setdefault(name, set()).add(value)
    return {name: tuple(sorted(values)) for name, values in found.items()}
