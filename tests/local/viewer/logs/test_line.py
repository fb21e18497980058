import json

from hypothesis import given, settings
from hypothesis import strategies as st

from local.viewer.logs.line import MOST_FIELDS, Part, flat, line, parts

QUIET = settings(deadline=None, database=None)  # no time limits: the machine may be busy

TRACE = "1-59602603-23fc5b688855d396af79b496"


def test_trace_ids_are_links() -> None:
    """Wherever a trace id stands in a message, that piece of it names the trace; the rest is text."""
    assert list(parts(f'{{"xray_trace_id":"{TRACE}"}}')) == [
        Part('{"xray_trace_id":"'),
        Part(TRACE, TRACE),
        Part('"}'),
    ]
    assert list(parts(f"XRAY TraceId: {TRACE}\tSegmentId: 1")) == [
        Part("XRAY TraceId: "),
        Part(TRACE, TRACE),
        Part("\tSegmentId: 1"),
    ]


def test_what_only_looks_like_one_is_text() -> None:
    """An id that is longer, shorter, or inside a word is none."""
    for message in (TRACE + "0", TRACE[:-1], "x" + TRACE, TRACE.upper(), ""):
        assert list(parts(message)) == [Part(message)]


def test_a_json_line_has_fields() -> None:
    """The members, by the names of Logs Insights; its level and its message."""
    found = line(json.dumps({"level": "ERROR", "message": "no", "a": {"b": [1, None]}, "xray_trace_id": TRACE}))
    assert (found.level, found.summary) == ("error", "no")
    assert found.fields == (
        ("level", "ERROR"),
        ("message", "no"),
        ("a.b.0", "1"),
        ("a.b.1", "null"),
        ("xray_trace_id", TRACE),
    )


def test_levels_of_text_lines() -> None:
    """As Lambda's text format writes them, in brackets or between tabs; no word within a word."""
    assert line("[ERROR]\t2026-01-01T00:00:00Z\tid\tboom").level == "error"
    assert line("2026-01-01 WARN slow").level == "warning"
    assert line("NOERRORS here").level == ""
    assert line("START RequestId: x").level == ""


def test_lambdas_records_have_a_summary() -> None:
    """A record of the platform has no message: what happened and how is said."""
    assert (
        line('{"time":"t","type":"platform.report","record":{"status":"timeout"}}').summary == "platform.report timeout"
    )


def test_html_is_text() -> None:
    """Nothing is taken out of a message, nothing is escaped: it is text, and stays what it is."""
    message = '<script>alert(1)</script><img src=x onerror="alert(2)">'
    assert line(message).parts == (Part(message),)
    assert line(json.dumps({"message": message})).summary == message


def test_a_line_of_many_members_is_cut() -> None:
    """At most MOST_FIELDS fields: the message itself still has all."""
    assert len(list(flat({str(number): number for number in range(2000)}))) == MOST_FIELDS == 500
    assert len(list(flat({"a": list(range(100_000))}))) == MOST_FIELDS


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@QUIET
@given(st.text() | st.lists(st.sampled_from([TRACE, "-", " ", "{", '"', "a", "\u2028"])).map("".join))
def test_any_text_keeps_every_character(message: str) -> None:
    """The parts put together are the message."""
    assert "".join(part.text for part in line(message).parts) == message


@QUIET
@given(st.dictionaries(st.sampled_from(["level", "message", "type", "record", "x"]), JSON))
def test_any_json_is_a_line(document: dict[str, object]) -> None:
    """Fields are texts, whatever the members are."""
    assert all(isinstance(value, str) for _, value in line(json.dumps(document)).fields)


def test_what_json_refuses_is_text() -> None:
    """Nesting beyond reason, a number of thousands of digits: a plain line."""
    assert line('{"a":' * 100_000).fields == ()
    assert line('{"x":' + "1" * 5000 + "}").fields == ()
