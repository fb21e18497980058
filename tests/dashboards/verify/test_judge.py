"""What is found of a stack, by an account whose answers are given."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from dashboards.errors import VerifyError
from dashboards.verify.account import Account, Resource, Span
from dashboards.verify.finding import Finding, Verdict
from dashboards.verify.judge import Judge
from dashboards.verify.report import report

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SPAN = Span(1_000, 1_060)
BOARD = Resource("Board", "AWS::CloudWatch::Dashboard", "board", "")
ALARM = Resource("Slow", "AWS::CloudWatch::Alarm", "slow", "")
COMPOSITE = Resource("Burning", "AWS::CloudWatch::CompositeAlarm", "arn:aws:cloudwatch:us-east-1:1:alarm:burning", "")
QUERY = Resource("Faults", "AWS::Logs::QueryDefinition", "q-1", "")
TABLE = Resource("Table", "AWS::DynamoDB::Table", "items", "")
NO_TABLE = Resource("Table", "AWS::DynamoDB::Table", "", "not on the laptop: no DynamoDB here")
NONE, DATA, NOT_HERE = Verdict.NONE, Verdict.DATA, Verdict.NOT_HERE


class Given(Account):
    """`values`: how many each query of a graph has; `found`: rows of a log query; a missing one is refused."""

    def __init__(self, resources: Sequence[Resource], **answers: Any) -> None:
        self._given = resources
        self._answers = answers
        self.asked: list[Any] = []

    def resources(self, stack: str) -> list[Resource]:
        del stack
        return list(self._given)

    def dashboard(self, name: str) -> str:
        if name not in self._answers:
            message = f"Dashboard {name} does not exist"
            raise ClientError({"Error": {"Code": "ResourceNotFound", "Message": message}}, "GetDashboard")
        return json.dumps({"widgets": self._answers[name]})

    def counts(self, queries: Sequence[Mapping[str, Any]], span: Span) -> Mapping[str, int]:
        self.asked.append((queries, span))
        if "values" not in self._answers:
            raise ClientError({"Error": {"Code": "ValidationError", "Message": "no such function"}}, "GetMetricData")
        return dict(self._answers["values"])

    def rows(self, query: str, groups: Sequence[str], span: Span) -> list[Mapping[str, str]]:
        self.asked.append((query, groups, span))
        return list(self._answers["found"](query))

    def alarms(self, names: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        known: Mapping[str, Mapping[str, Any]] = self._answers.get("states", {})
        return {name: known[name] for name in names if name in known}

    def saved_queries(self) -> Mapping[str, Mapping[str, Any]]:
        return dict(self._answers.get("saved", {}))


def findings(account: Account) -> list[Finding]:
    return list(Judge(account, "shop", SPAN).findings())


def graph(*metrics: Any, period: int = 60) -> dict[str, Any]:
    return {"type": "metric", "properties": {"title": "Graph", "period": period, "metrics": list(metrics)}}


def test_every_line_needs_a_value() -> None:
    """One line of two without a value is NONE, by its name."""
    lines = graph(["Shop", "A", {"id": "a", "label": "first"}], ["Shop", "B", {"id": "b", "label": "second"}])
    (found,) = findings(Given([BOARD], board=[lines], values={"a": 3, "b": 0}))
    assert (found.verdict, found.where, found.found) == (NONE, "board: Graph", "3 values; none of: second")
    (found,) = findings(Given([BOARD], board=[lines], values={"a": 3, "b": 2}))
    assert (found.verdict, found.found, found.advice) == (DATA, "5 values", "")


def test_every_metric_of_an_expression_needs_a_value() -> None:
    """CloudWatch takes a missing value as 0 in arithmetic: that the expression has one says nothing of its metrics.
    What is hidden is asked for all the same.
    """
    lines = graph(
        ["Shop", "Faults", {"id": "m1", "visible": False}],
        ["Shop", "Requests", {"id": "m2", "visible": False}],
        [{"expression": "100 * m1 / m2", "id": "e1", "label": "%"}],
    )
    account = Given([BOARD], board=[lines], values={"m2": 1, "e1": 1})
    (found,) = findings(account)
    assert (found.verdict, found.found) == (NONE, "1 values; none of: % (Faults)")
    assert [query["ReturnData"] for query in account.asked[0][0]] == [True, True, True]


def test_whole_periods_are_asked_for() -> None:
    """The widget's longest period decides: 1000 to 1060 s is 900 to 1200 s by 300 s."""
    account = Given([BOARD], board=[graph(["Shop", "A", {"id": "a"}], period=300)], values={"a": 1})
    findings(account)
    assert account.asked[0][1] == Span(900, 1_200)


