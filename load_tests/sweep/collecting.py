"""What the log group and CloudWatch have of a step."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from load_tests.observation import Outcome
from load_tests.sweep.aws import Clients, refusals
from load_tests.sweep.joining import Answer, Joined, join
from load_tests.sweep.log_records import FILTER, read_lines, read_reports
from load_tests.sweep.waiting import Waited, until

PATIENCE_S = {True: 120.0, False: 15.0}
"""For the last REPORT, on AWS and on the laptop: CloudWatch Logs takes seconds, rarely a minute."""
NEVER_REPORTED = (Outcome.THROTTLED, Outcome.LOST)
MINUTE_S = 60
METRICS: Mapping[str, tuple[str, str]] = {
    "invocations": ("Invocations", "Sum"),
    "errors": ("Errors", "Sum"),
    "throttles": ("Throttles", "Sum"),
    "concurrent": ("ConcurrentExecutions", "Maximum"),
}
"""Of namespace AWS/Lambda; AWS page "Types of metrics for Lambda functions"."""


def collect(clients: Clients, group: str, answers: Sequence[Answer], since_s: float, *, on_aws: bool) -> Joined:
    """Waits until every request that can have one has its REPORT, or for PATIENCE_S."""
    found = Joined([], 0, frozenset())

    def complete() -> bool:
        nonlocal found
        messages = _messages(clients, group, since_s)
        found = join(answers, read_reports(messages), read_lines(messages))
        return not any(one.duration_ms is None and one.outcome not in NEVER_REPORTED for one in found.observations)

    with suppress(Waited):  # what is missing then is told
        until(complete, "REPORT lines", PATIENCE_S[on_aws])
    return found


def metrics(clients: Clients, function: str, start_s: float, end_s: float) -> dict[str, float]:
    """AWS/Lambda's of the whole minutes that were touched: a neighbouring step's may be among them."""
    first, last = int(start_s // MINUTE_S) * MINUTE_S, (int(end_s // MINUTE_S) + 1) * MINUTE_S
    queries = [
        {
            "Id": name,
            "MetricStat": {
                "Metric": {
                    "Namespace": "AWS/Lambda",
                    "MetricName": metric,
                    "Dimensions": [{"Name": "FunctionName", "Value": function}],
                },
                "Period": MINUTE_S,
                "Stat": statistic,
            },
        }
        for name, (metric, statistic) in METRICS.items()
    ]
    with refusals("read AWS/Lambda's metrics"):
        answer = clients.metrics.get_metric_data(
            MetricDataQueries=queries,
            StartTime=datetime.fromtimestamp(first, UTC),
            EndTime=datetime.fromtimestamp(last, UTC),
        )
    return {found["Id"]: _summed(found) for found in answer["MetricDataResults"] if found["Values"]}


def _summed(found: Mapping[str, Any]) -> float:
    values = found["Values"]
    return float(max(values) if METRICS[found["Id"]][1] == "Maximum" else sum(values))


def _messages(clients: Clients, group: str, since_s: float) -> list[str]:
    with refusals(f"read the log group {group}"):
        pages = clients.logs.get_paginator("filter_log_events").paginate(
            logGroupName=group, filterPattern=FILTER, startTime=int(since_s * 1000)
        )
        return [event["message"] for page in pages for event in page.get("events", [])]
