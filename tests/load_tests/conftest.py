"""A real stack, and real Locust processes against it."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from load_tests.aws import Aws
from load_tests.laptop import ROOT, Laptop, laptop
from load_tests.made import Made

LOCUST = [sys.executable, "-m", "locust", "-f", "load_tests/locustfile.py", "--only-summary"]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laptop]:
    """The service on the laptop, for the tests of one file."""
    with laptop(tmp_path_factory.mktemp("stack") / "local") as running:
        yield running


@pytest.fixture(scope="module")
def aws(stack: Laptop) -> Aws:
    return Aws(stack.aws)


@pytest.fixture(scope="module")
def confirmed(stack: Laptop, aws: Aws) -> list[str]:
    """The options that have cold starts confirmed."""
    [function] = aws.functions()
    return ["--function", function, "--aws-endpoint", stack.aws]


@dataclass(frozen=True)
class Ran:
    """A run of Locust that is over."""

    code: int
    output: str
    folder: Path

    @property
    def made(self) -> list[Made]:
        return [Made.from_line(line) for line in (self.folder / "ledger.jsonl").read_text().splitlines()]

    @property
    def entries(self) -> dict[tuple[str, str], int]:
        """Requests by Locust's entry, as its own JSON file tells them."""
        return {
            (entry["method"], entry["name"]): entry["num_requests"]
            for entry in json.loads((self.folder / "stats.json").read_text())
        }

    def count(self, *, parts: bool) -> int:
        """Requests in the entries of parts, or in those of requests."""
        return sum(number for (_, name), number in self.entries.items() if name.startswith("part: ") == parts)


Run = Callable[..., Ran]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs Locust to its end, without its web page, and keeps all that it can write."""

    def run(host: str, *options: str) -> Ran:
        command = [*LOCUST, "--headless", "--host", host, *kept(tmp_path), *options]
        done = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True, env=environment())
        return Ran(done.returncode, done.stdout + done.stderr, tmp_path)

    return run


def kept(folder: Path) -> list[str]:
    files = {"--ledger": "ledger.jsonl", "--json-file": "stats", "--html": "report.html", "--csv": "run"}
    return [word for option, name in files.items() for word in (option, str(folder / name))]


def environment() -> dict[str, str]:
    """Without what a person's own Locust is set to."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("LOCUST_", "LOAD_", "AWS_"))}


def free_port() -> int:
    """For programs that cannot be told to take any."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: Any = one.getsockname()[1]
        return int(port)
