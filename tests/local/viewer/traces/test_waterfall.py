import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.viewer.traces.details import annotations, details
from local.viewer.traces.document import parse
from local.viewer.traces.waterfall import Flag, Kind, Row, waterfall
from tests.local.viewer.traces.scorekeep import DOCUMENTS, FUNCTION

QUIET = settings(deadline=None, database=None)  # no time limits: the machine may be busy

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
IDS = st.sampled_from(["a", "b", "c", "d"])
HOSTILE = st.dictionaries(
    st.sampled_from(
        ["id", "parent_id", "name", "type", "start_time", "end_time", "subsegments", "sql", "aws", "http", "cause"]
    ),
    JSON | IDS | st.lists(st.dictionaries(st.sampled_from(["id", "start_time", "subsegments"]), IDS | JSON)),
)


def shape(rows: tuple[Row, ...]) -> list[tuple[int, str, str]]:
    return [(row.depth, row.name, row.kind.value) for row in rows]


def test_rows_stand_below_what_called_them() -> None:
    """A segment stands below the subsegment that called it, subsegments below their own, the earlier call first."""
    assert shape(waterfall(DOCUMENTS).rows) == [
        (0, "Scorekeep", "segment"),
        (1, "Lambda", "aws"),
        (2, "random-name", "segment"),
        (3, "random-name", "segment"),
        (4, "Initialization", "init"),
        (4, "annotations", "local"),
        (4, "SNS", "aws"),
        (1, "## UserModel.saveUser", "local"),
        (2, "DynamoDB", "aws"),
        (3, "DynamoDB", "inferred"),
    ]


def test_times_count_from_the_first_start() -> None:
    """A row's offset and duration are seconds, the trace's duration reaches to its last end (the page says 3.232)."""
    found = waterfall(DOCUMENTS)
    assert found.start_s == 1499473411.562
    assert round(found.duration_s, 3) == 3.232
    lambda_call = found.rows[1]
    assert round(lambda_call.start_s, 3) == 0.067
    assert lambda_call.duration_s == pytest.approx(2.943, abs=1e-6)


def test_init_is_seen() -> None:
    """A start that the request waited for is a row of its own kind, and its time is the trace's."""
    found = waterfall(DOCUMENTS)
    assert [row.name for row in found.rows if row.kind is Kind.INIT] == ["Initialization"]
    assert found.init_s == pytest.approx(0.755, abs=1e-6)
    assert waterfall([{"name": "warm", "id": "1", "start_time": 1, "end_time": 2}]).init_s is None


def test_own_time_leaves_out_what_ran_below() -> None:
    """Time in which two calls below ran at once counts once; what a call did after its caller's end does not count."""
    document = {
        "id": "1",
        "start_time": 100.0,
        "end_time": 110.0,
        "subsegments": [
            {"id": "2", "start_time": 101.0, "end_time": 104.0},
            {"id": "3", "start_time": 103.0, "end_time": 105.0},
            {"id": "4", "start_time": 109.0, "end_time": 120.0},
        ],
    }
    rows = waterfall([document]).rows
    assert [row.own_s for row in rows] == [5.0, 3.0, 2.0, 11.0]


def test_flags_say_how_it_went() -> None:
    """fault, error and throttle are the document's; what has no end is in progress."""
    document = {"id": "1", "start_time": 1.0, "fault": True, "error": False, "throttle": "yes"}
    assert waterfall([document]).rows[0].flags == (Flag.FAULT, Flag.IN_PROGRESS)
    limited = {"id": "1", "start_time": 1.0, "end_time": 2.0, "error": True, "throttle": True}
    assert waterfall([limited]).rows[0].flags == (Flag.ERROR, Flag.THROTTLE)


def test_sql_is_a_kind() -> None:
    """A subsegment with sql is a query, whatever its namespace."""
    query = {"id": "2", "start_time": 1.0, "end_time": 2.0, "namespace": "remote", "sql": {"sanitized_query": "SELECT"}}
    rows = waterfall([{"id": "1", "start_time": 1.0, "end_time": 2.0, "subsegments": [query]}]).rows
    assert rows[1].kind is Kind.SQL


