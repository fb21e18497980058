"""PURE: the time range of one widget: the page's, unless it has its own (`start`, `end` of its properties).

Source: AWS page "GetMetricWidgetImage: metric widget structure and syntax": each is relative (`-PT3H`, `P0D` is now) or
absolute.
"""

from collections.abc import Mapping
from typing import Any

from local.viewer.time_range import TimeRange, instant_s, relative_s

_NOW = frozenset({"P0D", "-P0D", "PT0H", "-PT0H", "PT0M", "-PT0M", "PT0S", "-PT0S"})


def widget_times(properties: Mapping[str, Any], page: TimeRange, now_s: float) -> tuple[float, float]:
    """Raises WrongTime. A page's absolute range is the widget's, too: whoever zooms wants to see that time."""
    if "start" not in properties or not page.is_relative:
        return page.start_s, page.end_s
    end = properties.get("end")
    end_s = now_s if end is None or end in _NOW else _at(str(end), now_s)
    return _at(str(properties["start"]), now_s), end_s


def _at(text: str, now_s: float) -> float:
    return now_s - relative_s(text) if text.startswith("-P") else instant_s("start", text)
