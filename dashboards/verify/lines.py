"""PURE: the lines of a graph, and which of them can have no data in this stack."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeAlias

from dashboards.verify.absent import PUBLISHERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

Query: TypeAlias = "Mapping[str, Any]"
"""One of GetMetricData's MetricDataQueries."""

_WORD = re.compile(r"[a-z][a-zA-Z0-9_]*")
_TEXT = re.compile(r"'[^']*'|\"[^\"]*\"")


def shown(queries: Sequence[Query]) -> list[Query]:
    return [query for query in queries if query.get("ReturnData", True)]


def all_returned(queries: Sequence[Query]) -> list[Query]:
    """The same, but that what lines are only made of is answered too."""
    return [{**query, "ReturnData": True} for query in queries]


def lacking(line: Query, queries: Sequence[Query], counts: Mapping[str, int]) -> list[Query] | None:
    """The metrics of a line that have no value; None where it has all. An expression takes what is missing as 0: that
    it has a value says nothing of its metrics.
    """
    found = [metric for metric in metrics(line, queries) if not counts.get(metric["Id"])]
    return None if counts.get(line["Id"]) and not found else found


def metrics(line: Query, queries: Sequence[Query]) -> list[Query]:
    """Those that the line is made of; what a SEARCH finds is not among them."""
    by_id = {one["Id"]: one for one in queries}
    return list({one["Id"]: one for one in _metrics(line, by_id)}.values())


def namespaces(queries: Iterable[Query]) -> set[str]:
    return {query["MetricStat"]["Metric"]["Namespace"] for query in queries}


def name(line: Query, lacks: Sequence[Query]) -> str:
    """What people read beside the line, and which of its metrics it lacks."""
    own = str(line.get("Label") or line["Id"])
    others = [one["MetricStat"]["Metric"]["MetricName"] for one in lacks if one is not line]
    return f"{own} ({', '.join(dict.fromkeys(others))})" if others else own


def absent_reason(found: set[str], missing: Mapping[str, str]) -> str:
    """Why nothing is published into the namespaces that were found; "" where something is, or should be. `missing`:
    types of resources that the stack lacks, and why.
    """
    reasons = [missing.get(PUBLISHERS.get(one, ""), "") for one in sorted(found)]
    return "; ".join(dict.fromkeys(reasons)) if all(reasons) else ""


def _metrics(query: Query, by_id: Mapping[str, Query]) -> Iterator[Query]:
    if "MetricStat" in query:
        yield query
        return
    for word in _WORD.findall(_TEXT.sub("", query["Expression"])):
        if word in by_id and by_id[word] is not query:
            yield from _metrics(by_id[word], by_id)