def test_orphans_and_circles_are_shown() -> None:
    """A subsegment whose parent is missing is a root; of documents that call each other the first is."""
    orphan = {"id": "9", "type": "subsegment", "parent_id": "gone", "name": "orphan", "start_time": 3.0}
    one = {"id": "1", "parent_id": "2", "name": "one", "start_time": 1.0}
    two = {"id": "2", "parent_id": "1", "name": "two", "start_time": 2.0}
    own = {"id": "3", "parent_id": "3", "name": "own", "start_time": 4.0}
    assert [(row.depth, row.name) for row in waterfall([two, one, orphan, own]).rows] == [
        (0, "orphan"),
        (0, "own"),
        (0, "two"),
        (1, "one"),
    ]


def test_deep_traces_are_taken() -> None:
    """Nesting beyond Python's recursion limit is no problem."""
    document: dict[str, Any] = {"id": "0", "start_time": 1.0, "end_time": 2.0}
    for number in range(3000):
        document = {"id": str(number), "start_time": 1.0, "end_time": 2.0, "subsegments": [document]}
    rows = waterfall([document]).rows
    assert rows[-1].depth == 3000


@QUIET
@given(st.lists(HOSTILE, max_size=6))
def test_any_json_makes_rows(documents: list[dict[str, Any]]) -> None:
    """Whatever a document holds: a row for each, each parent above its rows, times that are numbers."""
    found = waterfall(documents)
    assert len(found.rows) >= len(documents)
    for row in found.rows:
        assert row.parent is None or row.parent < row.place
        assert row.start_s >= 0
        details(row.document)
        annotations(row.document)


@QUIET
@given(st.text())
def test_any_text_is_a_document_or_none(text: str) -> None:
    """A segment's text that is no JSON object is None."""
    found = parse(text)
    assert found is None or isinstance(json.loads(text), dict)


def test_details_are_sections() -> None:
    """http, aws and sql are lists of names and values, objects inside them named by their path."""
    found = details(
        {
            "id": "1",
            "http": {"request": {"url": "https://x/<b>", "method": "GET"}, "response": {"status": 500}},
            "sql": {"sanitized_query": "SELECT * FROM t WHERE a = ?", "database_type": "PostgreSQL"},
            "metadata": {"debug": {"a": [1, 2]}},
        }
    )
    assert [(section.title, section.entries) for section in found.sections] == [
        ("Identity", (("id", "1"),)),
        ("HTTP", (("request.url", "https://x/<b>"), ("request.method", "GET"), ("response.status", "500"))),
        ("SQL", (("sanitized_query", "SELECT * FROM t WHERE a = ?"), ("database_type", "PostgreSQL"))),
    ]
    assert found.metadata == (("debug", '{\n  "a": [\n    1,\n    2\n  ]\n}'),)


def test_exceptions_have_their_stack() -> None:
    """Each exception with its type, message and frames; how many frames were left out is said."""
    exception = {
        "id": "e",
        "type": "KeyError",
        "message": "'x'",
        "remote": True,
        "truncated": 3,
        "stack": [{"path": "app.py", "line": 12, "label": "handler"}],
    }
    (failure,) = details({"cause": {"exceptions": [exception]}}).failures
    assert (failure.kind, failure.message, failure.is_remote, failure.hidden_frames) == ("KeyError", "'x'", True, 3)
    assert [(frame.label, frame.path, frame.line) for frame in failure.frames] == [("handler", "app.py", "12")]


def test_a_cause_may_be_elsewhere() -> None:
    """A cause of 16 digits is the id of an exception in another document of the trace."""
    assert details({"cause": "0123456789abcdef"}).cause_id == "0123456789abcdef"


def test_annotations_are_texts() -> None:
    """Strings as they are, numbers and booleans as JSON has them."""
    assert annotations(FUNCTION["subsegments"][0]) == (("UserID", "5M388M1E"), ("Name", "Ola"))
    assert annotations({"annotations": {"cold": True, "n": 1.5}}) == (("cold", "true"), ("n", "1.5"))
