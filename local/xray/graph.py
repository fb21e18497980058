"""PURE: the sum of traces -> the service graph: clients, services, what they call, and how that went.

Source: AWS pages "X-Ray concepts" (Service graph: nodes take the service's own segments, edges the caller's
subsegments) and "Getting data from AWS X-Ray" (the example of GetServiceGraph), the API's pages of Service and Edge.
"""

import math
from datetime import UTC, datetime
from typing import Any

from local.xray.statistics import entries
from local.xray.summary import identity
from local.xray.sums import Node, Requests, Sum


def service_graph(traces: Sum) -> list[dict[str, Any]]:
    """The API's Services. A client node stands beside each service that is called from outside, under its name."""
    return [
        _client(place, node) if node.is_client else _service(place, node) for place, node in enumerate(traces.nodes)
    ]


def _service(place: int, node: Node) -> dict[str, Any]:
    return {
        "ReferenceId": place,
        **identity(node.name, node.type, node.account),
        **({"Root": True} if node.is_root else {}),
        "State": "active" if node.is_active else "unknown",
        **_times(node.requests.start, node.requests.end),
        "Edges": _edges(node),
        **_measured(node.requests),
        "DurationHistogram": entries(node.durations),
    }


def _client(place: int, node: Node) -> dict[str, Any]:
    """Without statistics: those of its edges tell all."""
    calls = node.calls.values()
    return {
        "ReferenceId": place,
        **identity(node.name, node.type, node.account),
        "State": "unknown",
        **_times(min(each.start for each in calls), max(each.end for each in calls)),
        "Edges": _edges(node),
    }


def _edges(node: Node) -> list[dict[str, Any]]:
    return [
        {"ReferenceId": target, **_times(calls.start, calls.end), **_measured(calls), "Aliases": []}
        for target, calls in node.calls.items()
    ]


def _measured(requests: Requests) -> dict[str, Any]:
    statistics = requests.statistics()
    return {"SummaryStatistics": statistics.summary(), "ResponseTimeHistogram": entries(statistics.histogram)}


def _times(start: float, end: float) -> dict[str, datetime]:
    return {"StartTime": _whole_second(start), "EndTime": _whole_second(end)}


def _whole_second(epoch_s: float) -> datetime:
    """As the example shows them, on nodes and on edges."""
    return datetime.fromtimestamp(math.floor(epoch_s), UTC)
