"""How the service is driven and what is kept of it: the event, the child process, EMF read anew."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from dashboards.declarations import declarations
from dashboards.errors import BoardError
from dashboards.evidence import Evidence, flattened
from dashboards.filters import LogFilter
from dashboards.layout import Dashboard
from dashboards.patterns import Is
from dashboards.rest_event import rest_event
from dashboards.sandbox import ANSWER, Context
from observability.catalogue import Unit

ROOT = Path(__file__).resolve().parents[2]


def members(value: Any) -> dict[str, Any]:
    """The names of an object's members, and of those of the objects in it."""
    return {name: members(item) for name, item in value.items()} if isinstance(value, dict) else {}


def test_event_is_a_rest_apis() -> None:
    """Every member of the event that is driven with is one of the recorded event of a REST API, and none is missing
    that Lambda's documentation shows in requestContext but ids of other ways to authenticate.
    """
    recorded = json.loads((ROOT / "tests/events/rest_v1.json").read_text())
    made = rest_event("POST", "/api/items/", {"name": "Lamp"}, {"X-Api-Key": "k"})
    assert set(made) == set(recorded)
    assert set(made["requestContext"]) <= set(recorded["requestContext"])
    assert set(recorded["requestContext"]) - set(made["requestContext"]) == {"extendedRequestId", "requestTime"}
    assert made["multiValueHeaders"]["X-Api-Key"] == ["k"]
    assert (made["body"], made["isBase64Encoded"]) == ('{"name": "Lamp"}', False)
    assert members(made["requestContext"]["identity"]).keys() <= members(recorded["requestContext"]["identity"]).keys()


def test_event_with_an_authorizer() -> None:
    """What an authorizer found out stands in requestContext."""
    event = rest_event("GET", "/", authorizer={"claims": {"sub": "caller-1"}})
    assert event["requestContext"]["authorizer"] == {"claims": {"sub": "caller-1"}}
    assert event["body"] is None


LINE = {
    "service": "items",
    "route": "/",
    "Requests": 1,
    "Latency": [1.5, 2],
    "_aws": {
        "Timestamp": 1,
        "CloudWatchMetrics": [
            {
                "Namespace": "N",
                "Dimensions": [["service"], ["service", "route"]],
                "Metrics": [{"Name": "Requests", "Unit": "Count"}, {"Name": "Latency"}],
            }
        ],
    },
}


def test_metrics_of_a_line() -> None:
    """EMF: a metric's value stands at the root under its name, as a number or many; without a unit it is None
    ("Specification: Embedded metric format").
    """
    evidence = Evidence("N")
    evidence.add_line(json.dumps(LINE))
    evidence.add_line("Traceback (most recent call last):")
    found = evidence.metrics
    assert found["Requests"].dimensions == {frozenset({"service"}), frozenset({"service", "route"})}
    assert (found["Requests"].units, found["Latency"].units) == ({"Count"}, {"None"})
    assert (found["Latency"].values, found["Latency"].lines) == ([1.5, 2], 1)
    assert found["Requests"].namespaces == {"N"}
    assert evidence.lines[1] == {}


def test_metric_that_never_moves() -> None:
    """A metric that is always 0 has not moved."""
    evidence = Evidence("N")
    evidence.add_line(json.dumps(LINE | {"Requests": 0}))
    assert not evidence.metrics["Requests"].moved
    assert evidence.metrics["Latency"].moved


def test_fields_of_a_line() -> None:
    """Nested members have dots, members of a list their number ("Supported logs and discovered fields")."""
    assert set(flattened({"a": {"b": [1, {"c": 2}]}, "d": None})) == {"a", "a.b", "a.b.0", "a.b.1", "a.b.1.c", "d"}


def test_annotations_of_documents() -> None:
    """Those of subsegments count as well."""
    evidence = Evidence("N")
    evidence.documents.append({"annotations": {"route": "/"}, "subsegments": [{"annotations": {"deep": True}}]})
    assert evidence.annotations() == {"route", "deep"}


def test_context_has_a_deadline() -> None:
    """The context counts down, as Lambda's does, and not below 0."""
    assert 0 < Context(1, 10_000).get_remaining_time_in_millis() <= 10_000
    assert Context(1, 0).get_remaining_time_in_millis() == 0
    assert Context(7, 0).aws_request_id == "00000000-0000-4000-8000-000000000007"


def test_child_process_keeps_answers_and_lines_apart(tmp_path: Path) -> None:
    """What a handler prints is a line of the log group; its answer follows behind the separator; a handler that raises
    is answered for; the process ends with its input.
    """
    (tmp_path / "printing.py").write_text(
        dedent("""\
            def handler(event, context):
                print("hello", context.function_name)
                return {"statusCode": 200} if event["good"] else 1 / 0
            """)
    )
    events = [{"event": {"good": good}, "remaining_ms": 1_000} for good in (True, False)]
    found = subprocess.run(
        [sys.executable, "-m", "dashboards.sandbox", "printing.handler"],
        input="".join(json.dumps(one) + "\n" for one in events),
        env={"PYTHONPATH": f"{ROOT}:{tmp_path}", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.split("\n") == [
        "hello items",
        ANSWER + '{"statusCode": 200}',
        "hello items",
        ANSWER + '{"errorType": "ZeroDivisionError", "errorMessage": "division by zero"}',
        "",
    ]


def test_declarations_name_their_lines() -> None:
    """Each declared metric has its file and line."""
    found = declarations(ROOT)
    assert len(found) == 17
    name, _, line = found["ItemsCreated"].partition(":")
    assert name == "service/metrics.py"
    assert 'Metric("ItemsCreated"' in (ROOT / name).read_text().splitlines()[int(line) - 1]


@pytest.mark.parametrize("selector", ["type", "$.", "$.a.", "$.a b", "$.a[0]"])
def test_selector_that_this_board_does_not_write(selector: str) -> None:
    """A selector of another form is refused, with its line."""
    with pytest.raises(BoardError, match=r"^test_driving\.py:\d+: selector"):
        Is(selector, "x")


def test_filter_pattern_too_long() -> None:
    """A pattern over 1,024 characters (PutMetricFilter) is refused, with its line."""
    with pytest.raises(BoardError, match=r"^test_driving\.py:\d+: Long: over 1024 characters of a filter pattern"):
        LogFilter("Long", Unit.COUNT, "", Is("$.type", "x" * 1_024))


def test_name_of_a_dashboard() -> None:
    """PutDashboard: A-Z, a-z, 0-9, - and _."""
    with pytest.raises(BoardError, match=r"^test_driving\.py:\d+: dashboard 'my board': letters, digits, - and _"):
        Dashboard(name="my board", title="", about="", rows=())
