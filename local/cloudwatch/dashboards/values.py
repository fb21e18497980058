"""PURE: the values that many properties of a dashboard share: times, colours, statistics, periods."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from local.cloudwatch.dashboards.checks import Message, integer, mapping, string

_NUMBER = r"-?[0-9]+(\.[0-9]+)?"
_BOUNDS = rf"\(({_NUMBER}%?)?:({_NUMBER}%?)?\)"
_STATISTIC = re.compile(
    r"SampleCount|Average|Sum|Minimum|Maximum|IQM|(p|tm|wm|tc|ts)[0-9]{1,3}(\.[0-9]+)?|"
    rf"(TM|WM|TC|TS|PR){_BOUNDS}"
)
_DURATION = r"P(?=[0-9T])([0-9]+M)?([0-9]+W)?([0-9]+D)?(T(?=[0-9])([0-9]+H)?([0-9]+M)?([0-9]+S)?)?"
_BEFORE_NOW = re.compile(f"-{_DURATION}")
_NOW = re.compile(r"-?P(0D|T0[HMS])")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}.*", re.DOTALL)

color = string(pattern=re.compile("#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})"))  # AWS's own example has "#aaa"
statistic = string(pattern=_STATISTIC)
period = integer(least=60, multiple=60)
account_id = string(pattern=re.compile("[0-9]{12}"))
side = string(choices=("left", "right"))
legend = mapping({"position": string(choices=("right", "bottom", "hidden"))})


def instant(value: Any, path: str) -> Iterator[Message]:
    """An absolute time."""
    if not is_instant(value):
        yield Message(path, "Should be a date and time in the ISO 8601 format, such as 2018-12-17T06:00:00.000Z")


def is_instant(value: Any) -> bool:
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def time_range(body: Any, path: str) -> Iterator[Message]:
    """The dashboard's `start` and `end`: relative to now without `end`, absolute with it."""
    if "end" in body:
        for name in [name for name in ("end", "start") if name in body]:
            yield from instant(body[name], f"{path}/{name}")
        yield from _both(body, path)
    elif "start" in body:
        yield from _start(body["start"], f"{path}/start")


def widget_time_range(properties: Any, path: str) -> Iterator[Message]:
    """A widget's own `start` and `end`, as GetMetricWidgetImage has them: each relative or absolute."""
    if "start" in properties:
        yield from _start(properties["start"], f"{path}/start")
    if "end" in properties:
        if not isinstance(properties["end"], str) or not _NOW.fullmatch(properties["end"]):
            yield from _start(properties["end"], f"{path}/end")
        yield from _both(properties, path)


def _start(value: Any, path: str) -> Iterator[Message]:
    relative = isinstance(value, str) and _BEFORE_NOW.fullmatch(value)
    if not relative and not is_instant(value):
        yield Message(path, "Should be relative, such as -PT6H, -P7D or -P3M, or in the ISO 8601 format")


def _both(body: Any, path: str) -> Iterator[Message]:
    if "start" not in body:
        yield Message(path, "Should have property start when property end is present")


def anything(_value: Any, _path: str) -> Iterator[Message]:
    """What is checked elsewhere."""
    yield from ()
