"""PURE: a tree of metric math and what it can see -> its value."""

from local.cloudwatch.metrics.errors import ExpressionError
from local.cloudwatch.metrics.expressions.functions import call_function
from local.cloudwatch.metrics.expressions.operators import apply, negative
from local.cloudwatch.metrics.expressions.scope import Argument, Scope, argument_name
from local.cloudwatch.metrics.expressions.tree import Binary, Call, Items, Name, Negative, Node, Number, Text, is_id
from local.cloudwatch.metrics.expressions.values import Array, TimeSeries, Value, type_name


def evaluate(node: Node, scope: Scope) -> TimeSeries | Array:
    """Raises ExpressionError, or NotSupported for mixed periods. A number alone is no result, as AWS says."""
    value = _value(node, scope)
    if isinstance(value, float):
        raise ExpressionError("The result is a number; it must be a time series or an array of them", node.position)
    return value


def _value(node: Node, scope: Scope) -> Value:
    value = _argument(node, scope)
    if isinstance(value, Name | Text):
        raise ExpressionError(f"Unexpected {argument_name(value)}", node.position)
    return value


def _argument(node: Node, scope: Scope) -> Argument:
    match node:
        case Number():
            return node.value
        case Text() | Name():
            return _named(node, scope)
        case Negative():
            return negative(_value(node.operand, scope))
        case Binary():
            return _binary(node, scope)
        case Items():
            return _array(node, scope)
        case Call():
            return call_function(node, [_argument(argument, scope) for argument in node.arguments], scope)


def _named(node: Name | Text, scope: Scope) -> Argument:
    if isinstance(node, Text) or not is_id(node.name):
        return node
    if node.name not in scope.results:
        raise ExpressionError(f"There is no query with the Id '{node.name}'", node.position)
    return scope.results[node.name]


def _binary(node: Binary, scope: Scope) -> Value:
    """Along the left side in a loop: `1+1+1+...` is as deep as it is long."""
    spine: list[Binary] = []
    leftmost: Node = node
    while isinstance(leftmost, Binary):
        spine.append(leftmost)
        leftmost = leftmost.left
    value = _value(leftmost, scope)
    for step in reversed(spine):
        value = apply(step.symbol, value, _value(step.right, scope), step.position)
    return value


def _array(node: Items, scope: Scope) -> Array:
    series: list[TimeSeries] = []
    for item in node.items:
        match _value(item, scope):
            case TimeSeries() as one:
                series.append(one)
            case tuple() as several:
                series += several
            case number:
                raise ExpressionError(f"An array takes time series, not {type_name(number)}", item.position)
    return tuple(series)