TABLE_LINES = graph(
    ["AWS/DynamoDB", "SystemErrors", {"id": "m1", "visible": False}], [{"expression": "m1", "id": "e1"}]
)
TABLE_ALARM = {
    "AlarmName": "slow",
    "StateValue": "INSUFFICIENT_DATA",
    "Metrics": [
        {"Id": "m1", "ReturnData": False, "MetricStat": {"Metric": {"Namespace": "AWS/DynamoDB"}}},
        {"Id": "e1", "ReturnData": True, "Expression": "m1 * 2"},
    ],
}


@pytest.mark.parametrize(
    ("table", "verdict", "why"),
    [
        (NO_TABLE, NOT_HERE, "not on the laptop: no DynamoDB here"),
        (None, NONE, None),
        (TABLE, NONE, None),
    ],
)
def test_what_the_stack_lacks_publishes_nothing(table: Resource | None, verdict: Verdict, why: str | None) -> None:
    """DynamoDB's metrics are excused where the stack says why its table isn't there, in its words; not where the table
    is there, nor where the stack knows of none: then it is another stack's.
    """
    resources = [BOARD, ALARM, *([table] if table else [])]
    found = findings(Given(resources, board=[TABLE_LINES], values={}, states={"slow": TABLE_ALARM}))
    assert [one.verdict for one in found] == [verdict, verdict]
    assert why is None or [one.advice for one in found] == [why, why]


def test_nothing_else_is_excused_with_it() -> None:
    """A line that lacks a metric of the table's and another one is NONE: the other has no excuse."""
    lines = graph(
        ["AWS/DynamoDB", "SystemErrors", {"id": "m1", "visible": False}],
        ["Shop", "Requests", {"id": "m2", "visible": False}],
        [{"expression": "m1 / m2", "id": "e1", "label": "share"}],
    )
    (found,) = findings(Given([BOARD, NO_TABLE], board=[lines], values={}))
    assert (found.verdict, found.found) == (NONE, "0 values; none of: share (SystemErrors, Requests)")


def test_alarms() -> None:
    """OK and ALARM are states; INSUFFICIENT_DATA is none; one that is not there is said. A composite's id is an ARN."""
    states = {
        "slow": {"AlarmName": "slow", "StateValue": "INSUFFICIENT_DATA", "Namespace": "Shop", "MetricName": "A"},
        "burning": {"AlarmName": "burning", "StateValue": "ALARM"},
    }
    found = findings(Given([ALARM, COMPOSITE], states=states))
    assert [(one.where, one.verdict, one.found) for one in found] == [
        ("slow", NONE, "INSUFFICIENT_DATA"),
        ("burning", DATA, "ALARM"),
    ]
    (found_none,) = findings(Given([ALARM]))
    assert (found_none.verdict, found_none.found) == (NONE, "not there")


def test_alarm_widgets_need_every_alarm() -> None:
    """An alarm widget's worst alarm decides; how many are in which state is told."""
    widget = {"type": "alarm", "properties": {"title": "All", "alarms": ["arn:aws:cloudwatch:x:1:alarm:slow", "gone"]}}
    states = {"slow": {"AlarmName": "slow", "StateValue": "OK"}}
    (found,) = findings(Given([BOARD], board=[widget], states=states))
    assert (found.verdict, found.found) == (NONE, "1 OK, 1 not there")


