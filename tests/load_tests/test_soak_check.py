"""load_tests/soak_check.py: what a soak has to leave behind."""

from dataclasses import replace
from typing import Any

import pytest

from load_tests.memory import Sample
from load_tests.outcome import Outcome
from load_tests.soak_check import Soaked, findings
from tests.load_tests.making import made

FIRST, SECOND = (str(made(number).trace_id) for number in (1, 2))
WHOLE: list[dict[str, Any]] = [
    {"origin": "AWS::ApiGateway::Stage"},
    {"origin": "AWS::Lambda"},
    {"origin": "AWS::Lambda::Function", "subsegments": [{"name": "Invocation"}, {"name": "items"}]},
]
HELD = Soaked(
    seconds=1.0,
    rate=2.0,
    made=[made(1), made(2)],
    lines=["load-1", "load-2"],
    trace_ids={FIRST, SECOND},
    traces={FIRST: WHOLE},
    memory={"local": [Sample(float(at), 50_000_000) for at in range(300)]},
    watched_s=300.0,
)


def test_nothing_is_wrong_with_what_held() -> None:
    """Two requests, two lines, two traces, level memory."""
    assert findings(HELD) == []


@pytest.mark.parametrize(
    ("broken", "found"),
    [
        ({"lines": ["load-1"]}, "1 requests have no wide line: load-2"),
        ({"lines": ["load-1", "load-2", "load-2"]}, "1 requests have more than one wide line: load-2"),
        ({"trace_ids": {FIRST}}, f"1 sampled traces are not there: {SECOND}"),
        ({"traces": {FIRST: WHOLE[:2]}}, f"1 of 1 traces that were read lack a segment: {FIRST}"),
        (
            {"traces": {FIRST: [*WHOLE[:2], {**WHOLE[2], "subsegments": [{"name": "Invocation"}]}]}},
            f"1 of 1 traces that were read lack a segment: {FIRST}",
        ),
        ({"rate": 4.0}, "2 requests/s were made of the 4 that were asked for: too little of a soak"),
        (
            {"memory": {"local": [Sample(float(at), 50_000_000 + at * 1_048_576) for at in range(300)]}},
            "local grew by 179.0 MB (3600 MB/h) at 257 MB; up to 12.9 MB is noise",
        ),
    ],
)
def test_each_loss_is_found_and_named(broken: dict[str, Any], found: str) -> None:
    """A lost or doubled line, a lost or broken trace, too small a load, a leak: one sentence, with what to look up."""
    assert findings(replace(HELD, **broken)) == [found]


def test_answers_nobody_asked_for_are_counted_by_kind() -> None:
    """A fault, a throttle, no answer at all; the refusals that users came for are none."""
    answers = [
        made(1, status=500, outcome=Outcome.WRONG),
        made(2, status=404, outcome=Outcome.REFUSED),
        made(3, status=429, outcome=Outcome.WRONG, handler_ms=None, sampled=False),
        made(4, status=429, outcome=Outcome.WRONG, handler_ms=None, sampled=False),
        made(5, status=0, outcome=Outcome.WRONG, handler_ms=None, trace_id=None),
    ]
    assert findings(replace(HELD, made=answers)) == [
        "1 times no answer to GET /api/items/, which nobody asked for",
        "2 times 429 to GET /api/items/, which nobody asked for",
        "1 times 500 to GET /api/items/, which nobody asked for",
    ]


def test_gateways_own_answer_needs_no_line() -> None:
    """A request that never reached the service leaves no line of it, and an unsampled one no trace."""
    answers = [made(1), made(2), made(3, handler_ms=None, sampled=False)]
    assert findings(replace(HELD, made=answers)) == []


def test_many_losses_are_counted_and_some_named() -> None:
    """The first five ids, and how many there are."""
    answers = [made(number, trace_id=None) for number in range(1, 10)]
    [found] = findings(replace(HELD, made=answers, lines=[]))
    assert found == "9 requests have no wide line: load-1, load-2, load-3, load-4, load-5, ..."


def test_strangers_lines_and_traces_are_no_losses() -> None:
    """Others may use the service meanwhile."""
    assert findings(replace(HELD, lines=[*HELD.lines, "order-17"], trace_ids={FIRST, SECOND, "1-other"})) == []
