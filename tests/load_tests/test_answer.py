"""load_tests/answer.py: what an answer's headers tell."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from load_tests.answer import Answer, read_answer, read_server_timing

TRACE = "1-67891233-abcdef012345678912345678"


def test_cold_start_is_told_by_its_init() -> None:
    """A cold start's answer has app and init in Server-Timing; the trace is the Root of X-Amzn-Trace-Id."""
    headers = {"server-timing": "app;dur=7.394, init;dur=211.25", "x-amzn-trace-id": f"Root={TRACE};Sampled=1"}
    answer = read_answer(headers)
    assert answer == Answer(trace_id=TRACE, sampled=True, handler_ms=7.394, init_ms=211.25)
    assert answer.cold


def test_warm_answer_has_no_init() -> None:
    """Without an init metric an answer is warm; a trace that was not sampled says so."""
    answer = read_answer({"server-timing": "app;dur=0.5", "x-amzn-trace-id": f"Root={TRACE};Parent=x;Sampled=0"})
    assert answer == Answer(trace_id=TRACE, sampled=False, handler_ms=0.5, init_ms=None)
    assert not answer.cold


def test_answer_of_somebody_else_tells_nothing() -> None:
    """A gateway's own answer has no Server-Timing, and a header that is no trace is none."""
    assert read_answer({}) == Answer()
    assert read_answer({"x-amzn-trace-id": "Root=1-short;Sampled=1"}).trace_id is None
    assert read_answer({"x-amzn-trace-id": f"{TRACE}"}).trace_id is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('miss, db;dur=53, app;desc="with; words";dur=47.2', {"db": 53.0, "app": 47.2}),
        ("app ; dur = 3", {"app": 3.0}),
        ('app;dur="4.5"', {"app": 4.5}),
        ("app;dur=1, app;dur=2", {"app": 1.0}),
        ("app;dur=fast", {}),
        ("", {}),
    ],
)
def test_server_timing_as_its_grammar_has_it(text: str, found: dict[str, float]) -> None:
    """W3C "Server Timing": commas, semicolons, durations as tokens or quoted; the first of a name counts."""
    assert read_server_timing(text) == found


@given(st.text(), st.text())
def test_no_header_breaks_the_reading(timing: str, trace: str) -> None:
    """Whatever a broken server answers, the load goes on."""
    read_answer({"server-timing": timing, "x-amzn-trace-id": trace})
