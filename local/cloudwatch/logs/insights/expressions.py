"""PURE: the expressions of a query, from the loosest operator to the tightest."""

from collections.abc import Callable

from local.cloudwatch.logs.errors import QueryError, QueryNotSupported
from local.cloudwatch.logs.insights.functions import AGGREGATES, NOT_SUPPORTED, SCALARS, unit_of
from local.cloudwatch.logs.insights.scanner import Scanner
from local.cloudwatch.logs.insights.syntax import (
    Constant,
    Expression,
    Function,
    Match,
    Membership,
    Name,
    Operation,
    Period,
)
from local.cloudwatch.logs.regexes import Regex

MOST_DEEP = 60  # ours: nesting that a person writes is far from it, Python's and SQLite's limits too
MOST_OPERANDS = 200  # ours: SQLite nests a + b + c + ..., and refuses what is 1,000 deep
_COMPARISONS = ("!=", "<=", ">=", "=", "<", ">")


class ExpressionParser:
    """Each method reads one level of precedence. Raises QueryError, QueryNotSupported."""

    def __init__(self, scanner: Scanner) -> None:
        self._scanner = scanner
        self._depth = 0

    def expression(self) -> Expression:
        start = self._scanner.at
        self._depth += 1
        if self._depth > MOST_DEEP:
            raise QueryError(f"nested more than {MOST_DEEP} deep", start, start)
        read = self._all(self._and, "or")
        self._depth -= 1
        return read

    def name(self) -> Name:
        start = self._scanner.at
        steps = self._scanner.read_name()
        if steps is None:
            raise self._scanner.error("expected a field's name")
        return Name(start, self._scanner.end, steps, ".".join(str(step) for step in steps))

    def text_or_regex(self) -> str | Regex:
        what = self._scanner.read_regex() or self._scanner.read_string()
        if what is None:
            raise self._scanner.error('expected a "text" or a /regular expression/')
        return what

    def _joined(self, read: Callable[[], Expression], operator: Callable[[], str | None]) -> Expression:
        start, first = self._scanner.at, read()
        count = 1
        while found := operator():
            second = read()
            first = Operation(start, self._scanner.end, found, (first, second))
            count += 1
            if count > MOST_OPERANDS:
                raise QueryError(f"more than {MOST_OPERANDS} operands", start, self._scanner.end)
        return first

    def _all(self, read: Callable[[], Expression], word: str) -> Expression:
        """One operation of all its operands: SQLite nests less."""
        start, operands = self._scanner.at, [read()]
        while self._scanner.read_word(word):
            operands.append(read())
        return Operation(start, self._scanner.end, word, tuple(operands)) if len(operands) > 1 else operands[0]

    def _and(self) -> Expression:
        return self._all(self._not, "and")

    def _not(self) -> Expression:
        start, count = self._scanner.at, 0
        while self._scanner.read_word("not") or self._scanner.read_symbol("!"):
            count += 1
        inner = self._comparison()
        return Operation(start, self._scanner.end, "not", (inner,)) if count % 2 else inner

    def _comparison(self) -> Expression:
        start, left, scanner = self._scanner.at, self._sum(), self._scanner
        negated = scanner.read_word("not") is not None
        if scanner.read_word("in"):
            return Membership(start, scanner.end, left, self._choices(), negated)
        if scanner.read_word("like") or (not negated and scanner.read_symbol("=~")):
            what = self.text_or_regex()
            return Match(start, scanner.end, left, what, negated)
        if negated:
            raise scanner.error("expected in or like")
        operator = scanner.read_symbol(*_COMPARISONS)
        if operator is None:
            return left
        right = self._sum()
        return Operation(start, scanner.end, operator, (left, right))

    def _choices(self) -> tuple[Expression, ...]:
        if not self._scanner.read_symbol("["):
            raise self._scanner.error("expected [")
        choices = [self._sum()]
        while self._scanner.read_symbol(","):
            choices.append(self._sum())
        if not self._scanner.read_symbol("]"):
            raise self._scanner.error("expected , or ]")
        return tuple(choices)

    def _sum(self) -> Expression:
        return self._joined(self._product, lambda: self._scanner.read_symbol("+", "-"))

    def _product(self) -> Expression:
        return self._joined(self._signed, lambda: self._scanner.read_symbol("*", "/", "%"))

    def _signed(self) -> Expression:
        start, count = self._scanner.at, 0
        while self._scanner.read_symbol("-"):
            count += 1
        inner = self._power()
        return Operation(start, self._scanner.end, "negate", (inner,)) if count % 2 else inner

    def _power(self) -> Expression:
        return self._joined(self._primary, lambda: self._scanner.read_symbol("^"))

    def _primary(self) -> Expression:
        scanner, start = self._scanner, self._scanner.at
        if scanner.read_symbol("("):
            inner = self.expression()
            if not scanner.read_symbol(")"):
                raise scanner.error("expected )")
            return inner
        if (text := scanner.read_string()) is not None:
            return Constant(start, scanner.end, text)
        if (period := scanner.read_period()) is not None:
            return self._period(start, *period)
        if (number := scanner.read_number()) is not None:
            return Constant(start, scanner.end, number)
        if scanner.peek_word() in ("true", "false"):
            return Constant(start, scanner.end, scanner.read_word("true", "false") == "true")
        name = self.name()
        return self._function(name) if scanner.read_symbol("(") else name

    def _period(self, start: int, count: int, word: str) -> Period:
        unit = unit_of(word.lower())
        if unit is None or count == 0:
            raise QueryError("expected a period, as 5m or 1h", start, self._scanner.end)
        return Period(start, self._scanner.end, count, unit)

    def _function(self, name: Name) -> Function:
        called = name.text.lower()
        arguments = self._arguments(called)
        if called in NOT_SUPPORTED:
            raise QueryNotSupported(f"the function {name.text}", name.start, name.end)
        signature = SCALARS.get(called) or AGGREGATES.get(called)
        if signature is None:
            raise QueryError(f"unknown function {name.text[:80]}", name.start, name.end)
        if len(arguments) < signature.least or (signature.most is not None and len(arguments) > signature.most):
            wanted = f"{signature.least}" if signature.least == signature.most else f"{signature.least} or more"
            raise QueryError(f"{name.text} takes {wanted} arguments", name.start, self._scanner.end)
        return Function(name.start, self._scanner.end, called, arguments)

    def _arguments(self, called: str) -> tuple[Expression, ...]:
        if self._scanner.read_symbol(")"):
            return ()
        if called == "count" and self._scanner.read_symbol("*"):
            arguments: list[Expression] = []
        else:
            arguments = [self.expression()]
        while self._scanner.read_symbol(","):
            arguments.append(self.expression())
        if not self._scanner.read_symbol(")"):
            raise self._scanner.error("expected , or )")
        return tuple(arguments)
