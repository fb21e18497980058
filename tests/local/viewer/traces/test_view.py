from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.viewer.traces.trace_logs import pattern_of, request_ids
from local.viewer.traces.view import DEEPEST, Bar, bar, trace_view
from local.viewer.traces.waterfall import waterfall
from tests.local.viewer.traces.scorekeep import DOCUMENTS

QUIET = settings(deadline=None, database=None)  # no time limits: the machine may be busy


def document(**more: Any) -> dict[str, Any]:
    return {"id": "1", "name": "one", "start_time": 10.0, "end_time": 14.0, **more}


def test_bars_are_in_thousandths_of_the_trace() -> None:
    """A row's place and length; what took no time has a width that can be seen; what is in progress reaches the end."""
    below = [
        {"id": "2", "start_time": 11.0, "end_time": 13.0},
        {"id": "3", "start_time": 14.0, "end_time": 14.0},
        {"id": "4", "start_time": 12.0, "in_progress": True},
    ]
    found = waterfall([document(subsegments=below)])
    bars = {row.document["id"]: bar(row, found.duration_s) for row in found.rows}
    assert bars == {"1": Bar(0, 1000), "2": Bar(250, 500), "3": Bar(997, 3), "4": Bar(500, 500)}


def test_an_inferred_segment_is_a_note_of_its_call() -> None:
    """The call's row says what kind of resource it went to; nine rows are drawn of ten."""
    found = trace_view(waterfall(DOCUMENTS))
    assert [(one.row.name, one.notes) for one in found.rows if one.row.name == "DynamoDB"] == [
        ("DynamoDB", ("AWS::DynamoDB::Table",))
    ]
    assert len(found.rows) == 9


def test_the_head_is_the_roots() -> None:
    """Method, URL, status and user of the first segment; times of the axis from the start to the end."""
    found = trace_view(waterfall(DOCUMENTS))
    assert (found.method, found.url) == ("POST", "http://scorekeep.elasticbeanstalk.com/api/user")
    assert (found.status, found.user) == ("200", "5M388M1E")
    assert found.ticks_s == pytest.approx((0.0, 0.808, 1.616, 2.424, 3.232), abs=1e-6)


def test_a_cause_elsewhere_is_a_row() -> None:
    """A cause that is an id leads to the row that holds that exception; to none where the trace lacks it."""
    failed = {"id": "2", "start_time": 11.0, "end_time": 12.0, "cause": {"exceptions": [{"id": "e" * 16}]}}
    rows = trace_view(waterfall([document(cause="e" * 16, subsegments=[failed])])).rows
    assert [row.cause_place for row in rows] == [1, None]
    assert trace_view(waterfall([document(cause="f" * 16)])).rows[0].cause_place is None


def test_nothing_is_a_view() -> None:
    """A trace whose documents could not be read has no rows, and its page is drawn."""
    assert trace_view(waterfall([])).rows == ()


def test_the_lines_of_a_trace() -> None:
    """Those with its id or with an id of its invocations: terms of a filter pattern, any of which is enough."""
    service = {"id": "1", "origin": "AWS::Lambda", "aws": {"request_id": "ac086670-6373"}}
    function = {"id": "2", "origin": "AWS::Lambda::Function", "aws": {"request_id": "ac086670-6373"}}
    call = {"id": "3", "aws": {"request_id": "of-a-table"}}
    ids = request_ids(waterfall([service, function, call]).rows)
    assert ids == ["ac086670-6373"]
    assert pattern_of(["1-59602603-23fc5b688855d396af79b496", *ids, 'a"b']) == (
        '?"1-59602603-23fc5b688855d396af79b496" ?"ac086670-6373"'
    )


@QUIET
@given(st.lists(st.tuples(st.floats(0, 1e9), st.floats(0, 1e9)), min_size=1, max_size=8))
def test_no_bar_leaves_its_lane(times: list[tuple[float, float]]) -> None:
    """Whatever the times: inside the drawing, and wide enough to be seen."""
    found = waterfall([{"id": str(n), "start_time": one, "end_time": other} for n, (one, other) in enumerate(times)])
    for row in found.rows:
        drawn = bar(row, found.duration_s)
        assert 0 <= drawn.x <= 997
        assert 3 <= drawn.width <= 1000
        assert drawn.x + drawn.width <= 1000.011


def test_deep_rows_are_indented_no_further() -> None:
    """The drawing has room for so many steps; the rows keep their depth."""
    deepest: dict[str, Any] = document()
    for _ in range(60):
        deepest = document(subsegments=[deepest])
    last = trace_view(waterfall([deepest])).rows[-1]
    assert (last.indent, last.row.depth) == (DEEPEST, 60)
