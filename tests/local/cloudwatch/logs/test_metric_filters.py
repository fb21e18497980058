"""Metric filters. AWS pages "PutMetricFilter", "MetricTransformation", "TestMetricFilter" of the API reference, and
"Creating metrics from log events using filters".
"""

import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from local.cloudwatch.logs import Logs
from local.logs import LogEvent, LogSource
from tests.local.cloudwatch.logs.asking import NOW_MS

Put = Callable[..., None]
MINUTE = datetime(2023, 11, 14, 22, 13, tzinfo=UTC)


def put_filter(client: Any, pattern: str, name: str = "f", **transformation: Any) -> None:
    made = {"metricName": "m", "metricNamespace": "n", "metricValue": "1", **transformation}
    client.put_metric_filter(logGroupName="g", filterName=name, filterPattern=pattern, metricTransformations=[made])


def test_counting(client: Any, stream: Put, recorded: Any) -> None:
    """A filter counts the events that match it from then on, by the minute."""
    stream("ERROR before")
    put_filter(client, "ERROR")
    stream("ERROR one", "fine", "ERROR two")
    assert recorded.metrics == [
        ("n", {"MetricName": "m", "Timestamp": MINUTE, "Unit": "None", "Values": [1.0], "Counts": [2.0]})
    ]


def test_values_units_and_dimensions(client: Any, stream: Put, recorded: Any) -> None:
    """The value and the dimensions come out of the event; one that lacks them makes no data."""
    put_filter(
        client,
        "{ $.latency = * }",
        metricValue="$.latency",
        unit="Milliseconds",
        dimensions={"Route": "$.route", "Status": "$.status"},
    )
    stream(
        json.dumps({"latency": 5, "route": "/items", "status": 200}),
        json.dumps({"latency": "7.5", "route": "/items", "status": 200}),
        json.dumps({"latency": "none", "route": "/items", "status": 200}),
        json.dumps({"latency": 9, "status": 200}),
        json.dumps({"route": "/items", "status": 200}),
    )
    assert recorded.metrics == [
        (
            "n",
            {
                "MetricName": "m",
                "Timestamp": MINUTE,
                "Unit": "Milliseconds",
                "Values": [5.0, 7.5],
                "Counts": [1.0, 1.0],
                "Dimensions": [{"Name": "Route", "Value": "/items"}, {"Name": "Status", "Value": "200"}],
            },
        )
    ]


def test_space_delimited_values(client: Any, stream: Put, recorded: Any) -> None:
    """`$bytes` is the value of the field that the pattern calls bytes."""
    put_filter(client, "[ip, ..., status = 2*, bytes]", metricValue="$bytes", dimensions={"Ip": "$ip"})
    stream('127.0.0.1 - - "GET / HTTP/1.1" 200 1534', '127.0.0.1 - - "GET / HTTP/1.1" 500 99')
    [(_, datum)] = recorded.metrics
    assert (datum["Values"], datum["Dimensions"]) == ([1534.0], [{"Name": "Ip", "Value": "127.0.0.1"}])


def test_default_value(client: Any, stream: Put, recorded: Any) -> None:
    """ "The value to emit when a filter pattern does not match a log event"."""
    put_filter(client, "ERROR", defaultValue=0)
    stream("ERROR", "fine", "fine")
    [(_, datum)] = recorded.metrics
    assert dict(zip(datum["Values"], datum["Counts"], strict=True)) == {1.0: 1.0, 0.0: 2.0}


def test_many_values(client: Any, stream: Put, recorded: Any) -> None:
    """A datum has at most 150 values; the rest goes into another."""
    put_filter(client, "{ $.n = * }", metricValue="$.n")
    stream(*(json.dumps({"n": number}) for number in range(38)))
    assert sum(len(datum["Values"]) for _, datum in recorded.metrics) == 38
    recorded.metrics.clear()
    events = [{"timestamp": NOW_MS, "message": json.dumps({"n": number})} for number in range(200)]
    client.put_log_events(logGroupName="g", logStreamName="s", logEvents=events)
    assert [len(datum["Values"]) for _, datum in recorded.metrics] == [150, 50]


def test_filters_of_lambda_groups(client: Any, stream: Put, logs: Logs, recorded: Any) -> None:
    """What Lambda writes goes through its group's filters, and not through another's."""
    del stream
    put_filter(client, "ERROR")
    logs.put([LogEvent("g", "new", NOW_MS, "ERROR", LogSource.FUNCTION)])
    logs.put([LogEvent("other", "new", NOW_MS, "ERROR", LogSource.FUNCTION)])
    assert [datum["Counts"] for _, datum in recorded.metrics] == [[1.0]]


@pytest.mark.usefixtures("stream")
def test_describe_and_delete(client: Any, recorded: Any) -> None:
    """DescribeMetricFilters by group, prefix and metric, in pages; a filter put again is replaced."""
    put_filter(client, "one", name="a1")
    put_filter(client, "two", name="a2", metricName="other")
    put_filter(client, "three", name="b", dimensions={})
    put_filter(client, "four", name="b")
    [found] = client.describe_metric_filters(logGroupName="g", filterNamePrefix="b")["metricFilters"]
    assert found == {
        "filterName": "b",
        "filterPattern": "four",
        "metricTransformations": [{"metricName": "m", "metricNamespace": "n", "metricValue": "1"}],
        "creationTime": recorded.now_ms,
        "logGroupName": "g",
    }
    pages = client.get_paginator("describe_metric_filters").paginate(PaginationConfig={"PageSize": 2})
    assert [[found["filterName"] for found in page["metricFilters"]] for page in pages] == [["a1", "a2"], ["b"]]
    [found] = client.describe_metric_filters(metricName="other", metricNamespace="n")["metricFilters"]
    assert found["filterName"] == "a2"
    assert client.describe_log_groups()["logGroups"][0]["metricFilterCount"] == 3
    client.delete_metric_filter(logGroupName="g", filterName="a2")
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.delete_metric_filter(logGroupName="g", filterName="a2")
    with pytest.raises(client.exceptions.InvalidParameterException, match="go together"):
        client.describe_metric_filters(metricName="m")


