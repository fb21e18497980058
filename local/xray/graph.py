"""PURE: the facts of traces -> the service graph: clients, services, what they call, and how that went.

Source: AWS pages "X-Ray concepts" (Service graph: nodes take the service's own segments, edges the caller's
subsegments) and "Getting data from AWS X-Ray" (the example of GetServiceGraph), the API's pages of Service and Edge.
"""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any, TypeAlias

from local.xray.facts import CLIENT, Facts, Measured, Visit
from local.xray.statistics import Statistics, entries
from local.xray.summary import service_id

_Key: TypeAlias = tuple[str, str | None, str | None]  # name, type and account of a service


@dataclass(slots=True)
class _Span:
    """The time that something was busy, and how it went."""

    start: float = math.inf
    end: float = -math.inf
    statistics: Statistics = field(default_factory=Statistics)

    def add(self, request: Measured) -> None:
        self.start = min(self.start, request["start"])
        self.end = max(self.end, request["start"] if request["end"] is None else request["end"])
        self.statistics.add(request)

    def times(self) -> dict[str, datetime]:
        return {"StartTime": _whole_second(self.start), "EndTime": _whole_second(self.end)}


@dataclass(slots=True)
class _Node:
    reference: int
    identity: dict[str, Any]
    state: str = "unknown"
    root: bool = False
    span: _Span = field(default_factory=_Span)
    durations: Counter[float] = field(default_factory=Counter)
    edges: dict[int, _Span] = field(default_factory=dict)


@dataclass(slots=True)
class _Graph:
    services: dict[_Key, _Node] = field(default_factory=dict)
    clients: dict[str, _Node] = field(default_factory=dict)

    def seen(self, visit: Visit) -> _Node:
        key = (visit["name"], visit["type"], visit["account"])
        node = self.services.get(key)
        if node is None:
            node = self.services[key] = _Node(self._reference(), service_id(visit))
        if not visit["inferred"]:
            node.state = "active"
        node.root = node.root or visit["root"]
        node.span.add(visit)
        if visit["last"] is not None:
            node.durations[round(visit["last"] - visit["start"], 3)] += 1
        return node

    def client_of(self, target: _Node) -> _Node:
        name = target.identity["Name"]
        if name not in self.clients:
            identity = {"Name": name, "Names": [name], "Type": "client"}
            self.clients[name] = _Node(self._reference(), identity)
        return self.clients[name]

    def _reference(self) -> int:
        return len(self.services) + len(self.clients)


def service_graph(traces: Iterable[Facts]) -> list[dict[str, Any]]:
    """The API's Services. A client node stands before each service that is called from outside, under its name."""
    graph = _Graph()
    for trace in traces:
        places = [graph.seen(visit) for visit in trace["visits"]]
        for passage in trace["passages"]:
            target = places[passage["target"]]
            source = graph.client_of(target) if passage["source"] == CLIENT else places[passage["source"]]
            source.edges.setdefault(target.reference, _Span()).add(passage)
    services = [_service(node, node.span) for node in graph.services.values()]
    clients = [_client(node) for node in graph.clients.values()]
    return sorted(services + clients, key=itemgetter("ReferenceId"))


def _service(node: _Node, span: _Span) -> dict[str, Any]:
    return {
        "ReferenceId": node.reference,
        **node.identity,
        **({"Root": True} if node.root else {}),
        "State": node.state,
        **span.times(),
        "Edges": [_edge(reference, edge) for reference, edge in node.edges.items()],
        "SummaryStatistics": span.statistics.summary(),
        "DurationHistogram": entries(node.durations),
        "ResponseTimeHistogram": entries(span.statistics.histogram),
    }


def _client(node: _Node) -> dict[str, Any]:
    edges = node.edges.values()
    span = _Span(min(edge.start for edge in edges), max(edge.end for edge in edges))
    measured = ("SummaryStatistics", "DurationHistogram", "ResponseTimeHistogram")  # those of its edges tell all
    return {name: value for name, value in _service(node, span).items() if name not in measured}


def _edge(reference: int, span: _Span) -> dict[str, Any]:
    return {
        "ReferenceId": reference,
        **span.times(),
        "SummaryStatistics": span.statistics.summary(),
        "ResponseTimeHistogram": entries(span.statistics.histogram),
        "Aliases": [],
    }


def _whole_second(epoch_s: float) -> datetime:
    """As the example shows them, on nodes and on edges."""
    return datetime.fromtimestamp(math.floor(epoch_s), UTC)
