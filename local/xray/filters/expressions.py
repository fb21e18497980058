"""PURE: what a filter expression says, as a tree."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

CauseOf: TypeAlias = Literal["fault", "error"]
CausePart: TypeAlias = Literal["service", "entity", "exception"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """`key` is an annotation's. With no `operator` it asks whether there is a value at all; of a boolean, its value."""

    keyword: str
    key: str = ""
    operator: str = ""
    value: str | float | bool = True


@dataclass(frozen=True, slots=True)
class Not:
    part: "Expression"


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Either:
    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class ServiceName:
    """What is None may be anything."""

    name: str | None = None
    type: str | None = None
    account: str | None = None


@dataclass(frozen=True, slots=True)
class Service:
    of: ServiceName
    where: "Expression | None" = None


@dataclass(frozen=True, slots=True)
class Edge:
    source: ServiceName
    destination: ServiceName
    where: "Expression | None" = None


@dataclass(frozen=True, slots=True)
class Cause:
    """Something in the path of a root cause of the trace."""

    of: CauseOf
    part: CausePart
    where: "Expression | None" = None


@dataclass(frozen=True, slots=True)
class Group:
    """A trace that a group's own filter expression takes."""

    by: Literal["name", "arn"]
    operator: Literal["=", "!="]
    value: str


Expression: TypeAlias = Comparison | Not | All | Either | Service | Edge | Cause | Group