@pytest.mark.usefixtures("stream")
@pytest.mark.parametrize(
    ("pattern", "transformation", "words"),
    [
        ("{ $.a", {}, "Invalid filter pattern at character 5"),
        ("ERROR", {"metricValue": "$.a"}, "the filter pattern has no such value"),
        ("[a, b]", {"metricValue": "$c"}, "the filter pattern has no such value"),
        ("{ $.a = 1 }", {"metricValue": "a"}, "the filter pattern has no such value"),
        ("{ $.a = 1 }", {"metricValue": "$.a["}, "metricValue: Invalid filter pattern"),
        ("{ $.a = 1 }", {"dimensions": {"A": "a"}}, "dimension A is 'a'"),
        ("{ $.a = 1 }", {"dimensions": dict.fromkeys("ABCD", "$.a")}, "at most 3"),
        ("{ $.a = 1 }", {"dimensions": {"A": "$.a"}, "defaultValue": 0}, "no defaultValue"),
        ("ERROR", {"metricName": "a:b"}, "metricName is 'a:b'"),
        ("ERROR", {"metricNamespace": "a$b"}, "metricNamespace is"),
        ("ERROR", {"unit": "Parsecs"}, "unit is 'Parsecs'"),
    ],
)
def test_what_is_refused(client: Any, pattern: str, transformation: dict[str, Any], words: str) -> None:
    """A filter that could not work is refused, and says why."""
    with pytest.raises(client.exceptions.InvalidParameterException, match=words.replace("$", r"\$")):
        put_filter(client, pattern, **transformation)
    assert client.describe_metric_filters()["metricFilters"] == []


@pytest.mark.usefixtures("stream")
def test_limits(client: Any) -> None:
    """100 filters a group, 5 of them with regular expressions, 2 regular expressions a pattern, 1 transformation."""
    for number in range(5):
        put_filter(client, "%a%", name=f"r{number}")
    with pytest.raises(client.exceptions.LimitExceededException, match="at most 5"):
        put_filter(client, "%a%", name="one more")
    for number in range(95):
        put_filter(client, "a", name=f"f{number}")
    with pytest.raises(client.exceptions.LimitExceededException, match="at most 100"):
        put_filter(client, "a", name="one more")
    with pytest.raises(client.exceptions.InvalidParameterException, match="at most 2"):
        put_filter(client, "%a% %b% %c%", name="r0")
    made = {"metricName": "m", "metricNamespace": "n", "metricValue": "1"}
    with pytest.raises(client.exceptions.InvalidParameterException, match="2 metricTransformations"):
        client.put_metric_filter(
            logGroupName="g", filterName="f0", filterPattern="", metricTransformations=[made, made]
        )


def test_a_slow_filter(client: Any, stream: Put, recorded: Any, caplog: pytest.LogCaptureFixture) -> None:
    """A regular expression that is too slow for an event is left out for its batch; the log says so, others count."""
    put_filter(client, "%[ab]*[ab]*[ab]*[ab]*[xy]%", name="slow")
    put_filter(client, "a", name="quick")
    with caplog.at_level(logging.WARNING):
        stream("a" * 3000, "a")
    assert caplog.messages == ["metric filter slow: /[ab]*[ab]*[ab]*[ab]*[xy]/ took more than 0.1 s on one event"]
    assert [datum["Counts"] for _, datum in recorded.metrics] == [[2.0]]


APACHE = [
    '127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /apache_pb.gif HTTP/1.0" 200 1534',
    '127.0.0.1 - frank [10/Oct/2000:13:35:22 -0700] "GET /apache_pb.gif HTTP/1.0" 500 5324',
    '127.0.0.1 - frank [10/Oct/2000:13:50:35 -0700] "GET /apache_pb.gif HTTP/1.0" 200 4355',
]


def test_test_metric_filter(client: Any) -> None:
    """The page's example: names and values of the space-delimited fields, events counted from 0."""
    pattern = "[ip, identity, user_id, timestamp, request, status_code, size]"
    matches = client.test_metric_filter(filterPattern=pattern, logEventMessages=APACHE)["matches"]
    assert matches[0] == {
        "eventNumber": 0,
        "eventMessage": APACHE[0],
        "extractedValues": {
            "$status_code": "200",
            "$identity": "-",
            "$request": "GET /apache_pb.gif HTTP/1.0",
            "$size": "1534",
            "$user_id": "frank",
            "$ip": "127.0.0.1",
            "$timestamp": "10/Oct/2000:13:25:15 -0700",
        },
    }
    assert [match["eventNumber"] for match in matches] == [0, 1, 2]
    pattern = "[..., status_code = 200, size > 2000]"
    [match] = client.test_metric_filter(filterPattern=pattern, logEventMessages=APACHE)["matches"]
    assert match["eventNumber"] == 2
    with pytest.raises(client.exceptions.InvalidParameterException, match="51 messages"):
        client.test_metric_filter(filterPattern="", logEventMessages=["m"] * 51)
    with pytest.raises(client.exceptions.InvalidParameterException, match=r"took more than 0\.1 s"):
        client.test_metric_filter(filterPattern="%[ab]*[ab]*[ab]*[ab]*[xy]%", logEventMessages=["a" * 3000])
