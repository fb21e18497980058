"""PURE: the text of a Metrics Insights query -> the query.

Source: "Metrics Insights query components and syntax", with its "What needs quotation marks or escape characters?".
"""

import re
from dataclasses import dataclass

from local.cloudwatch.metrics.errors import ExpressionError
from local.cloudwatch.metrics.insights.reserved import RESERVED
from local.cloudwatch.metrics.insights.tree import STATISTICS, Comparison, Insights
from local.cloudwatch.metrics.limits import MOST_SELECTED
from local.errors import NotSupported

TOKEN = re.compile(
    r"""\s*(?:(?P<name>"(?:[^"\\]|\\.)*")|(?P<value>'(?:[^'\\]|\\.)*')|(?P<symbol>!=|[(),=])|(?P<word>[A-Za-z0-9_.]+))""",
    re.DOTALL | re.ASCII,
)
ESCAPED = re.compile(r"\\(.)", re.DOTALL)
BEGINNING = re.compile(r"\s*SELECT\s", re.IGNORECASE)


def is_insights(text: str) -> bool:
    """Whether an Expression is a query, not metric math."""
    return BEGINNING.match(text) is not None


def parse_insights(text: str) -> Insights:
    """Raises ExpressionError with the position; NotSupported for tags and accounts."""
    return _Parser(text).query()


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    position: int


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens: list[_Token] = []
        position, end = 0, len(text.rstrip())
        while position < end:
            match = TOKEN.match(text, position)
            if match is None or match.lastgroup is None:
                raise ExpressionError("Unexpected character in the query", position)
            self._tokens.append(_Token(match.lastgroup, match[match.lastgroup], match.start(match.lastgroup)))
            position = match.end()
        self._tokens.append(_Token("end", "", end))
        self._next = 0

    def query(self) -> Insights:
        self._keyword("SELECT")
        function = self._function()
        self._symbol("(")
        metric = self._name("a metric's name")
        self._symbol(")")
        self._keyword("FROM")
        namespace, schema = self._source()
        where = self._where() if self._maybe("WHERE") else ()
        group_by = self._group_by() if self._maybe("GROUP") else ()
        order_by, descending = self._order_by() if self._maybe("ORDER") else (None, False)
        limit = self._limit() if self._maybe("LIMIT") else None
        if self._token.kind != "end":
            raise self._expected("the end of the query")
        return Insights(function, metric, namespace, schema, where, group_by, order_by, descending, limit)

    def _source(self) -> tuple[str, frozenset[str] | None]:
        if not self._maybe("SCHEMA"):
            return self._name("a namespace"), None
        self._symbol("(")
        namespace, dimensions = self._name("a namespace"), []
        while self._at(","):
            self._next += 1
            dimensions.append(self._label_key())
        self._symbol(")")
        return namespace, frozenset(dimensions)

    def _where(self) -> tuple[Comparison, ...]:
        comparisons = [self._comparison()]
        while self._maybe("AND"):
            comparisons.append(self._comparison())
        return tuple(comparisons)

    def _comparison(self) -> Comparison:
        dimension = self._label_key()
        operator = self._token
        if operator.text not in ("=", "!=") or operator.kind != "symbol":
            raise self._expected("= or !=")
        self._next += 1
        value = self._token
        if value.kind != "value":
            raise self._expected("a value in single quotation marks")
        self._next += 1
        return Comparison(dimension, operator.text == "=", _unquoted(value.text))

    def _group_by(self) -> tuple[str, ...]:
        self._keyword("BY")
        keys = [self._label_key()]
        while self._at(","):
            self._next += 1
            keys.append(self._label_key())
        return tuple(keys)

    def _order_by(self) -> tuple[str, bool]:
        self._keyword("BY")
        function = self._function()
        self._symbol("(")
        self._symbol(")")
        descending = self._maybe("DESC")
        if not descending:
            self._maybe("ASC")
        return function, descending

    def _limit(self) -> int:
        token = self._token
        if not (token.kind == "word" and token.text.isdigit() and 1 <= int(token.text) <= MOST_SELECTED):
            raise self._expected(f"a number from 1 to {MOST_SELECTED}")
        self._next += 1
        return int(token.text)

    def _function(self) -> str:
        function = self._token.text.upper()
        if self._token.kind != "word" or function not in STATISTICS:
            raise self._expected(" or ".join(STATISTICS))
        self._next += 1
        return function

    def _label_key(self) -> str:
        token = self._token
        if token.kind == "word" and (token.text.startswith("tag.") or token.text == "AWS.AccountId"):
            raise NotSupported(f"{token.text} at position {token.position} is not supported on the laptop")
        return self._name("a dimension's name")

    def _name(self, what: str) -> str:
        token = self._token
        if token.kind == "name":
            self._next += 1
            return _unquoted(token.text)
        if token.kind != "word":
            raise self._expected(what)
        if "." in token.text or token.text.upper() in RESERVED:
            raise ExpressionError(f"{token.text} must be in double quotation marks", token.position)
        self._next += 1
        return token.text

    @property
    def _token(self) -> _Token:
        return self._tokens[self._next]

    def _at(self, symbol: str) -> bool:
        return self._token.kind == "symbol" and self._token.text == symbol

    def _symbol(self, symbol: str) -> None:
        if not self._at(symbol):
            raise self._expected(symbol)
        self._next += 1

    def _maybe(self, keyword: str) -> bool:
        found = self._token.kind == "word" and self._token.text.upper() == keyword
        self._next += found
        return found

    def _keyword(self, keyword: str) -> None:
        if not self._maybe(keyword):
            raise self._expected(keyword)

    def _expected(self, what: str) -> ExpressionError:
        found = "the end of the query" if self._token.kind == "end" else self._token.text
        return ExpressionError(f"Expected {what}, not {found}", self._token.position)


def _unquoted(text: str) -> str:
    return ESCAPED.sub(r"\1", text[1:-1])
