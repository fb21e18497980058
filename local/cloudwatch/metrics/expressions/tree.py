"""PURE: metric math as a tree. Every node knows where it begins in the text, in characters from 0."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Number:
    value: float
    position: int


@dataclass(frozen=True, slots=True)
class Text:
    value: str
    position: int


@dataclass(frozen=True, slots=True)
class Name:
    """The id of another query, or a word in capitals (REPEAT, AVG, DESC)."""

    name: str
    position: int


@dataclass(frozen=True, slots=True)
class Negative:
    operand: "Node"
    position: int


@dataclass(frozen=True, slots=True)
class Binary:
    symbol: str
    left: "Node"
    right: "Node"
    position: int


@dataclass(frozen=True, slots=True)
class Items:
    """[m1, m2]."""

    items: tuple["Node", ...]
    position: int


@dataclass(frozen=True, slots=True)
class Call:
    function: str
    arguments: tuple["Node", ...]
    position: int


Node: TypeAlias = Number | Text | Name | Negative | Binary | Items | Call


def walk(node: Node) -> Iterator[Node]:
    """Every node of the tree. Not by recursion: `1+1+1+...` is a tree as deep as it is long."""
    waiting = [node]
    while waiting:
        found = waiting.pop()
        yield found
        match found:
            case Negative():
                waiting.append(found.operand)
            case Binary():
                waiting += [found.right, found.left]
            case Items():
                waiting += reversed(found.items)
            case Call():
                waiting += reversed(found.arguments)
            case _:
                pass


def references(node: Node) -> list[Name]:
    """The ids of other queries in the expression, in the order of the text."""
    return [found for found in walk(node) if isinstance(found, Name) and is_id(found.name)]


def is_id(name: str) -> bool:
    """MetricDataQuery's Id: letters, numbers, underscore; the first is a lowercase letter."""
    return name[:1].isascii() and name[:1].islower() and all(c.isascii() and (c.isalnum() or c == "_") for c in name)


def uses_metrics(node: Node) -> bool:
    """Whether it takes, by METRICS(), metrics of the request that it doesn't name."""
    return any(isinstance(found, Call) and found.function == "METRICS" for found in walk(node))
