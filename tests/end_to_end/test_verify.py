"""`python -m dashboards verify` of the laptop's stack: red until all has happened, then green, then red by name."""

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import boto3
import httpx

from tests.end_to_end.conftest import ROOT, Laptop, poll
from tests.live_alias import show_latest

Start = Callable[..., Laptop]
FUNCTION, LOG_GROUP = "local-items", "/aws/lambda/local-items"
ITEMS = "/api/items/"
LAMP = {"name": "Lamp", "price_cents": 4_900, "tags": ["light"]}
KEY = "k"

#: What a laptop has no data for: it has no DynamoDB, and so none of its metrics.
NOT_HERE = [
    "widget items-dev-api-and-table: Table: consumed",
    "widget items-dev-api-and-table: Table: throttled",
    "widget items-dev-api-and-table: Table: system errors",
    "widget items-dev-api-and-table: Table: latency within DynamoDB",
    "widget items-dev-api-and-table: Table: conditional writes that lost",
    "widget items-dev-service: Alarms that act",
    "alarm items-dev-table-errors",
    "alarm items-dev-table-throttles",
]
#: What has no data while all goes well, and nobody has called by the alias.
NEEDS_TROUBLE = [
    "widget items-dev-lambda: Provisioned concurrency",
    "widget items-dev-lambda: Killed",
    "widget items-dev-lambda: Failed starts",
    "widget items-dev-lambda: Where requests hung",
    "widget items-dev-telemetry: Lines that gave no metrics",
    "widget items-dev-telemetry: What went wrong in telemetry",
    "query items-dev/failed-starts",
    "query items-dev/killed",
    "query items-dev/near-timeouts",
    "query items-dev/refused-credentials",
    "query items-dev/telemetry-failures",
]


