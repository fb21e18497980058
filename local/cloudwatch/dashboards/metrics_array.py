"""PURE: the `metrics` of a metric widget: metrics with their shorthand, expressions, rendering properties.

"Metric Widget: Format for Each Metric in the Array" (Dashboard Body Structure and Syntax).
"""

import re
from collections.abc import Iterator
from typing import Any

from local.cloudwatch.dashboards.checks import Check, Described, Message, boolean, mapping, members_of, string
from local.cloudwatch.dashboards.values import account_id, color, period, side, statistic

MOST_METRICS = 500
_RENDERING: dict[str, Check] = {
    "accountId": account_id,
    "color": color,
    "id": string(longest=255, pattern=re.compile("[a-z][a-zA-Z0-9_]*")),
    "label": string(),
    "period": period,
    "region": string(),
    "stat": statistic,
    "visible": boolean,
    "yAxis": side,
}
_rendering = mapping(_RENDERING, closed=True)
_expression = mapping({**_RENDERING, "expression": string()}, required=("expression",))
_SELECT = re.compile(r"\s*SELECT\b", re.IGNORECASE)
_FORMAT = (
    'Field "metrics" has to be an array of array of strings, with an optional metricRenderer object as last element'
)


def _checked(value: Any, path: str) -> Iterator[Message]:
    if not isinstance(value, list):
        yield Message(path, "Should be array")
        return
    if len(value) > MOST_METRICS:
        yield Message(path, f"Should NOT have more than {MOST_METRICS} items")
    previous: list[str] = []
    for index, entry in enumerate(value):
        below = f"{path}/{index}"
        if not isinstance(entry, list):
            yield Message(below, "Should be array")
        elif len(entry) == 1 and isinstance(entry[0], dict):
            yield from _expression(entry[0], f"{below}/0")
        else:
            messages, previous = _metric(entry, previous, below)
            yield from messages
    if sum(map(_is_query, value)) > 1:
        yield Message(path, "Should NOT have more than 1 Metrics Insights query")


metrics = Described(_checked, members_of(_expression))


def _metric(entry: list[Any], previous: list[str], path: str) -> tuple[list[Message], list[str]]:
    """Its messages, and its fields with the shorthand written out, for the entry that follows."""
    fields = entry[:-1] if entry and isinstance(entry[-1], dict) else entry
    if not fields or any(isinstance(field, list) or field is None for field in fields):
        return [Message(path, _FORMAT)], previous
    wrong = [f"{path}/{index}" for index, field in enumerate(fields) if not isinstance(field, str)]
    if wrong:
        return [Message(at, 'Invalid metric field type, only "String" type is allowed') for at in wrong], previous
    expanded = _expanded(fields, previous)
    if isinstance(expanded, str):
        return [Message(path, expanded)], previous
    messages = [*_named(expanded, path), *_rendered(entry, path)]
    return messages, expanded


def _expanded(fields: list[str], previous: list[str]) -> list[str] | str:
    """Each "." is what stood there in the metric before, "..." all that stood before the fields that follow it."""
    if "..." in fields:
        rest = fields[fields.index("...") + 1 :]
        if fields[0] != "..." or "..." in rest or len(rest) > len(previous):
            return 'The shorthand "..." should come first, and repeat fields of the metric before'
        fields = [*previous[: len(previous) - len(rest)], *rest]
    if "." in fields[len(previous) :]:
        return 'The shorthand "." should repeat a field of the metric before'
    return [previous[index] if field == "." else field for index, field in enumerate(fields)]


def _named(fields: list[str], path: str) -> Iterator[Message]:
    if len(fields) < 2:
        yield Message(path, "Should NOT have less than 2 items")
    elif len(fields) % 2:
        yield Message(path, f'The dimension "{fields[-1]}" should have a value')
    for index, field in enumerate(fields):
        if not field:
            yield Message(f"{path}/{index}", "Should NOT be shorter than 1 characters")


def _rendered(entry: list[Any], path: str) -> Iterator[Message]:
    """CloudWatch says of rendering properties that are wrong only that an item is too many; here why is said beside."""
    if isinstance(entry[-1], dict):
        wrong = list(_rendering(entry[-1], f"{path}/{len(entry) - 1}"))
        if wrong:
            yield Message(path, f"Should NOT have more than {len(entry) - 1} items")
        yield from wrong


def _is_query(entry: Any) -> bool:
    match entry:
        case [{"expression": str(text)}]:
            return _SELECT.match(text) is not None
    return False
