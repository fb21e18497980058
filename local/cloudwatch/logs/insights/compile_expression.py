"""PURE: an expression of a query -> SQL over the rows of a stage."""

import math

from local.cloudwatch.logs.errors import QueryError, QueryNotSupported
from local.cloudwatch.logs.insights.aggregate_calls import aggregate_sql
from local.cloudwatch.logs.insights.calls import call_sql
from local.cloudwatch.logs.insights.fields import SYSTEM, event_field, member
from local.cloudwatch.logs.insights.fragments import NUMERIC, Fragment, as_condition, as_number, as_text
from local.cloudwatch.logs.insights.functions import AGGREGATES, Kind
from local.cloudwatch.logs.insights.parameters import Parameters
from local.cloudwatch.logs.insights.scalars import number
from local.cloudwatch.logs.insights.stage import Stage
from local.cloudwatch.logs.insights.syntax import (
    Constant,
    Expression,
    Function,
    Match,
    Membership,
    Name,
    Operation,
    Period,
)
from local.cloudwatch.logs.regexes import Regex

MOST_SQL = 100_000  # ours: a chain of fields commands could double its SQL with each


class ExpressionCompiler:
    def __init__(self, parameters: Parameters, text: str, stage: Stage) -> None:
        self._parameters = parameters
        self._text = text
        self._stage = stage

    def compile(self, node: Expression) -> Fragment:
        """Raises QueryError, QueryNotSupported."""
        made = self._compile(node)
        if len(made.sql) > MOST_SQL:
            raise QueryError("too complex: it repeats what earlier commands made too often", node.start, node.end)
        return made

    def _compile(self, node: Expression) -> Fragment:
        match node:
            case Constant(value=value):
                kind = Kind.TEXT if isinstance(value, str) else Kind.NUMBER
                return Fragment(self._bind(int(value) if isinstance(value, bool) else value), kind)
            case Name():
                return self._name(node)
            case Operation():
                return self._operation(node)
            case Match():
                return self._match(node)
            case Membership():
                return self._membership(node)
            case Function():
                return self._function(node)
            case Period():
                raise QueryError("a period stands in bin(), datefloor() and dateceil() only", node.start, node.end)

    def _name(self, name: Name) -> Fragment:
        if any('"' in str(step) for step in name.steps):
            raise QueryNotSupported("a double quote in the name of a field", name.start, name.end)
        made = self.made(name)
        if made is not None:
            return made
        if not self._stage.are_events:
            raise QueryError(f"{name.text} is not among the columns of stats", name.start, name.end)
        return self.field(name.text)

    def field(self, name: str) -> Fragment:
        return event_field(name, self._parameters.account_id, self._bind)

    def made(self, name: Name) -> Fragment | None:
        """What the query itself has made under this name, or a member of it."""
        if name.text in self._stage.names:
            return self._stage.names[name.text]
        for length in range(len(name.steps) - 1, 0, -1):
            owner = self._stage.names.get(".".join(str(step) for step in name.steps[:length]))
            if owner is not None:
                return member(owner, name.steps[length:], self._bind)
        return None

    def _operation(self, node: Operation) -> Fragment:
        values = [self.compile(operand) for operand in node.operands]
        match node.operator:
            case "and" | "or":
                joined = f" {node.operator.upper()} ".join(as_condition(value) for value in values)
                return Fragment(f"({joined})", Kind.BOOLEAN)
            case "not":
                return Fragment(f"(NOT {as_condition(values[0])})", Kind.BOOLEAN)
            case "negate":
                return Fragment(f"(- ({as_number(values[0])}))", Kind.NUMBER)
            case "+" | "-" | "*" | "/" | "%" | "^":
                return Fragment(_arithmetic(node.operator, *map(as_number, values)), Kind.NUMBER)
        return Fragment(self._comparison(node.operator, *values), Kind.BOOLEAN)

    def _comparison(self, operator: str, left: Fragment, right: Fragment) -> str:
        """With a number: by value. With a text: as texts, but < and > by value if the text holds a number."""
        if left.kind in NUMERIC and right.kind in NUMERIC:
            return f"({left.sql} {operator} {right.sql})"
        if right.kind in NUMERIC:
            return self._with_number(operator, left, right)
        if left.kind in NUMERIC:
            turned = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}.get(operator, operator)
            return self._with_number(turned, right, left)
        if Kind.TEXT in (left.kind, right.kind):
            return self._with_text(operator, left, right)
        return f"(insights_compare({left.sql}, {right.sql}) {operator} 0)"

    def _with_number(self, operator: str, value: Fragment, numeric: Fragment) -> str:
        """By value, in one look at the field.

        A cast has an affinity: SQLite takes the text '200' for a number, but 'abc' for a text, which is more than any
        number. The second condition leaves those out. (SQLite, "Datatypes In SQLite", 4.2.)
        """
        compared = f"{value.sql} {operator} CAST({numeric.sql} AS NUMERIC)"
        if operator in (">", ">="):
            return f"({compared} AND {value.sql} <= CAST({self._bind(math.inf)} AS NUMERIC))"
        return f"({compared})"

    def _with_text(self, operator: str, left: Fragment, right: Fragment) -> str:
        if operator not in ("=", "!="):
            for one, other, turned in ((left, right, True), (right, left, False)):
                held = number(self._parameters.constant(one.sql))
                if one.kind is Kind.TEXT and held is not None and other.kind is not Kind.TEXT:
                    numeric = Fragment(self._bind(held), Kind.NUMBER)
                    pair = (numeric, other) if turned else (other, numeric)
                    return self._comparison(operator, *pair)
        return f"({as_text(left)} {operator} {as_text(right)})"

    def _match(self, node: Match) -> Fragment:
        text = as_text(self.compile(node.value))
        what = node.what.literal or node.what if isinstance(node.what, Regex) else node.what
        if isinstance(what, Regex):
            found = f"insights_matches({self._parameters.regex(what)}, {text})"
        else:
            found = f"(instr({text}, {self._bind(what)}) > 0)"
        return Fragment(f"(NOT {found})" if node.negated else found, Kind.BOOLEAN)

    def _membership(self, node: Membership) -> Fragment:
        value = self.compile(node.value)
        tests = [self._comparison("=", value, self.compile(choice)) for choice in node.choices]
        joined = f"({' OR '.join(tests)})"
        return Fragment(f"(NOT {joined})" if node.negated else joined, Kind.BOOLEAN)

    def _function(self, node: Function) -> Fragment:
        named = self._column(node)
        if named is not None:
            return named
        if node.name in AGGREGATES:
            raise QueryError(f"{node.name} stands in stats only", node.start, node.end)
        if node.name == "now":
            return Fragment(self._bind(self._parameters.now_s), Kind.NUMBER)
        arguments = [self.compile(argument) for argument in node.arguments if not isinstance(argument, Period)]
        if node.name in ("datefloor", "dateceil") and not arguments:
            raise QueryError(f"{node.name} takes a timestamp and a period", node.start, node.end)
        return call_sql(node, arguments, self._timestamp(), self._bind)

    def _column(self, node: Function) -> Fragment | None:
        """A column of an earlier command that is meant by its text: `stats count(*) by bin(5m) | sort bin(5m)`."""
        return self._stage.names.get(self._text[node.start : node.end])

    def _timestamp(self) -> Fragment | None:
        """What bin() bins."""
        return self._stage.names.get("@timestamp", SYSTEM["@timestamp"] if self._stage.are_events else None)

    def _bind(self, value: str | float) -> str:
        return self._parameters.bind(value)


