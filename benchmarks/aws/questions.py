"""The two questions over a lot of data: percentiles by minute, and a Logs Insights query."""

import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks.aws.requests import NAMESPACE
from benchmarks.aws.servers import Server
from benchmarks.stack import PATIENCE_S

GROUP, STREAM, METRIC = "/bench/questions", "one", "Duration"
MINUTES = 60
VALUES, DATA, EVENTS = 150, 200, 5_000  # most values in a datum; data, and events, in a call: below 1 MB each
POLL_S = 0.01
ROUTES = ("/api/items/", "/api/items/{item_id}", "/api/health", "/api/health/ready")
QUERY = "filter status >= 500 | stats count(*) as faults, pct(duration_ms, 90) as p90 by route | sort faults desc"
PERCENTILES = ("p50", "p90", "p99")


def fill(server: Server, points: int, events: int) -> datetime:
    """Points of one metric and JSON events, spread over an hour that has passed; its start."""
    start = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(minutes=MINUTES + 2)
    chance = random.Random(5)  # noqa: S311 - the same figures in every run
    _fill_metric(server, start, points, chance)
    _fill_logs(server, start, events, chance)
    return start


def percentiles(server: Server, start: datetime) -> dict[str, list[float]]:
    """The values of the hour's minutes, by percentile."""
    metric = {"Namespace": NAMESPACE, "MetricName": METRIC}
    queries = [
        {"Id": name, "MetricStat": {"Metric": metric, "Period": 60, "Stat": name}, "ReturnData": True}
        for name in PERCENTILES
    ]
    answer = server.client("cloudwatch").get_metric_data(
        MetricDataQueries=queries, StartTime=start, EndTime=start + timedelta(minutes=MINUTES)
    )
    return {result["Id"]: result["Values"] for result in answer["MetricDataResults"]}


def insights(server: Server, start: datetime, text: str = QUERY) -> list[Any]:
    """The query's rows. Raises RuntimeError where it does not complete."""
    logs = server.client("logs")
    begin = int(start.timestamp())
    query = logs.start_query(logGroupName=GROUP, startTime=begin, endTime=begin + MINUTES * 60, queryString=text)
    deadline = time.monotonic() + PATIENCE_S
    while (answer := logs.get_query_results(queryId=query["queryId"]))["status"] in ("Scheduled", "Running"):
        if time.monotonic() > deadline:
            raise RuntimeError(f"{server.name}: the query still runs")
        time.sleep(POLL_S)
    if answer["status"] != "Complete":
        raise RuntimeError(f"{server.name}: the query is {answer['status']}")
    return list(answer["results"])


def timed(ask: Callable[[], Sequence[Any]], times: int, wanted: int) -> tuple[float, ...]:
    """Seconds of each. Raises RuntimeError unless the answer has `wanted` entries: a quick wrong one is no answer."""
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        answer = ask()
        taken.append(time.perf_counter() - started)
        if len(answer) != wanted:
            raise RuntimeError(f"{wanted} entries were wanted, not {len(answer)}")
    return tuple(taken)


def _fill_metric(server: Server, start: datetime, points: int, chance: random.Random) -> None:
    client = server.client("cloudwatch")
    data = list(_data(start, points, chance))
    for begin in range(0, len(data), DATA):
        client.put_metric_data(Namespace=NAMESPACE, MetricData=data[begin : begin + DATA])


def _data(start: datetime, points: int, chance: random.Random) -> Iterator[dict[str, Any]]:
    for begin in range(0, points, VALUES):
        values = [_duration(chance) for _ in range(min(VALUES, points - begin))]
        at = start + timedelta(minutes=begin * MINUTES // points)
        yield {"MetricName": METRIC, "Timestamp": at, "Values": values, "Unit": "Milliseconds"}


def _fill_logs(server: Server, start: datetime, events: int, chance: random.Random) -> None:
    logs = server.client("logs")
    logs.create_log_group(logGroupName=GROUP)
    logs.create_log_stream(logGroupName=GROUP, logStreamName=STREAM)
    begin_ms = int(start.timestamp() * 1000)
    for begin in range(0, events, EVENTS):
        batch = [
            {"timestamp": begin_ms + number * MINUTES * 60_000 // events, "message": _message(chance)}
            for number in range(begin, min(begin + EVENTS, events))
        ]
        logs.put_log_events(logGroupName=GROUP, logStreamName=STREAM, logEvents=batch)


def _message(chance: random.Random) -> str:
    status = chance.choice((200, 200, 200, 201, 404, 500))
    line = {"route": chance.choice(ROUTES), "status": status, "duration_ms": _duration(chance), "cold_start": False}
    return json.dumps(line)


def _duration(chance: random.Random) -> float:
    return round(chance.lognormvariate(3, 1), 2)
