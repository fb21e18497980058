"""The real `aws` command against a running stack: it uses the laptop as it uses AWS.

awscli is version 1: version 2 isn't on PyPI. `logs tail` is version 2's alone, and tried with the machine's own.
"""

import base64
import json
import os
import pty
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.end_to_end.conftest import PATIENCE_S, ROOT, poll

AWS = ROOT / ".venv-awscli/bin/aws"
MINUTE = datetime.fromtimestamp(time.time() // 60 * 60 - 300, UTC)
TOPIC = "arn:aws:sns:us-east-1:123456789012:alarms"

# One stack for the file: its tests go to one worker.
pytestmark = pytest.mark.xdist_group("aws-cli")


@dataclass(frozen=True)
class Aws:
    """The command with everything that says where to go; `api` is the service's own address."""

    endpoint: str
    api: str
    folder: Path
    command: str = str(AWS)

    def environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "AWS_ACCESS_KEY_ID": "any",
            "AWS_SECRET_ACCESS_KEY": "any",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [self.command, "--endpoint-url", self.endpoint, "--output", "json", *arguments]
        return subprocess.run(
            command, cwd=self.folder, env=self.environment(), capture_output=True, text=True, check=False
        )

    def __call__(self, *arguments: str) -> Any:
        """What it prints, as JSON; None where it prints nothing."""
        done = self.run(*arguments)
        assert (done.returncode, done.stderr) == (0, "")
        return json.loads(done.stdout) if done.stdout.strip() else None


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    """The service's stack, on free ports."""
    folder = tmp_path_factory.mktemp("aws-cli")
    variables = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "LOCAL_PORT": "0",
        "LOCAL_XRAY_PORT": "0",
        "LOCAL_AWS_PORT": "0",
        "LOCAL_VIEWER_PORT": "0",
        "LOCAL_DIR": str(folder / "local"),
        "ITEMS_DATABASE": str(folder / "items.sqlite3"),
    }
    with (folder / "output").open("wb") as output:
        command = [sys.executable, "-m", "local", "up"]
        process = subprocess.Popen(
            command, cwd=ROOT, env=variables, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
    try:
        run_file = folder / "local/run.json"
        poll(lambda: run_file.exists() or process.poll() is not None)
        assert process.poll() is None, (folder / "output").read_text()
        run = json.loads(run_file.read_text())
        yield Aws(run["aws"], run["api"].rstrip("/"), folder)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(PATIENCE_S)


def seconds(when: datetime) -> str:
    return str(int(when.timestamp()))


def test_metrics(aws: Aws) -> None:
    """put-metric-data; get-metric-statistics, get-metric-data with math, list-metrics.

    AWS page "put-metric-data" (AWS CLI): values by --value, and with --dimensions Name=Value.
    """
    at = MINUTE.isoformat()
    for value in ("10", "20", "60"):
        put = ("--namespace", "Shop", "--metric-name", "Latency", "--dimensions", "Route=/a", "--unit", "Milliseconds")
        assert aws("cloudwatch", "put-metric-data", *put, "--value", value, "--timestamp", at) is None
    times = ("--start-time", at, "--end-time", datetime.fromtimestamp(MINUTE.timestamp() + 60, UTC).isoformat())
    statistics = aws(
        "cloudwatch", "get-metric-statistics", "--namespace", "Shop", "--metric-name", "Latency",
        "--dimensions", "Name=Route,Value=/a", "--period", "60", *times,
        "--statistics", "SampleCount", "Sum", "Average", "Minimum", "Maximum",
    )  # fmt: skip
    (point,) = statistics["Datapoints"]
    assert {**point, "Timestamp": ""} == {
        "Timestamp": "",
        "SampleCount": 3.0,
        "Sum": 90.0,
        "Average": 30.0,
        "Minimum": 10.0,
        "Maximum": 60.0,
        "Unit": "Milliseconds",
    }
    metric = {"Namespace": "Shop", "MetricName": "Latency", "Dimensions": [{"Name": "Route", "Value": "/a"}]}
    queries = [
        {"Id": "m1", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}, "ReturnData": False},
        {"Id": "e1", "Expression": "m1 / 3 + 2 * 5", "Label": "mean and ten"},
    ]
    found = aws("cloudwatch", "get-metric-data", "--metric-data-queries", json.dumps(queries), *times)
    (result,) = found["MetricDataResults"]
    assert (result["Id"], result["Label"], result["Values"]) == ("e1", "mean and ten", [40.0])
    assert aws("cloudwatch", "list-metrics", "--namespace", "Shop")["Metrics"] == [metric]


