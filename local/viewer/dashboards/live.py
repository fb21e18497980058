"""PURE: what `liveData: false` leaves out of a graph: the points whose period is not over yet.

Source: CloudWatch User Guide, "Use live data": without it, of five-minute periods the point of 12:35 is shown at 12:41,
a minute after its end.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from local.viewer.dashboards.periods import DEFAULT_S
from local.viewer.dashboards.queries import Graph

DELAY_S = 60
_SEARCHED = re.compile(r"SEARCH\s*\(.*,\s*(\d+)\s*\)", re.IGNORECASE | re.DOTALL)


def settled(
    properties: Mapping[str, Any], graph: Graph, results: Iterable[Mapping[str, Any]], now_s: float
) -> list[Mapping[str, Any]]:
    """The results as the widget wants them. A value of the whole time range is never over, and is always shown."""
    if properties.get("liveData") is not False or properties.get("setPeriodToTimeRange"):
        return list(results)
    return [_without_newest(result, now_s - DELAY_S - _period_s(graph, result)) for result in results]


def _without_newest(result: Mapping[str, Any], latest_s: float) -> Mapping[str, Any]:
    points = zip(result["Timestamps"], result["Values"], strict=True)
    kept = [(at, value) for at, value in points if at.timestamp() <= latest_s]
    return {**result, "Timestamps": [at for at, _ in kept], "Values": [value for _, value in kept]}


def _period_s(graph: Graph, result: Mapping[str, Any]) -> int:
    """An expression's is that of the metrics in its graph, a search's its own."""
    index = graph.ids.get(result["Id"])
    if index is None:
        return DEFAULT_S
    query = graph.queries[index]
    stated = query.get("MetricStat", query).get("Period") or _searched_s(query)
    return int(stated or max(graph.periods.values(), default=DEFAULT_S))


def _searched_s(query: Mapping[str, Any]) -> int:
    found = _SEARCHED.search(query["Expression"])
    return int(found[1]) if found else 0
