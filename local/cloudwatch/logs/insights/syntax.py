"""PURE: a query of Logs Insights as a tree. `start` and `end` are character offsets of its text."""

from dataclasses import dataclass
from typing import TypeAlias

from local.cloudwatch.logs.regexes import Regex


@dataclass(frozen=True)
class Node:
    start: int
    end: int


@dataclass(frozen=True)
class Name(Node):
    """A field: `@message`, `a.b.0`, `list[1]`. A step in brackets is an int. `text` is the name without backticks."""

    steps: tuple[str | int, ...]
    text: str


@dataclass(frozen=True)
class Constant(Node):
    value: str | int | float | bool


@dataclass(frozen=True)
class Period(Node):
    """A span of time: `5m`, `1h`; `unit` is its first name on the AWS page "stats": ms, s, m, h, d, w, mo, q, y."""

    count: int
    unit: str


@dataclass(frozen=True)
class Operation(Node):
    """`operator` is one of + - * / % ^ = != < <= > >= and or not negate."""

    operator: str
    operands: "tuple[Expression, ...]"


@dataclass(frozen=True)
class Match(Node):
    """`like` and `=~`: a text is searched as it is."""

    value: "Expression"
    what: str | Regex
    negated: bool


@dataclass(frozen=True)
class Membership(Node):
    value: "Expression"
    choices: "tuple[Expression, ...]"
    negated: bool


@dataclass(frozen=True)
class Function(Node):
    """`name` is in lower case. count(*) has no arguments."""

    name: str
    arguments: "tuple[Expression, ...]"


Expression: TypeAlias = Name | Constant | Period | Operation | Match | Membership | Function


@dataclass(frozen=True)
class Column(Node):
    """`name` is its alias, or its text as it stands in the query."""

    expression: Expression
    name: str
    aliased: bool


@dataclass(frozen=True)
class Fields(Node):
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class Display(Node):
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class Filter(Node):
    condition: Expression


@dataclass(frozen=True)
class Stats(Node):
    columns: tuple[Column, ...]
    by: tuple[Column, ...]


@dataclass(frozen=True)
class Sort(Node):
    """Each expression with whether its order is descending."""

    keys: tuple[tuple[Expression, bool], ...]


@dataclass(frozen=True)
class Limit(Node):
    count: int


@dataclass(frozen=True)
class Dedup(Node):
    keys: tuple[Expression, ...]


@dataclass(frozen=True)
class Parse(Node):
    """`how` is a regular expression with named groups, or the literal parts between a glob's asterisks."""

    value: Expression
    how: Regex | tuple[str, ...]
    names: tuple[str, ...]


@dataclass(frozen=True)
class Unnest(Node):
    value: Expression
    name: str


Command: TypeAlias = Fields | Display | Filter | Stats | Sort | Limit | Dedup | Parse | Unnest


@dataclass(frozen=True)
class Query:
    text: str
    commands: tuple[Command, ...]