def test_alarms(aws: Aws) -> None:
    """put-metric-alarm, describe-alarms, set-alarm-state: state, reason, and the defaults AWS fills in.

    AWS page "PutMetricAlarm": ActionsEnabled is TRUE unless given; treatment of missing data is `missing`.
    """
    rule = ("--namespace", "Shop", "--metric-name", "Latency", "--statistic", "Average", "--period", "60")
    bound = ("--evaluation-periods", "2", "--threshold", "100", "--comparison-operator", "GreaterThanThreshold")
    assert aws("cloudwatch", "put-metric-alarm", "--alarm-name", "slow", *rule, *bound) is None
    reason = ("--state-value", "ALARM", "--state-reason", "by hand")
    assert aws("cloudwatch", "set-alarm-state", "--alarm-name", "slow", *reason) is None
    (alarm,) = aws("cloudwatch", "describe-alarms", "--alarm-names", "slow")["MetricAlarms"]
    assert alarm["AlarmArn"] == "arn:aws:cloudwatch:us-east-1:123456789012:alarm:slow"
    assert (alarm["ActionsEnabled"], alarm["Threshold"], alarm["EvaluationPeriods"]) == (True, 100.0, 2)
    history = aws("cloudwatch", "describe-alarm-history", "--alarm-name", "slow", "--history-item-type", "StateUpdate")
    assert "Alarm updated from INSUFFICIENT_DATA to ALARM" in [
        item["HistorySummary"] for item in history["AlarmHistoryItems"]
    ]


def test_dashboards(aws: Aws) -> None:
    """put-dashboard answers with what is wrong in a body, as CloudWatch does; get-dashboard gives back what was put."""
    text = {"type": "text", "x": 0, "y": 0, "width": 6, "height": 2, "properties": {"markdown": "hello"}}
    body = json.dumps({"widgets": [text]})
    put = aws("cloudwatch", "put-dashboard", "--dashboard-name", "shop", "--dashboard-body", body)
    assert put["DashboardValidationMessages"] == []
    found = aws("cloudwatch", "get-dashboard", "--dashboard-name", "shop")
    assert found["DashboardArn"] == "arn:aws:cloudwatch::123456789012:dashboard/shop"
    assert json.loads(found["DashboardBody"]) == {"widgets": [text]}
    wrong = aws.run("cloudwatch", "put-dashboard", "--dashboard-name", "shop", "--dashboard-body", "{")
    assert wrong.returncode == 255
    assert "An error occurred (InvalidParameterInput) when calling the PutDashboard operation" in wrong.stderr


