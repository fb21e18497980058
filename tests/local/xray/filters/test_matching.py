"""Which traces a filter expression takes (AWS page "Using filter expressions")."""

from typing import Any

import pytest

from local.xray.facts import Facts, gather
from local.xray.filters import NamedFilter, matches, parse_filter
from local.xray.tree import build
from tests.local.xray.scorekeep import FUNCTION_ARN, SENT, TRACE_ID

SCOREKEEP = gather(build(TRACE_ID, SENT))


def taken(text: str, facts: Facts = SCOREKEEP) -> bool:
    return matches(parse_filter(text), facts)


@pytest.mark.parametrize(
    "text",
    [
        "ok",
        "ok = true",
        "fault = false",
        "!error",
        "!throttle !partial",
        "inferred",
        "responsetime > 3.231 AND responsetime < 3.233",
        "responsetime = 3.232",
        "duration >= 3.232",
        "http.status = 200",
        'http.url CONTAINS "/api/user"',
        'http.url BEGINSWITH "http://scorekeep" AND http.url ENDSWITH "user"',
        'http.method != "GET"',
        'http.useragent CONTAINS "Chrome"',
        'http.clientip = "205.251.233.183"',
        "http.url",
        'user = "5M388M1E"',
        'user CONTAINS ""',
        'availabilityzone = "us-west-2c"',
        'instance.id = "i-0cd9e448944061b4a"',
        f'resource.arn = "{FUNCTION_ARN}"',
        'annotation.Name = "Ola"',
        'annotation[UserID] BEGINSWITH "5M"',
        "annotation.Name",
        "!annotation.age",
        'service("Scorekeep")',
        "service() { responsetime > 3 }",
        'service(id(name: "random-name", type: "AWS::Lambda::Function")) { responsetime = 1.74 }',
        'service(id(type: "AWS::DynamoDB::Table")) { inferred AND http.status = 200 }',
        'service(id(account.id: "123456789012")) { name = "random-name" AND type ENDSWITH "Function" }',
        'service("Scorekeep") { root }',
        '!service("random-name") { root = true }',
        'service("random-name") { annotation[Name] = "Ola" }',
        'service("Scorekeep") { user = "5M388M1E" AND instance.id BEGINSWITH "i-" }',
        'edge("Scorekeep", "scorekeep-user")',
        'edge("Scorekeep", "random-name") { responsetime > 2.9 AND ok }',
        'edge(id(name: "random-name", type: "AWS::Lambda"), id(type: "AWS::Lambda::Function"))',
        'edge("random-name", "SNS") { duration < 1 AND duration > 0.9 }',
        'edge(id(type: "client"), "Scorekeep") { http.status = 200 }',
        "edge() { responsetime < 0.1 }",
    ],
)
def test_what_the_scorekeep_trace_meets(text: str) -> None:
    """The trace of AWS page "Getting data from AWS X-Ray"."""
    assert taken(text)


@pytest.mark.parametrize(
    "text",
    [
        "!ok",
        "fault",
        "partial",
        "responsetime > 3.2321",
        "duration < 3",
        "http.status != 200",
        'user = "5m388m1e"',
        'annotation.Name = "ola"',
        "annotation.UserID = 5",
        "annotation.age",
        "annotation.age != 5",
        'service("scorekeep")',
        'service("Scorekeep") { responsetime < 1 }',
        'service(id(name: "Scorekeep", type: "AWS::Lambda"))',
        'service(id(account.id: "1"))',
        "service() { fault }",
        'edge("scorekeep-user", "Scorekeep")',
        'edge("Scorekeep", "SNS")',
        'edge("Scorekeep", "random-name") { error }',
        "rootcause.fault.service",
    ],
)
def test_what_it_does_not_meet(text: str) -> None:
    """Values are compared as they are written, numbers with numbers; what is not there meets nothing."""
    assert not taken(text)


def trace(*segments: dict[str, Any]) -> Facts:
    times = {"start_time": 1.0, "end_time": 2.0, "trace_id": TRACE_ID}
    return gather(build(TRACE_ID, [{**times, **segment} for segment in segments]))


