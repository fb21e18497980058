"""Which of the two questions a peer answers as AWS does: asked over so little that the answer is known."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from botocore.exceptions import BotoCoreError, ClientError

from benchmarks.aws import questions
from benchmarks.aws.requests import NAMESPACE
from benchmarks.aws.servers import Server

SHOWN = 120  # characters of an answer or an error


def missing(server: Server) -> Iterator[str]:
    """A sentence for each question that it does not answer, or answers otherwise."""
    minute = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(minutes=5)
    for what, ask, wanted in (
        ("p50, p90 and p99 of 1 to 100", _percentiles, [50, 90, 99]),
        ("how many of three events have status 500, by route", _faults, [["/a", "2"]]),
    ):
        try:
            answer = str(ask(server, minute))
        except (BotoCoreError, ClientError, RuntimeError) as error:
            answer = " ".join(str(error).split())
        if answer != str(wanted):
            yield f"{server.name}, asked for {what}, answers {answer[:SHOWN]}, not {wanted}"


def _percentiles(server: Server, minute: datetime) -> list[int]:
    """Whole numbers: where CloudWatch interpolates within a step, 50.5 is as good as 50."""
    client = server.client("cloudwatch")
    values = [float(value) for value in range(1, 101)]
    datum = {"MetricName": questions.METRIC, "Timestamp": minute, "Values": values}
    client.put_metric_data(Namespace=NAMESPACE, MetricData=[datum])
    return [int(value) for values in questions.percentiles(server, minute).values() for value in values]


def _faults(server: Server, minute: datetime) -> list[list[str]]:
    logs = server.client("logs")
    group = {"logGroupName": questions.GROUP}
    logs.create_log_group(**group)
    logs.create_log_stream(**group, logStreamName=questions.STREAM)
    at_ms = int(minute.timestamp() * 1000)
    lines = [{"route": route, "status": status} for route, status in (("/a", 500), ("/b", 200), ("/a", 500))]
    events = [{"timestamp": at_ms, "message": json.dumps(line)} for line in lines]
    logs.put_log_events(**group, logStreamName=questions.STREAM, logEvents=events)
    query = "filter status >= 500 | stats count(*) as faults by route"
    return [[field.get("value") for field in row] for row in questions.insights(server, minute, query)]
