"""GetServiceGraph, GetTraceGraph and GetTimeSeriesServiceStatistics."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

from local.endpoint.call import Answer, Call
from local.errors import NotSupported
from local.xray.facts import Facts
from local.xray.filters import bound, matches, parse_selector
from local.xray.graph import service_graph
from local.xray.groups import Groups
from local.xray.paging import one_page
from local.xray.problems import invalid
from local.xray.reading import time_range, trace_ids
from local.xray.records import Records, Search, TimeRange
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
        return {
            "StartTime": given["StartTime"],
            "EndTime": given["EndTime"],
            "Services": service_graph(self._traces(call, TimeRange.STARTED)),
            "ContainsOldGroupVersions": False,
        }

    def get_trace_graph(self, call: Call) -> Answer:
        one_page(call.parameters)
        return {"Services": service_graph(self._records.facts_of(trace_ids(call.parameters)))}

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
        traces = self._traces(call, TimeRange.EVENT)
        statistics = time_series(traces, time_range(given), period, selector)
        return {"TimeSeriesServiceStatistics": statistics, "ContainsOldGroupVersions": False}

    def _traces(self, call: Call, kind: TimeRange) -> Iterator[Facts]:
        """Those that the call's group takes. A group's filter is asked now, so no trace is of an older version."""
        start, end = time_range(call.parameters)
        named: dict[str, Any] = {
            name: call.parameters[name] for name in ("GroupName", "GroupARN") if name in call.parameters
        }
        wanted = self._groups.filter_of(call, named) if named else None
        groups = self._groups.filters(call)
        condition, parameters = bound(wanted, groups)
        search = Search(kind, start, end, condition=condition, parameters=parameters)
        with closing(self._records.find(search)) as rows:
            yield from (row.facts for row in rows if matches(wanted, row.facts, groups))
