"""PURE: the text of a query, read piece by piece.

What a `/` means hangs on where it stands, so the parser asks for what it can use rather than for the next token.
"""

import re

from local.cloudwatch.logs.errors import QueryError
from local.cloudwatch.logs.regexes import Regex, RegexSyntaxError

_BLANK = re.compile(r"(?:\s+|#[^\n]*)*")
_STEP = re.compile(r"`(?P<quoted>[^`]+)`|(?P<plain>[A-Za-z_@][\w@]*(?:\.[\w@]+)*)", re.ASCII)
_MORE = re.compile(r"\.(?:`(?P<quoted>[^`]+)`|(?P<plain>[\w@]+(?:\.[\w@]+)*))|\[\s*(?P<index>\d{1,6})\s*\]", re.ASCII)
_WORD = re.compile(r"[A-Za-z_][A-Za-z_0-9]*", re.ASCII)
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"|\'((?:[^\'\\]|\\.)*)\'', re.DOTALL)
_REGEX = re.compile(r"/((?:[^/\\]|\\.)+)/")
_NUMBER = re.compile(r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.])", re.ASCII)
_PERIOD = re.compile(r"(\d{1,9})([A-Za-z]+)\b", re.ASCII)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}
_ESCAPE = re.compile(r"\\([\"'\\ntr/])")


class Scanner:
    """Each read_...() takes what it is named for and moves on, or gives None and stays."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.end = 0  # of what was read last
        self.at = 0
        self._move(0)

    def is_done(self) -> bool:
        return self.at >= len(self.text)

    def read_symbol(self, *symbols: str) -> str | None:
        """The first of the symbols that stands here; longer ones go first."""
        for symbol in symbols:
            if self.text.startswith(symbol, self.at):
                self._move(self.at + len(symbol))
                return symbol
        return None

    def peek_word(self) -> str:
        """The word that stands here, in lower case; "" where none does."""
        found = _WORD.match(self.text, self.at)
        return found[0].lower() if found else ""

    def read_word(self, *words: str) -> str | None:
        word = self.peek_word()
        if word not in words:
            return None
        self._move(self.at + len(word))
        return word

    def read_name(self) -> tuple[str | int, ...] | None:
        """A field's name: its steps, without backticks. `a.b` has two, "`a.b`" one."""
        found = _STEP.match(self.text, self.at)
        if found is None:
            return None
        steps: list[str | int] = [*_steps(found)]
        end = found.end()
        while more := _MORE.match(self.text, end):
            steps += [int(more["index"])] if more["index"] else _steps(more)
            end = more.end()
        self._move(end)
        return tuple(steps)

    def read_string(self) -> str | None:
        found = _STRING.match(self.text, self.at)
        if found is None:
            return None
        self._move(found.end())
        return _ESCAPE.sub(_unescaped, found[1] if found[1] is not None else found[2])

    def read_number(self) -> int | float | None:
        found = _NUMBER.match(self.text, self.at)
        if found is None:
            return None
        self._move(found.end())
        is_whole = found[0].isdigit() and len(found[0]) < 19  # what fits SQLite's integers
        return int(found[0]) if is_whole else float(found[0])

    def read_period(self) -> tuple[int, str] | None:
        """A number and its unit, written together."""
        found = _PERIOD.match(self.text, self.at)
        if found is None:
            return None
        self._move(found.end())
        return int(found[1]), found[2]

    def read_regex(self) -> Regex | None:
        """Raises QueryError where the expression between the slashes is none."""
        found = _REGEX.match(self.text, self.at)
        if found is None:
            return None
        start = self.at
        self._move(found.end())
        try:
            return Regex(found[1].replace("\\/", "/"))
        except RegexSyntaxError as error:
            raise QueryError(f"regular expression: {error}", start, self.end) from None

    def error(self, message: str) -> QueryError:
        """About what stands here."""
        word = re.compile(r"\w+|\S|\Z").match(self.text, self.at)
        end = word.end() if word else self.at
        found = repr(self.text[self.at : end]) if end > self.at else "the query's end"
        return QueryError(f"{message}, found {found}", self.at, end)

    def _move(self, end: int) -> None:
        self.end = end
        blank = _BLANK.match(self.text, end)
        self.at = blank.end() if blank else end


def _steps(found: re.Match[str]) -> list[str]:
    return [found["quoted"]] if found["quoted"] else found["plain"].split(".")


def _unescaped(found: re.Match[str]) -> str:
    return _ESCAPES.get(found[1], found[1])
