"""PURE: the text of a metric math expression -> its tree.

Operators bind as in arithmetic: ^ (from the right), unary minus, * and /, + and -, comparisons, AND, OR.
"""

from local.cloudwatch.metrics.errors import ExpressionError
from local.cloudwatch.metrics.expressions.lexer import Kind, Token, tokens
from local.cloudwatch.metrics.expressions.signatures import check_call
from local.cloudwatch.metrics.expressions.tree import Binary, Call, Items, Name, Negative, Node, Number, Text

SYNONYMS = {"&&": "AND", "||": "OR"}
COMPARISONS = ("==", "!=", "<=", ">=", "<", ">")
BINDING = {
    "OR": 1,
    "AND": 2,
    **dict.fromkeys(COMPARISONS, 3),
    **dict.fromkeys("+-", 4),
    **dict.fromkeys("*/", 5),
    "^": 7,
}
NEGATIVE_BINDS = 6
DEEPEST = 60  # nesting by parentheses, brackets, calls, signs and powers: far from Python's own limit


def parse_math(text: str) -> Node:
    """Raises ExpressionError with the position; NotSupported for a function of AWS's that the laptop has not."""
    parser = _Parser(text)
    node = parser.expression(1)
    parser.expect_end()
    return node


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = tokens(text)
        self._next = 0
        self._depth = 0

    def expression(self, weakest: int) -> Node:
        """An operand and all operators after it that bind at least as `weakest`."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise ExpressionError(f"Nested deeper than {DEEPEST} levels", self._token.position)
        node = self._operand()
        while (binding := BINDING.get(symbol := self._operator(), 0)) >= weakest:
            position = self._take().position
            node = Binary(symbol, node, self.expression(binding if symbol == "^" else binding + 1), position)
        self._depth -= 1
        return node

    def expect_end(self) -> None:
        if self._token.kind is not Kind.END:
            raise ExpressionError(f"Unexpected '{self._token.text}'", self._token.position)

    @property
    def _token(self) -> Token:
        return self._tokens[self._next]

    def _take(self) -> Token:
        token = self._token
        self._next += 1
        return token

    def _operator(self) -> str:
        token = self._token
        text = SYNONYMS.get(token.text, token.text)
        return text if token.kind is Kind.SYMBOL or (token.kind is Kind.NAME and text in ("AND", "OR")) else ""

    def _operand(self) -> Node:
        token = self._token
        if token.kind is Kind.END:
            raise ExpressionError("The expression ends where a value is expected", token.position)
        self._next += 1
        match token.kind, token.text:
            case Kind.NUMBER, text:
                return _number(text, token.position)
            case Kind.TEXT, text:
                return Text(text[1:-1], token.position)
            case Kind.NAME, text if text not in ("AND", "OR"):
                return self._call_or_name(token)
            case Kind.SYMBOL, "-":
                return Negative(self.expression(NEGATIVE_BINDS), token.position)
            case Kind.SYMBOL, "(":
                inner = self.expression(1)
                self._close(")", token)
                return inner
            case Kind.SYMBOL, "[":
                return Items(self._list("]", token), token.position)
            case _:
                raise ExpressionError(f"Unexpected '{token.text}'", token.position)

    def _call_or_name(self, name: Token) -> Node:
        if self._token.text != "(":
            return Name(name.text, name.position)
        call = Call(name.text, self._list(")", self._take()), name.position)
        check_call(call)
        return call

    def _list(self, closing: str, opened: Token) -> tuple[Node, ...]:
        items: list[Node] = []
        while not (self._token.kind is Kind.SYMBOL and self._token.text == closing):
            if items:
                self._close(",", opened)
            items.append(self.expression(1))
        self._next += 1
        return tuple(items)

    def _close(self, symbol: str, opened: Token) -> None:
        token = self._token
        if token.kind is Kind.END:
            raise ExpressionError(f"Unmatched '{opened.text}'", opened.position)
        if token.kind is not Kind.SYMBOL or token.text != symbol:
            raise ExpressionError(f"Unexpected '{token.text}'", token.position)
        self._next += 1


def _number(text: str, position: int) -> Number:
    value = float(text)
    if value == float("inf"):
        raise ExpressionError(f"The number {text} is too large", position)
    return Number(value, position)
