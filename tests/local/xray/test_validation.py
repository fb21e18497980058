"""Is this an X-Ray segment document? (AWS page "AWS X-Ray segment documents")"""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local.xray.validation import reason_against

# The page's own example of a segment, and of a subsegment that is sent by itself.
SEGMENT: dict[str, Any] = {
    "trace_id": "1-5759e988-bd862e3fe1be46a994272793",
    "id": "defdfd9912dc5a56",
    "start_time": 1461096053.37518,
    "end_time": 1461096053.4042,
    "name": "www.example.com",
    "http": {
        "request": {
            "url": "https://www.example.com/health",
            "method": "GET",
            "user_agent": "Mozilla/5.0",
            "client_ip": "11.0.3.111",
        },
        "response": {"status": 200, "content_length": 86},
    },
    "annotations": {"customer_category": 124, "zip_code": 98101, "country": "United States", "internal": False},
    "subsegments": [
        {
            "id": "53995c3f42cd8ad8",
            "name": "api.example.com",
            "start_time": 1461096053.37769,
            "end_time": 1461096053.40379,
            "namespace": "remote",
            "http": {"request": {"url": "https://api.example.com/health", "method": "POST", "traced": True}},
        }
    ],
}
SUBSEGMENT: dict[str, Any] = {
    "name": "www2.example.com",
    "id": "70de5b6f19ff9a0c",
    "start_time": 1478293361.271,
    "trace_id": "1-581cf771-a006649127e371903a2de979",
    "end_time": 1478293361.449,
    "type": "subsegment",
    "parent_id": "94ff8d1e5b6f0e2c",
}


def test_good_documents() -> None:
    """The examples of the page are taken, one in progress too."""
    assert reason_against(SEGMENT) is None
    assert reason_against(SUBSEGMENT) is None
    in_progress = {name: value for name, value in SEGMENT.items() if name != "end_time"}
    assert reason_against({**in_progress, "in_progress": True}) is None


GONE = object()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"trace_id": "1-x"}, "trace_id: '1-x' is not 1-<8 hex digits>-<24 hex digits>"),
        ({"trace_id": GONE}, "trace_id: missing is not 1-<8 hex digits>-<24 hex digits>"),
        ({"id": "xyz"}, "id: 'xyz' is not 16 hexadecimal digits"),
        ({"id": 7}, "id: 7 is not 16 hexadecimal digits"),
        ({"parent_id": "12"}, "parent_id: '12' is not 16 hexadecimal digits"),
        ({"type": "segment"}, "type: 'segment' is not 'subsegment'"),
        ({"type": "subsegment"}, "parent_id: missing; a subsegment sent by itself names its parent"),
        ({"name": ""}, "name: '' is not a string of 1 to 200 characters"),
        ({"name": "n" * 201}, "name: '" + "n" * 79 + " is not a string of 1 to 200 characters"),
        (
            {"name": "a?b"},
            "name: 'a?b' has characters other than letters, digits, white space and _.:/%&#=+\\-@",
        ),
        ({"start_time": "1"}, "start_time: '1' is not a number of seconds"),
        ({"start_time": True}, "start_time: True is not a number of seconds"),
        ({"start_time": float("inf")}, "start_time: inf is not a number of seconds"),
        ({"start_time": 1e18}, "start_time: 1e+18 is not a number of seconds"),
        ({"end_time": GONE}, "end_time: missing, and in_progress is not true"),
        ({"end_time": 1}, "end_time: before start_time"),
        ({"in_progress": True}, "end_time: present, but in_progress is true"),
        ({"error": "yes"}, "error: 'yes' is not a boolean"),
        ({"fault": 1}, "fault: 1 is not a boolean"),
        ({"http": []}, "http: not an object"),
        ({"http": {"response": 200}}, "http.response: not an object"),
        ({"http": {"response": {"status": "200"}}}, "http.response.status: '200' is not an integer"),
        ({"aws": "x"}, "aws: not an object"),
        ({"namespace": "local"}, "namespace: 'local' is neither 'aws' nor 'remote'"),
        ({"cause": "short"}, "cause: neither an object nor the 16 hexadecimal digits of an exception id"),
        ({"user": "u" * 251}, "user: not a string of at most 250 characters"),
        ({"annotations": {"a-b": 1}}, "annotations: the key 'a-b' has characters other than letters, digits, _ and ."),
        (
            {"annotations": {"a": []}},
            "annotations.a: not a number, a boolean or a string of at most 1000 characters",
        ),
        (
            {"annotations": {"a": 10**400}},
            "annotations.a: not a number, a boolean or a string of at most 1000 characters",
        ),
        ({"annotations": {f"a{n}": n for n in range(51)}}, "annotations: 51, more than 50"),
        ({"subsegments": {}}, "subsegments: not a list"),
        ({"subsegments": [7]}, "subsegments[0]: not an object"),
        (
            {"subsegments": [SUBSEGMENT, {"id": "1"}]},
            "subsegments[1].name: missing is not a string of 1 to 200 characters",
        ),
    ],
)
def test_bad_documents(change: dict[str, Any], reason: str) -> None:
    """Each rule of the page is a reason that starts with the member's name."""
    document = {name: value for name, value in {**SEGMENT, **change}.items() if value is not GONE}
    assert reason_against(document) == reason


def test_deep_nesting_is_refused() -> None:
    """A document nested to exhaust the stack is refused by name."""
    document: dict[str, Any] = dict(SUBSEGMENT)
    for _ in range(150):
        document = {**SUBSEGMENT, "subsegments": [document]}
    reason = reason_against(document)
    assert reason is not None
    assert reason.endswith("subsegments: nested more than 100 deep")


def test_deep_json_is_refused() -> None:
    """So is one whose metadata are nested so deep that the whole trace could not be written again."""
    nested: dict[str, Any] = {}
    for _ in range(299):
        nested = {"a": nested}
    assert reason_against({**SEGMENT, "metadata": nested["a"]}) is None
    assert reason_against({**SEGMENT, "metadata": nested}) == "document: nested more than 300 deep"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)
members = st.sampled_from([*SEGMENT, "type", "parent_id", "cause", "user", "in_progress", "namespace", "sql", "fault"])


# A loaded machine may take its time to make up values.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@unhurried
@given(st.dictionaries(members, json_values))
def test_no_value_breaks_the_validator(changes: dict[str, Any]) -> None:
    """Any JSON value in any member: a reason in one line or none, and what is taken can be written again."""
    document = {**SEGMENT, **changes}
    reason = reason_against(document)
    assert reason is None or len(reason.split("\n")) == 1
    if reason is None:
        assert isinstance(json.dumps(document), str)


@unhurried
@given(json_values)
def test_any_document_at_all(document: Any) -> None:
    """What is no segment is refused."""
    assert reason_against(document) is not None
