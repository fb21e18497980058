"""How many calls a second each takes, in turns: what the machine does meanwhile, it does to all of them."""

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from benchmarks.aws.requests import DIMENSIONS, GROUP, HUNDRED, LOADS, NAMESPACE, STREAM
from benchmarks.aws.servers import Server
from benchmarks.figures import Series
from benchmarks.stack import PATIENCE_S, ROOT

Rates = dict[str, list[Series]]


def measure(servers: Sequence[Server], rounds: int, seconds: float) -> Rates:
    """Calls a second by load: a series for each server, `rounds` times `seconds` of it. The first server is ours: that
    each of its events is kept and has made its metrics is checked. Raises RuntimeError where it isn't, or where an
    answer was not 200.
    """
    taken: dict[tuple[str, str], list[float]] = defaultdict(list)
    ours = dict.fromkeys(LOADS, 0)
    for server in servers:
        logs = server.client("logs")
        logs.create_log_group(logGroupName=GROUP)
        logs.create_log_stream(logGroupName=GROUP, logStreamName=STREAM)
    for number in range(rounds + 1):  # the first warms up
        for load in LOADS:
            for server in servers:
                answers, took = _load(server, load, seconds)
                ours[load] += answers if server is servers[0] else 0
                if number:
                    taken[load, server.name].append(answers / took)
    _check(servers[0], ours)
    return {load: [Series(one.name, tuple(taken[load, one.name])) for one in servers] for load in LOADS}


def _load(server: Server, load: str, seconds: float) -> tuple[int, float]:
    command = [sys.executable, "-m", "benchmarks.aws.load", str(server.port), load, str(seconds)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=seconds + PATIENCE_S)
    if done.returncode:
        raise RuntimeError(f"{server.name}: {load}: {done.stderr[-2000:]}")
    found = json.loads(done.stdout)
    if found["others"]:
        raise RuntimeError(f"{server.name}: {found['others']} answers to {load} were not 200")
    return found["answers"], found["seconds"]


def _check(server: Server, answers: dict[str, int]) -> None:
    """The samples of each metric are those that were sent; the EMF metric's are all of the events'."""
    one, hundred, direct = answers.values()
    for metric, sent in (("Latency", one + hundred * HUNDRED), ("Direct", direct)):
        if (kept := samples(server, metric)) != sent:
            raise RuntimeError(f"{server.name}: {sent} of {metric} were acknowledged and {kept:.0f} are there")


def samples(server: Server, metric: str) -> float:
    """What was put in the last hours, all in all."""
    now = datetime.now(UTC)
    points = server.client("cloudwatch").get_metric_statistics(
        Namespace=NAMESPACE,
        MetricName=metric,
        Dimensions=DIMENSIONS,
        StartTime=now - timedelta(hours=2),
        EndTime=now + timedelta(hours=1),
        Period=3600,
        Statistics=["SampleCount"],
    )["Datapoints"]
    return float(sum(point["SampleCount"] for point in points))
