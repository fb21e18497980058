"""Numbers as people read them, and the drawing's texts."""

import pytest

from load_tests.report.drawing import Drawing
from load_tests.report.markup import joined, prose, table, tag, two
from load_tests.report.words import count, dollars, low_high, ms, percent, rate


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "-"),
        (0, "0 ms"),
        (0.26, "0.3 ms"),
        (9.94, "9.9 ms"),
        (9.96, "10 ms"),
        (999.4, "999 ms"),
        (999.6, "1 s"),
        (1254, "1.25 s"),
        (123_456, "123 s"),
    ],
)
def test_ms(value: float | None, text: str) -> None:
    """Two or three digits that count, in the unit that needs fewest."""
    assert ms(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "-"),
        (0, "$0"),
        (0.00000004, "$0.00000004"),
        (0.0000004, "$0.0000004"),
        (0.00042, "$0.00042"),
        (0.0606, "$0.0606"),
        (0.5, "$0.50"),
        (0.361, "$0.361"),
        (1.266, "$1.27"),
        (1270, "$1,270"),
    ],
)
def test_dollars(value: float | None, text: str) -> None:
    """Never as 1e-07."""
    assert dollars(value) == text


def test_shares_counts_rates_and_ranges() -> None:
    """Percent with two digits; thousands parted; the unit of a range once."""
    assert [percent(value) for value in (None, 0, 0.0123, 0.5, 1)] == ["-", "0 %", "1.2 %", "50 %", "100 %"]
    assert (count(None), count(1234.4), rate(0.01), rate(1000)) == ("-", "1,234", "0.01/s", "1,000/s")
    assert low_high(None, ms) == ""
    assert low_high({"low": 80.4, "high": 91.0}, ms) == "80 to 91 ms"
    assert low_high({"low": 800.0, "high": 1910.0}, ms) == "800 ms to 1.91 s"
    assert low_high({"low": 0.2, "high": 0.31}, dollars) == "$0.20 to $0.31"


def test_text_is_escaped_and_markup_is_not() -> None:
    """What was made here is markup; everything else is text, attributes too."""
    assert tag("p", "<b>", tag("i", "&"), title='"') == '<p title="&quot;">&lt;b&gt;<i>&amp;</i></p>'
    assert joined("<", two("1", "<")) == "&lt;1<small>&lt;</small>"
    cells = table(("<h>",), [("<c>",), (prose("<d>"),)], [True, False])
    assert "<th>&lt;h&gt;</th>" in cells
    assert '<tr class="best"><td>&lt;c&gt;</td></tr>' in cells
    assert '<td class="prose">&lt;d&gt;</td>' in cells


def test_drawing() -> None:
    """Texts and tips escaped; labels that would touch are left out."""
    drawing = Drawing("<a>")
    drawing.text(1, 2, "<b>", "axis")
    drawing.dot(1, 2, "fill", "<c>")
    drawing.x_axis(lambda value: value, [100, 101, 200], lambda value: f"n{value:.0f}", "<d>")
    svg = drawing.svg()
    for letter in "abcd":
        assert f"&lt;{letter}&gt;" in svg
        assert f"<{letter}>" not in svg
    assert ">n100<" in svg
    assert ">n101<" not in svg
    assert ">n200<" in svg
