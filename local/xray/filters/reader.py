"""PURE: tokens, read one after the other."""

from local.xray.filters.errors import FilterError
from local.xray.filters.tokens import Kind, Token


class Reader:
    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._next = 0

    @property
    def token(self) -> Token:
        """The one that comes next; it stays."""
        return self._tokens[self._next]

    def step(self) -> Token:
        """The one that comes next, which is read by this; the END stays for ever."""
        token = self._tokens[self._next]
        if token.kind is not Kind.END:
            self._next += 1
        return token

    def take_mark(self, mark: str) -> bool:
        return self.token.is_mark(mark) and self.step() is not None

    def take_word(self, word: str) -> bool:
        return self.token.is_word(word) and self.step() is not None

    def expect(self, mark: str) -> None:
        if not self.take_mark(mark):
            raise FilterError(f"{self.token} where {mark} was expected", self.token.position)

    def end(self) -> None:
        if self.token.kind is not Kind.END:
            raise FilterError(f"{self.token} after the end of the expression", self.token.position)
