"""PURE: what traces add up to: the services that they show, who calls whom, when, how long and how it went.

The sum of some traces and that of those after them make the sum of all of them, as if they had been added one by one.
Times since the epoch are doubles of which those after 2004 are multiples of 2**-22 s: so are all sums of their
differences, none is rounded, and it makes no difference in which order they are added.
"""

import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from local.xray.chosen import MINUTE_S, Chosen, Times
from local.xray.columns import Block, Kind
from local.xray.facts import CLIENT, Facts, Measured, Visit
from local.xray.statistics import Statistics

MANY = 100_000  # works that are added up at once, of 32 bytes each

_Key: TypeAlias = tuple[bool, str, str | None, str | None]  # whether it is a client; name, type, account


@dataclass(slots=True)
class Requests:
    """The time in which they were at work, and how they went, by the minute since the epoch in which each began; of a
    `whole` all under one.
    """

    start: float = math.inf
    end: float = -math.inf
    minutes: dict[int, Statistics] = field(default_factory=dict)
    is_whole: bool = False

    def add(self, request: Measured) -> None:
        start, end = request["start"], request["end"]
        self.start = min(self.start, start)
        self.end = max(self.end, start if end is None else end)
        self._minute(int(start // MINUTE_S)).add(request)

    def add_all(self, kind: Kind, times: Times) -> None:
        earliest, latest = min(times.starts), max(times.ends)
        self.start, self.end = min(self.start, earliest), max(self.end, latest)
        for minute, those in times.by_time(lambda start: 0 if self.is_whole else int(start // MINUTE_S)):
            self._minute(minute).add_all(kind, those)

    def join(self, others: "Requests") -> None:
        self.start = min(self.start, others.start)
        self.end = max(self.end, others.end)
        for minute, statistics in others.minutes.items():
            self._minute(minute).join(statistics)

    def statistics(self) -> Statistics:
        whole = Statistics()
        for statistics in self.minutes.values():
            whole.join(statistics)
        return whole

    def _minute(self, minute: int) -> Statistics:
        key = 0 if self.is_whole else minute
        found = self.minutes.get(key)
        if found is None:
            found = self.minutes[key] = Statistics()
        return found


@dataclass(slots=True)
class Node:
    """A service; or the client of one, under its name, which has no requests. `calls` are by the place of the node that
    is called; `durations` count seconds, to the millisecond, with the work after the response.
    """

    name: str
    type: str | None
    account: str | None
    is_client: bool = False
    is_active: bool = False
    is_root: bool = False
    requests: Requests = field(default_factory=Requests)
    durations: Counter[float] = field(default_factory=Counter)
    calls: dict[int, Requests] = field(default_factory=dict)

    def add(self, visit: Visit) -> None:
        self.is_active = self.is_active or not visit["inferred"]
        self.is_root = self.is_root or visit["root"]
        self.requests.add(visit)
        if visit["last"] is not None:
            self.durations[round(visit["last"] - visit["start"], 3)] += 1

    def add_all(self, kind: Kind, times: Times) -> None:
        """Visits of a kind."""
        self.is_active = self.is_active or not kind.is_inferred
        self.is_root = self.is_root or kind.is_root
        self.requests.add_all(kind, times)
        if kind.has_last:
            self.durations.update(times.last_lengths())


class Sum:
    """`nodes` are in the order in which the traces show them. A `whole` does not tell minutes apart: it is not larger
    for a longer time.
    """

    def __init__(self, *, is_whole: bool = False) -> None:
        self._is_whole = is_whole
        self.nodes: list[Node] = []
        self._places: dict[_Key, int] = {}

    def add(self, part: "Part") -> None:
        """A trace, or some, or what others that come after these are the sum of."""
        if isinstance(part, Sum):
            self._join(part)
        elif isinstance(part, Chosen):
            self._add_all(part)
        else:
            self._add(part)

    def lies_within(self, start: float, end: float) -> bool:
        """Whether all that was done, was done from the one time on and before the other."""
        return all(start <= requests.start and requests.end < end for requests in self._all())

    def _add(self, trace: Facts) -> None:
        places = [self.place(visit["name"], visit["type"], visit["account"]) for visit in trace["visits"]]
        for place, visit in zip(places, trace["visits"], strict=True):
            self.nodes[place].add(visit)
        for passage in trace["passages"]:
            target = places[passage["target"]]
            is_outside = passage["source"] == CLIENT
            source = self._client_of(target) if is_outside else places[passage["source"]]
            self._calls(source, target).add(passage)

    def _add_all(self, chosen: Chosen) -> None:
        for kind, times in chosen.in_order():
            target = self.place(*kind.target)
            if kind.is_visit:
                self.nodes[target].add_all(kind, times)
            else:
                source = self._client_of(target) if kind.source is None else self.place(*kind.source)
                self._calls(source, target).add_all(kind, times)

    def _join(self, later: "Sum") -> None:
        places = [self.place(node.name, node.type, node.account, is_client=node.is_client) for node in later.nodes]
        for place, node in zip(places, later.nodes, strict=True):
            own = self.nodes[place]
            own.is_active = own.is_active or node.is_active
            own.is_root = own.is_root or node.is_root
            own.requests.join(node.requests)
            own.durations.update(node.durations)
            for target, calls in node.calls.items():
                self._calls(place, places[target]).join(calls)

    def _all(self) -> Iterator[Requests]:
        for node in self.nodes:
            yield node.requests
            yield from node.calls.values()

    def _client_of(self, target: int) -> int:
        return self.place(self.nodes[target].name, "client", None, is_client=True)

    def place(self, name: str, kind: str | None, account: str | None, *, is_client: bool = False) -> int:
        """Of the node among `nodes`; it is made where it is not there."""
        key = (is_client, name, kind, account)
        place = self._places.get(key)
        if place is None:
            place = self._places[key] = len(self.nodes)
            self.nodes.append(Node(name, kind, account, is_client, requests=Requests(is_whole=self._is_whole)))
        return place

    def _calls(self, source: int, target: int) -> Requests:
        calls = self.nodes[source].calls
        found = calls.get(target)
        if found is None:
            found = calls[target] = Requests(is_whole=self._is_whole)
        return found


Part: TypeAlias = Facts | Sum | Chosen
"""What graphs and statistics are made of: a trace, the sum of all in a bucket, some of a bucket."""


def add_up(parts: Iterable[Part]) -> Sum:
    """Of traces and sums of traces, in their order: a whole."""
    whole = Sum(is_whole=True)
    for part in parts:
        whole.add(part)
    return whole


def together(
    parts: Iterable[Facts | Sum | Block], add: Callable[[Chosen, Block], None], *, by_minute: bool
) -> Iterator[Part]:
    """Blocks one after the other as one, up to MANY works, and those of a minute by themselves where it is asked for.
    `add` adds what is wanted of a block.
    """
    chosen, minute = Chosen(), -1
    for part in parts:
        is_other = not isinstance(part, Block) or (by_minute and part.start // MINUTE_S != minute)
        if chosen.size and (is_other or chosen.size >= MANY):
            yield chosen
            chosen = Chosen()
        if isinstance(part, Block):
            minute = part.start // MINUTE_S
            add(chosen, part)
        else:
            yield part
    if chosen.size:
        yield chosen


def dumped(whole: Sum) -> str:
    """As JSON."""
    return json.dumps([_node(node) for node in whole.nodes], separators=(",", ":"))


def loaded(text: str) -> Sum:
    whole = Sum()
    for name, kind, account, is_client, is_active, is_root, requests, durations, calls in json.loads(text):
        node = whole.nodes[whole.place(name, kind, account, is_client=is_client)]
        node.is_active, node.is_root = is_active, is_root
        node.requests = _requests_of(requests)
        node.durations = _counter_of(durations)
        node.calls = {target: _requests_of(given) for target, given in calls}
    return whole


def _node(node: Node) -> list[Any]:
    calls = [[target, _requests(given)] for target, given in node.calls.items()]
    flags = [node.is_client, node.is_active, node.is_root]
    identity = [node.name, node.type, node.account]
    return [*identity, *flags, None if node.is_client else _requests(node.requests), _counter(node.durations), calls]


def _requests(given: Requests) -> list[Any]:
    return [given.start, given.end, [[minute, *_statistics(each)] for minute, each in given.minutes.items()]]


def _requests_of(given: list[Any] | None) -> Requests:
    if given is None:
        return Requests()
    start, end, minutes = given
    return Requests(start, end, {minute: _statistics_of(each) for minute, *each in minutes})


def _statistics(given: Statistics) -> list[Any]:
    return [given.ok, given.errors, given.throttles, given.faults, given.total_s, _counter(given.histogram)]


def _statistics_of(given: list[Any]) -> Statistics:
    ok, errors, throttles, faults, total_s, histogram = given
    return Statistics(ok, errors, throttles, faults, total_s, _counter_of(histogram))


def _counter(given: Counter[float]) -> list[Any]:
    return [list(given), list(given.values())]


def _counter_of(given: list[Any]) -> Counter[float]:
    return Counter(dict(zip(*given, strict=True)))
