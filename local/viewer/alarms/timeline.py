"""PURE: an alarm's history -> its states over a time range."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class Span:
    """`left` and `width` in percent of the range; `start_s` and `end_s` in seconds since the epoch."""

    state: str
    start_s: float
    end_s: float
    left: float
    width: float


def timeline(items: Iterable[Mapping[str, Any]], state: str, start_s: float, end_s: float) -> list[Span]:
    """`items` are DescribeAlarmHistory's StateUpdates, in any order, from before the range's start or later; `state` is
    the present one. Before the first update it was in that one's old state.
    """
    updates = sorted((item["Timestamp"].timestamp(), *_states(item)) for item in items)
    if not updates:
        return _cut([(start_s, state), (end_s, state)], start_s, end_s)
    changes = [(min(start_s, updates[0][0]), updates[0][1]), *((at, new) for at, _, new in updates)]
    return _cut([*changes, (max(end_s, updates[-1][0]), updates[-1][2])], start_s, end_s)


def _states(item: Mapping[str, Any]) -> tuple[str, str]:
    try:
        data = json.loads(item["HistoryData"])
        return str(data["oldState"]["stateValue"]), str(data["newState"]["stateValue"])
    except (KeyError, TypeError, ValueError):
        return UNKNOWN, UNKNOWN


def _cut(changes: list[tuple[float, str]], start_s: float, end_s: float) -> list[Span]:
    length = end_s - start_s
    spans = []
    for (begins, state), (ends, _) in pairwise(changes):
        first, last = max(begins, start_s), min(ends, end_s)
        if last > first:
            left, width = 100 * (first - start_s) / length, 100 * (last - first) / length
            spans.append(Span(state, first, last, round(left, 3), round(width, 3)))
    return spans
