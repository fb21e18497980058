"""PURE: widgets -> the objects of a dashboard's body.

Source: CloudWatch API reference, "Dashboard Body Structure and Syntax".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from dashboards.alarms import Alarm, Composite, Severity, arn
from dashboards.measures import EachRoute, Formula, Measure, Stat, search_expression
from dashboards.origin import here

if TYPE_CHECKING:
    from collections.abc import Iterator

COLOURS = {Severity.PAGE: "#d62728", Severity.TICKET: "#ff7f0e"}
"""Of an alarm's line."""


@dataclass(frozen=True)
class OnlyIf:
    """A member of a list that is there if the template's condition holds. Such ones come first in their list."""

    condition: str
    value: Any


@dataclass(frozen=True)
class Line:
    """A horizontal line. `value`: a number, as Fn::Sub makes it. `only_if`: a condition of the template."""

    label: str
    value: str
    only_if: str | None = None


@dataclass(frozen=True, kw_only=True)
class Graph:
    """Measures, and the alarms that watch them: each alarm's threshold is drawn, and its own measure, at its own
    period, unless that is shown already.
    """

    title: str
    shows: tuple[Measure, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    lines: tuple[Line, ...] = ()
    period_s: int = 300
    view: str = "timeSeries"
    stacked: bool = False
    axis: str = ""
    least: float | None = 0
    """Where the axis begins; None: wherever the values do."""
    start: str = ""
    width: int = 0
    origin: str = field(default_factory=here, compare=False)

    def measures(self) -> tuple[Measure, ...]:
        """Everything drawn, each once."""
        watched = [alarm.measure for alarm in self.alarms if alarm.measure not in self.shows]
        return (*self.shows, *dict.fromkeys(watched))


@dataclass(frozen=True, kw_only=True)
class Query:
    """A Logs Insights query of one log group, run when the dashboard is opened."""

    title: str
    query: str
    group: str = "${LogGroupName}"
    view: str = "table"
    width: int = 0
    origin: str = field(default_factory=here, compare=False)


@dataclass(frozen=True, kw_only=True)
class States:
    """The states of alarms."""

    title: str
    alarms: tuple[Alarm | Composite, ...]
    width: int = 0
    origin: str = field(default_factory=here, compare=False)


@dataclass(frozen=True, kw_only=True)
class Text:
    """Markdown."""

    markdown: str
    width: int = 0
    origin: str = field(default_factory=here, compare=False)


Widget = Graph | Query | States | Text


def rendered(widget: Widget) -> dict[str, Any]:
    """The widget's type and properties; its texts are for Fn::Sub."""
    match widget:
        case Graph():
            return {"type": "metric", "properties": _graph(widget)}
        case Query():
            source = f"SOURCE '{widget.group}' | {widget.query}"
            return {"type": "log", "properties": {**_base(widget.title), "view": widget.view, "query": source}}
        case States():
            # The conditional ones first: see OnlyIf.
            ordered = sorted(widget.alarms, key=lambda one: getattr(one, "only_if", None) is None)
            states = [_state(one) for one in ordered]
            worst_first = {"sortBy": "stateUpdatedTimestamp"}
            return {"type": "alarm", "properties": {"title": widget.title, "alarms": states, **worst_first}}
        case Text():
            return {"type": "text", "properties": {"markdown": widget.markdown}}


def _base(title: str) -> dict[str, Any]:
    return {"title": title, "region": "${AWS::Region}"}


def _state(alarm: Alarm | Composite) -> Any:
    return _conditional(alarm.only_if if isinstance(alarm, Alarm) else None, arn(alarm.name))


def _graph(graph: Graph) -> dict[str, Any]:
    found = _base(graph.title) | {"view": graph.view, "period": graph.period_s, "metrics": _metrics(graph)}
    if graph.view == "timeSeries":
        least = {} if graph.least is None else {"min": graph.least}
        found |= {"stacked": graph.stacked, "yAxis": {"left": {**least, "label": graph.axis, "showUnits": False}}}
    if graph.start:
        found |= {"start": graph.start, "end": "P0D"}
    annotations = sorted(_annotations(graph), key=lambda one: not isinstance(one, OnlyIf))
    if annotations:
        found["annotations"] = {"horizontal": annotations}
    return found


class Number(str):
    """A number that the template's Fn::Sub puts in: written without quotes."""

    __slots__ = ()


def _annotations(graph: Graph) -> Iterator[Any]:
    names: dict[tuple[float, Severity, str | None], list[str]] = {}
    for alarm in graph.alarms:
        names.setdefault((alarm.threshold, alarm.severity, alarm.only_if), []).append(alarm.name)
    for (threshold, severity, condition), found in names.items():
        label = f"{', '.join(found)} ({severity.value})"
        yield _conditional(condition, {"label": label, "value": threshold, "color": COLOURS[severity]})
    for line in graph.lines:
        yield _conditional(line.only_if, {"label": line.label, "value": Number(line.value)})


def _conditional(condition: str | None, value: Any) -> Any:
    return value if condition is None else OnlyIf(condition, value)


def _metrics(graph: Graph) -> list[Any]:
    """The array `metrics`. Each metric is there once, whoever uses it; formulas name it by its id."""
    array = _Array(graph.period_s)
    for measure in graph.shows:
        if isinstance(measure, EachRoute):
            array.search(measure)
        else:
            array.add(measure, None)
    watched = {(alarm.measure, alarm.period_s, alarm.only_if): alarm for alarm in reversed(graph.alarms)}
    for alarm in reversed(watched.values()):
        if alarm.measure not in graph.shows:
            array.add(alarm.measure, alarm)
    return array.entries()


class _Array:
    def __init__(self, period_s: int) -> None:
        self._period_s = period_s
        self._ids: dict[tuple[Stat, int, str | None], str] = {}
        self._rows: list[tuple[str | None, list[Any]]] = []

    def entries(self) -> list[Any]:
        ordered = sorted(self._rows, key=lambda row: row[0] is None)
        return [_conditional(condition, row) for condition, row in ordered]

    def search(self, measure: EachRoute) -> None:
        entry = {"expression": search_expression(measure, self._period_s), "id": self._next("s")}
        self._rows.append((None, [{**entry, "label": measure.label}]))

    def add(self, measure: Stat | Formula, alarm: Alarm | None) -> None:
        """The measure at the period of the alarm that watches it, else of the graph."""
        period_s = self._period_s if alarm is None else alarm.period_s
        condition = None if alarm is None else alarm.only_if
        if isinstance(measure, Stat):
            self._rows.append((condition, _row(measure, self._options(period_s) | _labelled(measure.label))))
            return
        names = {name: self._part(stat, period_s, condition) for name, stat in measure.parts}
        expression = re.sub(r"\b[a-z]\w*", lambda found: names.get(found[0], found[0]), measure.expression)
        label = measure.label or (alarm.name if alarm is not None else measure.expression)
        entry = {"expression": expression, "id": self._next("e"), "label": label}
        self._rows.append((condition, [{**entry, **self._options(period_s)}]))

    def _part(self, stat: Stat, period_s: int, condition: str | None) -> str:
        key = (replace(stat, label=""), period_s, condition)
        if key not in self._ids:
            self._ids[key] = self._next("m")
            options = {"id": self._ids[key], "visible": False} | self._options(period_s)
            self._rows.append((condition, _row(stat, options)))
        return self._ids[key]

    def _options(self, period_s: int) -> dict[str, Any]:
        return {} if period_s == self._period_s else {"period": period_s}

    def _next(self, letter: str) -> str:
        return f"{letter}{len(self._rows) + 1}"


def _row(stat: Stat, options: dict[str, Any]) -> list[Any]:
    flat = [text for pair in stat.dimensions for text in pair]
    return [stat.namespace, stat.name, *flat, {"stat": stat.statistic, **options}]


def _labelled(label: str) -> dict[str, str]:
    return {"label": label} if label else {}
