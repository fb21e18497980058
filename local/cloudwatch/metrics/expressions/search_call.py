"""PURE: what a call of SEARCH asks for, with positions in the whole expression."""

from local.cloudwatch.metrics.errors import ExpressionError
from local.cloudwatch.metrics.expressions.tree import Call, Text
from local.cloudwatch.metrics.searching import Search, parse_search
from local.cloudwatch.metrics.statistic import Statistic, parse_statistic


def read_search(call: Call) -> tuple[Search, Statistic]:
    """Raises ExpressionError; NotSupported for accounts."""
    query, name = (_text(call, place) for place in (0, 1))
    statistic = parse_statistic(name.value)
    if statistic is None:
        raise ExpressionError(f"SEARCH: '{name.value}' is not a valid statistic", name.position)
    try:
        return parse_search(query.value), statistic
    except ExpressionError as error:
        raise ExpressionError(f"SEARCH: {error.reason}", query.position + 1 + error.position) from None


def _text(call: Call, place: int) -> Text:
    argument = call.arguments[place]
    if not isinstance(argument, Text):
        raise ExpressionError(f"Function 'SEARCH' takes a text in quotes as argument {place + 1}", argument.position)
    return argument
