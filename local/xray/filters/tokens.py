"""PURE: the text of a filter expression -> its tokens."""

import re
from dataclasses import dataclass
from enum import Enum, auto

from local.xray.filters.errors import FilterError


class Kind(Enum):
    """WORD: a keyword, or a value without quotes. TEXT: in quotes. MARK: an operator or a bracket. END: no more."""

    WORD = auto()
    TEXT = auto()
    NUMBER = auto()
    MARK = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """`text` is what was written, of TEXT what is meant: without its quotes and backslashes."""

    kind: Kind
    text: str
    position: int

    def is_mark(self, *marks: str) -> bool:
        return self.kind is Kind.MARK and self.text in marks

    def is_word(self, *words: str) -> bool:
        """`words` in lower case: AWS's own examples write AND and and, responsetime and responseTime."""
        return self.kind is Kind.WORD and self.text.lower() in words

    def __str__(self) -> str:
        return "the end" if self.kind is Kind.END else repr(self.text)


_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<TEXT>"(?:[^"\\]|\\.)*")
    |(?P<NUMBER>-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?![\w.]))
    |(?P<MARK><=|>=|!=|[=<>!(){}\[\],:\#])
    |(?P<WORD>[\w$][\w$.\-]*)""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def tokens(text: str) -> list[Token]:
    """Ends with one of kind END. Raises FilterError."""
    found: list[Token] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            what = (
                "quotes that are never closed" if text[position] == '"' else f"{text[position]!r} has no meaning here"
            )
            raise FilterError(what, position)
        if match.lastgroup != "space":
            found.append(_token(str(match.lastgroup), match.group(), position))
        position = match.end()
    return [*found, Token(Kind.END, "", len(text))]


def _token(kind: str, text: str, position: int) -> Token:
    if kind == "TEXT":
        text = _ESCAPED.sub(r"\1", text[1:-1])
    return Token(Kind[kind], text, position)
