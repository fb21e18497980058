"""Metric filters: put, described, deleted, tested."""

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from local.cloudwatch.logs.errors import PatternError, RegexTooSlow
from local.cloudwatch.logs.groups import group_id
from local.cloudwatch.logs.metric_values import MetricFilter
from local.cloudwatch.logs.pages import key_of, token_of
from local.cloudwatch.logs.parameters import group_name, invalid, limit_of, not_found, stream_name
from local.cloudwatch.logs.patterns import Event, Pattern, parse_pattern, parse_selector
from local.cloudwatch.logs.patterns.condition import number_of
from local.database import Database
from local.endpoint import Answer, Call
from local.errors import AwsError

MOST_FILTERS = 100
MOST_WITH_REGEX = 5
MOST_DIMENSIONS = 3
MOST_TESTED = 50
_SIZES = [f"{size}{unit}" for unit in ("bytes", "bits") for size in ("", "Kilo", "Mega", "Giga", "Tera")]
_COUNTED = ["Count", *(size.capitalize() for size in _SIZES)]
_TIMES = ["Seconds", "Microseconds", "Milliseconds"]
_UNITS = frozenset([*_TIMES, *_COUNTED, *(f"{unit}/Second" for unit in _COUNTED), "Percent", "None"])

parsed = lru_cache(maxsize=1000)(parse_pattern)


def filters_of(connection: sqlite3.Connection, group: int) -> list[MetricFilter]:
    """A group's filters, to apply to its events."""
    rows = connection.execute(
        "SELECT name, pattern, transformation FROM log_metric_filters WHERE group_id = ?", (group,)
    )
    return [MetricFilter(name, parsed(pattern), json.loads(transformation)) for name, pattern, transformation in rows]


class MetricFilters:
    def __init__(self, database: Database, now_ms: Callable[[], int]) -> None:
        self._database = database
        self._now_ms = now_ms

    def put(self, call: Call) -> Answer:
        given = call.parameters
        name, pattern = stream_name(given, "filterName"), parse_pattern(given["filterPattern"])
        transformation = _transformation(given["metricTransformations"], pattern)
        row = (name, self._now_ms(), given["filterPattern"], json.dumps(transformation))
        with self._database.write() as connection:
            group = group_id(connection, group_name(given))
            connection.execute("INSERT OR REPLACE INTO log_metric_filters VALUES (?, ?, ?, ?, ?)", (group, *row))
            _check_counts([metric_filter.pattern for metric_filter in filters_of(connection, group)])
        return {}

    def describe(self, call: Call) -> Answer:
        given = call.parameters
        if ("metricName" in given) != ("metricNamespace" in given):
            raise invalid("metricName and metricNamespace go together")
        limit = limit_of(given, 50)
        with self._database.read() as connection:
            rows = [row for row in _rows(connection, given) if _is_of_metric(row, given)]
        start = key_of(given)
        rows = [row for row in rows if start is None or _key(row) > start]
        answer: dict[str, Any] = {"metricFilters": rows[:limit]}
        if len(rows) > limit:
            answer["nextToken"] = token_of(_key(rows[limit - 1]))
        return answer

    def delete(self, call: Call) -> Answer:
        with self._database.write() as connection:
            group, name = group_id(connection, group_name(call.parameters)), call.parameters["filterName"]
            sql = "DELETE FROM log_metric_filters WHERE group_id = ? AND name = ?"
            if not connection.execute(sql, (group, name)).rowcount:
                raise not_found("metric filter")
        return {}

    def test(self, call: Call) -> Answer:
        pattern, messages = parse_pattern(call.parameters["filterPattern"]), call.parameters["logEventMessages"]
        if not 1 <= len(messages) <= MOST_TESTED:
            raise invalid(f"{len(messages)} messages; from 1 to {MOST_TESTED} can be tested")
        events = [Event(message) for message in messages]
        try:
            matches = [(number, event) for number, event in enumerate(events) if pattern.matches(event)]
        except RegexTooSlow as error:
            raise invalid(f"filterPattern: {error}") from None
        return {
            "matches": [
                {"eventNumber": number, "eventMessage": event.text, "extractedValues": dict(pattern.extracted(event))}
                for number, event in matches
            ]
        }


