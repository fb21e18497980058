"""PURE: the first argument of SEARCH -> what it looks for ("CloudWatch search expression syntax")."""

import re
from collections.abc import Callable

from local.cloudwatch.metrics.errors import ExpressionError
from local.cloudwatch.metrics.limits import LONGEST_SEARCH
from local.cloudwatch.metrics.searching.tokens import tokenize
from local.cloudwatch.metrics.searching.tree import Condition, Either, Every, Not, Search, Term
from local.errors import NotSupported

TOKEN = re.compile(r'\s*(?:(?P<quoted>"(?:[^"\\]|\\.)*")|(?P<symbol>[(){},=])|(?P<bare>[^\s"(){},=]+))', re.DOTALL)
ESCAPED = re.compile(r"\\(.)", re.DOTALL)
DEEPEST = 60


def parse_search(text: str) -> Search:
    """Raises ExpressionError with the position in `text`; NotSupported for an account's id."""
    if len(text) > LONGEST_SEARCH:
        raise ExpressionError(f"A search has at most {LONGEST_SEARCH} characters, not {len(text)}", LONGEST_SEARCH)
    return _Parser(text).search()


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens: list[tuple[str, str, int]] = []
        position, end = 0, len(text.rstrip())
        while position < end:
            match = TOKEN.match(text, position)
            if match is None or match.lastgroup is None:
                raise ExpressionError("A quoted term is not closed", position)
            self._tokens.append((match.lastgroup, match[match.lastgroup], match.start(match.lastgroup)))
            position = match.end()
        self._tokens.append(("end", "", end))
        self._next = 0
        self._depth = 0

    def search(self) -> Search:
        namespace, dimensions = self._schema() if self._at("{") else (None, frozenset[str]())
        condition = None if self._at_end() else self._either(None)
        if not self._at_end():
            raise self._unexpected()
        if namespace is None and condition is None:
            raise ExpressionError("A search has a schema in braces, a term, or both", 0)
        return Search(namespace, dimensions, condition)

    def _schema(self) -> tuple[str, frozenset[str]]:
        self._next += 1
        names = [self._name()]
        while self._at(","):
            self._next += 1
            names.append(self._name())
        self._expect("}")
        if self._at(","):
            self._next += 1
        return names[0], frozenset(names[1:])

    def _name(self) -> str:
        kind, text, _ = self._tokens[self._next]
        if kind not in ("quoted", "bare"):
            raise self._unexpected()
        self._next += 1
        return _unquoted(text) if kind == "quoted" else text

    def _either(self, field: str | None) -> Condition:
        return self._joined("OR", lambda: self._every(field), Either)

    def _every(self, field: str | None) -> Condition:
        conditions = [self._one(field)]
        while not (self._at_end() or self._at(")") or self._word() == "OR"):
            if self._word() == "AND":
                self._next += 1
            conditions.append(self._one(field))
        return conditions[0] if len(conditions) == 1 else Every(tuple(conditions))

    def _joined(
        self, word: str, part: Callable[[], Condition], join: Callable[[tuple[Condition, ...]], Condition]
    ) -> Condition:
        conditions = [part()]
        while self._word() == word:
            self._next += 1
            conditions.append(part())
        return conditions[0] if len(conditions) == 1 else join(tuple(conditions))

    def _one(self, field: str | None) -> Condition:
        self._depth += 1
        if self._depth > DEEPEST:
            raise ExpressionError(f"Nested deeper than {DEEPEST} levels", self._tokens[self._next][2])
        condition = self._bare_one(field)
        self._depth -= 1
        return condition

    def _bare_one(self, field: str | None) -> Condition:
        if self._word() == "NOT":
            self._next += 1
            return Not(self._one(field))
        if self._at("("):
            self._next += 1
            inside = self._either(field)
            self._expect(")")
            return inside
        return self._term(field)

    def _term(self, field: str | None) -> Condition:
        kind, text, position = self._tokens[self._next]
        if self._word() in ("AND", "OR"):
            raise self._unexpected()
        name = self._name()
        if field is None and self._at("="):
            self._next += 1
            if name == ":aws.AccountId":
                raise NotSupported("SEARCH by :aws.AccountId is not supported on the laptop: there are no accounts")
            return self._one(name)
        if kind == "bare" and not tokenize(text).pieces:
            raise ExpressionError(f"The term '{text}' has no letter or number", position)
        return Term(name, exact=kind == "quoted", field=field)

    def _word(self) -> str:
        kind, text, _ = self._tokens[self._next]
        return text if kind == "bare" and text in ("AND", "OR", "NOT") else ""

    def _at(self, symbol: str) -> bool:
        kind, text, _ = self._tokens[self._next]
        return kind == "symbol" and text == symbol

    def _at_end(self) -> bool:
        return self._tokens[self._next][0] == "end"

    def _expect(self, symbol: str) -> None:
        if not self._at(symbol):
            raise self._unexpected()
        self._next += 1

    def _unexpected(self) -> ExpressionError:
        kind, text, position = self._tokens[self._next]
        return ExpressionError("The search ends too early" if kind == "end" else f"Unexpected '{text}'", position)


def _unquoted(text: str) -> str:
    return ESCAPED.sub(r"\1", text[1:-1])
