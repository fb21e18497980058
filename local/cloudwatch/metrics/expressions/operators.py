"""PURE: the operators of metric math between numbers, time series and arrays of time series.

Source: "Using math expressions with CloudWatch metrics": missing values are 0, a division by zero drops the datapoint.
"""

import operator
from collections.abc import Callable, Mapping
from dataclasses import replace
from math import isfinite, isnan

from local.cloudwatch.metrics.errors import ExpressionError
from local.cloudwatch.metrics.expressions.values import (
    NO_VALUE,
    TimeSeries,
    Value,
    common_period,
    spread,
    times,
    type_name,
)

Operation = Callable[[float, float], float | None]
Single = float | TimeSeries


def _divide(left: float, right: float) -> float | None:
    return left / right if right else None


def _power(left: float, right: float) -> float | None:
    try:
        result = left**right
    except (ZeroDivisionError, OverflowError):
        return None
    return None if isinstance(result, complex) else float(result)


def _truth(compare: Callable[[float, float], bool]) -> Operation:
    return lambda left, right: float(compare(left, right))


ARITHMETIC: Mapping[str, Operation] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": _divide,
    "^": _power,
}
LOGIC: Mapping[str, Operation] = {
    "==": _truth(operator.eq),
    "!=": _truth(operator.ne),
    "<=": _truth(operator.le),
    ">=": _truth(operator.ge),
    "<": _truth(operator.lt),
    ">": _truth(operator.gt),
    "AND": _truth(lambda left, right: left != 0 and right != 0),
    "OR": _truth(lambda left, right: left != 0 or right != 0),
}


def apply(symbol: str, left: Value, right: Value, position: int) -> Value:
    """Raises ExpressionError for types that the operator does not take."""
    if isinstance(left, tuple):
        if symbol in ARITHMETIC and not isinstance(right, tuple):
            return tuple(_series(symbol, series, right, position, series) for series in left)
    elif isinstance(right, tuple):
        if symbol in ARITHMETIC:
            return tuple(_series(symbol, left, series, position, series) for series in right)
    elif isinstance(left, TimeSeries):
        return _series(symbol, left, right, position, left)
    elif isinstance(right, TimeSeries):
        return _series(symbol, left, right, position, right)
    else:
        return _scalar(symbol, left, right)
    raise ExpressionError(f"Operator '{symbol}' does not take {type_name(left)} and {type_name(right)}", position)


def negative(value: Value) -> Value:
    if isinstance(value, float):
        return -value
    return spread(value, lambda series: series.with_points((at, -point) for at, point in series.points.items()))


def _scalar(symbol: str, left: float, right: float) -> float:
    if isnan(left) or isnan(right):
        return NO_VALUE
    result = _operation(symbol)(left, right)
    return result if result is not None and isfinite(result) else NO_VALUE


def _operation(symbol: str) -> Operation:
    return ARITHMETIC[symbol] if symbol in ARITHMETIC else LOGIC[symbol]


def _series(symbol: str, left: Single, right: Single, position: int, shape: TimeSeries) -> TimeSeries:
    """Point by point; `shape` is the one of the two whose label the result keeps."""
    operation = _operation(symbol)
    sides = [side for side in (left, right) if isinstance(side, TimeSeries)]
    shape = replace(shape, period=common_period(sides, position))
    if any(isinstance(side, float) and isnan(side) for side in (left, right)):
        return shape.with_points([])
    first, second = _values(left), _values(right)
    return shape.with_points((at, operation(first(at), second(at))) for at in times(sides))


def _values(side: Single) -> Callable[[int], float]:
    if isinstance(side, TimeSeries):
        points = side.points
        return lambda at: points.get(at, 0.0)
    return lambda _: side