def _transformation(given: Sequence[Mapping[str, Any]], pattern: Pattern) -> Mapping[str, Any]:
    """The one transformation that a filter has. Raises AwsError."""
    if len(given) != 1:
        raise invalid(f"{len(given)} metricTransformations; a filter has exactly 1")
    made = dict(given[0])
    for key in ("metricName", "metricNamespace"):
        if not 1 <= len(made[key]) <= 255 or set(made[key]) & set(":*$"):
            raise invalid(f"{key} is {made[key][:80]!r}; it has to be 1 to 255 characters other than : * $")
    if made.get("unit", "None") not in _UNITS:
        raise invalid(f"unit is {made['unit'][:80]!r}; it has to be a unit of CloudWatch, as Milliseconds")
    dimensions = made.get("dimensions", {})
    if len(dimensions) > MOST_DIMENSIONS:
        raise invalid(f"{len(dimensions)} dimensions; a metric filter has at most {MOST_DIMENSIONS}")
    if dimensions and "defaultValue" in made:
        raise invalid("a metric filter with dimensions has no defaultValue")
    if number_of(made["metricValue"]) is None:
        _check_selector(made["metricValue"], "metricValue", pattern)
    for name, selector in dimensions.items():
        _check_selector(selector, f"dimension {name[:80]}", pattern)
    return made


def _check_selector(selector: str, what: str, pattern: Pattern) -> None:
    """A JSON pattern takes `$.selectors`, a space-delimited one the `$names` of its fields."""
    if pattern.names is None and selector.startswith("$."):
        try:
            parse_selector(selector)
        except PatternError as error:
            raise invalid(f"{what}: {error.message}") from None
    elif selector not in (pattern.names or ()):
        raise invalid(f"{what} is {selector[:80]!r}; the filter pattern has no such value")


def _check_counts(patterns: Sequence[Pattern]) -> None:
    if len(patterns) > MOST_FILTERS:
        raise AwsError("LimitExceededException", f"A log group has at most {MOST_FILTERS} metric filters")
    if sum(pattern.regexes > 0 for pattern in patterns) > MOST_WITH_REGEX:
        message = f"A log group has at most {MOST_WITH_REGEX} filter patterns with regular expressions"
        raise AwsError("LimitExceededException", message)


def _rows(connection: sqlite3.Connection, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    where, values = ["1"], list[Any]()
    if "logGroupName" in given:
        where.append("f.group_id = ?")
        values.append(group_id(connection, group_name(given)))
    if prefix := given.get("filterNamePrefix"):
        where.append("substr(f.name, 1, length(?)) = ?")
        values += [prefix, prefix]
    sql = f"""SELECT f.name, f.pattern, f.transformation, f.created_ms, g.name FROM log_metric_filters AS f
        JOIN log_groups AS g ON g.id = f.group_id WHERE {" AND ".join(where)} ORDER BY g.name, f.name"""  # noqa: S608
    return [
        {
            "filterName": name,
            "filterPattern": pattern,
            "metricTransformations": [json.loads(transformation)],
            "creationTime": created_ms,
            "logGroupName": group,
        }
        for name, pattern, transformation, created_ms, group in connection.execute(sql, values)
    ]


def _is_of_metric(row: Mapping[str, Any], given: Mapping[str, Any]) -> bool:
    made = row["metricTransformations"][0]
    return all(made[key] == given[key] for key in ("metricName", "metricNamespace") if key in given)


def _key(row: Mapping[str, Any]) -> str:
    """The order of a description's pages. A group's name has no tab."""
    return f"{row['logGroupName']}\t{row['filterName']}"