class StatsCompiler(ExpressionCompiler):
    """Expressions of stats: the arguments of aggregate functions are about rows, all else is about groups."""

    def __init__(self, parameters: Parameters, text: str, stage: Stage, row: "Row") -> None:
        super().__init__(parameters, text, stage)
        self._row = row

    def compile(self, node: Expression) -> Fragment:
        if isinstance(node, Name):
            raise QueryError(f"{node.text} stands outside of an aggregate function", node.start, node.end)
        return super().compile(node)

    def _column(self, node: Function) -> Fragment | None:
        del node
        return None  # the columns of earlier commands are about rows

    def _timestamp(self) -> Fragment | None:
        return None

    def _function(self, node: Function) -> Fragment:
        if node.name not in AGGREGATES:
            return super()._function(node)
        rows = ExpressionCompiler(self._parameters, self._text, self._stage)
        is_timed = node.name in ("earliest", "latest") and self._stage.are_events
        event_id = self._row.column(Fragment("e.id", Kind.NUMBER)).sql if is_timed else None
        return aggregate_sql(
            node, lambda argument: self._row.column(rows.compile(argument)), self._parameters, event_id
        )


class Row:
    """What stats takes of each row, in a subquery `g` of its own.

    SQLite sorts rows into groups, and the fewer columns it has to carry, the faster it does.
    """

    def __init__(self) -> None:
        self._columns: list[str] = []

    def column(self, value: Fragment) -> Fragment:
        if value.sql not in self._columns:
            self._columns.append(value.sql)
        return Fragment(f"g.v{self._columns.index(value.sql)}", value.kind)

    def source(self, stage: Stage) -> str:
        # LIMIT -1 limits nothing, and keeps SQLite from merging the subquery with what is around it.
        columns = ", ".join(f"{sql} AS v{number}" for number, sql in enumerate(self._columns))
        return f"(SELECT {columns or '1'}{stage.tail} LIMIT -1) AS g"


def _arithmetic(operator: str, left: str, right: str) -> str:
    if operator == "^":
        return f"insights_power({left}, {right})"
    if operator == "%":
        return f"insights_mod({left}, {right})"
    return f"(({left}) * 1.0 / ({right}))" if operator == "/" else f"(({left}) {operator} ({right}))"