def test_logs(aws: Aws) -> None:
    """create, put, get, filter by a JSON pattern; a query from start to rows.

    AWS page "Filter pattern syntax": { $.status >= 500 } finds the JSON events with such a member.
    """
    aws("logs", "create-log-group", "--log-group-name", "shop")
    aws("logs", "create-log-stream", "--log-group-name", "shop", "--log-stream-name", "one")
    at_ms = int(MINUTE.timestamp() * 1000)
    lines = [{"route": "/a", "status": 200}, {"route": "/b", "status": 500}, {"route": "/b", "status": 503}]
    events = [{"timestamp": at_ms + number, "message": json.dumps(line)} for number, line in enumerate(lines)]
    place = ("--log-group-name", "shop", "--log-stream-name", "one")
    put = aws("logs", "put-log-events", *place, "--log-events", json.dumps(events))
    assert "rejectedLogEventsInfo" not in put
    got = aws("logs", "get-log-events", *place, "--start-from-head")["events"]
    assert [(event["timestamp"], event["message"]) for event in got] == [
        (at_ms, '{"route": "/a", "status": 200}'),
        (at_ms + 1, '{"route": "/b", "status": 500}'),
        (at_ms + 2, '{"route": "/b", "status": 503}'),
    ]
    pattern = ("--filter-pattern", "{ $.status >= 500 }")
    found = aws("logs", "filter-log-events", "--log-group-name", "shop", *pattern)["events"]
    assert [event["timestamp"] for event in found] == [at_ms + 1, at_ms + 2]
    text = "filter status >= 500 | stats count(*) as faults by route"
    times = ("--start-time", str(at_ms // 1000 - 60), "--end-time", str(at_ms // 1000 + 60))
    query = aws("logs", "start-query", "--log-group-name", "shop", *times, "--query-string", text)["queryId"]
    answers: list[Any] = []

    def is_complete() -> bool:
        answers.append(aws("logs", "get-query-results", "--query-id", query))
        return bool(answers[-1]["status"] == "Complete")

    poll(is_complete)
    assert answers[-1]["results"] == [[{"field": "route", "value": "/b"}, {"field": "faults", "value": "2"}]]
    assert answers[-1]["statistics"]["recordsMatched"] == 2.0


def test_logs_tail(aws: Aws) -> None:
    """tail shows what is there, and with --follow what comes, matched by the pattern, until it is stopped.

    AWS page "logs tail" (AWS CLI version 2): --since, --format short, --filter-pattern, --follow.
    """
    command, place = _version_2(), ("--log-group-name", "tailed", "--log-stream-name", "one")

    def put(*words: str) -> None:
        now_ms = int(time.time() * 1000)
        events = [{"timestamp": now_ms, "message": word} for word in words]
        aws("logs", "put-log-events", *place, "--log-events", json.dumps(events))

    aws("logs", "create-log-group", "--log-group-name", "tailed")
    aws("logs", "create-log-stream", *place)
    put("GET first", "PUT second")
    once = Aws(aws.endpoint, aws.api, aws.folder, command).run("logs", "tail", "tailed", "--format", "short")
    assert (once.returncode, once.stderr) == (0, "")
    assert [line.partition(" ")[2] for line in once.stdout.splitlines()] == ["GET first", "PUT second"]
    arguments = ("logs", "tail", "tailed", "--follow", "--since", "10m", "--format", "short", "--filter-pattern", "GET")
    ours, theirs = pty.openpty()  # into a pipe it would write only when a page is full
    follower = subprocess.Popen(
        [command, "--endpoint-url", aws.endpoint, *arguments],
        env=aws.environment() | {"AWS_PAGER": ""},
        stdin=subprocess.DEVNULL,
        stdout=theirs,
    )
    try:
        with os.fdopen(ours) as terminal:
            first = terminal.readline()
            put("PUT third", "GET fourth")
            second = terminal.readline()
    finally:
        os.close(theirs)
        follower.send_signal(signal.SIGINT)
        follower.wait(PATIENCE_S)
    assert [line.strip().partition(" ")[2] for line in (first, second)] == ["GET first", "GET fourth"]


def _version_2() -> str:
    """The machine's own `aws`. Skips, saying so, where none is of version 2; fails where CI promised one."""
    folders = os.environ["PATH"].split(os.pathsep)
    for path in filter(None, (shutil.which("aws", path=folder) for folder in folders)):
        said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
        if said.startswith("aws-cli/2"):
            return path
    left_out = "no AWS CLI of version 2 on this machine (Debian: apt-get install awscli): `aws logs tail` is not tried"
    if os.environ.get("CI"):
        pytest.fail(left_out)
    pytest.skip(left_out)


def test_metric_filters(aws: Aws) -> None:
    """put-metric-filter counts the events that come afterwards; test-metric-filter says which would match.

    AWS page "Filter pattern syntax": [ip, status = 5*] names the words of an event and asks one of them.
    The first message is event 0.
    """
    aws("logs", "create-log-group", "--log-group-name", "filtered")
    aws("logs", "create-log-stream", "--log-group-name", "filtered", "--log-stream-name", "one")
    made = "metricName=Errors,metricNamespace=Filtered,metricValue=1"
    name = ("--log-group-name", "filtered", "--filter-name", "errors", "--filter-pattern", "ERROR")
    aws("logs", "put-metric-filter", *name, "--metric-transformations", made)
    events = [
        {"timestamp": int(MINUTE.timestamp() * 1000), "message": message} for message in ("ERROR a", "fine", "ERROR b")
    ]
    put = ("--log-group-name", "filtered", "--log-stream-name", "one", "--log-events", json.dumps(events))
    aws("logs", "put-log-events", *put)
    times = ("--start-time", seconds(MINUTE), "--end-time", str(int(MINUTE.timestamp()) + 60), "--period", "60")
    which = ("--namespace", "Filtered", "--metric-name", "Errors", "--statistics", "Sum")
    points = aws("cloudwatch", "get-metric-statistics", *which, *times)["Datapoints"]
    assert [point["Sum"] for point in points] == [2.0]
    pattern = ("--filter-pattern", "[ip, status = 5*]", "--log-event-messages", "10.0.0.1 200", "10.0.0.2 503")
    assert aws("logs", "test-metric-filter", *pattern)["matches"] == [
        {"eventNumber": 1, "eventMessage": "10.0.0.2 503", "extractedValues": {"$ip": "10.0.0.2", "$status": "503"}}
    ]


def test_traces(aws: Aws) -> None:
    """A request's trace: found by a filter expression, fetched whole, and in the service graph.

    AWS page "Using filter expressions": service(id(type: "...")) { ok }. The stage is the root, Lambda's two follow.
    """
    began_s = int(time.time())
    assert httpx.get(f"{aws.api}/api/health", timeout=PATIENCE_S).status_code == 200
    times = ("--start-time", str(began_s), "--end-time", str(began_s + 600))
    found: list[Any] = []

    def is_there() -> bool:
        asked = ("--filter-expression", 'service(id(type: "AWS::Lambda::Function")) { ok }')
        found[:] = aws("xray", "get-trace-summaries", *times, *asked)["TraceSummaries"]
        return bool(found)

    poll(is_there)
    (summary,) = found
    assert (summary["Http"]["HttpStatus"], summary["HasFault"]) == (200, False)
    (trace,) = aws("xray", "batch-get-traces", "--trace-ids", summary["Id"])["Traces"]
    documents = [json.loads(segment["Document"]) for segment in trace["Segments"]]
    kinds = ["AWS::ApiGateway::Stage", "AWS::Lambda", "AWS::Lambda::Function"]
    assert sorted(document["origin"] for document in documents) == kinds
    graph = aws("xray", "get-service-graph", *times)["Services"]
    assert sorted(service["Type"] for service in graph) == [*kinds, "client"]


def test_functions(aws: Aws) -> None:
    """list, get, update and wait, invoke: an event from a file, its answer in a file, the log's tail beside it.

    AWS page "Invoke": LogResult is the base64 of the execution log's last 4 KB. In JSON it ends with platform.report.
    """
    assert [one["FunctionName"] for one in aws("lambda", "list-functions")["Functions"]] == ["local-items"]
    name = ("--function-name", "local-items")
    assert aws("lambda", "get-function", *name)["Configuration"]["Handler"] == "service.handler.lambda_handler"
    updated = aws("lambda", "update-function-configuration", *name, "--memory-size", "1024")
    assert updated["MemorySize"] == 1024
    assert aws("lambda", "wait", "function-updated", *name) is None
    event = (ROOT / "tests/events/rest_v1.json").as_uri()
    called = aws("lambda", "invoke", *name, "--payload", event, "--log-type", "Tail", "out.json")
    last = base64.b64decode(called.pop("LogResult")).decode().splitlines()[-1]
    assert json.loads(last)["type"] == "platform.report"
    assert called == {"StatusCode": 200, "ExecutedVersion": "$LATEST"}
    assert json.loads((aws.folder / "out.json").read_text())["statusCode"] == 200
    refused = aws.run("lambda", "delete-function", *name)
    assert "NotSupportedOnTheLaptop" in refused.stderr


def test_a_canary(aws: Aws) -> None:
    """publish-version, update-alias --routing-config, invoke and the API: all go to version 2, then all to version 1.

    AWS page "Implement Lambda canary deployments using a weighted alias": the shorthand of the weights, {} to end them,
    the START record and x-amz-executed-version. By weight 1 nothing is left to chance.
    """
    name, live = ("--function-name", "local-items"), ("--name", "live")
    first = aws("lambda", "get-alias", *name, *live)["FunctionVersion"]
    aws("lambda", "update-function-configuration", *name, "--description", "a canary", "--memory-size", "768")
    aws("lambda", "wait", "function-updated", *name)
    second = aws("lambda", "publish-version", *name)["Version"]
    shared = ("lambda", "update-alias", *name, *live, "--function-version", first, "--routing-config")
    weighted = aws(*shared, f"AdditionalVersionWeights={{{second}=1}}")
    assert weighted["RoutingConfig"] == {"AdditionalVersionWeights": {second: 1.0}}
    event = ("--payload", (ROOT / "tests/events/rest_v1.json").as_uri(), "canary.json")
    assert aws("lambda", "invoke", *name, "--qualifier", "live", *event)["ExecutedVersion"] == second
    assert httpx.get(f"{aws.api}/api/health").status_code == 200
    group = ("--log-group-name", "/aws/lambda/local-items")
    pattern = f'{{ $.type = "platform.start" && $.record.version = "{second}" }}'

    def started() -> list[Any]:
        return list(aws("logs", "filter-log-events", *group, "--filter-pattern", pattern)["events"])

    poll(lambda: len(started()) == 2)
    assert all(f"[{second}]" in one["logStreamName"] for one in started())
    by_version = [f"Name=ExecutedVersion,Value={second}", "Name=Resource,Value=local-items:live"]
    listed = ("cloudwatch", "list-metrics", "--namespace", "AWS/Lambda", "--metric-name", "Invocations")
    poll(lambda: aws(*listed, "--dimensions", *by_version)["Metrics"])
    refused = aws.run("lambda", "update-alias", *name, *live, "--function-version", second)
    assert f"Function version {second} is already included in routing configuration." in refused.stderr
    ended = aws(*shared, "AdditionalVersionWeights={}")
    assert (ended["FunctionVersion"], "RoutingConfig" in ended) == (first, False)
    assert aws("lambda", "invoke", *name, "--qualifier", "live", *event)["ExecutedVersion"] == first


def test_notifications(aws: Aws) -> None:
    """create-topic, subscribe, publish: an address that isn't on loopback is refused by name."""
    assert aws("sns", "create-topic", "--name", "alarms") == {"TopicArn": TOPIC}
    place = ("--topic-arn", TOPIC, "--protocol", "http", "--notification-endpoint")
    assert aws("sns", "subscribe", *place, "http://127.0.0.1:9/hook") == {"SubscriptionArn": "pending confirmation"}
    assert list(aws("sns", "publish", "--topic-arn", TOPIC, "--message", "hello")) == ["MessageId"]
    refused = aws.run("sns", "subscribe", *place, "http://example.org/hook")
    assert "http://example.org/hook: the laptop delivers to loopback addresses only" in refused.stderr
