"""PURE: texts that a message has in any case if a filter is true: SQLite finds them faster than it reads JSON."""

import re
from collections.abc import Iterator

from local.cloudwatch.logs.insights.syntax import Constant, Expression, Match, Name, Operation
from local.cloudwatch.logs.regexes import Regex

# JSON may write other characters as escapes, and a number in other ways than as the text of its value.
_PLAIN = re.compile(r"(?!Inf)[A-Za-z][A-Za-z0-9_ .:-]*", re.ASCII)


def needed_texts(condition: Expression) -> Iterator[tuple[Name, str]]:
    """Fields and what they have to hold: of `field = "text"` and `field like "text"` between the outermost ands."""
    match condition:
        case Operation(operator="and", operands=operands):
            for operand in operands:
                yield from needed_texts(operand)
        case Operation(operator="=", operands=(Name() as name, Constant(value=str() as text))):
            yield from _plain(name, text)
        case Operation(operator="=", operands=(Constant(value=str() as text), Name() as name)):
            yield from _plain(name, text)
        case Match(value=Name() as name, what=what, negated=False):
            yield from _plain(name, what.literal if isinstance(what, Regex) else what)


def _plain(name: Name, text: str | None) -> Iterator[tuple[Name, str]]:
    if text and not name.text.startswith("@") and _PLAIN.fullmatch(text):
        yield name, text
