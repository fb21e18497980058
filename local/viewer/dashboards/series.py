"""PURE: GetMetricData's results of a graph -> the series that the browser draws."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from local.viewer.dashboards.causes import cause
from local.viewer.dashboards.queries import Graph

Document = dict[str, Any]


def build_series(graph: Graph, results: Iterable[Mapping[str, Any]], groups: Sequence[str]) -> list[Document]:
    """In the entries' order. `groups` are the log groups that a point of them may lead to."""
    found: dict[int, list[Mapping[str, Any]]] = {}
    for result in results:
        if result["Id"] in graph.ids:
            found.setdefault(graph.ids[result["Id"]], []).append(result)
    return [
        _series(graph, index, result, groups, more=number)
        for index in sorted(found)
        for number, result in enumerate(_whole(found[index]))
    ]


def _whole(results: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """A result that came in several pages is one again: pages repeat its id and label."""
    joined: dict[str, dict[str, Any]] = {}
    for result in results:
        whole = joined.setdefault(result.get("Label", ""), {**result, "Timestamps": [], "Values": []})
        whole["Timestamps"] = [*whole["Timestamps"], *result.get("Timestamps", ())]
        whole["Values"] = [*whole["Values"], *result.get("Values", ())]
    return list(joined.values())


def _series(graph: Graph, index: int, result: Mapping[str, Any], groups: Sequence[str], *, more: int) -> Document:
    entry = graph.entries[index]
    points = sorted(zip(result["Timestamps"], result["Values"], strict=True))
    label = result.get("Label", "")
    if entry.expression is not None and "label" not in entry.options and label == result["Id"]:
        label = entry.options.get("id", "expression")  # its own id, not the one that it has among all widgets'
    return {
        "entry": index,
        "label": label,
        "axis": "right" if entry.options.get("yAxis") == "right" else "left",
        "color": entry.options.get("color") if more == 0 else None,
        "t": [round(at.timestamp()) for at, _ in points],
        "v": [value for _, value in points],
        "period": graph.periods.get(index),
        "cause": cause(entry, graph.entries, groups),
    }
