"""SELECT: AWS's page "Metrics Insights query components and syntax"."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.cloudwatch.metrics import ExpressionError, parse_expression
from local.cloudwatch.metrics.insights import Insights, parse_insights
from local.cloudwatch.metrics.insights.tree import Comparison
from local.errors import NotSupported
from tests.local.cloudwatch.metrics.laptop import Laptop

QUIET = settings(deadline=None, database=None)  # no time limits: the machine may be busy

FULL = """
SELECT SUM(RequestCount)
FROM SCHEMA("AWS/ApplicationELB", LoadBalancer, AvailabilityZone)
WHERE LoadBalancer = 'app/load-balancer-1'
GROUP BY AvailabilityZone
ORDER BY MAX() DESC
LIMIT 5
"""


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ('SELECT AVG(CPUUtilization) FROM "AWS/EC2"', Insights("AVG", "CPUUtilization", "AWS/EC2")),
        (
            'SELECT AVG(CPUUtilization) FROM SCHEMA("AWS/EC2")',
            Insights("AVG", "CPUUtilization", "AWS/EC2", frozenset()),
        ),
        (
            'SELECT AVG(CPUUtilization) FROM SCHEMA("AWS/EC2", InstanceId)',
            Insights("AVG", "CPUUtilization", "AWS/EC2", frozenset({"InstanceId"})),
        ),
        (
            "SELECT MAX(CPUUtilization) FROM \"AWS/EC2\" WHERE AutoScalingGroupName = 'my-production-fleet'",
            Insights(
                "MAX",
                "CPUUtilization",
                "AWS/EC2",
                where=(Comparison("AutoScalingGroupName", equal=True, value="my-production-fleet"),),
            ),
        ),
        ('SELECT MAX("My.Metric") FROM Mine', Insights("MAX", "My.Metric", "Mine")),
        ('SELECT AVG("Bytes\\"Input\\"") FROM Mine', Insights("AVG", 'Bytes"Input"', "Mine")),
        ('SELECT AVG("LIMIT") FROM Mine', Insights("AVG", "LIMIT", "Mine")),
        (
            "select min(m) from Mine where a != 'x' and b = 'y' group by a, b order by count() asc",
            Insights(
                "MIN",
                "m",
                "Mine",
                where=(Comparison("a", equal=False, value="x"), Comparison("b", equal=True, value="y")),
                group_by=("a", "b"),
                order_by="COUNT",
            ),
        ),
        (
            FULL,
            Insights(
                "SUM",
                "RequestCount",
                "AWS/ApplicationELB",
                frozenset({"LoadBalancer", "AvailabilityZone"}),
                (Comparison("LoadBalancer", equal=True, value="app/load-balancer-1"),),
                ("AvailabilityZone",),
                "MAX",
                descending=True,
                limit=5,
            ),
        ),
    ],
)
def test_queries_of_the_page(text: str, query: Insights) -> None:
    """Keywords in any case, names in theirs; quotation marks as "What needs quotation marks" says."""
    assert parse_expression(text) == query


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("SELECT AVG(LIMIT) FROM Mine", 11),  # reserved
        ("SELECT AVG(Count) FROM Mine", 11),
        ("SELECT AVG(m) FROM AWS/EC2", 22),
        ("SELECT P90(m) FROM Mine", 7),
        ("SELECT AVG(m) FROM Mine WHERE a = b", 34),
        ('SELECT AVG(m) FROM Mine WHERE a = "b"', 34),
        ("SELECT AVG(m) FROM Mine WHERE a LIKE 'b'", 32),
        ("SELECT AVG(m) FROM Mine WHERE a = 'b' OR c = 'd'", 38),
        ("SELECT AVG(m) FROM Mine LIMIT 501", 30),
        ("SELECT AVG(m) FROM Mine LIMIT 0", 30),
        ("SELECT AVG(m) FROM SCHEMA()", 26),
        ("SELECT AVG(m)", 13),
        ("SELECT AVG(m) FROM Mine ORDER BY MAX", 36),
        ("SELECT AVG(m) FROM Mine GROUP a", 30),
        ("SELECT AVG(m) FROM 'Mine'", 19),
        ("SELECT AVG(my.metric) FROM Mine", 11),
    ],
)
def test_no_query_says_where(text: str, position: int) -> None:
    """What can't be read is an error with its position."""
    with pytest.raises(ExpressionError) as caught:
        parse_expression(text)
    assert caught.value.position == position


@pytest.mark.parametrize("key", ["tag.env", "AWS.AccountId"])
def test_tags_and_accounts_are_refused(key: str) -> None:
    """There are neither."""
    with pytest.raises(NotSupported, match=key):
        parse_expression(f"SELECT AVG(m) FROM Mine GROUP BY {key}")  # noqa: S608 - no SQL


