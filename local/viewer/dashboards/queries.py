"""PURE: metric widgets -> GetMetricData's queries, all of a dashboard's in as few calls as the API allows.

Sources: GetMetricData (500 queries a call), MetricDataQuery, "Metrics Insights limits" (one query a call).
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from local.viewer.dashboards.entries import Entry, NotDrawable, read_entries
from local.viewer.dashboards.periods import DEFAULT_S, whole_range_s

MOST_QUERIES = 500
# An expression's parts: what is quoted (a search) is left as it is, an id is a word that begins in lower case.
_PARTS = re.compile(r"\d[\w.]*|'[^']*'|\"[^\"]*\"|[A-Za-z_][A-Za-z0-9_]*")
_SELECT = re.compile(r"\s*SELECT\b", re.IGNORECASE)
_ALL_METRICS = re.compile(r"\bMETRICS\s*\(")


@dataclass(frozen=True, slots=True)
class Graph:
    """A metric widget's entries, and what is asked of CloudWatch for it. `key` names the widget; ids begin with it."""

    key: str
    entries: Sequence[Entry]
    queries: Sequence[Mapping[str, Any]]
    ids: Mapping[str, int]
    """The entry of each id that returns data."""
    start_s: float
    end_s: float
    region: str
    stands_alone: bool
    periods: Mapping[int, int]
    """The period of each entry that is a metric, seconds."""

    @property
    def shortest_period_s(self) -> int:
        """0 where an expression says it (a search)."""
        stated = [query.get("MetricStat", query).get("Period") for query in self.queries]
        metrics = [int(period) for period in stated if period]
        return (
            min(metrics)
            if metrics and all(query.get("MetricStat") or "SEARCH" not in query["Expression"] for query in self.queries)
            else 0
        )


@dataclass(slots=True)
class Batch:
    """One call: its time range, region and graphs."""

    start_s: float
    end_s: float
    region: str
    graphs: list[Graph] = field(default_factory=list)

    @property
    def queries(self) -> list[Mapping[str, Any]]:
        return [query for graph in self.graphs for query in graph.queries]


def build_graph(
    key: str, properties: Mapping[str, Any], times: tuple[float, float], override_s: int | None, region: str
) -> Graph:
    """`times` are the widget's, in seconds since the epoch. Raises NotDrawable."""
    entries = read_entries(properties.get("metrics", ()))
    alone = any(_stands_alone(entry.expression) for entry in entries if entry.expression)
    ids = _ids(entries)
    names = {own: own if alone else f"{key}_{own}" for own in ids}
    given = _Given(properties, names, _widget_period(properties, times, override_s), _is_forced(properties, override_s))
    periods = {index: given.period(entry) for index, entry in enumerate(entries) if entry.expression is None}
    queries = [_query(entry, names[own], given) for own, entry in zip(ids, entries, strict=True)]
    visible = {names[own]: index for index, own in enumerate(ids) if entries[index].is_visible}
    return Graph(key, entries, queries, visible, *times, _one_region(entries, region), alone, periods)


@dataclass(frozen=True, slots=True)
class _Given:
    """What a widget says for all of its metrics; `is_forced`: its period is everybody's."""

    properties: Mapping[str, Any]
    names: Mapping[str, str]
    period_s: int
    is_forced: bool

    def period(self, entry: Entry) -> int:
        return self.period_s if self.is_forced else int(entry.options.get("period", self.period_s))


def _query(entry: Entry, query_id: str, given: _Given) -> dict[str, Any]:
    query: dict[str, Any] = {"Id": query_id, "ReturnData": entry.is_visible}
    if label := entry.options.get("label"):
        query["Label"] = label
    if account := entry.options.get("accountId", given.properties.get("accountId")):
        query["AccountId"] = account
    if entry.expression is None:
        return query | {"MetricStat": _metric_stat(entry, given)}
    query["Expression"] = rename(entry.expression, given.names)
    if given.is_forced or "period" in entry.options or _SELECT.match(entry.expression):
        query["Period"] = given.period(entry)
    return query


def _one_region(entries: Iterable[Entry], default: str) -> str:
    regions = {str(entry.options.get("region", default)) for entry in entries} or {default}
    if len(regions) > 1:
        raise NotDrawable(f"metrics of several regions in one graph ({', '.join(sorted(regions))}) are not drawn here")
    return regions.pop()


def rename(expression: str, names: Mapping[str, str]) -> str:
    """The ids in an expression by their names in the call. A SELECT refers to none."""
    if _SELECT.match(expression):
        return expression
    return _PARTS.sub(lambda part: names.get(part[0], part[0]), expression)


def batches(graphs: Iterable[Graph]) -> list[Batch]:
    """As few calls as there may be. A graph whose expression means all metrics of the call has one of its own."""
    made: list[Batch] = []
    open_ones: dict[tuple[float, float, str], list[Batch]] = defaultdict(list)
    for graph in graphs:
        if not graph.queries:
            continue
        about = (graph.start_s, graph.end_s, graph.region)
        fitting = [batch for batch in open_ones[about] if len(batch.queries) + len(graph.queries) <= MOST_QUERIES]
        if graph.stands_alone or not fitting:
            batch = Batch(*about)
            made.append(batch)
            if not graph.stands_alone:
                open_ones[about].append(batch)
        else:
            batch = fitting[0]
        batch.graphs.append(graph)
    return made


def _ids(entries: Sequence[Entry]) -> list[str]:
    """Each entry's own id, or one that no other has."""
    given = [entry.options["id"] for entry in entries if "id" in entry.options]
    if len(set(given)) < len(given):
        raise NotDrawable("two of its metrics have the same id")
    free = (name for name in map("q{}".format, count()) if name not in given)
    return [entry.options.get("id") or next(free) for entry in entries]


def _widget_period(properties: Mapping[str, Any], times: tuple[float, float], override_s: int | None) -> int:
    if properties.get("setPeriodToTimeRange"):
        return whole_range_s(times[1] - times[0])
    return override_s or int(properties.get("period", DEFAULT_S))


def _is_forced(properties: Mapping[str, Any], override_s: int | None) -> bool:
    return override_s is not None or bool(properties.get("setPeriodToTimeRange"))


def _metric_stat(entry: Entry, given: _Given) -> dict[str, Any]:
    dimensions = [{"Name": name, "Value": value} for name, value in entry.dimensions.items()]
    metric = {"Namespace": entry.namespace, "MetricName": entry.name, "Dimensions": dimensions}
    stat = entry.options.get("stat", given.properties.get("stat", "Average"))
    return {"Metric": metric, "Period": given.period(entry), "Stat": stat}


def _stands_alone(expression: str) -> bool:
    return _SELECT.match(expression) is not None or _ALL_METRICS.search(expression) is not None
