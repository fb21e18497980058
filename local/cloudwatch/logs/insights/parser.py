"""PURE: the text of a Logs Insights query -> its commands.

Source: the AWS page "CloudWatch Logs Insights language query syntax" and the pages of each command.
"""

from collections.abc import Callable
from typing import TypeVar

from local.cloudwatch.logs.errors import QueryError, QueryNotSupported
from local.cloudwatch.logs.insights.expressions import ExpressionParser
from local.cloudwatch.logs.insights.order import check_order
from local.cloudwatch.logs.insights.scanner import Scanner
from local.cloudwatch.logs.insights.syntax import (
    Column,
    Command,
    Dedup,
    Display,
    Expression,
    Fields,
    Filter,
    Limit,
    Name,
    Parse,
    Query,
    Sort,
    Stats,
    Unnest,
)
from local.cloudwatch.logs.regexes import Regex

MOST_CHARACTERS = 10_000
MOST_COMMANDS = 100  # ours
MOST_ROWS = 100_000
NOT_SUPPORTED = frozenset(
    ("addtotals", "anomaly", "diff", "filterindex", "join", "lookup", "pattern", "source", "subquery", "unmask")
)

Piece = TypeVar("Piece")


def parse_query(text: str) -> Query:
    """Raises QueryError with the position, QueryNotSupported with the name of what the laptop does not do."""
    if len(text) > MOST_CHARACTERS:
        raise QueryError(f"longer than {MOST_CHARACTERS} characters", MOST_CHARACTERS, len(text))
    commands = tuple(_Parser(Scanner(text)).commands())
    check_order(commands)
    return Query(text, commands)


class _Parser:
    def __init__(self, scanner: Scanner) -> None:
        self._scanner = scanner
        self._expressions = ExpressionParser(scanner)

    def commands(self) -> list[Command]:
        if self._scanner.is_done():
            return []
        self._scanner.read_symbol("|")  # a query that starts with a pipe is taken
        found = [self._command()]
        while self._scanner.read_symbol("|"):
            found.append(self._command())
            if len(found) > MOST_COMMANDS:
                raise QueryError(f"more than {MOST_COMMANDS} commands", self._scanner.at, self._scanner.at)
        if not self._scanner.is_done():
            raise self._scanner.error("expected | or the query's end")
        return found

    def _command(self) -> Command:
        start, word = self._scanner.at, self._scanner.peek_word()
        readers: dict[str, Callable[[int], Command]] = {
            "fields": lambda at: Fields(at, *self._ended(self._columns)),
            "display": lambda at: Display(at, *self._ended(self._columns)),
            "filter": lambda at: Filter(at, *self._ended(self._expressions.expression)),
            "stats": self._stats,
            "sort": lambda at: Sort(at, *self._ended(lambda: self._list(self._sort_key))),
            "limit": lambda at: Limit(at, *self._ended(self._count)),
            "dedup": lambda at: Dedup(at, *self._ended(lambda: self._list(self._expressions.expression))),
            "parse": self._parse,
            "unnest": self._unnest,
        }
        if word in NOT_SUPPORTED:
            raise QueryNotSupported(f"the command {word}", start, start + len(word))
        if word not in readers:
            raise self._scanner.error(
                "expected a command (fields, display, filter, stats, sort, limit, dedup, parse...)"
            )
        self._scanner.read_word(word)
        return readers[word](start)

    def _ended(self, read: Callable[[], Piece]) -> tuple[int, Piece]:
        piece = read()
        return self._scanner.end, piece

    def _list(self, read: Callable[[], Piece]) -> tuple[Piece, ...]:
        found = [read()]
        while self._scanner.read_symbol(","):
            found.append(read())
        return tuple(found)

    def _columns(self) -> tuple[Column, ...]:
        return self._list(self._column)

    def _column(self) -> Column:
        start, scanner = self._scanner.at, self._scanner
        expression = self._expressions.expression()
        end = scanner.end
        if scanner.read_word("as"):
            return Column(start, scanner.end, expression, self._expressions.name().text, aliased=True)
        plain = expression.text if isinstance(expression, Name) else scanner.text[start:end]
        return Column(start, end, expression, plain, aliased=False)

    def _stats(self, start: int) -> Stats:
        columns = self._columns()
        by = self._columns() if self._scanner.read_word("by") else ()
        if self._scanner.peek_word() == "offset":
            raise QueryNotSupported("offset", self._scanner.at, self._scanner.at + len("offset"))
        return Stats(start, self._scanner.end, columns, by)

    def _sort_key(self) -> tuple[Expression, bool]:
        expression = self._expressions.expression()
        return expression, self._scanner.read_word("asc", "desc") == "desc"

    def _count(self) -> int:
        start, count = self._scanner.at, self._scanner.read_number()
        if count is None:
            raise self._scanner.error("expected a whole number")
        if not isinstance(count, int) or not 1 <= count <= MOST_ROWS:
            raise QueryError(f"expected a whole number from 1 to {MOST_ROWS}", start, self._scanner.end)
        return count

    def _parse(self, start: int) -> Parse:
        value = self._expressions.name()
        how_at, how = self._scanner.at, self._expressions.text_or_regex()
        names = self._list(lambda: self._expressions.name().text) if self._scanner.read_word("as") else ()
        if isinstance(how, Regex):
            if names or not how.names:
                raise QueryError("expected a regular expression with (?<named> groups) and no as", how_at, how_at + 1)
            return Parse(start, self._scanner.end, value, how, how.names)
        parts = tuple(how.split("*"))
        if len(parts) - 1 != len(names):
            raise QueryError(f"{len(parts) - 1} asterisks, but {len(names)} names after as", how_at, self._scanner.end)
        return Parse(start, self._scanner.end, value, parts, names)

    def _unnest(self, start: int) -> Unnest:
        value = self._expressions.name()
        if not self._scanner.read_word("into"):
            raise self._scanner.error("expected into")
        return Unnest(start, *self._unnested(value))

    def _unnested(self, value: Name) -> tuple[int, Name, str]:
        name = self._expressions.name().text
        return self._scanner.end, value, name
