"""X-Ray's service graph, from its API."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local.viewer.aws import Aws
from local.viewer.time_range import TimeRange
from local.viewer.windows import GRAPH_S, windows

MOST_PAGES = 200
MOST_WINDOWS = 12  # three days: X-Ray answers six hours at a time


@dataclass(frozen=True, slots=True)
class Services:
    """`services` in the shape of the API. `seconds` is how long a time they are of, the range's latest part."""

    services: Sequence[Mapping[str, Any]]
    seconds: float


async def read_services(aws: Aws, times: TimeRange) -> Services:
    """Raises CallFailed."""
    frames = list(windows(times.start_s, times.end_s, GRAPH_S))[:MOST_WINDOWS]
    asked = [
        aws.listed("xray", "GetServiceGraph", "Services", limit=MOST_PAGES, StartTime=start, EndTime=end)
        for start, end in frames
    ]
    answers = await asyncio.gather(*asked)
    length = times.end_s - frames[-1][0].timestamp()
    return Services(answers[0] if len(answers) == 1 else merged(answers), length)


def merged(graphs: Iterable[Sequence[Mapping[str, Any]]]) -> list[Mapping[str, Any]]:
    """PURE: the graphs of several times as one: a service is the same by its name, type and account."""
    keys: dict[tuple[Any, ...], int] = {}
    found: dict[int, dict[str, Any]] = {}
    for graph in graphs:
        references = {one["ReferenceId"]: keys.setdefault(_key(one), len(keys)) for one in graph}
        for service in graph:
            reference = references[service["ReferenceId"]]
            edges = [
                {**edge, "ReferenceId": references[edge["ReferenceId"]]}
                for edge in service.get("Edges") or ()
                if edge.get("ReferenceId") in references
            ]
            before = found.get(reference, {"Edges": ()})
            found[reference] = {
                **service,
                **_summed(before, service),
                "ReferenceId": reference,
                "Edges": _merged_edges([*before["Edges"], *edges]),
            }
    return list(found.values())


def _merged_edges(edges: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    for edge in edges:
        before = found.get(edge["ReferenceId"], {})
        found[edge["ReferenceId"]] = {**edge, **_summed(before, edge)}
    return list(found.values())


def _summed(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    counts: dict[float, int] = {}
    for entry in (*(one.get("ResponseTimeHistogram") or ()), *(other.get("ResponseTimeHistogram") or ())):
        counts[entry["Value"]] = counts.get(entry["Value"], 0) + entry["Count"]
    return {
        "SummaryStatistics": _added(one.get("SummaryStatistics") or {}, other.get("SummaryStatistics") or {}),
        "ResponseTimeHistogram": [{"Value": value, "Count": count} for value, count in sorted(counts.items())],
    }


def _added(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Counts inside counts, added up."""
    return {
        name: _added(one.get(name) or {}, other.get(name) or {})
        if isinstance(one.get(name) or other.get(name), Mapping)
        else (one.get(name) or 0) + (other.get(name) or 0)
        for name in {**one, **other}
    }


def _key(service: Mapping[str, Any]) -> tuple[Any, ...]:
    return service.get("Name"), service.get("Type"), service.get("AccountId")
