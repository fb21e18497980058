"""load_tests/locustfile.py in real Locust processes, against the real service on the laptop."""

import csv
import hashlib
import http.client
import json
import re
import signal
import subprocess
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import boto3
import pytest

from load_tests.aws import Aws
from load_tests.laptop import ROOT, Laptop, laptop
from load_tests.made import Made
from load_tests.outcome import Outcome
from tests.live_alias import show_latest
from tests.load_tests.conftest import LOCUST, Run, environment, free_port, kept

PATIENCE_S = 60.0
pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("load")]


def poll(condition: Callable[[], Any]) -> Any:
    """The first true value of `condition`, within a deadline that only a hang reaches."""
    deadline = time.monotonic() + PATIENCE_S
    while not (found := condition()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)
    return found


def new_sandboxes(stack: Laptop, function: str) -> None:
    """A new version gives each later request that finds none a new sandbox."""
    client: Any = boto3.client(
        "lambda", endpoint_url=stack.aws, region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
    )
    client.update_function_configuration(FunctionName=function, Description=f"new sandboxes {time.time_ns()}")
    client.get_waiter("function_updated_v2").wait(FunctionName=function)
    show_latest(client, function)


def test_slow_request_leads_to_its_trace(stack: Laptop, aws: Aws, run: Run) -> None:
    """The slowest request in Locust's CSV, HTML and console has a trace id, and under it X-Ray has the whole trace;
    the correlation id that was sent is in the wide line.
    """
    ran = run(stack.api, "-u", "6", "-r", "6", "-t", "5s", "--slowest", "3")
    assert ran.code == 0, ran.output
    with (ran.folder / "run_slowest.csv").open(newline="") as file:
        first, *others = csv.DictReader(file)
    assert len(others) == 2
    assert first["start"] == "cold"
    assert first["trace id"] in ran.output
    assert first["trace id"] in (ran.folder / "report.html").read_text()
    assert float(first["ms"]) == round(max(one.ms for one in ran.made), 1)
    [(_, documents)] = poll(lambda: list(aws.traces([first["trace id"]])))
    assert {"AWS::ApiGateway::Stage", "AWS::Lambda::Function"} <= {document.get("origin") for document in documents}
    lines = poll(lambda: [path.read_text() for path in (stack.folder / "logs").rglob("*.log")])
    assert f'"correlation_id":"{first["correlation id"]}"' in "".join(lines)


def test_cold_and_warm_are_told_apart_and_confirmed(stack: Laptop, run: Run, confirmed: list[str]) -> None:
    """Locust's statistics have cold requests beside warm ones, and the parts of both; REPORT lines and traces confirm
    and refine them. The parts count in no total.
    """
    new_sandboxes(stack, confirmed[1])
    ran = run(stack.api, "-u", "4", "-r", "4", "-t", "5s", *confirmed)
    assert ran.code == 0, ran.output
    cold = sum(one.cold for one in ran.made)
    assert cold > 0
    assert f"{cold} cold starts by their answers, and REPORT lines with an init duration confirm them" in ran.output
    entries = ran.entries
    assert sum(number for (_, name), number in entries.items() if name.endswith(" · cold")) == cold
    assert entries["cold", "part: init"] == entries["cold", "part: handler"] == cold
    assert entries["warm", "part: handler"] == len(ran.made) - cold
    assert ("warm", "part: init") not in entries
    for part in ("Lambda", "gateway", "network"):
        assert entries["cold", f"part: {part} (traced)"] == cold
        assert 0 < entries["warm", f"part: {part} (traced)"] <= 100
    assert ran.count(parts=False) == len(ran.made)
    report = (ran.folder / "report.html").read_text()
    assert re.search(rf'"name": "Aggregated", "num_failures": 0, "num_requests": {len(ran.made)},', report)
    assert (ran.folder / "run_traced.csv").read_text().startswith("part,start,requests,median ms,longest ms\n")


