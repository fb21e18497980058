"""PURE: what the board shows and watches against what is emitted, both ways. Each failure names the file and line.

What the service emits is told by driving it (driving.py), what AWS emits by platform.py and platform_records.py.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

from dashboards import platform, statistics
from dashboards.evidence import flattened
from dashboards.filters import LogFilter
from dashboards.measures import Stat, stats
from dashboards.patterns import member
from dashboards.platform import PlatformMetric
from dashboards.platform_records import RECORDS
from dashboards.query_fields import fields
from dashboards.scenarios import STILL
from dashboards.widgets import Graph, Query, States
from observability.catalogue import EMITTED, Metric, Unit
from service import metrics

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from dashboards.evidence import Evidence
    from dashboards.template import Board

DECLARED: tuple[Metric, ...] = (*EMITTED, *metrics.ALL)
"""Every metric that the library and the service declare."""


def failures(board: Board, evidence: Evidence, declared: Iterable[Metric] = DECLARED) -> list[str]:
    """What is wrong, one sentence each; none: the board and the service are one."""
    found = [
        *(fault for stat in _used(board) for fault in _stat(stat, board, evidence)),
        *_filters(board),
        *_queries(board, evidence),
        *_trace_filters(board, evidence),
        *_alarms(board),
        *_declared(board, evidence, tuple(declared)),
    ]
    return list(dict.fromkeys(found))


def _graphs(board: Board) -> Iterator[Graph]:
    yield from (widget for one in board.dashboards for widget in one.widgets() if isinstance(widget, Graph))


def _used(board: Board) -> Iterator[Stat]:
    for graph in _graphs(board):
        for measure in graph.measures():
            yield from stats(measure)
    for alarm in board.alarms:
        yield from stats(alarm.measure)


def _stat(stat: Stat, board: Board, evidence: Evidence) -> Iterator[str]:
    match stat.source:
        case PlatformMetric():
            faults = _platform(stat, stat.source)
        case LogFilter():
            faults = _of_filter(stat, stat.source, board)
        case Metric():
            faults = _emitted(stat, stat.source, evidence)
    yield from (f"{stat.origin}: {fault}" for fault in faults)


def _platform(stat: Stat, source: PlatformMetric) -> Iterator[str]:
    known = {one.name: one for one in platform.ALL if one.namespace == source.namespace}
    found = known.get(source.name)
    if found is None:
        yield f"{source.namespace} has no metric {source.name} in platform.py{_nearest(source.name, known)}"
        return
    names = tuple(sorted(name for name, _ in stat.dimensions))
    if names not in {tuple(sorted(one)) for one in found.dimensions}:
        yield f"{source.namespace} {source.name} has no dimension set {list(names)}: {_sets(found.dimensions)}"
    if source.unit is not found.unit:
        yield f"{source.namespace} {source.name} is in {found.unit.value}, not in {source.unit.value}"
    if not statistics.among(stat.statistic, found.statistics):
        yield (
            f"{stat.statistic} of {source.namespace} {source.name} means nothing:"
            f" it has {', '.join(found.statistics)} ({found.source})"
        )


def _of_filter(stat: Stat, source: LogFilter, board: Board) -> Iterator[str]:
    if source not in board.filters:
        yield f"no log filter of the board makes {source.name}{_nearest(source.name, [f.name for f in board.filters])}"
    if not statistics.sensible(stat.statistic, source.unit, counted_always=source.otherwise is not None):
        yield f"{stat.statistic} of {source.name}, in {source.unit.value}, means nothing"


def _emitted(stat: Stat, source: Metric, evidence: Evidence) -> Iterator[str]:
    if source.name not in evidence.metrics:
        yield f"nothing emits {source.name}{_nearest(source.name, evidence.metrics)}"
        return
    found = evidence.metrics[source.name]
    names = frozenset(name for name, _ in stat.dimensions)
    if names not in found.dimensions:
        yield f"{source.name} isn't emitted with the dimensions {sorted(names)}: {_sets(map(sorted, found.dimensions))}"
    if found.units != {source.unit.value}:
        yield f"{source.name} is emitted in {', '.join(sorted(found.units))}, not in {source.unit.value}"
    if found.namespaces != {evidence.namespace}:
        yield f"{source.name} is emitted into {sorted(found.namespaces)}, not into {evidence.namespace} alone"
    always = found.lines == evidence.metrics["Requests"].lines
    if not statistics.sensible(stat.statistic, source.unit, counted_always=always):
        yield f"{stat.statistic} of {source.name}, in {source.unit.value}, means nothing{_why(source, always=always)}"


def _why(source: Metric, *, always: bool) -> str:
    return "" if always or source.unit is not Unit.COUNT else ": not every request emits it, so its average is no rate"


def _filters(board: Board) -> Iterator[str]:
    """A pattern that no record matches never counts; a value that no record has is never taken."""
    for one in board.filters:
        matched = [record for record in RECORDS if one.pattern.matches(record)]
        if not matched:
            yield f"{one.origin}: no record of Lambda's is matched by {{ {one.pattern.text()} }} ({one.name})"
        elif one.value.startswith("$.") and not all(_is_number(member(line, one.value)) for line in matched):
            yield f"{one.origin}: {one.value} is no number in what {one.name} matches"
        if not any(stat.source == one for graph in _graphs(board) for m in graph.measures() for stat in stats(m)):
            yield f"{one.origin}: no widget shows {one.name}"


def _queries(board: Board, evidence: Evidence) -> Iterator[str]:
    known = evidence.fields | {name for record in RECORDS for name in flattened(record)}
    texts = [(one.origin, one.name, one.query) for one in board.queries]
    for dashboard in board.dashboards:
        texts += [(one.origin, one.title, one.query) for one in dashboard.widgets() if isinstance(one, Query)]
    for origin, name, query in texts:
        for field in sorted(fields(query) - known):
            yield f"{origin}: query {name!r} reads {field}, which no line has{_nearest(field, known)}"


def _trace_filters(board: Board, evidence: Evidence) -> Iterator[str]:
    known = evidence.annotations()
    for one in board.trace_filters:
        for key in re.findall(r"annotation\.(\w+)", one.expression):
            if key not in known:
                yield f"{one.origin}: no trace has the annotation {key}{_nearest(key, known)}"


def _alarms(board: Board) -> Iterator[str]:
    """Each is drawn, with its threshold; those that act have a state on a board; none watches what can't move."""
    drawn = {alarm.name for graph in _graphs(board) for alarm in graph.alarms}
    shown = {
        alarm.name
        for dashboard in board.dashboards
        for widget in dashboard.widgets()
        if isinstance(widget, States)
        for alarm in widget.alarms
    }
    for alarm in board.alarms:
        if alarm.name not in drawn:
            yield f"{alarm.origin}: no graph draws the alarm {alarm.name} and its threshold"
        for stat in stats(alarm.measure):
            if isinstance(stat.source, Metric) and stat.source in STILL:
                yield f"{stat.origin}: the alarm {alarm.name} can't go off: {STILL[stat.source]}"
    for one in board.acting():
        if one.name not in shown:
            yield f"{one.origin}: no board shows the state of the alarm {one.name}"


