"""PURE: patterns of terms: `ERROR`, `"exact phrase"`, `?any ?of`, `-without`, `%regex%`. They are case-sensitive."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from local.cloudwatch.logs.errors import PatternError
from local.cloudwatch.logs.patterns.condition import Value, read_regex
from local.cloudwatch.logs.patterns.event import Event
from local.cloudwatch.logs.regexes import Regex

_TERM = re.compile(r'(?P<sign>[?-]?)(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<bare>\w+)|(?=%))', re.ASCII)
_ESCAPE = re.compile(r"\\(.)")


@dataclass(frozen=True)
class Term:
    """`sign` is "" for a term that must be there, "-" for one that must not, "?" for one of several."""

    sign: str
    what: str | Regex

    def is_in(self, text: str) -> bool:
        # "You can match everything in your log events with double quotation marks": "" and "   " too.
        if isinstance(self.what, str):
            return not self.what.strip() or self.what in text
        return self.what.matches(text)


@dataclass(frozen=True)
class TermPattern:
    terms: tuple[Term, ...]

    @property
    def regexes(self) -> int:
        return sum(isinstance(term.what, Regex) for term in self.terms)

    @property
    def needed(self) -> tuple[str, ...]:
        return tuple(t.what for t in self.terms if t.sign == "" and isinstance(t.what, str) and t.what.strip())

    @property
    def names(self) -> tuple[str, ...] | None:
        return ()

    def matches(self, event: Event) -> bool:
        """Optional terms among others are ignored, as the page says."""
        text = event.text
        if self.terms and all(term.sign == "?" for term in self.terms):
            return any(term.is_in(text) for term in self.terms)
        return all(term.is_in(text) is (term.sign == "") for term in self.terms if term.sign != "?")

    def extracted(self, event: Event) -> Mapping[str, str]:
        """Nothing: "If you are not using a space-delimited filter, this will be empty"."""
        del event
        return {}

    def value(self, event: Event, name: str) -> Value | None:
        del event, name
        return None


def parse_terms(text: str) -> TermPattern:
    terms, at = [], 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        term, at = _read_term(text, at)
        terms.append(term)
    return TermPattern(tuple(terms))


def _read_term(text: str, at: int) -> tuple[Term, int]:
    found = _TERM.match(text, at)
    if found is None:
        raise PatternError('a term with other characters than A-Z a-z 0-9 _ stands in "quotes"', at)
    end = found.end()
    what: str | Regex
    if found["quoted"] is not None:
        what = _ESCAPE.sub(r"\1", found["quoted"])
    elif found["bare"]:
        what = found["bare"]
    else:
        what, end = read_regex(text, end)
    if end < len(text) and not text[end].isspace():
        raise PatternError('a term with other characters than A-Z a-z 0-9 _ stands in "quotes"', at)
    return Term(found["sign"], what), end