def test_errors_that_were_asked_for_are_no_failures(stack: Laptop, run: Run) -> None:
    """404, 412 and 422 are there, each with its own entry, and Locust ends without a failure."""
    ran = run(stack.api, "-u", "4", "-r", "4", "-t", "6s", "--rate", "40", "Blunderer", "Editor")
    assert ran.code == 0, ran.output
    refused = {one.status for one in ran.made if one.outcome is Outcome.REFUSED}
    assert refused == {404, 412, 422}
    names = {name.removesuffix(" · cold") for _, name in ran.entries}
    assert {"/api/items/ · 422 asked for", "/api/items/{item_id} · 412 asked for"} <= names
    assert "/api/items/{item_id} · 404 asked for" in names
    assert {one.outcome for one in ran.made} == {Outcome.FINE, Outcome.REFUSED}


def test_data_does_not_collide(stack: Laptop, run: Run) -> None:
    """Every request has a correlation id of its own, also over two runs, and no edit meets another's."""
    runs = [run(stack.api, "-u", "3", "-r", "3", "-t", "3s", "Editor", "Creator").made for _ in range(2)]
    ids = [one.correlation_id for made in runs for one in made]
    assert len(ids) == len(set(ids))
    assert {one.status for made in runs for one in made} <= {200, 201, 204, 412}
    assert all(one.outcome is not Outcome.WRONG for made in runs for one in made)


def test_storm_forces_new_sandboxes(tmp_path: Path, run: Run) -> None:
    """The storm's users double and never pause: each doubling finds as many sandboxes too few as users came."""
    with laptop(tmp_path / "local") as fresh:
        ran = run(fresh.api, "--shape", "storm", "-u", "4", "-t", "12s")
    assert ran.code == 0, ran.output
    began = min(one.at for one in ran.made)
    cold = sorted(one.at - began for one in ran.made if one.cold)
    assert len(cold) == 4
    assert cold[0] == 0
    assert cold[1] >= 5  # one user until half of the time, and Locust looks each second
    assert cold[2] >= 8


def test_two_workers_are_one_run(stack: Laptop, run: Run, confirmed: list[str]) -> None:
    """With two workers the master has every request: in the statistics, in the parts, in the ledger and in the list of
    the slowest.
    """
    port = str(free_port())
    ran = run(
        stack.api,
        *("--processes", "2", "--master-bind-port", port, "--master-port", port),
        *("-u", "4", "-r", "4", "-t", "6s", "--rate", "20", "--slowest", "3"),
        *confirmed,
    )
    assert ran.code == 0, ran.output
    assert "2 workers connected" in ran.output
    users = {one.correlation_id.rpartition("-")[0] for one in ran.made}
    assert len(users) == 4
    assert ran.count(parts=False) == len(ran.made) > 20
    assert ran.entries["warm", "part: handler"] == sum(not one.cold for one in ran.made)
    assert "cold starts by their answers, and REPORT lines with an init duration confirm them" in ran.output
    assert len((ran.folder / "run_slowest.csv").read_text().splitlines()) == 4


