"""The laptop's stack with the real service, and sweeps of it as processes of their own."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest

ROOT = Path(__file__).resolve().parents[3]
PATIENCE_S = 90.0


def poll(condition: Callable[[], Any]) -> Any:
    """The first true value of `condition`, within a deadline that only a hang reaches."""
    deadline = time.monotonic() + PATIENCE_S
    while not (found := condition()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)
    return found


@dataclass(frozen=True)
class Stack:
    """A running `python -m local up`, and its function."""

    folder: Path
    api: str
    aws: str
    lambda_api: Any
    function: str

    def configuration(self) -> dict[str, Any]:
        return dict(self.lambda_api.get_function_configuration(FunctionName=self.function))

    def alias(self) -> str:
        """The version that the API invokes."""
        return str(self.lambda_api.get_alias(FunctionName=self.function, Name="live")["FunctionVersion"])

    def provisioned(self) -> int:
        """How many sandboxes were asked for, of every version and alias."""
        found = self.lambda_api.list_provisioned_concurrency_configs(FunctionName=self.function)
        configs = found["ProvisionedConcurrencyConfigs"]
        return sum(config["RequestedProvisionedConcurrentExecutions"] for config in configs)

    def versions(self) -> list[str]:
        found = self.lambda_api.list_versions_by_function(FunctionName=self.function)["Versions"]
        return [version["Version"] for version in found]

    def count(self, metric: str) -> float:
        """The sum of a metric of AWS/Lambda, of invocations by the alias, in the last minutes."""
        client: Any = boto3.client(
            "cloudwatch",
            endpoint_url=self.aws,
            region_name="us-east-1",
            aws_access_key_id="any",
            aws_secret_access_key="any",
        )
        dimensions = {"FunctionName": self.function, "Resource": f"{self.function}:live"}
        points = client.get_metric_statistics(
            Namespace="AWS/Lambda",
            MetricName=metric,
            Dimensions=[{"Name": name, "Value": value} for name, value in dimensions.items()],
            StartTime=datetime.now(UTC) - timedelta(minutes=10),
            EndTime=datetime.now(UTC) + timedelta(minutes=1),
            Period=60,
            Statistics=["Sum"],
        )["Datapoints"]
        return float(sum(point["Sum"] for point in points))


@dataclass(frozen=True)
class Sweeper:
    """Runs `python -m load_tests` in a folder of its own."""

    folder: Path
    environment: dict[str, str]

    @property
    def sweeps(self) -> Path:
        return self.folder / "sweeps"

    @property
    def local(self) -> Path:
        return self.folder / "local"

    def start(self, command: str, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [
                *(sys.executable, "-m", "load_tests", command),
                *("--local-dir", str(self.local), "--dir", str(self.sweeps)),
                *arguments,
            ],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, command: str, *arguments: str) -> tuple[int, str, str]:
        process = self.start(command, *arguments)
        out, err = process.communicate(timeout=PATIENCE_S)
        return process.returncode, out, err

    def steps(self) -> list[Path]:
        return sorted(self.sweeps.glob("*/steps/*.json"))


@pytest.fixture
def sweeper(tmp_path: Path) -> Iterator[Sweeper]:
    """What a killed sweep has started ends with the test, even one that fails."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TMPDIR": str(tmp_path)}
    yield Sweeper(tmp_path, environment)
    left = tmp_path / "sweeps/stack.pid"
    if left.exists():
        os.kill(int(left.read_text()), signal.SIGKILL)


@pytest.fixture
def stack(sweeper: Sweeper) -> Iterator[Stack]:
    """In the sweeper's local folder; ended with the test."""
    settings = {
        **sweeper.environment,
        **dict.fromkeys(("LOCAL_PORT", "LOCAL_XRAY_PORT", "LOCAL_AWS_PORT", "LOCAL_VIEWER_PORT"), "0"),
        "LOCAL_DIR": str(sweeper.local),
        "ITEMS_DATABASE": str(sweeper.folder / "items.sqlite3"),
    }
    with (sweeper.folder / "output").open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "local", "up"],
            cwd=ROOT,
            env=settings,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    run_file = sweeper.local / "run.json"
    poll(lambda: run_file.exists() or process.poll() is not None)
    assert process.poll() is None, (sweeper.folder / "output").read_text()
    found = json.loads(run_file.read_text())
    client: Any = boto3.client(
        "lambda",
        endpoint_url=found["aws"],
        region_name="us-east-1",
        aws_access_key_id="any",
        aws_secret_access_key="any",
    )
    name = client.list_functions()["Functions"][0]["FunctionName"]
    yield Stack(sweeper.local, found["api"], found["aws"], client, name)
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE_S) == 0
