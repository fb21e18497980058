"""The units of a dashboard's axes and numbers. GetMetricData tells none; GetMetricStatistics does, one metric a call.

So they are asked for after the widgets are drawn: of one metric an axis of a graph, of each metric that is a number.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from local.errors import LocalError
from local.viewer.aws import Aws, CallFailed
from local.viewer.dashboards.entries import Entry, read_entries
from local.viewer.dashboards.periods import whole_range_s
from local.viewer.dashboards.plan import Widget
from local.viewer.time_range import TimeRange

MOST_CALLS = 100
NONE = frozenset({"None", ""})


@dataclass(frozen=True, slots=True)
class _Metric:
    """What is asked for: many a number has the same."""

    region: str | None
    fields: tuple[str, ...]


async def units_of(aws: Aws, widgets: Sequence[Widget], times: TimeRange) -> dict[str, dict[str, str]]:
    """`{"w3": {"left": "Milliseconds"}, "w4": {"0": "Percent"}}`: of a graph's axes, of the other views' entries.
    What is an expression has none; what can't be told is left out.
    """
    wanted = list(_wanted(widgets))
    metrics = list(dict.fromkeys(metric for _, _, metric in wanted))[:MOST_CALLS]
    told = dict(zip(metrics, await asyncio.gather(*(_unit(aws, metric, times) for metric in metrics)), strict=True))
    found: dict[str, dict[str, str]] = {}
    for key, place, metric in wanted:
        if (unit := told.get(metric, "")) not in NONE:
            found.setdefault(key, {})[place] = unit
    return found


def _wanted(widgets: Sequence[Widget]) -> Iterator[tuple[str, str, _Metric]]:
    for widget in widgets:
        if widget.kind != "metric" or widget.problem:
            continue
        axes = widget.properties.get("yAxis") or {}
        for place, side, entry in _places(widget):
            if (axes.get(side) or {}).get("showUnits") is not False:
                region = entry.options.get("region", widget.properties.get("region"))
                yield widget.key, place, _Metric(region, entry.fields)


def _places(widget: Widget) -> Iterator[tuple[str, str, Entry]]:
    """Those of this account: GetMetricStatistics knows no other."""
    seen: set[str] = set()
    for index, entry in enumerate(_entries(widget)):
        is_own = "accountId" not in entry.options and "accountId" not in widget.properties
        if entry.expression is not None or not entry.is_visible or not is_own:
            continue
        side = str(entry.options.get("yAxis", "left"))
        place = side if widget.view == "timeSeries" else str(index)
        if place not in seen:
            seen.add(place)
            yield place, side, entry


def _entries(widget: Widget) -> list[Entry]:
    try:
        return read_entries(widget.properties.get("metrics", ()))
    except LocalError:
        return []  # said in the widget's place already


async def _unit(aws: Aws, metric: _Metric, times: TimeRange) -> str:
    entry = Entry(metric.fields, {})
    try:
        answer = await aws.call(
            "cloudwatch",
            "GetMetricStatistics",
            region=metric.region,
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
