"""A tiny application, and `python -m local up` with it as a real process."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Parameters:
  Memory: {Type: Number, Default: 256}
  Seconds: {Type: Number, Default: 2}
Resources:
  Tiny:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.11
      MemorySize: !Ref Memory
      Timeout: !Ref Seconds
      Tracing: Active
      Events:
        Root: {Type: Api, Properties: {Path: /, Method: ANY, RestApiId: !Ref Api}}
        Proxy: {Type: Api, Properties: {Path: "/{proxy+}", Method: ANY, RestApiId: !Ref Api}}
  Api:
    Type: AWS::Serverless::Api
    Properties: {StageName: dev, TracingEnabled: true}
"""

HANDLER = """
import json, os, sys, time

def handler(event, context):
    path = event["path"]
    if path == "/slow":
        time.sleep(60)
    if path == "/crash":
        os._exit(7)
    if path == "/raise":
        raise ValueError("on purpose")
    if path == "/malformed":
        return "no object"
    if path == "/hostile":
        print("first \\x1b[2Jsecond\\x0bthird \\u2028 fourth")
    if path == "/wide":
        print(json.dumps({"function_request_id": context.aws_request_id, "route": "/wide/{of}/route", "status": 200,
                          "cold_start": False, "duration_ms": 1.5, "xray_trace_id": "x"}))
    if path == "/env":
        return {"statusCode": 200, "body": json.dumps(dict(os.environ))}
    return {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": json.dumps(event)}
"""

PATIENCE_S = 40.0


def poll(condition: Callable[[], Any]) -> Any:
    """The first true value of `condition`, within a deadline that only a hang reaches."""
    deadline = time.monotonic() + PATIENCE_S
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise AssertionError("it did not happen in time")
        time.sleep(0.02)
    return found


def _folder_of(process: psutil.Process) -> str:
    try:
        return process.cwd()
    except psutil.Error:
        return ""


@pytest.fixture
def eventually() -> Callable[[Callable[[], Any]], Any]:
    """Waits until a condition holds."""
    return poll


@dataclass
class Stack:
    """A running `python -m local up`, its folder, and what it printed so far."""

    process: subprocess.Popen[bytes]
    folder: Path
    local: Path
    out: Path
    err: Path
    run: dict[str, Any] = field(default_factory=dict)

    @property
    def port(self) -> int:
        return int(self.run["api"].removeprefix("http://127.0.0.1:").partition("/")[0])

    def request(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    def printed(self) -> str:
        return self.out.read_text()

    def wait_for(self, text: str) -> str:
        return str(poll(lambda: self.printed() if text in self.printed() else ""))

    def wait_until(self, condition: Callable[[], Any]) -> None:
        poll(condition)

    def sandboxes(self) -> list[int]:
        """The processes that run in the function's folder, as sandboxes do."""
        return [process.pid for process in psutil.process_iter() if _folder_of(process) == str(self.folder)]

    def json_lines(self, name: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.local / name).read_text().splitlines()]

    def stop(self, number: int = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE_S)


Up = Callable[..., Stack]


def environment(**variables: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, **variables}


@pytest.fixture
def app(tmp_path: Path) -> Path:
    folder = tmp_path / "app"
    folder.mkdir()
    (folder / "template.yaml").write_text(TEMPLATE)
    (folder / "app.py").write_text(HANDLER)
    return folder


@pytest.fixture
def local_command() -> Callable[..., subprocess.CompletedProcess[str]]:
    def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "local", *arguments],
            env=environment(**variables),
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )

    return run


@pytest.fixture
def up(app: Path, tmp_path: Path) -> Iterator[Up]:
    """Starts stacks on free ports and waits until they serve; ends them all."""
    running: list[Stack] = []

    def start(*options: str, **variables: str) -> Stack:
        out, err, local = tmp_path / "out.txt", tmp_path / "err.txt", tmp_path / ".local"
        variables = {
            "LOCAL_PORT": "0",
            "LOCAL_XRAY_PORT": "0",
            "LOCAL_AWS_PORT": "0",
            "LOCAL_VIEWER_PORT": "0",
            "LOCAL_DIR": str(local),
            "LOCAL_TEMPLATE": str(app / "template.yaml"),
            "LOCAL_SHAPING": "off",
            "LOCAL_RELOAD": "off",
            **variables,
        }
        with out.open("wb") as stdout, err.open("wb") as stderr:
            process = subprocess.Popen(
                [sys.executable, "-m", "local", "up", *options],
                env=environment(**variables),
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
            )
        stack = Stack(process, app, local, out, err)
        running.append(stack)
        run_file = local / "run.json"
        poll(lambda: run_file.exists() or process.poll() is not None)
        assert process.poll() is None, err.read_text()
        stack.run = json.loads(run_file.read_text())
        stack.wait_for("time  ")
        return stack

    yield start
    for stack in running:
        if stack.process.poll() is None:
            stack.process.kill()
            stack.process.wait()
