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
_RELATIVE = re.compile(r"-P(?=[0-9T])([0-9]+M)?([0-9]+W)?([0-9]+D)?(T(?=[0-9])([0-9]+H)?([0-9]+M)?)?")
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
    """The members `start` and `end` of an object: relative to now without `end`, absolute with it."""
    if "end" in body:
        yield from instant(body["end"], f"{path}/end")
        if "start" not in body:
            yield Message(path, "Should have property start when property end is present")
    if "start" not in body or is_instant(body["start"]):
        return
    if "end" in body:
        yield from instant(body["start"], f"{path}/start")
    elif not isinstance(body["start"], str) or not _RELATIVE.fullmatch(body["start"]):
        yield Message(f"{path}/start", "Should be relative, such as -PT6H, -P7D or -P3M, or in the ISO 8601 format")


def anything(_value: Any, _path: str) -> Iterator[Message]:
    """What is checked elsewhere."""
    yield from ()
