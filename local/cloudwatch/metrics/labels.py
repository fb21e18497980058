"""PURE: the label of a result, with its dynamic parts.

Source: "Using dynamic labels". It doesn't say how numbers and times are written; here as plain as they can be.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from math import fsum

from local.cloudwatch.metrics.expressions import TimeSeries
from local.cloudwatch.metrics.identity import Metric
from local.cloudwatch.metrics.limits import MOST_DYNAMIC_VALUES
from local.cloudwatch.metrics.queries import validation

DYNAMIC = re.compile(r"\$\{([^}]*)\}")
PROPERTY = re.compile(r"PROP\('([^']*)'\)")
TIMEZONE = re.compile(r"([+-])(\d\d)([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Moment:
    """`now_s` is what relative times are relative to, `zone` what the others are written in."""

    now_s: float
    zone: timezone = UTC


def parse_timezone(text: str) -> timezone:
    """LabelOptions' Timezone: +HHMM or -HHMM. Raises AwsError."""
    match = TIMEZONE.fullmatch(text)
    if match is None or int(match[2]) > 23:
        raise validation(
            f"The value {text} for parameter LabelOptions.Timezone is invalid. It is + or - and 4 digits, like +0130."
        )
    offset = timedelta(hours=int(match[2]), minutes=int(match[3]))
    return timezone(-offset if match[1] == "-" else offset)


def label(template: str | None, default: str, series: TimeSeries, moment: Moment) -> str:
    """`default` is the label without a template, and what ${LABEL} stands for. Raises AwsError for an unknown part."""
    if template is None:
        return default
    parts = DYNAMIC.findall(template)
    if parts.count("LABEL") > 1:
        raise validation("${LABEL} may be only once within a label.")
    if sum(part in VALUES or part in TIMES for part in parts) > MOST_DYNAMIC_VALUES:
        raise validation(f"A label may have up to {MOST_DYNAMIC_VALUES} dynamic values.")
    return DYNAMIC.sub(lambda match: _part(match[1], default, series, moment), template)


def joined(template: str | None) -> str | None:
    """The template for one of several series: a label without dynamic parts goes before the series' own."""
    if template is None or DYNAMIC.search(template):
        return template
    return f"{template} ${{LABEL}}".lstrip()


def distinct(metrics: Sequence[Metric]) -> list[str]:
    """For each of the metrics what sets it apart from the others: its name, the values of its dimensions."""
    columns: dict[str, list[str]] = {"": [metric.name for metric in metrics]}
    for name in {name for metric in metrics for name, _ in metric.dimensions}:
        columns[f".{name}"] = [dict(metric.dimensions).get(name, "") for metric in metrics]
    telling = [columns[name] for name in sorted(columns) if len(set(columns[name])) > 1] or [columns[""]]
    return [" ".join(filter(None, row)) for row in zip(*telling, strict=True)]


def _part(part: str, default: str, series: TimeSeries, moment: Moment) -> str:
    if part == "LABEL":
        return default
    if found := PROPERTY.fullmatch(part):
        return _property(found[1], series)
    if part not in VALUES and part not in TIMES:
        raise validation(f"The label's ${{{part}}} is unknown.")
    if not series.points:
        return "-"
    return format(VALUES[part](series.points), ".15g") if part in VALUES else TIMES[part](series.points, moment)


def _property(name: str, series: TimeSeries) -> str:
    details = series.details or {}
    if name.startswith("Dim.") or name in ("AccountId", "MetricName", "Namespace", "Period", "Region", "Stat"):
        return details.get(name, "")
    raise validation(f"The label's ${{PROP('{name}')}} is unknown.")


Points = Mapping[int, float]


def _first(points: Points) -> int:
    return min(points)


def _last(points: Points) -> int:
    return max(points)


def _lowest(points: Points) -> int:
    return min(points, key=points.__getitem__)


def _highest(points: Points) -> int:
    return max(points, key=points.__getitem__)


Find = Callable[[Points], int]
FOUND: Mapping[str, Find] = {"FIRST": _first, "LAST": _last, "MIN": _lowest, "MAX": _highest}
VALUES: Mapping[str, Callable[[Points], float]] = {
    "AVG": lambda points: fsum(points.values()) / len(points),
    "DATAPOINT_COUNT": len,
    "FIRST": lambda points: points[_first(points)],
    "FIRST_LAST_RANGE": lambda points: points[_last(points)] - points[_first(points)],
    "LAST": lambda points: points[_last(points)],
    "MAX": lambda points: points[_highest(points)],
    "MIN": lambda points: points[_lowest(points)],
    "MIN_MAX_RANGE": lambda points: points[_highest(points)] - points[_lowest(points)],
    "SUM": lambda points: fsum(points.values()),
}


def _time(find: Find) -> Callable[[Points, Moment], str]:
    return lambda points, moment: datetime.fromtimestamp(find(points), moment.zone).strftime("%Y-%m-%d %H:%M:%S")


def _relative(find: Find) -> Callable[[Points, Moment], str]:
    return lambda points, moment: _duration(moment.now_s - find(points))


def _between(one: Find, other: Find) -> Callable[[Points, Moment], str]:
    return lambda points, _: _duration(one(points) - other(points))


def _duration(seconds: float) -> str:
    minutes, rest = divmod(abs(int(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [f"{number}{unit}" for number, unit in ((days, "d"), (hours, "h"), (minutes, "m"), (rest, "s")) if number]
    return " ".join(parts) or "0s"


TIMES: Mapping[str, Callable[[Points, Moment], str]] = {
    **{f"{name}_TIME": _time(find) for name, find in FOUND.items()},
    **{f"{name}_TIME_RELATIVE": _relative(find) for name, find in FOUND.items()},
    "FIRST_LAST_TIME_RANGE": _between(_last, _first),
    "MIN_MAX_TIME_RANGE": _between(_highest, _lowest),
}
