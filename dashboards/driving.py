"""Drives the real service in child processes, as Lambda would, and keeps what it leaves on stdout and sends by UDP.

Only what would be deployed is known here: the handler's name, Lambda's environment variables, the event of a REST API.
"""

from __future__ import annotations

import json
import os
import select
import socket
import subprocess
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, TYPE_CHECKING, Any

from dashboards import scenarios
from dashboards.declarations import declarations
from dashboards.errors import DriveError
from dashboards.evidence import Evidence
from dashboards.patterns import parsed
from dashboards.rest_event import rest_event
from dashboards.sandbox import ANSWER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

HANDLER = "service.handler.lambda_handler"
NAMESPACE = "Glasshouse/contract"
SERVICE = "items"
_PLENTY_MS = 10_000
_LARGEST_DATAGRAM = 65_536
_MOST_SAID = 30
"""Lines of a process that died, in the error that says so."""
_PATIENCE_S = 30
"""How long a trace document is waited for: on one machine it is there at once, or never comes."""

LAMBDA: dict[str, str] = {
    "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
    "AWS_LAMBDA_FUNCTION_NAME": "items",
    "AWS_LAMBDA_FUNCTION_VERSION": "1",
    "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
    "AWS_LAMBDA_LOG_FORMAT": "JSON",
    "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/items",
    "AWS_LAMBDA_LOG_STREAM_NAME": "2026/01/01/[1]0",
    "AWS_REGION": "us-east-1",
    "LAMBDA_TASK_ROOT": "/var/task",
    "_HANDLER": HANDLER,
    "_X_AMZN_TRACE_ID": "Root=1-695a3c00-0123456789abcdef01234567;Parent=53995c3f42cd8ad8;Sampled=1",
    "POWERTOOLS_METRICS_NAMESPACE": NAMESPACE,
    "POWERTOOLS_SERVICE_NAME": SERVICE,
    "STAGE": "contract",
    "PYTHONDONTWRITEBYTECODE": "1",
}
"""What the child's environment has: Lambda's own variables (developer guide, "Using Lambda environment variables"), and
what sam_template.yaml gives the function."""


def drive(root: Path, handler: str = HANDLER, *further: Path) -> Evidence:
    """All scenarios, with the modules of `root` and of `further` folders. Raises DriveError if the service doesn't
    start, or answers what a scenario doesn't expect.
    """
    evidence = Evidence(NAMESPACE, declarations(root))
    path = os.pathsep.join(map(str, (root, *further)))
    with TemporaryDirectory() as folder, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as daemon:
        daemon.bind(("127.0.0.1", 0))
        daemon.settimeout(_PATIENCE_S)
        address = "{}:{}".format(*daemon.getsockname())
        for number, (environ, play) in enumerate(scenarios.ALL):
            database = Path(folder) / f"{number}.sqlite3"
            given = {"ITEMS_DATABASE": str(database), "AWS_XRAY_DAEMON_ADDRESS": address, "PYTHONPATH": path, **environ}
            with started(handler, given, evidence, daemon) as sandbox:
                play(sandbox, database)
    return evidence


class Sandbox:
    """The service in its process: one request at a time."""

    def __init__(self, process: subprocess.Popen[str], evidence: Evidence, daemon: socket.socket) -> None:
        self._process = process
        self._evidence = evidence
        self._daemon = daemon

    def call(self, method: str, path: str, expected: int, *, body: Any = None, **more: Any) -> dict[str, Any]:
        """The answer: its status is `expected`, or DriveError is raised. `headers`; `remaining_ms`; `about`: further
        members of the event's requestContext; `when_hanging()`: called once line and trace have told that it hangs;
        `traced=False`: no trace document can come.
        """
        event = rest_event(method, path, body, more.get("headers"), **more.get("about", {}))
        self._send({"event": event, "remaining_ms": more.get("remaining_ms", _PLENTY_MS)})
        answer = self._answer(more.get("when_hanging"))
        if answer.get("statusCode") != expected:
            raise DriveError(f"{method} {path} was to answer {expected}; it answered {json.dumps(answer)[:500]}")
        if more.get("traced", True) and "when_hanging" not in more:
            self._take_document()
        return answer

    def _send(self, invocation: dict[str, Any]) -> None:
        with suppress(BrokenPipeError):  # the process has ended: what it said last is read next
            os.write(_stdin(self._process).fileno(), json.dumps(invocation).encode() + b"\n")

    def _answer(self, when_hanging: Callable[[], None] | None) -> dict[str, Any]:
        said = []
        for line in _stdout(self._process):
            if line.startswith(ANSWER):
                return parsed(line[1:])
            said.append(line)
            found = self._evidence.add_line(line)
            if when_hanging is not None and found.get("near_timeout"):
                self._take_document()  # before the request may go on, and the process end
                when_hanging()
                when_hanging = None
        raise DriveError(f"the service's process ended with {self._process.wait()}: {''.join(said[-_MOST_SAID:])}")

    def _take_document(self) -> None:
        """Every request sends a document before its line, or some where one is too small; the first is waited for."""
        try:
            self._keep(self._daemon.recv(_LARGEST_DATAGRAM))
        except TimeoutError:
            raise DriveError(f"no trace document came within {_PATIENCE_S} s of a request") from None
        while select.select([self._daemon], [], [], 0)[0]:
            self._keep(self._daemon.recv(_LARGEST_DATAGRAM))

    def _keep(self, datagram: bytes) -> None:
        self._evidence.documents.append(parsed(datagram.partition(b"\n")[2].decode()))


@contextmanager
def started(handler: str, environ: Mapping[str, str], evidence: Evidence, daemon: socket.socket) -> Iterator[Sandbox]:
    """A sandbox; its process ends with the block. `daemon`: the socket that stands for X-Ray's."""
    process = subprocess.Popen(  # noqa: S603 (this Python, with a module of ours)
        [sys.executable, "-m", "dashboards.sandbox", handler],
        env={**LAMBDA, **environ},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,  # as in a log group
        text=True,
        encoding="utf-8",
    )
    with process:
        try:
            yield Sandbox(process, evidence, daemon)
        except BaseException:
            process.kill()
            raise
        _stdin(process).close()
        for line in _stdout(process):
            evidence.add_line(line)


def _stdin(process: subprocess.Popen[str]) -> IO[str]:
    assert process.stdin is not None  # noqa: S101 (it was asked for)
    return process.stdin


def _stdout(process: subprocess.Popen[str]) -> IO[str]:
    assert process.stdout is not None  # noqa: S101 (it was asked for)
    return process.stdout