@QUIET
@given(st.lists(st.sampled_from([*FULL.split(), "(", ")", "'a'", '"b"', ",", "'", "!="]), max_size=20).map(" ".join))
def test_any_text_is_a_query_or_our_error(text: str) -> None:
    """No text makes another error."""
    error = None
    try:
        parse_insights(text)
    except ExpressionError as raised:
        error = raised
    assert error is None or 0 <= error.position <= len(text)


@pytest.fixture
def requests(laptop: Laptop) -> Laptop:
    """Of two load balancers in two zones, and some that have no zone."""
    for balancer, zone, values in [("a", "z1", (1, 5)), ("a", "z2", (10,)), ("b", "z1", (2,)), ("b", None, (7,))]:
        dimensions = [{"Name": "LoadBalancer", "Value": balancer}]
        if zone:
            dimensions.append({"Name": "AvailabilityZone", "Value": zone})
        for value in values:
            laptop.put("ELB", "RequestCount", value, laptop.now.replace(hour=11, minute=30), Dimensions=dimensions)
    return laptop


def answers(laptop: Laptop, text: str, **more: Any) -> list[tuple[str, list[float]]]:
    found = laptop.data({"Id": "q1", "Expression": text, "Period": 60, **more})
    return [(result["Label"], result["Values"]) for result in found]


def test_select_answers(requests: Laptop) -> None:
    """Each function over all observations that match, whichever metric they are of."""
    assert answers(requests, "SELECT SUM(RequestCount) FROM ELB") == [("q1", [25])]
    assert answers(requests, "SELECT AVG(RequestCount) FROM ELB") == [("q1", [5])]
    assert answers(requests, "SELECT COUNT(RequestCount) FROM ELB") == [("q1", [5])]
    assert answers(requests, "SELECT MAX(RequestCount) FROM ELB WHERE LoadBalancer = 'b'") == [("q1", [7])]
    assert answers(requests, "SELECT MIN(RequestCount) FROM ELB WHERE LoadBalancer != 'a'") == [("q1", [2])]
    assert answers(requests, "SELECT SUM(RequestCount) FROM SCHEMA(ELB, LoadBalancer)") == [("q1", [7])]
    assert answers(requests, "SELECT SUM(RequestCount) FROM SCHEMA(ELB)") == [("q1", [])]


def test_select_groups(requests: Laptop) -> None:
    """A series a group, in alphabetical order, `Other` where the label is missing; ORDER BY and LIMIT choose."""
    grouped = "SELECT SUM(RequestCount) FROM ELB GROUP BY AvailabilityZone"
    assert answers(requests, grouped) == [("Other", [7]), ("z1", [8]), ("z2", [10])]
    assert answers(requests, f"{grouped} ORDER BY MAX() DESC LIMIT 2") == [("z2", [10]), ("z1", [8])]
    assert answers(requests, f"{grouped} ORDER BY SUM()") == [("Other", [7]), ("z1", [8]), ("z2", [10])]
    assert answers(requests, f"{grouped} ORDER BY COUNT() LIMIT 1") == [("Other", [7])]
    assert answers(requests, f"{grouped} ORDER BY AVG() LIMIT 1") == [("Other", [7])]
    both = "SELECT SUM(RequestCount) FROM SCHEMA(ELB, LoadBalancer, AvailabilityZone) GROUP BY LoadBalancer"
    assert answers(requests, both, Label="sum of ${LABEL}") == [("sum of a", [16]), ("sum of b", [2])]


def test_select_goes_into_math(requests: Laptop) -> None:
    """Without GROUP BY it is a time series, with it an array ("Using Metrics Insights queries with metric math")."""
    text = "SELECT SUM(RequestCount) FROM ELB"
    query = {"Id": "q1", "Expression": text, "Period": 60, "ReturnData": False}
    assert requests.data(query, {"Id": "e1", "Expression": "q1/5"})[0]["Values"] == [5]
    query["Expression"] = text + " GROUP BY LoadBalancer"
    assert requests.data(query, {"Id": "e1", "Expression": "MAX(q1)"})[0]["Values"] == [16]


def test_select_is_refused(requests: Laptop) -> None:
    """A query needs a Period, and there is one in a request."""
    query = {"Id": "q1", "Expression": "SELECT SUM(RequestCount) FROM ELB"}
    arguments = {"StartTime": requests.now.replace(hour=11), "EndTime": requests.now}
    code, message = requests.refused("GetMetricData", MetricDataQueries=[query], **arguments)
    assert (code, message[:56]) == ("ValidationError", "Error in expression 'q1': Period must not be null: a Met")
    two = [{**query, "Period": 60}, {**query, "Id": "q2", "Period": 60}]
    code, message = requests.refused("GetMetricData", MetricDataQueries=two, **arguments)
    assert (code, message) == ("ValidationError", "MetricDataQueries may include only one Metrics Insights query.")
