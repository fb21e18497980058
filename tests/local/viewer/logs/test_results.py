from hypothesis import given, settings
from hypothesis import strategies as st

from local.viewer.logs.results import Form, Series, chart, table, time_ms

QUIET = settings(deadline=None, database=None)  # no time limits: the machine may be busy

TRACE = "1-59602603-23fc5b688855d396af79b496"


def row(**cells: str) -> list[dict[str, str]]:
    return [{"field": name.replace("_at_", "@"), "value": value} for name, value in cells.items()]


def grouped(moment: str, route: str, count: str) -> list[dict[str, str]]:
    cells = (("bin(1m)", moment), ("route", route), ("n", count))
    return [{"field": name, "value": value} for name, value in cells if value]


def test_rows_are_a_table() -> None:
    """The columns in the order of the rows' fields; @ptr is for the API alone; a field that a row lacks is empty."""
    found = table([row(_at_timestamp="t1", a="1", _at_ptr="p"), row(_at_timestamp="t2", b=TRACE)])
    assert found.columns == ("@timestamp", "a", "b")
    assert found.rows == (("t1", "1", ""), ("t2", "", TRACE))


def test_bin_makes_lines() -> None:
    """Grouped by bin() and a field: a line for each of its values, a gap where it has no row."""
    found = chart(
        table(
            [
                grouped("2026-11-26 01:20:00.000", "/a", "3"),
                grouped("2026-11-26 01:20:00.000", "/b", "1"),
                grouped("2026-11-26 01:21:00.000", "/a", "4.5"),
            ]
        ),
        "stats count(*) as n by bin(1m), route",
    )
    assert found is not None
    assert (found.form, found.positions) == (Form.LINES, (1795656000000, 1795656060000))
    assert found.series == (Series("/a", (3.0, 4.5)), Series("/b", (1.0, None)))


def test_bin_may_have_another_name() -> None:
    """A time is the axis where bin() made it, also under an alias; the least of times is none."""
    rows = table([row(t="2026-11-26 01:20:00.000", n="3")])
    lines = chart(rows, "filter a | stats count(*) as n by bin(5m) as t")
    assert lines is not None
    assert lines.form is Form.LINES
    bars = chart(rows, "stats count(*) as n, min(@timestamp) as t by route")
    assert bars is not None
    assert bars.form is Form.BARS


def test_groups_make_bars() -> None:
    """Without bin() each row is a bar, named by what it is grouped by, one for each number."""
    found = chart(
        table([row(route="/a", n="3", ms="5"), row(route="/b", n="1")]), "stats count(*) as n, avg(ms) by route"
    )
    assert found is not None
    assert (found.form, found.positions) == (Form.BARS, ("/a", "/b"))
    assert found.series == (Series("n", (3.0, 1.0)), Series("ms", (5.0, None)))


def test_what_has_no_numbers_is_no_chart() -> None:
    """Without stats, or without numbers, there is only the table; a stats in a comment or a word is none."""
    numbers = table([row(a="x", n="1")])
    assert chart(numbers, "fields a, n") is None
    assert chart(numbers, "fields a, n # | stats count(*)") is None
    assert chart(table([row(a="x")]), "stats latest(a) by b") is None
    assert chart(table([]), "stats count(*)") is None


def test_too_many_series_are_counted() -> None:
    """At most 30 lines are drawn; how many more there are is said."""
    rows = [grouped("2026-11-26 01:20:00.000", f"/{number}", "1") for number in range(35)]
    found = chart(table(rows), "stats count(*) as n by bin(1m), route")
    assert found is not None
    assert (len(found.series), found.left_out) == (30, 5)


def test_times() -> None:
    """As Insights writes them, in UTC."""
    assert time_ms("1970-01-01 00:00:01.250") == 1250
    assert time_ms("2026-02-30 00:00:00.000") is None
    assert time_ms("2026-11-26T01:20:00Z") is None


CELL = st.fixed_dictionaries(
    {"field": st.text(max_size=3) | st.just("bin(1m)")}, optional={"value": st.text(max_size=4)}
)


@QUIET
@given(st.lists(st.lists(CELL, max_size=4), max_size=4))
def test_any_result_is_a_table(results: list[list[dict[str, str]]]) -> None:
    """Each row has a value for each column, and charts have a value for each position."""
    found = table(results)
    assert all(len(one) == len(found.columns) for one in found.rows)
    drawn = chart(found, "stats count(*) by bin(1m)")
    if drawn is not None:
        assert all(len(series.values) == len(drawn.positions) for series in drawn.series)
