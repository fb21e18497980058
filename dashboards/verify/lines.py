"""PURE: the lines of a graph, and which of them can have no data in this stack."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from dashboards.verify.absent import PUBLISHERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_WORD = re.compile(r"[a-z][a-zA-Z0-9_]*")
_TEXT = re.compile(r"'[^']*'|\"[^\"]*\"")


def shown(queries: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [query for query in queries if query.get("ReturnData", True)]


def name(query: Mapping[str, Any]) -> str:
    """What people read beside the line."""
    return str(query.get("Label") or query["Id"])


def namespaces(query: Mapping[str, Any], queries: Sequence[Mapping[str, Any]]) -> set[str]:
    """Of the metrics that the line is made of; those that a SEARCH finds are not known."""
    by_id = {one["Id"]: one for one in queries}
    return {metric["Namespace"] for metric in _metrics(query, by_id)}


def absent_reason(found: set[str], missing: Mapping[str, str]) -> str:
    """`missing`: types of resources that the stack lacks, and why; "" where nothing of the line's is missing."""
    reasons = {missing[PUBLISHERS[one]] for one in found if PUBLISHERS.get(one) in missing}
    return "; ".join(sorted(reasons))


def _metrics(query: Mapping[str, Any], by_id: Mapping[str, Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    if "MetricStat" in query:
        yield query["MetricStat"]["Metric"]
        return
    for word in _WORD.findall(_TEXT.sub("", query["Expression"])):
        if word in by_id and by_id[word] is not query:
            yield from _metrics(by_id[word], by_id)
