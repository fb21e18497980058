"""PURE: the facts of traces -> statistics by period.

Source: the API's page of GetTimeSeriesServiceStatistics: statistics of services for a service() or an id(), of edges
for an edge() and when nothing is selected. A period without a request is not listed.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from local.xray.facts import Facts, Measured
from local.xray.filters import Edge, Service, meeting_passages, meeting_visits
from local.xray.statistics import Statistics, entries


def time_series(
    traces: Iterable[Facts], frame: tuple[float, float], period: int, selector: Service | Edge | None
) -> list[dict[str, Any]]:
    """`frame` from its start on and before its end, seconds since the epoch; a request belongs to where it started."""
    periods: dict[int, Statistics] = {}
    for facts in traces:
        for request in _selected(facts, selector):
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


def _selected(facts: Facts, selector: Service | Edge | None) -> Iterable[Measured]:
    if selector is None:
        return facts["passages"]
    return meeting_visits(selector, facts) if isinstance(selector, Service) else meeting_passages(selector, facts)