def test_master_and_workers_may_be_started_by_hand(stack: Laptop, tmp_path: Path) -> None:
    """--master in one process and --worker in two others: the way to grow over several machines. The workers learn
    shape and rate from the master.
    """
    port = str(free_port())
    worker = [*LOCUST, "--worker", "--master-port", port]
    workers = [
        subprocess.Popen(worker, cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(2)
    ]
    command = [*LOCUST, "--headless", "--master", "--master-bind-port", port, "--expect-workers", "2"]
    options = ["--host", stack.api, "--shape", "steady", "-u", "2", "-t", "5s", "--rate", "10", *kept(tmp_path)]
    done = subprocess.run(
        [*command, *options], check=False, cwd=ROOT, env=environment(), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert [one.wait(PATIENCE_S) for one in workers] == [0, 0]
    sent: dict[str, list[float]] = defaultdict(list)
    for line in (tmp_path / "ledger.jsonl").read_text().splitlines():
        one = Made.from_line(line)
        sent[one.correlation_id.rpartition("-")[0]].append(one.at)
    assert len(sent) == 2
    for times in sent.values():  # five a second each, a task's requests at once: the burst has at most twelve
        assert 1 < len(times) <= 5 * (max(times) - min(times)) + 13


@contextmanager
def page(host: str, *options: str) -> Iterator[int]:
    """Locust with its web page, on a free port."""
    port = free_port()
    command = [*LOCUST, "--host", host, "--web-host", "127.0.0.1", "--web-port", str(port), *options]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as locust:
        try:
            poll(lambda: answers(port))
            yield port
        finally:
            locust.send_signal(signal.SIGTERM)
            locust.communicate()


def answers(port: int) -> bool:
    try:
        get(port, "/")
    except OSError:
        return False
    return True


def get(port: int, path: str, form: dict[str, str] | None = None) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    try:
        body = urlencode(form) if form is not None else None
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST" if form is not None else "GET", path, body, headers)
        return connection.getresponse().read().decode()
    finally:
        connection.close()


def test_locusts_own_page_works(stack: Laptop, confirmed: list[str]) -> None:
    """A run is started and stopped from the page; /slowest has its traces and what REPORT lines say; the shapes are
    among those that --class-picker offers.
    """
    with page(stack.api, "--class-picker", *confirmed) as port:
        assert "ColdStartStorm" in get(port, "/")
        form = {"user_count": "3", "spawn_rate": "3", "host": stack.api, "shape_class": "Default"}
        assert json.loads(get(port, "/swarm", form))["success"]
        poll(lambda: json.loads(get(port, "/stats/requests"))["stats"][-1]["num_requests"] > 5)
        assert json.loads(get(port, "/stop", {}))["success"]
        said = poll(lambda: found if "REPORT lines" in (found := get(port, "/slowest")) else None)
    assert re.search(r"<td>1-[0-9a-f]{8}-[0-9a-f]{24}</td>", said)
    assert "confirm them" in said


def test_wrong_answers_are_failures_and_keys_are_sent(tmp_path: Path, run: Run) -> None:
    """A 401 that nobody asked for fails the run; with --api-key it holds. The key is in nothing that is written."""
    key = "marker-7c1e"
    digest = hashlib.sha256(key.encode()).hexdigest()
    with laptop(tmp_path / "local", AUTH_MODE="writes", AUTH_API_KEYS_SHA256=digest) as closed:
        get(urlsplit(closed.api).port or 0, "/api/health")  # a sandbox is there: none has to wait for its cold start
        refused = run(closed.api, "-u", "1", "-t", "8s", "--rate", "5", "Creator")
        assert refused.code == 1
        assert "401, where 200 or 201 or 204 was asked for" in (refused.folder / "report.html").read_text()
        taken = run(closed.api, "-u", "1", "-t", "8s", "--rate", "5", "--api-key", key, "Creator")
    assert taken.code == 0, taken.output
    assert taken.made
    assert key not in taken.output
    assert all(key not in path.read_text() for path in taken.folder.glob("*.*") if path.is_file())


def test_what_cannot_be_is_refused(stack: Laptop, run: Run) -> None:
    """Options that contradict each other end it with a sentence; a function that is not there leaves it unconfirmed."""
    storm = run(stack.api, "--shape", "storm", "--rate", "5", "-t", "2s")
    assert storm.code == 1
    assert "--rate 5: users of --shape storm never pause; take out one of the two" in storm.output
    assert not (storm.folder / "ledger.jsonl").exists()
    nobody = run(stack.api, "-t", "2s", "--function", "Nobody", "--aws-endpoint", stack.aws)
    assert nobody.code == 1
    assert re.search(r"not confirmed: .*ResourceNotFoundException.*Nobody", nobody.output)
