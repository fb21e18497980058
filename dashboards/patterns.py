"""PURE: what a log metric filter looks for: a pattern as CloudWatch Logs writes it, and whether a line has it.

Source: CloudWatch Logs user guide, "Filter pattern syntax for metric filters", JSON log events.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Protocol

from dashboards.errors import BoardError
from dashboards.origin import here

_SELECTOR = re.compile(r"\$(\.[A-Za-z_][A-Za-z0-9_]*)+")


class Pattern(Protocol):
    def text(self) -> str:
        """As it stands between the braces."""

    def matches(self, line: dict[str, Any]) -> bool: ...


@dataclass(frozen=True)
class Is:
    """The member at `selector` ($.record.status) is this text. Raises BoardError."""

    selector: str
    value: str

    def __post_init__(self) -> None:
        if not _SELECTOR.fullmatch(self.selector):
            raise BoardError(here(), f"selector {self.selector!r}: $.member.member is what this board writes")

    def text(self) -> str:
        return f'{self.selector} = "{self.value}"'

    def matches(self, line: dict[str, Any]) -> bool:
        return bool(member(line, self.selector) == self.value)


@dataclass(frozen=True)
class IsNot(Is):
    """The member is there and is another text."""

    def text(self) -> str:
        return f'{self.selector} != "{self.value}"'

    def matches(self, line: dict[str, Any]) -> bool:
        return member(line, self.selector) not in (None, self.value)


@dataclass(frozen=True)
class Every:
    parts: tuple[Pattern, ...]

    def text(self) -> str:
        return " && ".join(f"({part.text()})" for part in self.parts)

    def matches(self, line: dict[str, Any]) -> bool:
        return all(part.matches(line) for part in self.parts)


@dataclass(frozen=True)
class Some:
    parts: tuple[Pattern, ...]

    def text(self) -> str:
        return " || ".join(f"({part.text()})" for part in self.parts)

    def matches(self, line: dict[str, Any]) -> bool:
        return any(part.matches(line) for part in self.parts)


def every(*parts: Pattern) -> Every:
    return Every(parts)


def some(*parts: Pattern) -> Some:
    return Some(parts)


def member(line: dict[str, Any], selector: str) -> Any:
    """The value at $.a.b in the line; None where there is none."""
    found: Any = line
    for name in selector.removeprefix("$.").split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found


def parsed(text: str) -> dict[str, Any]:
    """A log line that is a JSON object; an empty one for any other."""
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
