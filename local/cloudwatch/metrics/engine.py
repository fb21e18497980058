"""Answers metric queries: reads what MetricStat, SEARCH and SELECT ask for, and computes what refers to it."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from local.cloudwatch.metrics.directory import Wanted, find_metrics
from local.cloudwatch.metrics.errors import ExpressionError
from local.cloudwatch.metrics.expressions import Array, Scope, TimeSeries, evaluate, references, uses_metrics
from local.cloudwatch.metrics.identity import Metric
from local.cloudwatch.metrics.insights import STATISTICS, Group, Insights, grouped, limited, selects
from local.cloudwatch.metrics.labels import distinct
from local.cloudwatch.metrics.limits import LISTED_FOR_S, MOST_DATAPOINTS, MOST_FOUND, SELECTED_FOR_S
from local.cloudwatch.metrics.periods import first_period, oldest_kept
from local.cloudwatch.metrics.queries import (
    Mathematics,
    MetricStat,
    Query,
    Selection,
    in_expression,
    in_order,
    validation,
)
from local.cloudwatch.metrics.reading import Points, Window, measure, streams
from local.cloudwatch.metrics.searching import Search, matches
from local.cloudwatch.metrics.statistic import Statistic
from local.errors import NotSupported

Result = TimeSeries | Array


@dataclass(frozen=True, slots=True)
class Account:
    """Whose metrics these are: ${PROP('AccountId')} and ${PROP('Region')} of a label."""

    id: str = "123456789012"
    region: str = "us-east-1"


@dataclass(slots=True)
class Engine:
    """For one request: a moment of the database, a range of time. `too_many` tells afterwards that a SEARCH found more
    than AWS would answer.
    """

    connection: sqlite3.Connection
    start_s: float
    end_s: float
    now_s: float
    account: Account = Account()
    too_many: bool = False

    def results(self, queries: Sequence[Query]) -> dict[str, Result]:
        """By id. A MetricStat without a Unit, of a metric with data in several units, is an array: a series a unit."""
        ordered = in_order(queries)
        found: dict[str, Result] = dict(self._metrics(queries))
        metrics = {name: series for name, series in found.items() if isinstance(series, TimeSeries)}
        for query in ordered:
            try:
                if isinstance(query.asks, Mathematics):
                    _refuse_several_units(query.asks, found, queries)
                    found[query.id] = evaluate(query.asks.node, self._scope(query, found, metrics))
                elif isinstance(query.asks, Selection):
                    found[query.id] = self._select(query, query.asks)
            except ExpressionError as error:
                raise in_expression(query, error) from None
        return found

    def _metrics(self, queries: Iterable[Query]) -> Iterator[tuple[str, Result]]:
        """One pass over a metric's rows for all statistics that are asked of it."""
        asked: defaultdict[tuple[Metric, int, str | None], list[Statistic]] = defaultdict(list)
        stats = [(query.id, query.asks) for query in queries if isinstance(query.asks, MetricStat)]
        for _, stat in stats:
            asked[stat.metric, stat.period_s, stat.unit].append(stat.statistic)
        measured = {key: self._measure(*key, statistics) for key, statistics in asked.items()}
        for name, stat in stats:
            several = [
                self._series(stat.metric, stat.statistic, stat.period_s, points[stat.statistic])
                for points in measured[stat.metric, stat.period_s, stat.unit]
            ]
            full = tuple(series for series in several if series.points)
            empty = self._series(stat.metric, stat.statistic, stat.period_s, {})
            yield name, full if len(full) > 1 else full[0] if full else empty

    def _measure(
        self, metric: Metric, period_s: int, unit: str | None, statistics: Sequence[Statistic]
    ) -> list[dict[Statistic, Points]]:
        """For each unit."""
        window = self.window(period_s)
        found = streams(self.connection, metric, unit, period_s)
        return [measure(self.connection, stream.series, statistics, window) for stream in found]

    def window(self, period_s: int) -> Window:
        anchor_s = first_period(self.start_s, period_s, self.now_s)
        return Window(anchor_s, self.end_s, period_s, int(oldest_kept(period_s, self.now_s)))

    def _series(self, metric: Metric, statistic: Statistic, period_s: int, points: Points) -> TimeSeries:
        details = {
            "AccountId": self.account.id,
            "MetricName": metric.name,
            "Namespace": metric.namespace,
            "Period": str(period_s),
            "Region": self.account.region,
            "Stat": statistic.name,
            **{f"Dim.{name}": value for name, value in metric.dimensions},
        }
        return TimeSeries(metric.name, period_s, points, metric=True, details=details)

    def _scope(self, query: Query, found: dict[str, Result], metrics: dict[str, TimeSeries]) -> Scope:
        return Scope(found, metrics, self._grid, query.period_s, self._search)

    def _grid(self, period_s: int) -> range:
        starts = self.window(period_s).starts if period_s else range(0)
        if len(starts) > MOST_DATAPOINTS:
            raise validation(
                f"An expression asks for {len(starts):,} datapoints, which exceeds the limit of {MOST_DATAPOINTS:,}."
            )
        return starts

    def _search(self, search: Search, statistic: Statistic, period_s: int) -> Array:
        wanted = Wanted(int(self.now_s) - LISTED_FOR_S, search.namespace)
        metrics = [metric for _, metric in find_metrics(self.connection, wanted) if matches(search, metric)]
        self.too_many = self.too_many or len(metrics) > MOST_FOUND
        metrics = metrics[:MOST_FOUND]
        return tuple(
            replace(self._series(metric, statistic, period_s, points[statistic]), label=its_label)
            for metric, its_label in zip(metrics, distinct(metrics), strict=True)
            for points in self._measure(metric, period_s, None, [statistic])
        )

    def _select(self, query: Query, selection: Selection) -> Result:
        if query.period_s is None:
            raise ExpressionError("Period must not be null: a Metrics Insights query has none of its own", 0)
        insights, period_s = selection.insights, query.period_s
        wanted = Wanted(int(self.now_s) - SELECTED_FOR_S, insights.namespace, insights.metric)
        metrics = [metric for _, metric in find_metrics(self.connection, wanted) if selects(insights, metric)]
        groups = grouped(insights, metrics)
        if not insights.group_by:
            return (
                self._selected(insights, groups[0], period_s) if groups else TimeSeries(insights.metric, period_s, {})
            )
        return tuple(limited(insights, [self._selected(insights, group, period_s) for group in groups]))

    def _selected(self, insights: Insights, group: Group, period_s: int) -> TimeSeries:
        series = [
            number
            for metric in group.metrics
            for stream in streams(self.connection, metric, None, period_s)
            for number in stream.series
        ]
        statistic = Statistic(STATISTICS[insights.function], STATISTICS[insights.function])
        window = self.window(period_s)
        window = replace(window, oldest_s=max(window.oldest_s, int(self.now_s) - SELECTED_FOR_S))
        points = measure(self.connection, series, [statistic], window)[statistic]
        return TimeSeries(group.label or insights.metric, period_s, points)


def _refuse_several_units(asks: Mathematics, found: Mapping[str, Result], queries: Iterable[Query]) -> None:
    """AWS's pages don't say what metric math makes of a metric with data in several units."""
    several = {
        query.id for query in queries if isinstance(query.asks, MetricStat) and isinstance(found[query.id], tuple)
    }
    used = {reference.name for reference in references(asks.node)}
    if uses_metrics(asks.node):
        used |= several
    for name in sorted(several & used):
        raise NotSupported(
            f"{name} has datapoints of several units in this range of time, which metric math on the laptop does not"
            " take: give its MetricStat a Unit"
        )
