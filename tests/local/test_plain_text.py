"""Text of unknown origin on one line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.plain_text import cut, one_line


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain é 日本 \t tab", "plain é 日本 \t tab"),
        ("ends\n", "ends"),
        ("a\nb\r", "a\\nb\\r"),
        ("\x1b[31mred\x1b]0;title\x07", "\\x1b[31mred\\x1b]0;title\\x07"),
        ("\x9b31m \x85 \x7f", "\\x9b31m \\x85 \\x7f"),
        ("\u2028\u2029\u202e\u2066", "\\u2028\\u2029\\u202e\\u2066"),
        ("\ud800", "\\ud800"),
    ],
)
def test_control_characters_are_shown(text: str, shown: str) -> None:
    """What ends lines, steers terminals or reorders text is written as an escape; the rest stays."""
    assert one_line(text) == shown


@given(st.text())
def test_the_result_is_one_line_whatever_comes(text: str) -> None:
    """By Python's own idea of lines, and writable as UTF-8."""
    shown = one_line(text)
    assert len(shown.splitlines()) <= 1
    assert shown.encode() is not None


def test_cut() -> None:
    """At most the width, and visibly so."""
    assert cut("abcdef", 6) == "abcdef"
    assert cut("abcdefg", 6) == "abcde…"
