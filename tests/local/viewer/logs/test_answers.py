from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from local.viewer.aws import CallFailed
from local.viewer.json_text import read_json
from local.viewer.logs.events import MOST_SHOWN, event, short
from local.viewer.logs.pages import shown
from local.viewer.logs.query import Place, place_of

QUIET = settings(deadline=None, database=None)  # no time limits: the machine may be busy

TRACE = "1-59602603-23fc5b688855d396af79b496"


def test_an_event_as_the_script_gets_it() -> None:
    """Its message in pieces, those that name a trace with its id; level and summary of a JSON line."""
    answer = {
        "eventId": "1",
        "logStreamName": "s",
        "timestamp": 5,
        "message": f'{{"level":"WARN","message":"{TRACE}"}}\n',
    }
    assert short(event(answer, "g")) == {
        "id": "1",
        "stream": "s",
        "time": 5,
        "level": "warning",
        "summary": TRACE,
        "parts": [['{"level":"WARN","message":"', None], [TRACE, TRACE], ['"}', None]],
        "cut": 0,
    }


def test_a_long_message_is_cut_and_says_so() -> None:
    """20,000 characters of it, and how many more there are."""
    found = short(event({"message": "x" * 25_000}, "g"))
    assert [len(text) for text, _ in found["parts"]] == [MOST_SHOWN]
    assert found["cut"] == 5_000
    linked = short(event({"message": "x" * 19_990 + " " + TRACE}, "g"))
    assert linked["parts"] == [["x" * 19_990 + " ", None], [TRACE[:9], None]]


def test_where_a_query_is_wrong() -> None:
    """AWS's MalformedQueryException has queryCompileError: offsets in characters, and a message (page StartQuery)."""
    at = {"startCharOffset": 17, "endCharOffset": 18}
    members: dict[str, Any] = {"queryCompileError": {"location": at, "message": "unexpected symbol"}}
    failed = CallFailed("logs:StartQuery", "MalformedQueryException", "no", members=members)
    assert place_of(failed) == Place(17, 18, "unexpected symbol")
    assert place_of(CallFailed("logs:StartQuery", "LimitExceededException", "no")) is None


def test_a_result_as_the_script_gets_it() -> None:
    """Columns, rows, links, record pointers, and the numbers of lines; no chart without stats."""
    answer = {
        "status": "Complete",
        "results": [[{"field": "a", "value": TRACE}, {"field": "@ptr", "value": "p"}]],
        "statistics": {"recordsMatched": 1.0, "recordsScanned": 9.0, "bytesScanned": 100.0},
    }
    assert shown(answer, "fields a") == {
        "status": "Complete",
        "ended": True,
        "columns": ("a",),
        "rows": ((TRACE,),),
        "pointers": ["p"],
        "chart": None,
        "matched": 1.0,
        "scanned": 9.0,
    }


def test_halves_of_characters_are_replaced() -> None:
    """JSON can spell what UTF-8 cannot: U+FFFD stands there, and all else is as it was."""
    assert read_json('{"\\ud800": ["\\u00e9", "\\ud83d\\ude00"]}') == {"\ufffd": ["é", "😀"]}


@QUIET
@given(st.text())
def test_any_text_is_json_or_a_value_error(text: str) -> None:
    """Nothing else is raised, and what is read can be sent."""
    try:
        found = read_json(text)
    except ValueError:
        return
    repr(found).encode()
