"""PURE: what a pattern compares a value with: numbers, strings with * at an end, regular expressions."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from operator import ge, gt, le, lt
from typing import TypeAlias

from local.cloudwatch.logs.errors import PatternError
from local.cloudwatch.logs.regexes import Regex, RegexSyntaxError

Value: TypeAlias = str | int | float | bool

NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
OPERATOR = re.compile(r"!=|<=|>=|=|<|>")
_ORDER: dict[str, Callable[[float, float], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge}
# "Strings that have unicode and other characters such as '@,' '$,' '\\,' etc. must be enclosed in double quotes".
_BARE = re.compile(r"[\w.*]+", re.ASCII)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_ESCAPE = re.compile(r"\\(.)")
# The page's "Supported regular expressions (regex) syntax": alphanumerics, these symbols, these operators.
_REGEX_ALLOWED = re.compile(r"[A-Za-z0-9:_#=@/;,\-^$?\[\]{}|*+.]|\\[dDsSwW]|\\x[0-9a-fA-F]{2}|\\[!-/:-@\[-`{-~]")
PATTERN_S = 0.1  # one event of a metric filter may not hold up those that write events
MOST_UNBOUNDED = 4


@dataclass(frozen=True)
class Condition:
    """`test` takes the value; `has_regex` is for the limits on regular expressions."""

    test: Callable[[Value], bool]
    has_regex: bool = False


def read_condition(text: str, at: int) -> tuple[Condition, int]:
    """The operator and the value that stand at `at`, and where they end. Raises PatternError."""
    operator = OPERATOR.match(text, at)
    if operator is None:
        raise PatternError("expected one of = != < > <= >=", at)
    start = operator.end()
    while text[start : start + 1].isspace():
        start += 1
    if text.startswith("%", start):
        expression, end = read_regex(text, start)
        return _regex_condition(operator[0], expression, at), end
    number = NUMBER.match(text, start)
    if number and not _BARE.match(text, number.end()):
        return _number_condition(operator[0], number[0]), number.end()
    quoted, bare = _QUOTED.match(text, start), _BARE.match(text, start)
    if quoted:
        literal = _ESCAPE.sub(r"\1", quoted[1])
        return _text_condition(operator[0], literal, at), quoted.end()
    if bare is None:
        raise PatternError('expected a number, a word, a "quoted string" or a %regex%', start)
    return _text_condition(operator[0], bare[0], at), bare.end()


def read_regex(text: str, at: int) -> tuple[Regex, int]:
    """The %...% at `at`, and where it ends. Raises PatternError."""
    end = text.find("%", at + 1)
    if end < 0:
        raise PatternError("the % that starts a regex has no % that ends it", at)
    inner, place = text[at + 1 : end], 0
    while place < len(inner):
        allowed = _REGEX_ALLOWED.match(inner, place)
        if allowed is None:
            raise PatternError(f"{inner[place : place + 2]!r} is not supported in a regex", at + 1 + place)
        place = allowed.end()
    if not inner:
        raise PatternError("the regex is empty", at)
    if len(re.findall(r"(?<!\\)[*+]|(?<!\\)\{\d+,\}", inner)) > MOST_UNBOUNDED:
        raise PatternError(f"a regex with more than {MOST_UNBOUNDED} of * + {{n,}} is not supported on the laptop", at)
    try:
        return Regex(inner, PATTERN_S), end + 1
    except RegexSyntaxError as error:
        raise PatternError(str(error), at) from None


def text_of(value: Value) -> str:
    """A value of a JSON message as it stands in patterns and in metrics' dimensions."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def number_of(value: Value) -> float | None:
    """The number that a value is, or that a string holds."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and not NUMBER.fullmatch(value):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _regex_condition(operator: str, expression: Regex, at: int) -> Condition:
    if operator not in ("=", "!="):
        raise PatternError(f"{operator} compares with a number; a regex takes = or !=", at)
    wanted = operator == "="
    return Condition(lambda value: expression.matches(text_of(value)) is wanted, has_regex=True)


def _number_condition(operator: str, literal: str) -> Condition:
    number = float(literal)
    if operator in _ORDER:
        return Condition(lambda value: (found := number_of(value)) is not None and _ORDER[operator](found, number))
    wanted = operator == "="

    def equal(value: Value) -> bool:
        found = number_of(value)
        return (found == number if found is not None else text_of(value) == literal) is wanted

    return Condition(equal)


def _text_condition(operator: str, literal: str, at: int) -> Condition:
    """Asterisks at the ends stand for any text; one inside is itself ("Ev*ent will only match the actual string")."""
    if operator not in ("=", "!="):
        raise PatternError(f"{operator} compares with a number; a string takes = or !=", at)
    wanted = operator == "="
    inner = literal.strip("*") if len(literal) > 1 else literal.rstrip("*")
    before, after = literal.startswith("*"), literal.endswith("*")

    def equal(value: Value) -> bool:
        text = text_of(value)
        if before and after:
            return (inner in text) is wanted
        if before or after:
            return (text.endswith(inner) if before else text.startswith(inner)) is wanted
        return (text == inner) is wanted

    return Condition(equal)
