"""Regular expressions of queries: Java's syntax, and a deadline."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.cloudwatch.logs.errors import RegexTooSlow
from local.cloudwatch.logs.regexes import Regex, RegexSyntaxError


@pytest.mark.parametrize(
    ("expression", "text", "is_match"),
    [
        ("Exception", "an Exception", True),
        ("(?i)exception", "an EXCEPTION", True),
        ("^(?i)Exception$", "EXCEPTION", True),  # AWS page "CloudWatch Logs Insights Query Syntax"
        ("^(?i)Exception$", "an EXCEPTION", False),
        ("a(?i)b|c", "aB", True),  # java.util.regex.Pattern: a flag holds to the end of its group
        ("a(?i)b|c", "C", True),
        ("a(?i)b|c", "AB", False),
        ("((?i)a)b", "AB", False),
        (r"2\d\d", "status 204", True),
        (r"[\d&&[^5]]", "&]", True),
        (r"\x41\u0042", "AB", True),
        (r"(?:foo){e<=1}", "fo", False),  # no fuzzy matching
        (r"(?:foo){e<=1}", "foo{e<=1}", True),
        (r"a{2}", "aa", True),
        (r"(?<n>a)\1", "aa", True),
        (r"a\z", "a", True),
        (r"\w", "é", False),  # java.util.regex.Pattern: \w is [a-zA-Z_0-9]
    ],
)
def test_syntax(expression: str, text: str, *, is_match: bool) -> None:
    """What an expression finds is what Java's finds."""
    assert Regex(expression).matches(text) is is_match


@pytest.mark.parametrize(
    "expression",
    [
        "(",
        ")",
        "[a",
        "(?R)",
        "(?1)",
        "(*FAIL)",
        r"\K",
        r"\m",
        r"\p{L}",
        r"\L<x>",
        "(?#x)",
        "a{2000}",
        "*",
        "(?<n>a)(?<n>b",
        "\\",
    ],
)
def test_what_is_refused(expression: str) -> None:
    """What is no expression, and what only the package knows, is an error of ours."""
    with pytest.raises(RegexSyntaxError):
        Regex(expression)


def test_named_groups() -> None:
    """The page's expression for its log line: level, config and exception, in their order."""
    expression = Regex(r"\[(?<level>\S+)\]\s+(?<config>\{.*\})\s+The error was: (?<exception>\S+)")
    line = "25 May 2019 10:24:39,474 [ERROR] {foo=2, bar=data} The error was: DataIntegrityException"
    assert expression.names == ("level", "config", "exception")
    assert expression.groups(line) == ("ERROR", "{foo=2, bar=data}", "DataIntegrityException")


@pytest.mark.parametrize(
    ("expression", "literal"), [("ERROR", "ERROR"), ('"a": 1', '"a": 1'), ("a.b", None), ("a|b", None), ("^a", None)]
)
def test_literals(expression: str, literal: str | None) -> None:
    """An expression that looks for one text is known as such: SQLite looks for it without us."""
    assert Regex(expression).literal == literal


def test_a_bad_expression_is_stopped() -> None:
    """An expression that would try for years is stopped at its deadline, and other threads run meanwhile."""
    seen, done = threading.Event(), threading.Event()

    def count() -> None:
        while not done.is_set():
            seen.set()

    thread = threading.Thread(target=count)
    thread.start()
    seen.wait()
    seen.clear()
    with pytest.raises(RegexTooSlow, match=r"\(a\+\)\+\$/ took more than 0.2 s on one event"):
        Regex("(a+)+$", seconds=0.2).matches("a" * 5000 + "b")
    assert seen.is_set()
    done.set()
    thread.join()


@given(
    st.text(max_size=20)
    | st.lists(st.sampled_from([*"()[]{}|\\^$*+?.-&~,=<>!:Pi12a", "(?", "(?i)", "(?<n>"])).map("".join)
)
def test_any_text(expression: str) -> None:
    """Any text is an expression or raises RegexSyntaxError."""
    try:
        made = Regex(expression)
    except RegexSyntaxError:
        return
    assert made.matches("a(b)[c]{1}") in (True, False)
