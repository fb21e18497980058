"""GetServiceGraph, GetTraceGraph and GetTimeSeriesServiceStatistics."""

from collections.abc import Callable, Generator
from contextlib import closing
from functools import partial
from typing import Any, TypeAlias

from local.endpoint.call import Answer, Call
from local.errors import NotSupported
from local.xray.buckets import Question
from local.xray.chosen import Chosen
from local.xray.columns import Block
from local.xray.filters import All, Edge, Service, bound, matches, meeting_traces, meeting_works, parse_selector, sure
from local.xray.graph import service_graph
from local.xray.groups import Groups
from local.xray.index import ALWAYS
from local.xray.paging import one_page
from local.xray.problems import invalid
from local.xray.reading import time_range, trace_ids
from local.xray.records import Read, Records
from local.xray.sums import Part, Sum, add_up, together
from local.xray.time_series import time_series

PERIODS = (60, 300)  # seconds

_Parts: TypeAlias = Generator[Part, None, None]
_Read: TypeAlias = Callable[[float, float, Question], Generator[Read, None, None]]


class Graphs:
    def __init__(self, records: Records, groups: Groups) -> None:
        self._records = records
        self._groups = groups

    def get_service_graph(self, call: Call) -> Answer:
        """Of the traces that started in the time frame, in one page."""
        given = call.parameters
        one_page(call.parameters)
        with closing(self._taken(call, self._records.started)) as parts:
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
        works = partial(meeting_works, selector)
        with closing(self._taken(call, self._records.at_work, selector, works)) as parts:
            statistics = time_series(parts, time_range(given), period, selector)
        return {"TimeSeriesServiceStatistics": statistics, "ContainsOldGroupVersions": False}

    def _taken(
        self,
        call: Call,
        read: _Read,
        selector: Service | Edge | None = None,
        works: Callable[[Block], bytes] | None = None,
    ) -> _Parts:
        """Of the call's group, and those that may have what is selected; of blocks the `works` of these. A group's
        filter is asked now, so no trace is of an older version.
        """
        named: dict[str, Any] = {
            name: call.parameters[name] for name in ("GroupName", "GroupARN") if name in call.parameters
        }
        wanted = self._groups.filter_of(call, named) if named else None
        groups = self._groups.filters(call)
        asked = tuple(part for part in (wanted, selector) if part is not None)
        question = Question(
            bound(All(asked), groups) if asked else ALWAYS,
            sure(wanted, groups),
            is_of_all_work=selector is None or selector.where is None,
        )

        def add(chosen: Chosen, block: Block) -> None:
            chosen.add(block, meeting_traces(wanted, block, groups), None if works is None else works(block))

        with closing(read(*time_range(call.parameters), question)) as parts:
            taken = (part for part in parts if isinstance(part, Sum | Block) or matches(wanted, part, groups))
            yield from together(taken, add, by_minute=works is not None)
