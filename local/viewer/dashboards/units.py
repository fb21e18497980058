"""The units of a dashboard's axes. GetMetricData tells none; GetMetricStatistics does, one metric a call.

So they are asked for after the graphs are drawn, of the axes that show units, and of one metric an axis.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from local.errors import LocalError
from local.viewer.aws import Aws, CallFailed
from local.viewer.dashboards.entries import Entry, read_entries
from local.viewer.dashboards.periods import whole_range_s
from local.viewer.dashboards.plan import Widget
from local.viewer.time_range import TimeRange

MOST_CALLS = 100
NONE = frozenset({"None", ""})


async def units_of(aws: Aws, widgets: Sequence[Widget], times: TimeRange) -> dict[str, dict[str, str]]:
    """`{"w3": {"left": "Milliseconds"}}`. An axis of expressions alone has none; one that can't be told is left out."""
    wanted = list(_axes(widgets))[:MOST_CALLS]
    units = await asyncio.gather(*(_unit(aws, entry, times) for _, _, entry in wanted))
    found: dict[str, dict[str, str]] = {}
    for (key, side, _), unit in zip(wanted, units, strict=True):
        if unit not in NONE:
            found.setdefault(key, {})[side] = unit
    return found


def _axes(widgets: Sequence[Widget]) -> Iterator[tuple[str, str, Entry]]:
    for widget in widgets:
        if widget.kind != "metric" or widget.problem:
            continue
        axes: Mapping[str, Any] = widget.properties.get("yAxis") or {}
        first: dict[str, Entry] = {}
        for entry in _entries(widget):
            if entry.expression is None and entry.is_visible:
                first.setdefault(str(entry.options.get("yAxis", "left")), entry)
        for side, entry in first.items():
            if (axes.get(side) or {}).get("showUnits") is not False:
                yield widget.key, side, entry


def _entries(widget: Widget) -> list[Entry]:
    try:
        return read_entries(widget.properties.get("metrics", ()))
    except LocalError:
        return []  # said in the widget's place already


async def _unit(aws: Aws, entry: Entry, times: TimeRange) -> str:
    try:
        answer = await aws.call(
            "cloudwatch",
            "GetMetricStatistics",
            Namespace=entry.namespace,
            MetricName=entry.name,
            Dimensions=[{"Name": name, "Value": value} for name, value in entry.dimensions.items()],
            StartTime=datetime.fromtimestamp(times.start_s, UTC),
            EndTime=datetime.fromtimestamp(times.end_s, UTC),
            Period=whole_range_s(times.length_s),
            Statistics=["SampleCount"],
        )
    except CallFailed:
        return ""
    return next((str(point["Unit"]) for point in answer["Datapoints"]), "")
