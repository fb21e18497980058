"""Every member of every operation that is offered, made hostile: refused or taken as a text, and nothing else."""

import http.client
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.config import Config

from local.aws.asking import StackCalls
from local.aws.channel import Channel
from local.aws.composition import SCHEMAS, compose, database_path
from local.aws.parts import Place
from local.database import Database
from local.endpoint.call import Operations
from tests.local.hostile_calls import Wire, calls, injected, of_another_type, oversized

Up = Callable[..., Any]
Request: TypeAlias = tuple[str, str, dict[str, str], bytes]
NOT_SUPPORTED = 501
#: Operations that take some of these texts, as they should: where all were refused, none would come to a table.
TAKEN = {
    "cloudwatch": {
        "DescribeAlarms",
        "GetMetricData",
        "GetMetricStatistics",
        "ListMetrics",
        "PutMetricAlarm",
        "PutMetricData",
    },
    "cloudformation": {"DescribeStacks"},
    "lambda": {"Invoke", "ListFunctions", "UpdateFunctionConfiguration"},
    "logs": {"DescribeLogGroups", "FilterLogEvents", "GetLogEvents", "PutLogEvents", "PutMetricFilter", "StartQuery"},
    "sns": {"CreateTopic", "Publish", "SetTopicAttributes"},
    "xray": {"CreateGroup", "GetTraceSummaries", "PutTelemetryRecords", "PutTraceSegments"},
}
TRACE = "1-{:08x}-000000000000000000000001"


def offered() -> dict[str, Operations]:
    """What the AWS process serves, by service."""
    with TemporaryDirectory() as folder:
        database = Database(database_path(Path(folder)), SCHEMAS)
        place = Place(Path(folder), Path(folder) / "template.yaml", {}, 0)
        parts = compose(place, database, StackCalls(Channel(lambda _lines: None, lambda: None)), lambda _text: None)
        database.close()
    return parts.services


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A service that is offered is attacked."""
    if "service" in metafunc.fixturenames:
        metafunc.parametrize("service", sorted(offered()))


def requests(service: str, operations: Operations) -> Iterator[tuple[str, Request]]:
    """Those that delete come last: what they delete would be missing."""
    wire = Wire.of(service)
    for name in sorted(operations, key=lambda name: (name.startswith("Delete"), name)):
        operation, takes = wire.model.operation_model(name), operations[name].takes
        for hostile in (injected, oversized):
            yield from ((name, wire.request(operation, members)) for members in calls(operation, takes, hostile))
        yield from ((name, wire.untyped(operation, members)) for members in calls(operation, takes, of_another_type))


def client(stack: Any, service: str) -> Any:
    make: Any = boto3.client
    return make(
        service,
        region_name="us-east-1",
        endpoint_url=stack.run["aws"],
        aws_access_key_id="any",
        aws_secret_access_key="any",
        config=Config(retries={"total_max_attempts": 1}),
    )


def keep(stack: Any, now_s: int) -> None:
    """One of each thing that must be there afterwards, and what the hostile calls name."""
    logs, cloudwatch, topics = client(stack, "logs"), client(stack, "cloudwatch"), client(stack, "sns")
    for group in ("kept", "victim"):
        logs.create_log_group(logGroupName=group)
        logs.create_log_stream(logGroupName=group, logStreamName="one")
        event = {"timestamp": now_s * 1000, "message": "kept"}
        logs.put_log_events(logGroupName=group, logStreamName="one", logEvents=[event])
        topics.create_topic(Name=group)
    cloudwatch.put_metric_data(Namespace="Kept", MetricData=[{"MetricName": "m", "Timestamp": now_s, "Value": 7.0}])
    cloudwatch.put_dashboard(DashboardName="kept", DashboardBody='{"widgets": []}')
    cloudwatch.put_composite_alarm(AlarmName="kept", AlarmRule="FALSE")
    document = f'{{"trace_id": "{TRACE.format(now_s)}", "id": "0000000000000001", "name": "kept", '
    document += f'"start_time": {now_s}, "end_time": {now_s + 1}}}'
    assert client(stack, "xray").put_trace_segments(TraceSegmentDocuments=[document])["UnprocessedTraceSegments"] == []


def kept(stack: Any, now_s: int) -> dict[str, Any]:
    """What of it is there."""
    logs, cloudwatch, topics = client(stack, "logs"), client(stack, "cloudwatch"), client(stack, "sns")
    points = cloudwatch.get_metric_statistics(
        Namespace="Kept", MetricName="m", StartTime=now_s - 60, EndTime=now_s + 60, Period=60, Statistics=["Sum"]
    )
    trace = client(stack, "xray").batch_get_traces(TraceIds=[TRACE.format(now_s)])["Traces"]
    arns = [topic["TopicArn"].rpartition(":")[2] for topic in topics.list_topics()["Topics"]]
    return {
        "events": [event["message"] for event in logs.filter_log_events(logGroupName="kept")["events"]],
        "sum": [point["Sum"] for point in points["Datapoints"]],
        "dashboard": cloudwatch.get_dashboard(DashboardName="kept")["DashboardBody"],
        "alarms": [
            alarm["AlarmRule"]
            for alarm in cloudwatch.describe_alarms(AlarmNames=["kept"], AlarmTypes=["CompositeAlarm"])[
                "CompositeAlarms"
            ]
        ],
        "segments": [segment["Id"] for found in trace for segment in found["Segments"]],
        "topics": "kept" in arns,
    }


def tables(stack: Any) -> set[tuple[str, str]]:
    with closing(sqlite3.connect(stack.local / "aws.sqlite3")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return set(connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))


def send(connection: http.client.HTTPConnection, request: Request) -> tuple[int, bytes]:
    method, target, headers, body = request
    connection.request(method, target, body, headers)
    answer = connection.getresponse()
    return answer.status, answer.read()[:500]


def test_hostile_members(up: Up, service: str) -> None:
    """SQL in every string, members and lists that are far too long, values of other types and 800 levels deep: never
    a 500, no word of a bug on the terminal, every table as it was, and what others stored still there.
    """
    stack, now_s = up(), int(time.time())
    keep(stack, now_s)
    before = tables(stack)
    with closing(http.client.HTTPConnection(urlsplit(stack.run["aws"]).netloc, timeout=60)) as connection:
        answers = [(name, *send(connection, request)) for name, request in requests(service, offered()[service])]
    assert [answer for answer in answers if answer[1] >= 500 and answer[1] != NOT_SUPPORTED] == []
    taken = {name for name, status, _ in answers if status < 300}
    assert TAKEN[service] <= taken
    assert tables(stack) == before
    assert kept(stack, now_s) == {
        "events": ["kept"],
        "sum": [7.0],
        "dashboard": '{"widgets": []}',
        "alarms": ["FALSE"],
        "segments": ["0000000000000001"],
        "topics": True,
    }
    assert "/local/endpoint/" not in stack.printed()  # as in a traceback of ours; the function's own are Lambda's lines
