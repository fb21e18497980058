"""PURE: conditions joined by && and || with parentheses, "() > && > ||", for the JSON and the space-delimited form."""

import re
from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar

from local.cloudwatch.logs.errors import PatternError

Subject_contra = TypeVar("Subject_contra", contravariant=True)
Subject = TypeVar("Subject")

MOST_DEEP = 50  # ours: deeper than any pattern of 1,024 characters that a person writes
_SPACE = re.compile(r"\s*")


class Test(Protocol[Subject_contra]):
    def __call__(self, subject: Subject_contra, /) -> bool: ...


def read_any(
    text: str, at: int, read: Callable[[str, int], tuple[Test[Subject], int]], depth: int = 0
) -> tuple[Test[Subject], int]:
    """The expression at `at`, whose single conditions `read` reads, and where it ends. Raises PatternError."""
    if depth > MOST_DEEP:
        raise PatternError(f"parentheses nested more than {MOST_DEEP} deep", at)
    return _joined(text, at, "||", any, lambda t, a: _joined(t, a, "&&", all, _primary(read, depth)))


def skip(text: str, at: int) -> int:
    """Where white space that starts at `at` ends."""
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _joined(
    text: str,
    at: int,
    operator: str,
    join: Callable[[Iterable[bool]], bool],
    read: Callable[[str, int], tuple[Test[Subject], int]],
) -> tuple[Test[Subject], int]:
    first, at = read(text, at)
    parts = [first]
    while text.startswith(operator, at := skip(text, at)):
        part, at = read(text, at + len(operator))
        parts.append(part)
    if len(parts) == 1:
        return first, at
    return lambda subject: join(part(subject) for part in parts), at


def _primary(
    read: Callable[[str, int], tuple[Test[Subject], int]], depth: int
) -> Callable[[str, int], tuple[Test[Subject], int]]:
    def primary(text: str, at: int) -> tuple[Test[Subject], int]:
        at = skip(text, at)
        if not text.startswith("(", at):
            return read(text, at)
        inner, end = read_any(text, at + 1, read, depth + 1)
        if not text.startswith(")", end := skip(text, end)):
            raise PatternError("expected a )", end)
        return inner, end + 1

    return primary
