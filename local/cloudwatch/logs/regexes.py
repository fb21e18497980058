"""PURE: regular expressions that cannot hang the process.

The syntax is Java's, in the part that CloudWatch's pages use. Each search has a deadline, and other threads run
meanwhile: the `regex` package looks at the clock between its steps. What only that package knows (fuzzy
matching, recursion, set operations) is refused or taken literally.
"""

from typing import Any

import regex

from local.cloudwatch.logs.errors import RegexTooSlow

SEARCH_S = 1.0  # a search of a sane pattern in an event of 1 MB takes milliseconds
MOST_REPEATS = 1000
MOST_CHARACTERS = 10_000

_LETTER_ESCAPES = frozenset("dDwWsSbBAtnrfv0")
_GROUPS = ("(?:", "(?=", "(?!", "(?<=", "(?<!", "(?>")
_NAMED = regex.compile(r"\(\?P?<([A-Za-z][A-Za-z0-9_]*)>")
_FLAGS = regex.compile(r"\(\?([ims]+)([:)])")
_REPEAT = regex.compile(r"\{(\d{1,4})(,(\d{0,4}))?\}")
_LITERAL = regex.compile(r"[A-Za-z0-9 _:;,=@<>'\"!%&/-]+")
_CODE = regex.compile(r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|[1-9])")


class RegexSyntaxError(ValueError):
    """Says what is wrong, at which character of the expression."""


class Regex:
    """A compiled expression. `literal` is the text that it looks for, if it is no more. Raises RegexSyntaxError."""

    def __init__(self, text: str, seconds: float = SEARCH_S) -> None:
        if len(text) > MOST_CHARACTERS:
            raise RegexSyntaxError(f"longer than {MOST_CHARACTERS} characters")
        self.text = text
        self.literal = text if _LITERAL.fullmatch(text) else None
        self._seconds = seconds
        try:
            self._compiled = regex.compile(_Translation(text).text, regex.VERSION0 | regex.ASCII)
        except RegexSyntaxError:
            raise
        except (regex.error, RecursionError, OverflowError, ValueError) as error:
            raise RegexSyntaxError(f"/{text[:80]}/: {error}") from None
        self.names = tuple(sorted(self._compiled.groupindex, key=self._compiled.groupindex.__getitem__))

    def matches(self, text: str) -> bool:
        return self._search(text) is not None

    def groups(self, text: str) -> tuple[str | None, ...] | None:
        """What the named groups hold, in the order of their names in the expression."""
        found = self._search(text)
        return None if found is None else tuple(found[name] for name in self.names)

    def _search(self, text: str) -> Any:
        try:
            return self._compiled.search(text, timeout=self._seconds)
        except TimeoutError:
            raise RegexTooSlow(f"/{self.text[:80]}/ took more than {self._seconds} s on one event") from None


class _Translation:
    """Java's syntax to the package's: `text` is the result."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._at = 0
        self._out: list[str] = []
        self._flags: list[list[str]] = [[]]  # for each open group, the flags that were switched on inside it
        while self._at < len(source):
            self._step(source[self._at])
        if len(self._flags) > 1:
            raise RegexSyntaxError("a ( is not closed")
        self._close_flags()
        self.text = "".join(self._out)

    def _step(self, character: str) -> None:
        steps = {
            "\\": self._escape,
            "[": self._class,
            "(": self._open,
            ")": self._close,
            "|": self._alternative,
            "{": self._repeat,
        }
        steps.get(character, self._plain)()

    def _plain(self) -> None:
        self._take(1)

    def _take(self, count: int) -> None:
        self._out.append(self._source[self._at : self._at + count])
        self._at += count

    def _escape(self) -> None:
        code = _CODE.match(self._source, self._at)
        following = self._source[self._at + 1 : self._at + 2]
        if code:
            self._take(len(code[0]))
        elif following in ("z", "Z"):
            self._out.append(r"\Z")
            self._at += 2
        elif following in _LETTER_ESCAPES or (following and not following.isalnum()):
            self._take(2)
        else:
            raise RegexSyntaxError(f"\\{following} at {self._at} is not supported")

    def _class(self) -> None:
        """A [...]: its brackets, && and -- would be set operations of the package."""
        self._take(2 if self._source[self._at + 1 : self._at + 2] == "^" else 1)
        first = True
        while first or self._source[self._at : self._at + 1] != "]":
            character = self._source[self._at : self._at + 1]
            if not character:
                raise RegexSyntaxError("a [ is not closed")
            if character == "\\":
                self._escape()
            elif character in "[]&|~" or self._source.startswith("--", self._at):
                self._out.append("\\" + character)
                self._at += 1
            else:
                self._take(1)
            first = False
        self._take(1)

    def _open(self) -> None:
        named, flags = _NAMED.match(self._source, self._at), _FLAGS.match(self._source, self._at)
        if flags and flags[2] == ")":
            # Java's (?i) holds to the end of its group; the package's would hold everywhere.
            self._flags[-1].append(f"(?{flags[1]}:")
            self._out.append(self._flags[-1][-1])
            self._at += len(flags[0])
            return
        plain = "(" if self._source[self._at + 1 : self._at + 2] not in ("?", "*") else None
        known = next((group for group in _GROUPS if self._source.startswith(group, self._at)), plain)
        opening = (named or flags or [known])[0]
        if opening is None:
            raise RegexSyntaxError(f"{self._source[self._at : self._at + 4]} at {self._at} is not supported")
        self._flags.append([])
        self._take(len(opening))

    def _close(self) -> None:
        if len(self._flags) == 1:
            raise RegexSyntaxError(f"the ) at {self._at} closes nothing")
        self._close_flags()
        self._flags.pop()
        self._take(1)

    def _alternative(self) -> None:
        self._close_flags()
        self._take(1)
        self._out.extend(self._flags[-1])

    def _close_flags(self) -> None:
        self._out.append(")" * len(self._flags[-1]))

    def _repeat(self) -> None:
        found = _REPEAT.match(self._source, self._at)
        if found is None:
            self._out.append("\\{")  # {e<=1} would be the package's fuzzy matching
            self._at += 1
            return
        if max(int(number) for number in (found[1], found[3] or "0")) > MOST_REPEATS:
            raise RegexSyntaxError(f"{found[0]} at {self._at} repeats more than {MOST_REPEATS} times")
        self._take(len(found[0]))
