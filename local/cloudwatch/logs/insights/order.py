"""PURE: which commands may stand before which, and where aggregates may stand.

Source: the AWS pages "stats" ("Use multiple stats commands in a single query") and "dedup".
"""

from collections.abc import Iterator, Sequence

from local.cloudwatch.logs.errors import QueryError
from local.cloudwatch.logs.insights.functions import AGGREGATES
from local.cloudwatch.logs.insights.syntax import (
    Column,
    Command,
    Dedup,
    Display,
    Expression,
    Fields,
    Filter,
    Function,
    Limit,
    Match,
    Membership,
    Operation,
    Parse,
    Sort,
    Stats,
    Unnest,
)

MOST_STATS = 2


def check_order(commands: Sequence[Command]) -> None:
    """Raises QueryError."""
    stats = [place for place, command in enumerate(commands) if isinstance(command, Stats)]
    if len(stats) > MOST_STATS:
        third = commands[stats[MOST_STATS]]
        raise QueryError(f"a query has at most {MOST_STATS} stats commands", third.start, third.end)
    for place, command in enumerate(commands):
        if isinstance(command, Sort | Limit) and len(stats) > 1 and place < stats[-1]:
            raise QueryError("sort and limit stand after the second stats", command.start, command.end)
        if not isinstance(command, Limit) and any(isinstance(earlier, Dedup) for earlier in commands[:place]):
            raise QueryError("only limit may follow dedup", command.start, command.end)
        _check_aggregates(command)


def aggregates(expression: Expression) -> Iterator[Function]:
    """The aggregate functions in an expression."""
    if isinstance(expression, Function) and expression.name in AGGREGATES:
        yield expression
    for part in parts(expression):
        yield from aggregates(part)


def parts(expression: Expression) -> tuple[Expression, ...]:
    match expression:
        case Operation(operands=inner) | Function(arguments=inner):
            return inner
        case Match(value=value):
            return (value,)
        case Membership(value=value, choices=choices):
            return (value, *choices)
    return ()


def _check_aggregates(command: Command) -> None:
    if isinstance(command, Stats):
        for column in command.columns:
            _check_stats_column(column)
    for expression in _plain_expressions(command):
        for function in aggregates(expression):
            # `sort count(*)` after a stats that has that column means the column; the compiler finds it.
            if not isinstance(command, Sort | Display | Fields | Filter):
                raise QueryError(f"{function.name} stands in stats only", function.start, function.end)


def _check_stats_column(column: Column) -> None:
    found = list(aggregates(column.expression))
    if not found:
        raise QueryError("stats takes aggregate functions, as count(*)", column.start, column.end)
    for function in found:
        for argument in function.arguments:
            for inner in aggregates(argument):
                raise QueryError("an aggregate function inside another", inner.start, inner.end)


def _plain_expressions(command: Command) -> Iterator[Expression]:
    match command:
        case Fields(columns=columns) | Display(columns=columns) | Stats(by=columns):
            yield from (column.expression for column in columns)
        case Filter(condition=condition):
            yield condition
        case Sort(keys=sort_keys):
            yield from (expression for expression, _ in sort_keys)
        case Dedup(keys=keys):
            yield from keys
        case Parse(value=value) | Unnest(value=value):
            yield value
        case Limit():
            pass
