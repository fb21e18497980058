"""GetServiceGraph, GetTraceGraph and GetTimeSeriesServiceStatistics."""

from collections.abc import Generator
from contextlib import closing
from dataclasses import replace

from local.endpoint.call import Answer, Call
from local.errors import NotSupported
from local.xray.facts import Facts
from local.xray.filters import All, Edge, Expression, Service, bound, matches, parse_selector
from local.xray.graph import service_graph
from local.xray.groups import Groups
from local.xray.paging import one_page
from local.xray.problems import invalid
from local.xray.reading import time_range, trace_ids
from local.xray.records import Records, Search, TimeRange
from local.xray.sums import Sum, add_up
from local.xray.time_series import time_series

PERIODS = (60, 300)  # seconds


class Graphs:
    def __init__(self, records: Records, groups: Groups) -> None:
        self._records = records
        self._groups = groups

    def get_service_graph(self, call: Call) -> Answer:
        """Of the traces that started in the time frame, in one page."""
        given = call.parameters
        one_page(call.parameters)
        start, end = time_range(given)
        wanted = self._group(call)
        if wanted is None:
            parts: Generator[Facts | Sum, None, None] = self._records.started(start, end)
        else:
            parts = self._matching(call, wanted, Search(TimeRange.STARTED, start, end))
        with closing(parts):
            services = service_graph(add_up(parts))
        return {
            "StartTime": given["StartTime"],
            "EndTime": given["EndTime"],
            "Services": services,
            "ContainsOldGroupVersions": False,
        }

    def get_trace_graph(self, call: Call) -> Answer:
        one_page(call.parameters)
        return {"Services": service_graph(add_up(self._records.facts_of(trace_ids(call.parameters))))}

    def get_time_series_service_statistics(self, call: Call) -> Answer:
        """Raises NotSupported for forecasts: they are of Insights."""
        given = call.parameters
        one_page(call.parameters)
        if given.get("ForecastStatistics"):
            raise NotSupported("xray GetTimeSeriesServiceStatistics: ForecastStatistics")
        period = given.get("Period", PERIODS[0])
        if period not in PERIODS:
            raise invalid(f"Period: {period} is neither 60 nor 300 seconds")
        text = given.get("EntitySelectorExpression")
        selector = parse_selector(text) if text else None
        start, end = time_range(given)
        with closing(self._at_work(call, start, end, selector)) as parts:
            statistics = time_series(parts, (start, end), period, selector)
        return {"TimeSeriesServiceStatistics": statistics, "ContainsOldGroupVersions": False}

    def _at_work(
        self, call: Call, start: float, end: float, selector: Service | Edge | None
    ) -> Generator[Facts | Sum, None, None]:
        """The traces that were at work in the time frame, or sums of them that say all that is asked for."""
        wanted = self._group(call)
        if wanted is None and (selector is None or selector.where is None):
            return self._records.at_work(start, end)
        return self._matching(call, wanted, Search(TimeRange.EVENT, start, end), selector)

    def _group(self, call: Call) -> Expression | None:
        """The filter of the call's group; None takes every trace."""
        named = {name: call.parameters[name] for name in ("GroupName", "GroupARN") if name in call.parameters}
        return self._groups.filter_of(call, named) if named else None

    def _matching(
        self, call: Call, wanted: Expression | None, search: Search, selector: Service | Edge | None = None
    ) -> Generator[Facts | Sum, None, None]:
        """The traces that a group takes, and that may have what is selected. A group's filter is asked now, so no trace
        is of an older version.
        """
        groups = self._groups.filters(call)
        condition, parameters = bound(All(tuple(part for part in (wanted, selector) if part is not None)), groups)
        with closing(self._records.find(replace(search, condition=condition, parameters=parameters))) as rows:
            yield from (row.facts for row in rows if matches(wanted, row.facts, groups))