def exception(kind: str, message: str) -> dict[str, Any]:
    return {"exceptions": [{"id": "0" * 16, "type": kind, "message": message}]}


HANDLED = trace(
    {
        "id": "1" * 16,
        "name": "api.example.com",
        "subsegments": [
            {
                "id": "2" * 16,
                "name": "backend.example.com",
                "namespace": "remote",
                "start_time": 1.0,
                "end_time": 1.5,
                "error": True,
            }
        ],
    }
)
FAULTY = trace(
    {"id": "1" * 16, "name": "web", "fault": True, "subsegments": [
        {"id": "2" * 16, "name": "auth", "namespace": "remote", "fault": True, "start_time": 1.0, "end_time": 2.0},
        {"id": "4" * 16, "name": "fine", "start_time": 1.0, "end_time": 2.0},
    ]},
    {"id": "3" * 16, "name": "Auth", "parent_id": "2" * 16, "fault": True, "subsegments": [
        {"id": "5" * 16, "name": "deserialize", "start_time": 1.0, "end_time": 2.0, "fault": True,
         "cause": exception("ValueError", "Access Denied for account_id: 1234567890")},
    ]},
)  # fmt: skip


def test_an_error_that_was_handled() -> None:
    """ "If an error occurs downstream, but is handled and not returned to the user, a search for error will not find
    it": service() and edge() do.
    """
    assert not taken("error", HANDLED)
    assert taken("ok", HANDLED)
    assert taken('service("backend.example.com") { error }', HANDLED)
    assert taken('edge("api.example.com", "backend.example.com") { error }', HANDLED)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('rootcause.fault.entity { last and name = "deserialize" }', True),
        ('rootcause.fault.entity { first and name = "deserialize" }', False),
        ('rootcause.fault.entity { remote and name = "auth" }', True),
        ('rootcause.fault.entity { name = "fine" }', False),
        ('rootcause.fault.service { name = "Auth" }', True),
        ('rootcause.fault.service { first and name = "web" }', True),
        ("rootcause.fault.service { index = 1 AND last }", True),
        ("rootcause.fault.service { index > 5 }", False),
        ("rootcause.fault.service { inferred }", False),
        ('rootcause.fault.exception { last and message = "Access Denied for account_id: 1234567890" }', True),
        ('rootcause.fault.exception { name = "ValueError" }', True),
        ("rootcause.error.service", False),
    ],
)
def test_root_causes(text: str, expected: bool) -> None:  # noqa: FBT001 - pytest passes parameters by name
    """The page's examples: the services, entities and exceptions in the path of a fault."""
    assert taken(text, FAULTY) is expected


def test_groups() -> None:
    """`group.name`: "the value of a group's filter expression"; one that is not there takes nothing."""
    groups = [
        NamedFilter("slow", "arn:slow", parse_filter("responsetime > 3")),
        NamedFilter("faulty", "arn:faulty", parse_filter("fault")),
        NamedFilter("Default", "arn:default", None),
        NamedFilter("loop", "arn:loop", parse_filter('group.name = "loop" OR ok')),
    ]

    def is_in(text: str) -> bool:
        return matches(parse_filter(text), SCOREKEEP, groups)

    assert is_in('group.name = "slow" AND user = "5M388M1E"')
    assert is_in('group.arn = "arn:slow"')
    assert not is_in('group.name = "faulty"')
    assert is_in('group.name != "faulty"')
    assert is_in('group.name = "Default"')
    assert not is_in('group.name = "none"')
    assert is_in('group.name = "loop"')


def test_in_progress() -> None:
    """A trace in progress is partial; nobody knows its response time, so no comparison of it holds."""
    facts = gather(
        build(TRACE_ID, [{"id": "1" * 16, "trace_id": TRACE_ID, "name": "a", "start_time": 1.0, "in_progress": True}])
    )
    assert taken("partial", facts)
    assert not taken("responsetime >= 0", facts)
    assert not taken("responsetime < 0 OR duration >= 0", facts)
    assert taken("service() { partial }", facts)
