"""PURE: the aggregate functions of Logs Insights as SQL."""

from collections.abc import Callable

from local.cloudwatch.logs.errors import QueryError
from local.cloudwatch.logs.insights.fragments import NUMERIC, Fragment, as_number, as_text
from local.cloudwatch.logs.insights.functions import AGGREGATES, Kind
from local.cloudwatch.logs.insights.parameters import Parameters
from local.cloudwatch.logs.insights.syntax import Constant, Expression, Function

_OF_NUMBERS = {
    "avg": "avg({})",
    "sum": "sum(({}) * 1.0)",  # whole numbers could be too many for SQLite's 64 bits
    "stddev": "insights_stddev({})",
}
_OF_ANY = {"count": "count({})", "count_distinct": "count(DISTINCT {})"}
_OF_EVENTS = {"earliest": "insights_earliest", "latest": "insights_latest"}
_SORTED = {"sortsfirst": "insights_sorts_first", "sortslast": "insights_sorts_last"}


def aggregate_sql(
    call: Function, compiled: Callable[[Expression], Fragment], parameters: Parameters, event_id: str | None
) -> Fragment:
    """`compiled` compiles an argument, which is about a row; `event_id` is its event's. Raises QueryError."""
    kind = AGGREGATES[call.name].result
    if not call.arguments:
        return Fragment("count(*)", kind)
    value = compiled(call.arguments[0])
    if call.name in _OF_NUMBERS:
        return Fragment(_OF_NUMBERS[call.name].format(as_number(value)), kind)
    if call.name in _OF_ANY:
        return Fragment(_OF_ANY[call.name].format(value.sql), kind)
    if call.name == "pct":
        return Fragment(f"insights_pct{parameters.percentile(_percent(call))}({as_number(value)})", kind)
    return _chosen(call, value, event_id)


def _chosen(call: Function, value: Fragment, event_id: str | None) -> Fragment:
    """One of the values, as it is."""
    if call.name in _SORTED:
        return Fragment(f"{_SORTED[call.name]}({value.sql})", value.kind)
    if call.name not in _OF_EVENTS:
        return _extreme(call.name, value)
    if event_id is None:
        raise QueryError(f"{call.name} needs @timestamp, which stats has not kept", call.start, call.end)
    return Fragment(f"{_OF_EVENTS[call.name]}({value.sql}, {event_id})", value.kind)


def _extreme(name: str, value: Fragment) -> Fragment:
    """max, min: of the numbers; of the texts when there are no numbers."""
    if value.kind in NUMERIC:
        return Fragment(f"{name}({value.sql})", Kind.NUMBER)
    return Fragment(f"coalesce({name}({as_number(value)}), {name}({as_text(value)}))", Kind.ANY)


def _percent(call: Function) -> float:
    percent = call.arguments[1]
    if isinstance(percent, Constant) and isinstance(percent.value, int | float) and 0 <= percent.value <= 100:
        return float(percent.value)
    raise QueryError("pct takes a field and a number from 0 to 100", percent.start, percent.end)
