"""PURE: which of the account's graphs the Overview shows, by what their titles say.

The golden signals are named as in the book "Site Reliability Engineering": latency, traffic, errors, saturation.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MOST_BUDGETS = 4
GRAPHS = 3  # of the signals, how many are drawn over time below the numbers


@dataclass(frozen=True, slots=True)
class Signal:
    """`title` matches the titles of the graphs that show it; `metric` of AWS/Lambda stands in where none is."""

    name: str
    title: re.Pattern[str]
    metric: str
    stat: str


def _signal(name: str, title: str, metric: str, stat: str) -> Signal:
    return Signal(name, re.compile(title, re.IGNORECASE), metric, stat)


SIGNALS: tuple[Signal, ...] = (
    _signal("Traffic", r"traffic|requests|invocations", "Invocations", "Sum"),
    _signal("Faults", r"faults?|5xx|errors?", "Errors", "Sum"),
    _signal("Latency", r"latency|duration|response time", "Duration", "p99"),
    _signal("Saturation", r"saturation|concurren\w*|throttl\w*", "ConcurrentExecutions", "Maximum"),
    _signal("Cold starts", r"cold starts?|init\w*", "InitDuration", "SampleCount"),
    _signal("Cost", r"cost\b.*", "", ""),
)
_BUDGET = re.compile(r"budget left", re.IGNORECASE)

Widget = Mapping[str, Any]


def overview_body(dashboards: Sequence[Mapping[str, Any]], region: str) -> dict[str, Any]:
    """A dashboard's body of the signals' numbers, the budgets' and the first signals' graphs."""
    graphs = [
        widget for body in _best_first(dashboards) for widget in body["widgets"] if widget.get("type") == "metric"
    ]
    found = [(signal, _find(signal, graphs) or _fallback(signal, region)) for signal in SIGNALS]
    signals = [(signal, widget) for signal, widget in found if widget is not None]
    budgets = [widget for widget in graphs if _BUDGET.search(_title(widget))][:MOST_BUDGETS]
    numbers = [_number(widget, signal.name) for signal, widget in signals]
    numbers += [_number(widget, _title(widget)) for widget in budgets]
    over_time = [dict(widget) for _, widget in signals[:GRAPHS]]
    return {"periodOverride": "inherit", "widgets": list(_rows(numbers, over_time))}


def _best_first(dashboards: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The dashboard that has most of the signals is the service's."""

    def count(body: Mapping[str, Any]) -> int:
        titles = [_title(widget) for widget in body["widgets"]]
        return sum(any(signal.title.fullmatch(title) for title in titles) for signal in SIGNALS)

    return sorted(dashboards, key=count, reverse=True)


def _find(signal: Signal, widgets: Sequence[Widget]) -> Widget | None:
    """The graph whose whole title is the signal's, else one whose title begins with it."""
    whole = (widget for widget in widgets if signal.title.fullmatch(_title(widget)))
    begins = (widget for widget in widgets if signal.title.match(_title(widget)))
    return next(whole, None) or next(begins, None)


def _fallback(signal: Signal, region: str) -> Widget | None:
    if not signal.metric:
        return None
    search = f"SEARCH('{{AWS/Lambda,FunctionName}} MetricName=\"{signal.metric}\"', '{signal.stat}', 300)"
    return {
        "type": "metric",
        "properties": {"title": f"{signal.name} (Lambda)", "region": region, "metrics": [[{"expression": search}]]},
    }


def _number(widget: Widget, title: str) -> dict[str, Any]:
    kept = {key: value for key, value in widget["properties"].items() if key not in ("view", "annotations", "stacked")}
    return {"type": "metric", "properties": {**kept, "title": title, "view": "singleValue", "sparkline": True}}


def _rows(numbers: Sequence[dict[str, Any]], graphs: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Four numbers a row, three graphs a row, on 24 columns."""
    for index, widget in enumerate(numbers):
        yield {**widget, "x": 6 * (index % 4), "y": 3 * (index // 4), "width": 6, "height": 3}
    below = 3 * ((len(numbers) + 3) // 4)
    for index, widget in enumerate(graphs):
        yield {**widget, "x": 8 * (index % 3), "y": below + 6 * (index // 3), "width": 8, "height": 6}


def _title(widget: Widget) -> str:
    properties = widget.get("properties")
    return str(properties.get("title", "")) if isinstance(properties, Mapping) else ""