def test_saved_queries_return_rows() -> None:
    """By the definition's own groups and text; one whose definition is gone is NONE."""
    saved = {"q-1": {"name": "shop/faults", "logGroupNames": ["/a"], "queryString": "filter Faults > 0"}}
    account = Given([QUERY], saved=saved, found=lambda _query: [])
    (found,) = findings(account)
    assert (found.kind, found.where, found.verdict, found.found) == ("query", "shop/faults", NONE, "0 rows")
    assert found.advice == "no request has failed; one that does (a 500) is enough"
    assert account.asked == [("filter Faults > 0", ["/a"], SPAN)]
    (gone,) = findings(Given([QUERY]))
    assert (gone.where, gone.verdict, gone.found) == ("q-1", NONE, "not there")


def test_a_placeholder_is_filled() -> None:
    """The query that wants a request's id gets one that the log group has."""
    saved = {"q-1": {"name": "shop/one", "logGroupNames": ["/a"], "queryString": 'filter request_id = "REQUEST-ID"'}}
    account = Given([QUERY], saved=saved, found=lambda _query: [{"request_id": "r-1"}])
    (found,) = findings(account)
    assert found.verdict is DATA
    assert account.asked[-1][0] == 'filter request_id = "r-1"'


def test_a_refused_question_is_told() -> None:
    """What CloudWatch says of a widget's expression is that widget's finding; the others are asked all the same."""
    lines = graph([{"expression": "NOPE(m1)", "id": "e1"}])
    found = findings(Given([BOARD, COMPOSITE], board=[lines], states={"burning": {"StateValue": "OK"}}))
    assert [one.verdict for one in found] == [NONE, DATA]
    assert "no such function" in found[0].advice


def test_a_stack_with_nothing_to_show() -> None:
    """It is an error, not a success."""
    with pytest.raises(VerifyError, match="the stack shop has no dashboards, alarms or saved queries"):
        Judge(Given([TABLE]), "shop", SPAN)


def test_what_could_not_be_made_is_named() -> None:
    """A dashboard, an alarm or a query that the stack has no more than the name of is NONE, with the stack's reason."""
    failed = [
        Resource("Board", "AWS::CloudWatch::Dashboard", "", "its body is wrong"),
        Resource("Slow", "AWS::CloudWatch::Alarm", "", "its Period is 7"),
    ]
    found = findings(Given(failed))
    assert [(one.kind, one.where, one.verdict, one.found, one.advice) for one in found] == [
        ("widget", "Board", NONE, "not there", "its body is wrong"),
        ("alarm", "Slow", NONE, "not there", "its Period is 7"),
    ]


def test_a_dashboard_that_somebody_deleted() -> None:
    """CloudWatch's own words are its finding; the alarms are judged all the same."""
    found = findings(Given([BOARD, COMPOSITE], states={"burning": {"StateValue": "OK"}}))
    assert [(one.where, one.verdict) for one in found] == [("board", NONE), ("burning", DATA)]
    assert "Dashboard board does not exist" in found[0].advice


def test_the_report() -> None:
    """A table; what has none below what to do about it; the sums."""
    said = report(
        [
            Finding("widget", "board: Graph", DATA, "5 values"),
            Finding("widget", "board: Other", NONE, "0 values; none of: x", "send requests"),
            Finding("alarm", "slow", NONE, "INSUFFICIENT_DATA", "send requests"),
            Finding("query", "shop/one", NOT_HERE, "0 rows", "no table"),
        ]
    )
    assert said == (
        "          what    where         found\n"
        "data      widget  board: Graph  5 values\n"
        "NONE      widget  board: Other  0 values; none of: x\n"
        "NONE      alarm   slow          INSUFFICIENT_DATA\n"
        "not here  query   shop/one      0 rows\n"
        "\n"
        "not here: no table\n"
        "    query shop/one: 0 rows\n"
        "\n"
        "NONE: send requests\n"
        "    widget board: Other: 0 values; none of: x\n"
        "    alarm slow: INSUFFICIENT_DATA\n"
        "\n"
        "2 widgets: 1 data, 0 not here, 1 NONE\n"
        "1 alarms: 0 data, 0 not here, 1 NONE\n"
        "1 saved queries: 0 data, 1 not here, 0 NONE\n"
    )
