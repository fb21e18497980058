"""load_tests/tables.py: tables for people."""

from load_tests.tables import html_table, insert, text_table


def test_columns_stand_below_each_other() -> None:
    """Each as wide as its widest cell."""
    assert text_table("Slow", ("ms", "request"), [("812.3", "GET /"), ("9.0", "POST /api/items/")]) == [
        "Slow",
        "ms     request",
        "-----------------------",
        "812.3  GET /",
        "9.0    POST /api/items/",
        "",
    ]


def test_text_of_others_is_no_markup() -> None:
    """What comes from answers is shown, never run."""
    table = html_table("<b>", ("a & b",), [("<script>",)])
    assert "<script>" not in table
    assert "&lt;script&gt;" in table
    assert "<h2>&lt;b&gt;</h2>" in table
    assert "<th>a &amp; b</th>" in table


def test_section_goes_before_the_bodys_end() -> None:
    """Once, at the last one; a page without a body gets it at its end."""
    assert insert("<body>x</body></html>", "<p>y") == "<body>x<p>y</body></html>"
    assert insert("'</body>' <body></body>", "y") == "'</body>' <body>y</body>"
    assert insert("x", "y") == "xy"
