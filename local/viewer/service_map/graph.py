"""PURE: what GetServiceGraph answers -> nodes and edges with their rates, outcomes and latencies.

Source: the API's pages of Service, Edge, ServiceStatistics, EdgeStatistics and HistogramEntry.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Health:
    """Of the requests in a time frame. `rate` is requests a second; the latencies are seconds, None where unknown:
    percentiles by nearest rank over the histogram, the mean from the total.
    """

    total: int
    faults: int
    errors: int
    throttles: int
    rate: float
    mean_s: float | None
    p50_s: float | None
    p99_s: float | None

    @property
    def fault_share(self) -> float:
        return self.faults / self.total if self.total else 0.0

    @property
    def error_share(self) -> float:
        """Throttled requests are errors too, as the API counts them."""
        return self.errors / self.total if self.total else 0.0


@dataclass(frozen=True, slots=True)
class Node:
    """`health` is None for a client, which has no statistics of its own."""

    key: int
    name: str
    type: str
    health: Health | None


@dataclass(frozen=True, slots=True)
class Edge:
    source: int
    target: int
    health: Health


@dataclass(frozen=True, slots=True)
class Graph:
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def graph(services: Sequence[Mapping[str, Any]], frame_s: float) -> Graph:
    """`frame_s` is how many seconds the graph is of. Edges to services that the answer does not hold are left out."""
    nodes = tuple(_node(service, frame_s) for service in services)
    known = {node.key for node in nodes}
    edges = [
        Edge(int(service["ReferenceId"]), int(edge["ReferenceId"]), _health(edge, frame_s))
        for service in services
        for edge in service.get("Edges") or ()
        if edge.get("ReferenceId") in known
    ]
    return Graph(nodes, tuple(edges))


def filter_for(node: Node) -> str | None:
    """The filter expression for the traces that went through a service; None where its name cannot be in one. A client
    has the name of what it calls. Source: AWS page "Using filter expressions", service() and id().
    """
    if any(character in f"{node.name}{node.type}" for character in '"\\'):
        return None
    if node.type in ("", "client"):
        return f'service("{node.name}")'
    return f'service(id(name: "{node.name}", type: "{node.type}"))'


def percentile(histogram: Iterable[Mapping[str, Any]], share: float) -> float | None:
    """The least value that at least `share` of the requests did not exceed."""
    entries = sorted((float(entry["Value"]), int(entry["Count"])) for entry in histogram)
    left = math.ceil(sum(count for _, count in entries) * share)
    for value, count in entries:
        left -= count
        if left <= 0:
            return value
    return None


def _node(service: Mapping[str, Any], frame_s: float) -> Node:
    kind = service.get("Type") or ""
    health = None if kind == "client" else _health(service, frame_s)
    return Node(int(service["ReferenceId"]), service.get("Name") or "(no name)", kind, health)


def _health(measured: Mapping[str, Any], frame_s: float) -> Health:
    statistics = measured.get("SummaryStatistics") or {}
    errors, total = statistics.get("ErrorStatistics") or {}, int(statistics.get("TotalCount") or 0)
    histogram = measured.get("ResponseTimeHistogram") or ()
    taken = statistics.get("TotalResponseTime")
    return Health(
        total=total,
        faults=int((statistics.get("FaultStatistics") or {}).get("TotalCount") or 0),
        errors=int(errors.get("TotalCount") or 0),
        throttles=int(errors.get("ThrottleCount") or 0),
        rate=total / frame_s if frame_s > 0 else 0.0,
        mean_s=taken / total if taken is not None and total else None,
        p50_s=percentile(histogram, 0.5),
        p99_s=percentile(histogram, 0.99),
    )
