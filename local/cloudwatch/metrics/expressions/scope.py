"""PURE: what an expression can see besides its own text."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from local.cloudwatch.metrics.errors import ExpressionError
from local.cloudwatch.metrics.expressions.tree import Call, Name, Text
from local.cloudwatch.metrics.expressions.values import Array, TimeSeries, Value, type_name
from local.cloudwatch.metrics.searching import Search
from local.cloudwatch.metrics.statistic import Statistic

Argument: TypeAlias = Value | Name | Text
"""What a function is called with: a value, or a word (REPEAT, DESC) or text as it stands in the expression."""


@dataclass(frozen=True, slots=True)
class Scope:
    """`results` of the other queries by id; `metrics`, those of them that read a metric; `grid`, every start of a
    period (its length in seconds given) in the range of time; `period`, the query's own; `search` takes the query, the
    statistic and the period of SEARCH.
    """

    results: Mapping[str, Value]
    metrics: Mapping[str, TimeSeries]
    grid: Callable[[int], range]
    period: int | None
    search: Callable[[Search, Statistic, int], Array]

    def own_period(self, call: Call) -> int:
        """The query's Period, or else the one of all its metrics. Raises ExpressionError where there is none."""
        known = {self.period} if self.period else {series.period for series in self.metrics.values()}
        if len(known) != 1 or (period := known.pop()) is None:
            raise ExpressionError(f"Period must not be null: {call.function} has none of its own", call.position)
        return period


def series_of(call: Call, arguments: Sequence[Argument], place: int = 0) -> TimeSeries:
    match arguments[place]:
        case TimeSeries() as series:
            return series
        case other:
            raise wrong_type(call, place, "a time series", other)


def array_of(call: Call, arguments: Sequence[Argument], place: int = 0) -> Array:
    match arguments[place]:
        case tuple() as array:
            return array
        case other:
            raise wrong_type(call, place, "an array of time series", other)


def series_or_array_of(call: Call, arguments: Sequence[Argument], place: int = 0) -> TimeSeries | Array:
    match arguments[place]:
        case (TimeSeries() | tuple()) as found:
            return found
        case other:
            raise wrong_type(call, place, "a time series or an array of them", other)


def number_of(call: Call, arguments: Sequence[Argument], place: int) -> float:
    match arguments[place]:
        case float() as number:
            return number
        case other:
            raise wrong_type(call, place, "a number", other)


def word_of(call: Call, arguments: Sequence[Argument], place: int, words: Sequence[str]) -> str:
    match arguments[place]:
        case Name(name=word) if word in words:
            return word
        case _:
            position = call.arguments[place].position
            raise ExpressionError(f"Function '{call.function}' takes {' or '.join(words)} there", position)


def text_of(call: Call, arguments: Sequence[Argument], place: int) -> str:
    match arguments[place]:
        case Text(value=text):
            return text
        case other:
            raise wrong_type(call, place, "a text in quotes", other)


def wrong_type(call: Call, place: int, wanted: str, got: Argument) -> ExpressionError:
    return ExpressionError(
        f"Function '{call.function}' takes {wanted}, not {argument_name(got)}, as argument {place + 1}",
        call.arguments[place].position,
    )


def argument_name(argument: Argument) -> str:
    match argument:
        case Name():
            return argument.name
        case Text():
            return "a text"
        case value:
            return type_name(value)
