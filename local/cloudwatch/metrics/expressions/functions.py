"""PURE: a call of metric math with its arguments' values -> its value."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import isnan

from local.cloudwatch.metrics.errors import ExpressionError
from local.cloudwatch.metrics.expressions.pointwise import CALENDAR, POINTWISE
from local.cloudwatch.metrics.expressions.reducing import REDUCERS, reduce_array, reduce_series
from local.cloudwatch.metrics.expressions.scope import (
    Argument,
    Scope,
    array_of,
    number_of,
    series_of,
    series_or_array_of,
    text_of,
    word_of,
    wrong_type,
)
from local.cloudwatch.metrics.expressions.search_call import read_search
from local.cloudwatch.metrics.expressions.shaping import Filler, choose, fill, sort
from local.cloudwatch.metrics.expressions.tree import Call, Name
from local.cloudwatch.metrics.expressions.values import TimeSeries, Value, common_period, spread
from local.cloudwatch.metrics.periods import is_period

Arguments = Sequence[Argument]
Function = Callable[[Call, Arguments, Scope], Value]
SORTED_BY = ("AVG", "MIN", "MAX", "SUM")


def call_function(call: Call, arguments: Arguments, scope: Scope) -> Value:
    """Raises ExpressionError for arguments of other types than AWS's page gives."""
    if call.function in POINTWISE:
        change = POINTWISE[call.function]
        return spread(series_or_array_of(call, arguments), lambda series: series.with_points(change(series)))
    if call.function in REDUCERS:
        found = series_or_array_of(call, arguments)
        if isinstance(found, TimeSeries):
            return reduce_series(call.function, found)
        return reduce_array(call.function, found, call.position)
    if call.function in CALENDAR:
        series, of = series_of(call, arguments), CALENDAR[call.function]
        return series.with_points((at, of(at)) for at in scope.grid(series.period))
    return OTHERS[call.function](call, arguments, scope)


def _fill(call: Call, arguments: Arguments, scope: Scope) -> Value:
    filler: Filler
    match arguments[1]:
        case Name(name="REPEAT" | "LINEAR" as word):
            filler = word
        case (float() | TimeSeries()) as value:
            filler = value
        case other:
            raise wrong_type(call, 1, "a number, a time series, REPEAT or LINEAR", other)

    def filled(series: TimeSeries) -> TimeSeries:
        if isinstance(filler, TimeSeries):
            common_period((series, filler), call.position)
        return fill(series, filler, scope.grid(series.period))

    return spread(series_or_array_of(call, arguments), filled)


def _if(call: Call, arguments: Arguments, scope: Scope) -> Value:
    condition = arguments[0]
    yes, no = _branch(call, arguments, 1), _branch(call, arguments, 2)
    series = [side for side in (condition, yes, no) if isinstance(side, TimeSeries)]
    if isinstance(condition, TimeSeries):
        common_period(series, call.position)
        return choose(condition, yes or 0.0, no)
    if not isinstance(condition, float):
        raise wrong_type(call, 0, "a time series or a number", condition)
    if not series:
        raise ExpressionError("Function 'IF' of numbers alone gives no time series", call.position)
    chosen = None if isnan(condition) else yes if condition else no
    shape = replace(series[0], metric=False)
    if chosen is None:
        return shape.with_points([])
    return chosen if isinstance(chosen, TimeSeries) else _constant(shape, chosen, scope)


def _branch(call: Call, arguments: Arguments, place: int) -> float | TimeSeries | None:
    if place == len(arguments):
        return None
    match arguments[place]:
        case (float() | TimeSeries()) as branch:
            return branch
        case other:
            raise wrong_type(call, place, "a number or a time series", other)


def _constant(shape: TimeSeries, value: float, scope: Scope) -> TimeSeries:
    return shape.with_points((at, value) for at in scope.grid(shape.period))


def _first(call: Call, arguments: Arguments, scope: Scope) -> Value:
    array = array_of(call, arguments)
    return array[0] if array else TimeSeries("", scope.period or 0, {})


def _last(call: Call, arguments: Arguments, scope: Scope) -> Value:
    array = array_of(call, arguments)
    return array[-1] if array else TimeSeries("", scope.period or 0, {})


def _metric_count(call: Call, arguments: Arguments, _: Scope) -> Value:
    return float(len(array_of(call, arguments)))


def _metrics(call: Call, arguments: Arguments, scope: Scope) -> Value:
    part = text_of(call, arguments, 0) if arguments else ""
    return tuple(series for name, series in scope.metrics.items() if part in name)


def _period(call: Call, arguments: Arguments, _: Scope) -> Value:
    series = series_of(call, arguments)
    if not series.metric:
        raise ExpressionError("Function 'PERIOD' takes a metric, not the result of an expression", call.position)
    return float(series.period)


def _remove_empty(call: Call, arguments: Arguments, _: Scope) -> Value:
    return tuple(series for series in array_of(call, arguments) if series.points)


def _search(call: Call, arguments: Arguments, scope: Scope) -> Value:
    search, statistic = read_search(call)
    period = number_of(call, arguments, 2) if len(arguments) == 3 else float(scope.own_period(call))
    if not is_period(_whole(call, 2, period)):
        raise ExpressionError(f"SEARCH: {period:g} is not a valid period", call.position)
    return scope.search(search, statistic, int(period))


def _slice(call: Call, arguments: Arguments, _: Scope) -> Value:
    array = array_of(call, arguments)
    bounds = [_whole(call, place, number_of(call, arguments, place)) for place in range(1, len(arguments))]
    kept = array[slice(*bounds) if len(bounds) == 2 else slice(bounds[0], None)]
    return kept[0] if len(bounds) == 2 and bounds[1] - bounds[0] == 1 and kept else kept


def _sort(call: Call, arguments: Arguments, _: Scope) -> Value:
    array = array_of(call, arguments)
    function = word_of(call, arguments, 1, SORTED_BY)
    order = word_of(call, arguments, 2, ("ASC", "DESC"))
    most = _whole(call, 3, number_of(call, arguments, 3)) if len(arguments) == 4 else None
    return sort(array, function, descending=order == "DESC", most=most)


def _time_series(call: Call, arguments: Arguments, scope: Scope) -> Value:
    value = number_of(call, arguments, 0)
    return _constant(TimeSeries(call.function, scope.own_period(call), {}), value, scope)


def _whole(call: Call, place: int, number: float) -> int:
    if not number.is_integer() or number < 0:
        raise ExpressionError(
            f"Function '{call.function}' takes a whole number from 0 as argument {place + 1}, not {number:g}",
            call.position,
        )
    return int(number)


OTHERS: Mapping[str, Function] = {
    "FILL": _fill,
    "FIRST": _first,
    "IF": _if,
    "LAST": _last,
    "METRICS": _metrics,
    "METRIC_COUNT": _metric_count,
    "PERIOD": _period,
    "REMOVE_EMPTY": _remove_empty,
    "SEARCH": _search,
    "SLICE": _slice,
    "SORT": _sort,
    "TIME_SERIES": _time_series,
}
