"""PURE: names -> the tokens that SEARCH compares, as "CloudWatch search expressions: Tokenization" has them."""

import re
from dataclasses import dataclass
from functools import lru_cache

PIECE = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W_]+?")
WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Tokens:
    """`pieces` as they were written, in order; `whole` is all of them as one, in lowercase."""

    pieces: tuple[str, ...]
    whole: str

    def has(self, term: "Tokens", cased: tuple[bool, ...]) -> bool:
        """Whether the pieces of `term` come one after the other here; `cased` says of each if its case counts."""
        if term.whole == self.whole:
            return True
        length = len(term.pieces)
        return any(
            _alike(self.pieces[begin : begin + length], term.pieces, cased)
            for begin in range(len(self.pieces) - length + 1)
        )


def _alike(pieces: tuple[str, ...], wanted: tuple[str, ...], cased: tuple[bool, ...]) -> bool:
    return all(
        piece == want if exactly else piece.lower() == want.lower()
        for piece, want, exactly in zip(pieces, wanted, cased, strict=True)
    )


@lru_cache(maxsize=4_096)
def tokenize(name: str) -> Tokens:
    words = WORD.findall(name)
    return Tokens(tuple(piece for word in words for piece in PIECE.findall(word)), "".join(words).lower())


@lru_cache(maxsize=256)
def case_counts(term: str) -> tuple[bool, ...]:
    """A word of several tokens (CustomCount, count1) is matched with its case; words between delimiters aren't."""
    parts = [PIECE.findall(word) for word in WORD.findall(term)]
    return tuple(len(pieces) > 1 for pieces in parts for _ in pieces)
