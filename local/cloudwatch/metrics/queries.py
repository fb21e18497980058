"""PURE: MetricDataQueries -> what each asks for, in an order in which each comes after those it refers to.

Source: MetricDataQuery, MetricStat, Metric (API reference).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any, TypeAlias

from local.cloudwatch.metrics.datum import check_dimensions, check_name, check_text
from local.cloudwatch.metrics.errors import ExpressionError
from local.cloudwatch.metrics.expressions import Node, is_id, parse_math, references
from local.cloudwatch.metrics.identity import Metric, metric_of
from local.cloudwatch.metrics.insights import Insights, is_insights, parse_insights
from local.cloudwatch.metrics.limits import LONGEST_EXPRESSION, LONGEST_NAME, MOST_QUERIES, UNITS
from local.cloudwatch.metrics.periods import is_period
from local.cloudwatch.metrics.statistic import Statistic, parse_statistic
from local.errors import AwsError, NotSupported


@dataclass(frozen=True, slots=True)
class MetricStat:
    metric: Metric
    statistic: Statistic
    period_s: int
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Mathematics:
    node: Node
    text: str


@dataclass(frozen=True, slots=True)
class Selection:
    insights: Insights
    text: str


@dataclass(frozen=True, slots=True)
class Query:
    id: str
    asks: MetricStat | Mathematics | Selection
    label: str | None
    returned: bool
    period_s: int | None


Expression: TypeAlias = Node | Insights


def parse_expression(text: str) -> Expression:
    """Metric math or a Metrics Insights query. Raises ExpressionError, whose `position` counts characters from 0, or
    NotSupported for what AWS has and the laptop has not.
    """
    if len(text) > LONGEST_EXPRESSION:
        raise ExpressionError(
            f"An expression has at most {LONGEST_EXPRESSION} characters, not {len(text)}", LONGEST_EXPRESSION
        )
    for position, character in enumerate(text):
        if "\ud800" <= character <= "\udfff":
            raise ExpressionError("Unexpected half of a character", position)
    return parse_insights(text) if is_insights(text) else parse_math(text)


def parse_queries(queries: Sequence[Mapping[str, Any]]) -> list[Query]:
    """In the order given. Raises AwsError (ValidationError) at the first that AWS would refuse."""
    if not queries:
        raise validation("The parameter MetricDataQueries is required.")
    if len(queries) > MOST_QUERIES:
        raise validation(f"The collection MetricDataQueries must not have a size greater than {MOST_QUERIES}.")
    parsed = [_query(query, f"MetricDataQueries.member.{n}") for n, query in enumerate(queries, 1)]
    ids = [query.id for query in parsed]
    for n, name in enumerate(ids, 1):
        if name in ids[: n - 1]:
            raise validation(f"The value {name} for parameter MetricDataQueries.member.{n}.Id is not unique.")
    if sum(isinstance(query.asks, Selection) for query in parsed) > 1:
        raise validation("MetricDataQueries may include only one Metrics Insights query.")
    return parsed


def validation(message: str) -> AwsError:
    return AwsError("ValidationError", message)


def in_order(queries: Sequence[Query]) -> list[Query]:
    """Raises AwsError for an id that no query has, and for expressions that refer to each other in a circle."""
    by_id = {query.id: query for query in queries}
    needs: dict[str, set[str]] = {}
    for query in queries:
        found = references(query.asks.node) if isinstance(query.asks, Mathematics) else []
        for reference in found:
            if reference.name not in by_id:
                raise in_expression(
                    query, ExpressionError(f"There is no query with the Id '{reference.name}'", reference.position)
                )
        needs[query.id] = {reference.name for reference in found}
    try:
        return [by_id[name] for name in TopologicalSorter(needs).static_order()]
    except CycleError as error:
        circle = " -> ".join(reversed(error.args[1]))
        raise validation(f"Error in expression '{error.args[1][0]}': circular references: {circle}") from None


def in_expression(query: Query, error: ExpressionError) -> AwsError:
    text = query.asks.text if isinstance(query.asks, Mathematics | Selection) else ""
    return _in_expression(query.id, text, error)


def _in_expression(name: str, text: str, error: ExpressionError) -> AwsError:
    return validation(f"Error in expression '{name}': {error.reason} (position {error.position} of {text!r})")


def _query(query: Mapping[str, Any], path: str) -> Query:
    if "AccountId" in query:
        raise NotSupported(f"{path}.AccountId is not supported on the laptop: it is one account")
    name = query.get("Id", "")
    if not (is_id(name) and len(name) <= LONGEST_NAME):
        raise validation(
            f"The value {name} for parameter {path}.Id is invalid. It has up to {LONGEST_NAME} letters, numbers and"
            " underscores, the first a lowercase letter."
        )
    if "Period" in query:
        _check_period(query["Period"], f"{path}.Period")
    return Query(name, _asks(query, path), query.get("Label"), bool(query.get("ReturnData", True)), query.get("Period"))


def _asks(query: Mapping[str, Any], path: str) -> MetricStat | Mathematics | Selection:
    match query:
        case {"MetricStat": _, "Expression": _}:
            raise validation(
                f"The parameters {path}.MetricStat and {path}.Expression are mutually exclusive and you have specified"
                " both."
            )
        case {"MetricStat": stat}:
            if "Period" in query:
                raise validation(
                    f"The parameter {path}.Period must not be given with {path}.MetricStat, which has one."
                )
            return _metric_stat(stat, f"{path}.MetricStat")
        case {"Expression": text}:
            return _expression(query["Id"], text)
    raise validation(f"The parameter {path}.MetricStat is required.\n")


def _expression(name: str, text: str) -> Mathematics | Selection:
    try:
        parsed = parse_expression(text)
    except ExpressionError as error:
        raise _in_expression(name, text, error) from None
    return Selection(parsed, text) if isinstance(parsed, Insights) else Mathematics(parsed, text)


def _metric_stat(stat: Mapping[str, Any], path: str) -> MetricStat:
    metric, dimensions = stat["Metric"], stat["Metric"].get("Dimensions", ())
    try:
        check_text(metric.get("Namespace", ""), f"{path}.Metric.Namespace", LONGEST_NAME)
        check_name(metric.get("MetricName", ""), f"{path}.Metric.MetricName")
        check_dimensions(dimensions, f"{path}.Metric.Dimensions")
    except AwsError as error:
        raise validation(error.message) from None
    statistic = parse_statistic(stat["Stat"])
    if statistic is None:
        raise validation(f"The value for parameter {path}.Stat is not a valid statistic.")
    _check_period(stat["Period"], f"{path}.Period")
    if stat.get("Unit", "None") not in UNITS:
        raise validation(f"The parameter {path}.Unit must be a value in the set [ {', '.join(UNITS)} ].")
    return MetricStat(
        metric_of(metric["Namespace"], metric["MetricName"], dimensions), statistic, stat["Period"], stat.get("Unit")
    )


def _check_period(period_s: int, name: str) -> None:
    if not is_period(period_s):
        raise validation(f"The parameter {name} must be 1, 5, 10, 20, 30 or a multiple of 60, not {period_s}.")
