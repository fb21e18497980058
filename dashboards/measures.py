"""PURE: what a line on a graph or an alarm measures: a metric's statistic, a formula of them, or one for each route.

    total(FAULTS)                         the sum
    rate(FAULTS)                          the average of a metric that every request emits: its share of requests
    percentile(99, LATENCY)
    share_within(500, LATENCY)            percent of requests at or under 500
    formula("100 * f / r", Unit.PERCENT, f=total(FAULTS), r=total(REQUESTS))
    for_each_route(percentile(99, LATENCY))

Where a metric comes in several dimension sets, the smallest is meant, unless keywords name the others:
total(REQUESTS, route="/"). Values that are the stack's (FunctionName, service, ...) are filled in by themselves.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from dashboards.errors import BoardError
from dashboards.filters import LogFilter
from dashboards.origin import here
from dashboards.platform import PlatformMetric
from observability.catalogue import Metric, Unit

if TYPE_CHECKING:
    from collections.abc import Mapping

Source = Metric | PlatformMetric | LogFilter

PLACES: dict[str, str] = {
    "service": "${ServiceName}",
    "FunctionName": "${FunctionName}",
    "Resource": "${FunctionName}:${AliasName}",
    "ApiName": "${ApiName}",
    "Stage": "${Stage}",
    "TableName": "${TableName}",
    "LogGroupName": "${LogGroupName}",
}
"""Dimensions whose value is the stack's, as the template's Fn::Sub knows it."""

_ID = re.compile(r"[a-z][A-Za-z0-9_]*")


@dataclass(frozen=True)
class Stat:
    """One statistic of one metric. `dimensions`: name and value, sorted by name."""

    source: Source
    statistic: str
    dimensions: tuple[tuple[str, str], ...]
    unit: Unit
    label: str = ""
    origin: str = field(default="?", compare=False)

    @property
    def namespace(self) -> str:
        return self.source.namespace if isinstance(self.source, PlatformMetric) else "${Namespace}"

    @property
    def name(self) -> str:
        return self.source.name


@dataclass(frozen=True)
class Formula:
    """Metric math over `parts`, whose names are the variables."""

    expression: str
    unit: Unit
    parts: tuple[tuple[str, Stat], ...]
    label: str = ""
    origin: str = field(default="?", compare=False)


@dataclass(frozen=True)
class EachRoute:
    """A SEARCH: the statistic for every route there is, those to come included. `top`: only that many, the highest.
    `times`: each value multiplied, to be read in another unit.
    """

    stat: Stat
    unit: Unit
    top: int | None = None
    times: str = ""
    label: str = "${PROP('Dim.route')}"
    origin: str = field(default="?", compare=False)


Measure = Stat | Formula | EachRoute


def total(source: Source, label: str = "", **dimensions: str) -> Stat:
    return _stat(source, "Sum", source.unit, label, dimensions)


def rate(source: Source, label: str = "", **dimensions: str) -> Stat:
    """The average; of a count that each request emits as 0 or 1 it is the share of requests, from 0 to 1."""
    return _stat(source, "Average", source.unit, label, dimensions)


average = rate


def most(source: Source, label: str = "", **dimensions: str) -> Stat:
    return _stat(source, "Maximum", source.unit, label, dimensions)


def samples(source: Source, label: str = "", **dimensions: str) -> Stat:
    return _stat(source, "SampleCount", Unit.COUNT, label, dimensions)


def percentile(percent: float, source: Source, label: str = "", **dimensions: str) -> Stat:
    return _stat(source, f"p{percent:g}", source.unit, label, dimensions)


def share_within(most_value: float, source: Source, label: str = "", **dimensions: str) -> Stat:
    """Percent of the values at or under `most_value` (CloudWatch's percentile rank)."""
    return _stat(source, f"PR(:{most_value:g})", Unit.PERCENT, label, dimensions)


def share_between(above: float, most_value: float | None, source: Source, label: str = "", **dimensions: str) -> Stat:
    """Percent of the values over `above`, and at or under `most_value` (None: without end)."""
    bound = "" if most_value is None else f"{most_value:g}"
    return _stat(source, f"PR({above:g}:{bound})", Unit.PERCENT, label, dimensions)


def formula(expression: str, unit: Unit, label: str = "", **parts: Stat) -> Formula:
    """Metric math (CloudWatch user guide, "Using math expressions with CloudWatch metrics"). Raises BoardError for a
    part that the expression doesn't use, or that CloudWatch would not take for an id.
    """
    origin = here()
    for name in parts:
        if not _ID.fullmatch(name):
            raise BoardError(origin, f"part {name!r}: an id is letters, digits and _, a small letter first")
        if not re.search(rf"\b{name}\b", expression):
            raise BoardError(origin, f"part {name!r} is not in the expression {expression!r}")
    return Formula(expression, unit, tuple(parts.items()), label, origin)


def for_each_route(stat: Stat, *, top: int | None = None, times: str = "", unit: Unit | None = None) -> EachRoute:
    """The statistic for each value of the dimension `route`. Raises BoardError if the metric has no such set."""
    origin = here()
    if not isinstance(stat.source, Metric) or ("service", "route") not in stat.source.dimensions:
        raise BoardError(origin, f"{stat.name} has no dimension set (service, route)")
    per_route = replace(stat, dimensions=(("route", "*"), ("service", PLACES["service"])))
    return EachRoute(per_route, unit or stat.unit, top, times, origin=origin)


def stats(measure: Measure) -> tuple[Stat, ...]:
    """The metrics that the measure reads."""
    if isinstance(measure, Formula):
        return tuple(stat for _, stat in measure.parts)
    return (measure.stat,) if isinstance(measure, EachRoute) else (measure,)


def search_expression(measure: EachRoute, period_s: int) -> str:
    """CloudWatch user guide, "CloudWatch search expression syntax"."""
    stat = measure.stat
    found = (
        f'SEARCH(\'{{"{stat.namespace}",service,route}} MetricName="{stat.name}"'
        f" service=\"{PLACES['service']}\"', '{stat.statistic}', {period_s})"
    )
    if measure.top is not None:
        found = f"SORT({found}, MAX, DESC, {measure.top})"
    return f"{found}{measure.times}"


def _stat(source: Source, statistic: str, unit: Unit, label: str, given: Mapping[str, str]) -> Stat:
    origin = here()
    names = _dimension_set(source, given, origin)
    pairs = tuple(sorted((name, given.get(name) or _place(name, source, origin)) for name in names))
    return Stat(source, statistic, pairs, unit, label, origin)


def _dimension_set(source: Source, given: Mapping[str, str], origin: str) -> tuple[str, ...]:
    """The metric's set that has the given dimensions and no other but those of the stack."""
    sets: tuple[tuple[str, ...], ...] = ((),) if isinstance(source, LogFilter) else source.dimensions
    fitting = [names for names in sets if set(given) <= set(names) <= {*given, *PLACES}]
    if not fitting:
        has = ", ".join(str(list(names)) for names in sets)
        raise BoardError(origin, f"{source.name} has no dimension set with {', '.join(given) or 'none'}: it has {has}")
    return min(fitting, key=len)


def _place(name: str, source: Source, origin: str) -> str:
    if name not in PLACES:
        raise BoardError(origin, f"{source.name} needs a value for the dimension {name}")
    return PLACES[name]
