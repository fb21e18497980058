"""PURE: a dashboard's body -> what to ask for each of its widgets.

Source: CloudWatch API reference, "Dashboard Body Structure and Syntax"; of its shorthands those that this room never
writes (`.`, `...`) are refused by name.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dashboards.errors import VerifyError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_SOURCES = re.compile(r"(?:SOURCE\s+'[^']+'\s*\|\s*)+")
_SOURCE = re.compile(r"SOURCE\s+'([^']+)'")
_DEFAULT_PERIOD_S = 300
_DEFAULT_STATISTIC = "Average"


@dataclass(frozen=True)
class Graph:
    """`queries` as GetMetricData takes them: those that the widget shows have ReturnData."""

    title: str
    queries: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class LogTable:
    title: str
    groups: Sequence[str]
    query: str


@dataclass(frozen=True)
class AlarmStates:
    title: str
    alarms: Sequence[str]


Widget = Graph | LogTable | AlarmStates


def widgets(body: str) -> Iterator[Widget]:
    """All but text. Raises VerifyError naming what is not supported."""
    for number, widget in enumerate(json.loads(body)["widgets"], 1):
        kind, properties = widget["type"], widget["properties"]
        title = properties.get("title", f"widget {number}")
        if kind == "metric":
            yield Graph(title, metric_queries(properties, title))
        elif kind == "log":
            yield LogTable(title, *log_query(properties["query"], title))
        elif kind == "alarm":
            yield AlarmStates(title, [alarm_name(arn) for arn in properties["alarms"]])
        elif kind != "text":
            raise VerifyError(f"{title}: a widget of type {kind} can't be verified; metric, log, alarm and text can")


def metric_queries(properties: Mapping[str, Any], title: str) -> list[Mapping[str, Any]]:
    """A line without an id gets one: GetMetricData wants it."""
    if not properties.get("metrics"):
        raise VerifyError(f"{title}: it has no metrics; a widget of an alarm alone can't be verified")
    return [_query(f"line{number}", line, properties) for number, line in enumerate(properties["metrics"], 1)]


def _query(own_id: str, line: Sequence[Any], properties: Mapping[str, Any]) -> Mapping[str, Any]:
    *names, options = line if isinstance(line[-1], dict) else [*line, {}]
    period = options.get("period", properties.get("period", _DEFAULT_PERIOD_S))
    query = {
        "Id": options.get("id", own_id),
        "ReturnData": options.get("visible", True),
        **({"Label": options["label"]} if "label" in options else {}),
    }
    if "expression" in options:
        return {**query, "Expression": options["expression"], "Period": period}
    if any(name.startswith(".") for name in names):
        raise VerifyError(f"{'/'.join(names)}: the shorthands . and ... are not supported")
    statistic = options.get("stat", properties.get("stat", _DEFAULT_STATISTIC))
    return {**query, "MetricStat": {"Metric": _metric(names), "Period": period, "Stat": statistic}}


def _metric(names: Sequence[str]) -> Mapping[str, Any]:
    namespace, name, *dimensions = names
    pairs = zip(dimensions[::2], dimensions[1::2], strict=True)
    return {
        "Namespace": namespace,
        "MetricName": name,
        "Dimensions": [{"Name": key, "Value": value} for key, value in pairs],
    }


def log_query(text: str, title: str) -> tuple[list[str], str]:
    """The log groups that a widget's query begins with, and the query itself."""
    sources = _SOURCES.match(text)
    if sources is None:
        raise VerifyError(f"{title}: its query names no log group (SOURCE '...' |)")
    return _SOURCE.findall(sources[0]), text[sources.end() :]


def alarm_name(name: str) -> str:
    """An alarm's ARN or name -> its name."""
    return name.partition(":alarm:")[2] or name
