from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.viewer.traces.details import filter_for
from local.viewer.traces.summary import Outcome, narrowed, summary
from local.xray import parse_filter

QUIET = settings(deadline=None, database=None)  # no time limits: the machine may be busy

# The summary of AWS page "Getting data from AWS X-Ray", with annotations as the API's page of TraceSummary has them.
ANSWER: dict[str, Any] = {
    "Id": "1-59602603-23fc5b688855d396af79b496",
    "StartTime": datetime(2017, 7, 8, 0, 23, 31, tzinfo=UTC),
    "Duration": 3.232,
    "ResponseTime": 3.2,
    "HasFault": False,
    "HasError": False,
    "HasThrottle": False,
    "Http": {"HttpURL": "http://scorekeep.elasticbeanstalk.com/api/user", "HttpStatus": 200, "HttpMethod": "POST"},
    "EntryPoint": {"Name": "Scorekeep", "Names": ["Scorekeep"]},
    "Annotations": {
        "cold_start": [{"AnnotationValue": {"BooleanValue": True}, "ServiceIds": []}],
        "count": [{"AnnotationValue": {"NumberValue": 3.0}}],
        "route": [{"AnnotationValue": {"StringValue": "/items/{id}"}}],
    },
}


def test_a_summary_is_a_row() -> None:
    """What the list shows of a trace; its cold start is the annotation that says so."""
    found = summary(ANSWER)
    assert (found.id, found.response_s, found.duration_s) == ("1-59602603-23fc5b688855d396af79b496", 3.2, 3.232)
    assert (found.status, found.method, found.entry) == ("200", "POST", "Scorekeep")
    assert (found.outcome, found.is_cold, found.is_partial) == (Outcome.OK, True, False)
    assert [(one.name, one.value, one.filter) for one in found.annotations] == [
        ("cold_start", "true", "annotation[cold_start] = true"),
        ("count", "3", "annotation[count] = 3"),
        ("route", "/items/{id}", 'annotation[route] = "/items/{id}"'),
    ]


def test_a_trace_in_progress_is_a_row() -> None:
    """What is not known yet is None or empty."""
    found = summary({"Id": "x", "IsPartial": True})
    assert (found.response_s, found.duration_s, found.status, found.is_partial) == (None, None, "", True)


@pytest.mark.parametrize(
    ("flags", "outcome"),
    [
        ({"HasFault": True, "HasError": True}, Outcome.FAULT),
        ({"HasThrottle": True, "HasError": True}, Outcome.THROTTLE),
        ({"HasError": True}, Outcome.ERROR),
        ({}, Outcome.OK),
    ],
)
def test_the_worst_is_the_outcome(flags: dict[str, bool], outcome: Outcome) -> None:
    """A fault before a throttle, a throttle before another error."""
    assert summary(flags).outcome is outcome


def test_a_filter_is_narrowed() -> None:
    """A brushed range joins the filter; numbers have no exponent."""
    assert narrowed("", None, None) == ""
    assert narrowed(" fault ", None, None) == "fault"
    assert narrowed("", 0.01, 0.0126) == "responsetime >= 0.01 AND responsetime < 0.0126"
    assert narrowed("fault OR error", 0.00001, None) == "(fault OR error) AND responsetime >= 0.00001"


def test_an_annotation_that_no_filter_can_say_has_none() -> None:
    """A quotation mark or a backslash would end the value; a bracket the key."""
    assert filter_for("a", 'say "x"') is None
    assert filter_for("a", "back\\slash") is None
    assert filter_for("a]b", "x") is None
    assert filter_for("a", ["x"]) is None


@QUIET
@given(st.from_regex(r"[A-Za-z0-9_.]{1,20}", fullmatch=True), st.text() | st.booleans() | st.integers(-999, 999))
def test_filters_are_taken(name: str, value: Any) -> None:
    """Each filter that is made is one that X-Ray parses."""
    expression = filter_for(name, value)
    if expression is not None:
        parse_filter(narrowed(expression, 0.0001, 12.5))
