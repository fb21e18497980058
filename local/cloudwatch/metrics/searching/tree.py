"""PURE: what a SEARCH expression looks for."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Term:
    """`field` is MetricName, Namespace, a dimension's name, or None for any of these and any dimension's value."""

    text: str
    exact: bool
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Not:
    condition: "Condition"


@dataclass(frozen=True, slots=True)
class Every:
    conditions: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Either:
    conditions: tuple["Condition", ...]


Condition: TypeAlias = Term | Not | Every | Either


@dataclass(frozen=True, slots=True)
class Search:
    """`namespace` and `dimensions` are the schema in braces, if there is one."""

    namespace: str | None
    dimensions: frozenset[str]
    condition: Condition | None
