"""PURE: traces, or sums of them -> statistics by period.

Source: the API's page of GetTimeSeriesServiceStatistics: statistics of services for a service() or an id(), of edges
for an edge() and when nothing is selected. A period without a request is not listed.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from local.xray.facts import Facts, Measured
from local.xray.filters import Edge, Service, is_called, meeting_passages, meeting_visits
from local.xray.statistics import Statistics, entries
from local.xray.sums import MINUTE_S, Requests, Sum


def time_series(
    traces: Iterable[Facts | Sum], frame: tuple[float, float], period: int, selector: Service | Edge | None
) -> list[dict[str, Any]]:
    """`frame` from its start on and before its end, seconds since the epoch; a request belongs to where it started.
    `period` is a number of whole minutes, in seconds. A sum lies within the frame, and no `where` is asked of it.
    """
    periods: dict[int, Statistics] = {}
    for part in traces:
        if isinstance(part, Sum):
            for requests in _of_sum(part, selector):
                for minute, statistics in requests.minutes.items():
                    start = minute * MINUTE_S // period * period
                    periods.setdefault(start, Statistics()).join(statistics)
        else:
            for request in _of_trace(part, selector):
                if frame[0] <= request["start"] < frame[1]:
                    periods.setdefault(int(request["start"] // period) * period, Statistics()).add(request)
    member = "ServiceSummaryStatistics" if isinstance(selector, Service) else "EdgeSummaryStatistics"
    return [
        {
            "Timestamp": datetime.fromtimestamp(start, UTC),
            member: statistics.summary(),
            "ResponseTimeHistogram": entries(statistics.histogram),
        }
        for start, statistics in sorted(periods.items())
    ]


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