class Caller:
    """Whoever uses the service, the table's file and AWS's APIs."""

    def __init__(self, laptop: Laptop, database: Path) -> None:
        self.url = str(json.loads((laptop.folder / "run.json").read_text())["aws"])
        self._http = laptop.client
        self._database = database
        self._function = self.aws("lambda")
        found = self._function.get_function_configuration(FunctionName=FUNCTION)
        self._variables = found["Environment"]["Variables"]

    def aws(self, service: str) -> Any:
        session: Any = boto3.Session(aws_access_key_id="any", aws_secret_access_key="any", region_name="us-east-1")
        return session.client(service, endpoint_url=self.url)

    def call(self, method: str, path: str, expected: int, **more: Any) -> httpx.Response:
        answer = self._http.request(method, path, **more)
        assert answer.status_code == expected, (method, path, answer.text)
        return answer

    def made(self) -> str:
        return ITEMS + str(self.call("POST", ITEMS, 201, json=LAMP).json()["id"])

    def sql(self, *statements: str) -> None:
        with closing(sqlite3.connect(self._database, isolation_level=None)) as connection:
            for statement in statements:
                connection.execute(statement)

    def configure(self, timeout_s: int = 10, **variables: str) -> None:
        """Waits until new sandboxes have it."""
        self._function.update_function_configuration(
            FunctionName=FUNCTION, Timeout=timeout_s, Environment={"Variables": {**self._variables, **variables}}
        )
        poll(lambda: self._status() != "InProgress")
        assert self._status() == "Successful"
        show_latest(self._function, FUNCTION)

    def _status(self) -> str:
        return str(self._function.get_function_configuration(FunctionName=FUNCTION)["LastUpdateStatus"])

    def hang(self) -> None:
        """Another writer keeps the table until Lambda has killed the request."""
        with closing(sqlite3.connect(self._database, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            self.call("POST", ITEMS, 504, json=LAMP)

    def invoke_alias(self) -> None:
        """The alias, with a provisioned sandbox behind it."""
        alias = {"FunctionName": FUNCTION, "Qualifier": "live"}
        self._function.put_provisioned_concurrency_config(**alias, ProvisionedConcurrentExecutions=1)
        poll(lambda: self._function.get_provisioned_concurrency_config(**alias)["Status"] == "READY")
        event = (ROOT / "tests/events/rest_v1.json").read_bytes()
        assert self._function.invoke(**alias, Payload=event)["StatusCode"] == 200

    def break_lines(self) -> None:
        """One that is no EMF though it says so, and one whose unit CloudWatch doesn't know."""
        now_ms = int(time.time() * 1000)
        directive = {"Namespace": "Shop", "Dimensions": [[]], "Metrics": [{"Name": "Orders", "Unit": "Dozens"}]}
        messages = [
            {"_aws": {"Timestamp": now_ms, "CloudWatchMetrics": "none"}},
            {"_aws": {"Timestamp": now_ms, "CloudWatchMetrics": [directive]}, "Orders": 1},
        ]
        logs = self.aws("logs")
        logs.create_log_stream(logGroupName=LOG_GROUP, logStreamName="broken")
        events = [{"timestamp": now_ms, "message": json.dumps(message)} for message in messages]
        logs.put_log_events(logGroupName=LOG_GROUP, logStreamName="broken", logEvents=events)

    def evaluate(self) -> None:
        assert httpx.post(f"{self.url}/_local/evaluate").json() == {"evaluated": True}

    def wait_for_line(self, pattern: str) -> None:
        logs = self.aws("logs")
        poll(lambda: logs.filter_log_events(logGroupName=LOG_GROUP, filterPattern=pattern)["events"])

    def wait_for_metric(self, namespace: str, name: str) -> None:
        """What AWS's services publish of an invocation comes a second after it."""
        metrics = self.aws("cloudwatch")
        poll(lambda: metrics.list_metrics(Namespace=namespace, MetricName=name)["Metrics"])


def ordinary_traffic(caller: Caller) -> None:
    """A cold start, all routes, what clients do wrong, a lost race and a fault."""
    for path in ("/", "/api/health", "/api/health/ready", "/api/aws-info", ITEMS):
        caller.call("GET", path, 200)
    caller.call("GET", "/nothing/here", 404)
    item = caller.made()
    caller.call("PUT", item, 200, json=LAMP, headers={"If-Match": '"1"'})
    caller.call("PUT", item, 412, json=LAMP, headers={"If-Match": '"9"'})
    caller.sql("CREATE TRIGGER faster BEFORE UPDATE ON items BEGIN SELECT RAISE(IGNORE); END")
    caller.call("PATCH", item, 409, json={"name": "New"})
    caller.sql("DROP TRIGGER faster")
    for _ in range(2):
        caller.call("POST", ITEMS, 201, json=LAMP, headers={"Idempotency-Key": KEY})
    caller.call("POST", ITEMS, 422, json={"name": ""})
    caller.call("DELETE", item, 204)
    caller.call("GET", item, 404)
    broken = caller.made()
    caller.sql("UPDATE items SET tags = 'no JSON'")
    caller.call("GET", broken, 500)
    caller.sql("DELETE FROM items")
    caller.wait_for_line("{ $.Faults > 0 }")
    caller.wait_for_metric("AWS/Lambda", "Invocations")
    caller.wait_for_metric("AWS/Logs", "IncomingBytes")


def troubled_traffic(caller: Caller) -> None:
    """A refused key, telemetry that is lost, a request that is killed, a start that fails, lines that are no EMF; and
    an invocation by the alias.
    """
    caller.configure(AUTH_MODE="required", AUTH_API_KEYS_SHA256=sha256(KEY.encode()).hexdigest())
    caller.call("GET", ITEMS, 401, headers={"X-Api-Key": "wrong"})
    caller.configure(AWS_XRAY_DAEMON_ADDRESS="255.255.255.255:2000")
    caller.call("GET", "/api/health", 200)
    caller.configure(timeout_s=3)  # shorter than the store waits for another writer
    caller.hang()
    caller.configure(AUTH_MODE="nonsense")
    caller.call("GET", "/api/health", 502)
    caller.break_lines()
    caller.configure()
    caller.invoke_alias()
    caller.wait_for_metric("AWS/Lambda", "ProvisionedConcurrencySpilloverInvocations")


def verify(caller: Caller, tmp_path: Path) -> tuple[int, str]:
    """Exit code and what it says, as somebody without any AWS configuration runs it."""
    done = subprocess.run(
        [sys.executable, "-m", "dashboards", "verify", "--stack", "local", "--endpoint-url", caller.url],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


def named(said: str, verdict: str) -> list[str]:
    """The table's rows with a verdict: `kind where`."""
    rows = [line for line in said.partition("\n\n")[0].splitlines() if line.startswith(f"{verdict}  ")]
    return [" ".join([row[10:].split()[0], row[18:].partition("  ")[0]]) for row in rows]


def test_all_of_the_stack_has_data(start: Start, tmp_path: Path) -> None:
    """After ordinary traffic what shows trouble alone is named, and exits with 1; after trouble too, every widget has
    data, every saved query rows, every alarm a state, but for what is of DynamoDB: 0. A widget whose metric is not
    published is named, and nothing else.
    """
    caller = Caller(start(), tmp_path / "items.sqlite3")
    ordinary_traffic(caller)
    caller.evaluate()
    code, said = verify(caller, tmp_path)
    assert (code, named(said, "NONE    "), named(said, "not here")) == (1, NEEDS_TROUBLE, NOT_HERE), said

    troubled_traffic(caller)
    caller.evaluate()
    code, said = verify(caller, tmp_path)
    assert (code, named(said, "NONE    "), named(said, "not here")) == (0, [], NOT_HERE), said
    assert said.endswith(
        "62 widgets: 56 data, 6 not here, 0 NONE\n"
        "32 alarms: 30 data, 2 not here, 0 NONE\n"
        "16 saved queries: 16 data, 0 not here, 0 NONE\n"
    )
    assert "not here: not on the laptop: no DynamoDB here" in said

    cloudwatch = caller.aws("cloudwatch")
    body = json.loads(cloudwatch.get_dashboard(DashboardName="items-dev-service")["DashboardBody"])
    (traffic,) = [one["properties"] for one in body["widgets"] if one["properties"].get("title") == "Traffic"]
    traffic["metrics"][0][1] = "Reqests"
    cloudwatch.put_dashboard(DashboardName="items-dev-service", DashboardBody=json.dumps(body))
    code, said = verify(caller, tmp_path)
    assert (code, named(said, "NONE    ")) == (1, ["widget items-dev-service: Traffic"]), said
    assert "    widget items-dev-service: Traffic: 0 values; none of: requests\n" in said
