"""PURE: traces, or sums of them -> statistics by period.

Source: the API's page of GetTimeSeriesServiceStatistics: statistics of services for a service() or an id(), of edges
for an edge() and when nothing is selected. A period without a request is not listed.
"""

import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from local.xray.chosen import MINUTE_S, Chosen
from local.xray.facts import Facts, Measured
from local.xray.filters import Edge, Service, is_called, meeting_passages, meeting_visits
from local.xray.statistics import Statistics, entries
from local.xray.sums import Part, Requests, Sum

_BEFORE, _AFTER = -1, sys.maxsize  # where no period starts


def time_series(
    traces: Iterable[Part], frame: tuple[float, float], period: int, selector: Service | Edge | None
) -> list[dict[str, Any]]:
    """`frame` from its start on and before its end, seconds since the epoch; a request belongs to where it started.
    `period` is a number of whole minutes, in seconds. A sum lies within
    the frame, and no `where` is asked of it; what is chosen meets the selector.
    """
    periods: defaultdict[int, Statistics] = defaultdict(Statistics)
    place = _place_of(frame, period)
    for part in traces:
        if isinstance(part, Sum):
            for requests in _of_sum(part, selector):
                for minute, statistics in requests.minutes.items():
                    periods[minute * MINUTE_S // period * period].join(statistics)
        elif isinstance(part, Chosen):
            for kind, times in part.in_order():
                for start, those in times.by_time(place):
                    periods[start].add_all(kind, those)
        else:
            for request in _of_trace(part, selector):
                if frame[0] <= request["start"] < frame[1]:
                    periods[int(request["start"] // period) * period].add(request)
    member = "ServiceSummaryStatistics" if isinstance(selector, Service) else "EdgeSummaryStatistics"
    return [
        {
            "Timestamp": datetime.fromtimestamp(start, UTC),
            member: statistics.summary(),
            "ResponseTimeHistogram": entries(statistics.histogram),
        }
        for start, statistics in sorted(periods.items())
        if start not in (_BEFORE, _AFTER)
    ]


def _place_of(frame: tuple[float, float], period: int) -> Callable[[float], int]:
    """The start of a request -> that of its period; out of the frame it is _BEFORE or _AFTER."""

    def place(start: float) -> int:
        if frame[0] <= start < frame[1]:
            return int(start // period) * period
        return _BEFORE if start < frame[0] else _AFTER

    return place


def _of_trace(facts: Facts, selector: Service | Edge | None) -> Iterable[Measured]:
    if selector is None:
        return facts["passages"]
    return meeting_visits(selector, facts) if isinstance(selector, Service) else meeting_passages(selector, facts)


def _of_sum(whole: Sum, selector: Service | Edge | None) -> Iterator[Requests]:
    for node in whole.nodes:
        if isinstance(selector, Service):
            if is_called(selector.of, node.name, node.type, node.account):
                yield node.requests
            continue
        for place, calls in node.calls.items():
            target = whole.nodes[place]
            if selector is None or (
                is_called(selector.destination, target.name, target.type, target.account)
                and is_called(selector.source, node.name, node.type, node.account)
            ):
                yield calls
