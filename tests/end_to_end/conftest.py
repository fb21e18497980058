"""The real service on the laptop's stack: real template, real runtime client, real files."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 60.0


def poll(condition: Callable[[], Any]) -> Any:
    """The first true value of `condition`, within a deadline that only a hang reaches."""
    deadline = time.monotonic() + PATIENCE_S
    while not (found := condition()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)
    return found


@dataclass(frozen=True)
class Laptop:
    """A running `python -m local up`: its client, its folder and its process."""

    client: httpx.Client
    folder: Path
    process: subprocess.Popen[bytes]

    def lines(self) -> list[dict[str, Any]]:
        """The function's wide lines so far, from the log group's files."""
        texts = (path.read_text() for path in (self.folder / "logs").rglob("*.log"))
        events = (event.partition(" ")[2] for text in texts for event in text.splitlines())
        return [json.loads(event) for event in events if '"CloudWatchMetrics"' in event]

    def documents(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.folder / "traces.jsonl").read_text().splitlines()]

    def requests(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.folder / "requests.jsonl").read_text().splitlines()]

    def sandboxes(self) -> list[psutil.Process]:
        """The processes that run the service."""
        return [
            child
            for child in psutil.Process(self.process.pid).children(recursive=True)
            if "service.handler.lambda_handler" in child.cmdline()
        ]

    def at_once(self, calls: list[Callable[[], httpx.Response]]) -> list[httpx.Response]:
        with ThreadPoolExecutor(len(calls)) as threads:
            return [answer.result() for answer in [threads.submit(call) for call in calls]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Laptop]]:
    """Starts the stack in its own folder, with the given settings; ends it with the test."""
    started: list[Laptop] = []

    def start(**settings: str) -> Laptop:
        folder = tmp_path / "local"
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "LOCAL_PORT": "0",
            "LOCAL_XRAY_PORT": "0",
            "LOCAL_AWS_PORT": "0",
            "LOCAL_VIEWER_PORT": "0",
            "LOCAL_DIR": str(folder),
            "ITEMS_DATABASE": str(tmp_path / "items.sqlite3"),
            **settings,
        }
        with (tmp_path / "output").open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "local", "up"],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        run_file = folder / "run.json"
        poll(lambda: run_file.exists() or process.poll() is not None)
        assert process.poll() is None, (tmp_path / "output").read_text()
        client = httpx.Client(base_url=json.loads(run_file.read_text())["api"], timeout=PATIENCE_S)
        started.append(Laptop(client, folder, process))
        return started[-1]

    yield start
    for laptop in started:
        laptop.client.close()
        laptop.process.send_signal(signal.SIGINT)
        assert laptop.process.wait(PATIENCE_S) == 0
