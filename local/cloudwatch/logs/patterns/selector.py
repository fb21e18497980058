"""PURE: `$.users[0].id`: which member of a JSON message is meant."""

import re
from typing import Any, TypeAlias

from local.cloudwatch.logs.errors import PatternError

Selector: TypeAlias = tuple[str | int, ...]

MISSING = object()
_STEP = re.compile(
    r"""\.\ ?(?P<name>[A-Za-z0-9_-]+)
    |\.?"(?P<quoted>(?:[^"\\]|\\.)+)"
    |\.?\[\s*(?P<q>["'])(?P<bracketed>(?:(?!(?P=q))[^\\]|\\.)+)(?P=q)\s*\]
    |\[\s*(?P<index>\d{1,6})\s*\]""",
    re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(.)")


def read_selector(text: str, at: int) -> tuple[Selector, int]:
    """The selector that starts at `at`, and where it ends. Raises PatternError."""
    if not text.startswith("$", at):
        raise PatternError("a property selector starts with $, as $.eventType does", at)
    end, steps = at + 1, list[str | int]()
    while found := _STEP.match(text, end):
        steps.append(int(found["index"]) if found["index"] else _name(found))
        end = found.end()
    if text[end : end + 1] in (".", "["):
        raise PatternError(
            "after the selector's . comes a property's name, in its [] an index (wildcards are not)", end
        )
    if not steps:
        raise PatternError("a property selector names a property, as $.eventType does", at)
    return tuple(steps), end


def parse_selector(text: str) -> Selector:
    """A whole text that is a selector. Raises PatternError."""
    selector, end = read_selector(text, 0)
    if end != len(text):
        raise PatternError(f"{text[end:][:20]!r} follows the selector", end)
    return selector


def selected(document: Any, selector: Selector) -> Any:
    """What the selector points at, or MISSING."""
    for step in selector:
        is_member = isinstance(document, dict) and step in document
        if not is_member and not (isinstance(document, list) and isinstance(step, int) and step < len(document)):
            return MISSING
        document = document[step]
    return document


def _name(found: re.Match[str]) -> str:
    if found["name"]:
        return found["name"]
    return _ESCAPE.sub(r"\1", found["quoted"] or found["bracketed"])