def _declared(board: Board, evidence: Evidence, declared: tuple[Metric, ...]) -> Iterator[str]:
    """Nothing is emitted that nothing shows, nothing is declared that is never emitted, or never moves."""
    shown = {stat.name for graph in _graphs(board) for m in graph.measures() for stat in stats(m)}
    for name in sorted(set(evidence.metrics) - shown):
        where = evidence.declared.get(name, "board.py")
        yield f"{where}: {name} is emitted, and no widget shows it: add it to a Graph in board.py"
    for metric in declared:
        found = evidence.metrics.get(metric.name)
        where = evidence.declared.get(metric.name, "scenarios.py")
        if found is None:
            yield f"{where}: {metric.name} is declared, and nothing emitted it in any scenario of scenarios.py"
        elif not found.moved and metric not in STILL:
            yield f"{where}: {metric.name} never moved: a scenario should move it, or STILL say why none can"
        elif found.moved and metric in STILL:
            yield f"{where}: {metric.name} moved, though STILL in scenarios.py says that it can't"


def _nearest(name: str, known: Iterable[str]) -> str:
    by_letters = {one.casefold(): one for one in known}
    close = [by_letters[found] for found in get_close_matches(name.casefold(), by_letters, n=3, cutoff=0.5)]
    return f"; there is {', '.join(close)}" if close else ""


def _sets(sets: Iterable[Iterable[str]]) -> str:
    return "it has " + ", ".join(sorted(str(list(names)) for names in sets))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
