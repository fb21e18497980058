"""What AWS says for the widgets of one dashboard."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from local.errors import LocalError
from local.viewer.alarms import alarm_widget, alarms_named, names, ordered, status
from local.viewer.aws import Aws, CallFailed
from local.viewer.dashboards.custom import offered
from local.viewer.dashboards.drawing import Document, draw_metric, failed
from local.viewer.dashboards.entries import NotDrawable
from local.viewer.dashboards.fetching import fetch
from local.viewer.dashboards.live import settled
from local.viewer.dashboards.periods import override_s
from local.viewer.dashboards.plan import Widget, log_groups
from local.viewer.dashboards.queries import Graph, build_graph
from local.viewer.dashboards.resources import with_explorers
from local.viewer.dashboards.times import widget_times
from local.viewer.dashboards.undrawn import undrawn
from local.viewer.time_range import TimeRange


@dataclass(frozen=True, slots=True)
class Asked:
    """The time range, the period that the page says (`""`: none) and the dashboard's own rule, the present."""

    times: TimeRange
    now_s: float
    period: str = ""
    period_override: str | None = None
    known: Mapping[str, Document] = field(default_factory=dict)
    """Documents of graphs that need not be asked for again: only their time moves."""


async def answer_widgets(aws: Aws, widgets: Sequence[Widget], asked: Asked) -> list[Document]:
    """Of all but texts, which are in the page already, and log widgets: each is asked for by itself."""
    documents = await _documents(aws, await with_explorers(aws, widgets), asked)
    return [{**documents[widget.key], "notes": undrawn(widget)} for widget in widgets if widget.key in documents]


async def _documents(aws: Aws, widgets: Sequence[Widget], asked: Asked) -> dict[str, Document]:
    alarms = await _alarms(aws, widgets)
    graphs: dict[str, tuple[Widget, Mapping[str, Any], Graph]] = {}
    documents: dict[str, Document] = {}
    for widget in widgets:
        try:
            if widget.problem:
                documents[widget.key] = failed(widget, widget.problem)
            elif widget.kind == "custom":
                documents[widget.key] = offered(widget, may_run=aws.place.may_run_widgets)
            elif widget.kind == "alarm":
                documents[widget.key] = _alarm_status(widget, alarms)
            elif widget.kind == "metric":
                properties = _properties(widget, alarms, aws.place.region)
                graphs[widget.key] = (widget, properties, _graph(widget, properties, asked, aws.place.region))
        except LocalError as error:
            documents[widget.key] = failed(widget, str(error))
    found = await fetch(aws, [graph for key, (_, _, graph) in graphs.items() if key not in asked.known])
    groups = log_groups(widgets)
    for key, (widget, properties, graph) in graphs.items():
        if key in asked.known:
            documents[key] = asked.known[key] | {"start": graph.start_s, "end": graph.end_s}
        elif isinstance(results := found.get(key, []), CallFailed):
            documents[key] = failed(widget, str(results))
        else:
            shown = settled(properties, graph, results, asked.now_s)
            documents[key] = draw_metric(widget, properties, graph, shown, groups)
    return documents


def _graph(widget: Widget, properties: Mapping[str, Any], asked: Asked, region: str) -> Graph:
    times = widget_times(properties, asked.times, asked.now_s)
    override = override_s(asked.period, asked.period_override, times[1] - times[0])
    if _alarm_arns(widget):  # its points are what the alarm evaluates
        override = None
    return build_graph(widget.key, properties, times, override, str(properties.get("region", region)))


def _alarm_arns(widget: Widget) -> Sequence[str]:
    if widget.kind == "alarm":
        return list(widget.properties.get("alarms", ()))
    return list((widget.properties.get("annotations") or {}).get("alarms", ()))


async def _alarms(aws: Aws, widgets: Sequence[Widget]) -> Mapping[str, Any] | CallFailed:
    wanted = [name for widget in widgets if not widget.problem for name in names(_alarm_arns(widget))]
    try:
        return await alarms_named(aws, wanted) if wanted else {}
    except CallFailed as error:
        return error


def _alarm_status(widget: Widget, alarms: Mapping[str, Any] | CallFailed) -> Document:
    if isinstance(alarms, CallFailed):
        raise alarms
    wanted = names(_alarm_arns(widget))
    shown = [status(alarms[name]) for name in wanted if name in alarms]
    properties = widget.properties
    return {
        "key": widget.key,
        "kind": "alarm",
        "title": widget.title,
        "alarms": ordered(shown, properties.get("sortBy", "default"), properties.get("states", ())),
        "missing": [name for name in wanted if name not in alarms],
    }


def _properties(widget: Widget, alarms: Mapping[str, Any] | CallFailed, region: str) -> Mapping[str, Any]:
    """The widget's own; for an alarm annotation the alarm's metrics and threshold, too."""
    wanted = names(_alarm_arns(widget))
    if not wanted or widget.properties.get("metrics"):
        return widget.properties
    if isinstance(alarms, CallFailed):
        raise alarms
    alarm = alarms.get(wanted[0])
    if alarm is None:
        raise NotDrawable(f"the alarm {wanted[0]} does not exist")
    if "AlarmRule" in alarm:
        raise NotDrawable(f"the alarm {wanted[0]} is a composite: it has no graph of its own")
    return {
        **alarm_widget(alarm, region),
        **{k: v for k, v in widget.properties.items() if k not in ("annotations", "metrics")},
    }
