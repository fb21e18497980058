"""PURE: patterns of JSON messages: `{ $.status >= 500 && ($.route = "/items*" || $.user IS NULL) }`."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from local.cloudwatch.logs.errors import PatternError
from local.cloudwatch.logs.patterns.boolean import Test, read_any, skip
from local.cloudwatch.logs.patterns.condition import Value, read_condition, text_of
from local.cloudwatch.logs.patterns.event import Event
from local.cloudwatch.logs.patterns.selector import MISSING, Selector, parse_selector, read_selector, selected

_WORDS = re.compile(r"(?P<what>IS\s+(?P<constant>TRUE|FALSE|NULL)|NOT\s+EXISTS)\b", re.IGNORECASE)
_CONSTANTS = {"TRUE": True, "FALSE": False, "NULL": None}


@dataclass(frozen=True)
class JsonPattern:
    test: Test[Any]
    selectors: Mapping[str, Selector]
    regexes: int
    needed: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...] | None:
        return None

    def matches(self, event: Event) -> bool:
        return event.document is not None and self.test(event.document)

    def extracted(self, event: Event) -> Mapping[str, str]:
        found = {name: self.value(event, name) for name in self.selectors}
        return {name: text_of(value) for name, value in found.items() if value is not None}

    def value(self, event: Event, name: str) -> Value | None:
        try:
            selector = self.selectors.get(name) or parse_selector(name)
        except PatternError:
            return None
        found = selected(event.document, selector)
        return found if isinstance(found, str | int | float | bool) else None


def parse_json(text: str) -> JsonPattern:
    reader = _Reader()
    test, at = read_any(text, text.index("{") + 1, reader.read)
    at = skip(text, at)
    if not text.startswith("}", at):
        raise PatternError("expected && or || or the } that ends the pattern", at)
    if (end := skip(text, at + 1)) < len(text):
        raise PatternError("nothing may follow the } that ends the pattern", end)
    return JsonPattern(test, reader.selectors, reader.regexes)


class _Reader:
    """Reads single conditions, and remembers what selectors and regular expressions they had."""

    def __init__(self) -> None:
        self.selectors: dict[str, Selector] = {}
        self.regexes = 0

    def read(self, text: str, at: int) -> tuple[Test[Any], int]:
        start = at
        selector, at = read_selector(text, at)
        self.selectors[text[start:at]] = selector
        at = skip(text, at)
        if words := _WORDS.match(text, at):
            return _constant_test(selector, words["constant"]), words.end()
        if text[at : at + 1] not in ("=", "!", "<", ">"):
            raise PatternError("expected = != < > <= >=, IS TRUE, IS FALSE, IS NULL or NOT EXISTS", at)
        condition, at = read_condition(text, at)
        self.regexes += condition.has_regex
        return _value_test(selector, condition.test), at


def _constant_test(selector: Selector, constant: str | None) -> Test[Any]:
    if constant is None:
        return lambda document: selected(document, selector) is MISSING
    wanted = _CONSTANTS[constant.upper()]
    return lambda document: selected(document, selector) is wanted


def _value_test(selector: Selector, test: Callable[[Value], bool]) -> Test[Any]:
    """A selector that points to an array or an object, or to nothing: neither = nor != matches."""

    def apply(document: Any) -> bool:
        found = selected(document, selector)
        return isinstance(found, str | int | float | bool) and test(found)

    return apply
