"""PURE: the text of a metric math expression -> its tokens."""

import re
from dataclasses import dataclass
from enum import Enum

from local.cloudwatch.metrics.errors import ExpressionError

TOKEN = re.compile(
    r"""(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
    |(?P<symbol>==|!=|<=|>=|&&|\|\||[-+*/^<>()\[\],])""",
    re.VERBOSE | re.ASCII | re.DOTALL,
)
SPACE = re.compile(r"\s*")


class Kind(Enum):
    """What a token is. END is after the last character."""

    NUMBER = "number"
    NAME = "name"
    TEXT = "text"
    SYMBOL = "symbol"
    END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    kind: Kind
    text: str
    position: int


def tokens(text: str) -> list[Token]:
    """Ends with an END token. Raises ExpressionError at the first character that begins no token."""
    found, position = [], _after_space(text, 0)
    while position < len(text):
        match = TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            raise ExpressionError(_unreadable(text[position]), position)
        found.append(Token(Kind(match.lastgroup), match[0], position))
        position = _after_space(text, match.end())
    return [*found, Token(Kind.END, "", len(text))]


def _after_space(text: str, position: int) -> int:
    match = SPACE.match(text, position)
    return match.end() if match else position


def _unreadable(character: str) -> str:
    return "A quoted text is not closed" if character in "'\"" else f"Unexpected character '{character}'"
