"""PURE: patterns of space-delimited messages: `[ip, user, ..., status = 4*, bytes > 1000]`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from local.cloudwatch.logs.errors import PatternError
from local.cloudwatch.logs.patterns.boolean import Test, read_any, skip
from local.cloudwatch.logs.patterns.condition import Value, read_condition
from local.cloudwatch.logs.patterns.event import Event

_NAME = re.compile(r"[A-Za-z_][\w-]*", re.ASCII)
_ELLIPSIS = re.compile(r"\.\.\.|…")


@dataclass(frozen=True)
class Field:
    """`name` is None for one that is only counted."""

    name: str | None
    test: Test[str] | None = None


@dataclass(frozen=True)
class SpacePattern:
    """`before` and `after` stand around the ellipsis. Without one `after` is None, the number of fields exact."""

    before: tuple[Field, ...]
    after: tuple[Field, ...] | None
    regexes: int
    needed: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...] | None:
        return tuple(f"${field.name}" for field in (*self.before, *(self.after or ())) if field.name)

    def matches(self, event: Event) -> bool:
        pairs = self._pairs(event.words)
        return pairs is not None and all(field.test is None or field.test(word) for _, field, word in pairs)

    def extracted(self, event: Event) -> Mapping[str, str]:
        named = {number: field.name for number, field, _ in self._pairs(event.words) or [] if field.name}
        return {f"${named.get(number, number)}": word for number, word in enumerate(event.words, 1)}

    def value(self, event: Event, name: str) -> Value | None:
        return self.extracted(event).get(name)

    def _pairs(self, words: list[str]) -> list[tuple[int, Field, str]] | None:
        """Each field with the number, from 1, and the text of its word; None when the words are too few or too many."""
        after = self.after or ()
        spare = len(words) - len(self.before) - len(after)
        if spare < 0 or (spare and self.after is None):
            return None
        first = [(number, field, words[number - 1]) for number, field in enumerate(self.before, 1)]
        start = len(words) - len(after) + 1
        return first + [(number, field, words[number - 1]) for number, field in enumerate(after, start)]


def parse_space(text: str) -> SpacePattern:
    reader = _Reader(text)
    parts: list[list[Field]] = [[]]
    at = text.index("[")
    while True:
        at = skip(text, at + 1)
        if ellipsis := _ELLIPSIS.match(text, at):
            if len(parts) == 2:
                raise PatternError("a pattern has one ellipsis", at)
            parts.append([])
            at = skip(text, ellipsis.end())
        else:
            field, at = reader.read_field(at)
            parts[-1].append(field)
        if text[at : at + 1] != ",":
            break
    if not text.startswith("]", at):
        raise PatternError("expected a comma or the ] that ends the pattern", at)
    if (end := skip(text, at + 1)) < len(text):
        raise PatternError("nothing may follow the ] that ends the pattern", end)
    return SpacePattern(tuple(parts[0]), tuple(parts[1]) if len(parts) == 2 else None, reader.regexes)


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._name: str | None = None
        self.regexes = 0

    def read_field(self, at: int) -> tuple[Field, int]:
        """`name`, `name = 4* && name != 404`, or nothing, between two commas."""
        self._name = None
        if self._text[at : at + 1] in (",", "]"):
            return Field(None), at
        name = _NAME.match(self._text, at)
        if name and self._text[skip(self._text, name.end()) : skip(self._text, name.end()) + 1] in (",", "]"):
            return Field(name[0]), skip(self._text, name.end())
        test, at = read_any(self._text, at, self._read_condition)
        return Field(self._name, test), skip(self._text, at)

    def _read_condition(self, text: str, at: int) -> tuple[Test[str], int]:
        name = _NAME.match(text, at)
        if name is None:
            raise PatternError("expected the field's name", at)
        if self._name not in (None, name[0]):
            raise PatternError(f"the conditions of one field are about {self._name}, not {name[0]}", at)
        self._name = name[0]
        condition, end = read_condition(text, skip(text, name.end()))
        self.regexes += condition.has_regex
        return condition.test, end
