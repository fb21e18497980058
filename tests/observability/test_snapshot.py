"""SnapStart, with the real runtime client and its hooks; what takes the snapshot is the Runtime API of this file."""

from __future__ import annotations

import json
import os
import queue
import socket
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fastapi import FastAPI

from observability import Settings, observe
from observability.errors import NotObservedError
from observability.snapshot import after_restore, before_snapshot

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.observability.conftest import ListeningDaemon

    Run = Callable[[str], tuple[list[Any], bytes, list[bool]]]

ROOT = Path(__file__).parents[2]
PATIENCE_S = 60
TRACE = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"

EVENT = {
    "resource": "/{proxy+}",
    "path": "/",
    "httpMethod": "GET",
    "headers": {"host": "localhost"},
    "queryStringParameters": None,
    "requestContext": {"requestId": "c6af9ac6", "path": "/", "identity": {"sourceIp": "192.0.2.7"}},
    "body": None,
    "isBase64Encoded": False,
}

# It serves a request while it starts, as some do to be warm: that must not be found in the restored copies.
HANDLER = f"""
import os, sys
from fastapi import FastAPI
from observability import lambda_handler as observed_handler, observe
from observability.snapshot import after_restore, before_snapshot
app = FastAPI()
observe(app, service="shop")
told = []
before_snapshot(app, lambda: told.append("before"))
after_restore(app, lambda: told.append("after"))
@app.get("/")
async def root() -> list[str]:
    return told
lambda_handler = observed_handler(app)
os.environ["_X_AMZN_TRACE_ID"] = {TRACE!r}
lambda_handler({EVENT!r}, object())
"""


class RuntimeApi(ThreadingHTTPServer):
    """Lambda's Runtime API with restore/next (awslambdaric asks for it when the snapshot may be taken)."""

    daemon_threads = True

    def __init__(self, at_snapshot: Callable[[], None]) -> None:
        super().__init__(("127.0.0.1", 0), Exchange)
        self.at_snapshot = at_snapshot
        self.invoked = threading.Event()
        self.ended = threading.Event()
        self.answers: queue.Queue[bytes] = queue.Queue()


class Exchange(BaseHTTPRequestHandler):
    server: RuntimeApi

    def do_GET(self) -> None:
        if self.path.endswith("/restore/next"):
            self.server.at_snapshot()
            self.answer(b"")
        elif self.server.invoked.is_set():
            self.server.ended.set()
            threading.Event().wait()  # no more work; the test ends the process
        else:
            self.server.invoked.set()
            self.answer(json.dumps(EVENT).encode())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.answers.put(self.path.rpartition("/")[2].encode() + b" " + body)
        self.answer(b"{}", 202)

    def answer(self, body: bytes, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Lambda-Runtime-Aws-Request-Id", "00000000-0000-4000-8000-000000000000")
        self.send_header("Lambda-Runtime-Deadline-Ms", str(int(time.time() * 1000) + 60_000))
        self.send_header("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:eu-central-1:123456789012:function:f")
        self.send_header("Lambda-Runtime-Trace-Id", TRACE)
        self.send_header("Content-Type", "application/json")  # the client crashes without
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (its name in the base class)
        """Nobody reads it."""


@pytest.fixture
def restored(tmp_path: Path, daemon: ListeningDaemon) -> Run:
    """`restored(initialization_type)`: the lines, the answer, and whether the socket was closed."""
    (tmp_path / "shop.py").write_text(HANDLER)
    freed: list[bool] = []
    senders: list[Any] = []

    def at_snapshot() -> None:
        _, sender = daemon.socket.recvfrom(70_000)
        senders.append(sender)
        with socket.socket(type=socket.SOCK_DGRAM) as other:
            try:
                other.bind(sender)
            except OSError:
                freed.append(False)
            else:
                freed.append(True)

    def run(kind: str) -> tuple[list[Any], bytes, list[bool]]:
        with RuntimeApi(at_snapshot) as api:
            threading.Thread(target=api.serve_forever, daemon=True).start()
            environ = {
                "PATH": os.environ["PATH"],
                "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}",
                "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{api.server_port}",
                "AWS_LAMBDA_FUNCTION_NAME": "shop",
                "AWS_LAMBDA_FUNCTION_VERSION": "1",
                "AWS_LAMBDA_INITIALIZATION_TYPE": kind,
                "AWS_XRAY_DAEMON_ADDRESS": daemon.address,
            }
            with (tmp_path / "output.txt").open("wb") as output:
                process = subprocess.Popen(
                    [sys.executable, "-m", "awslambdaric", "shop.lambda_handler"],
                    cwd=tmp_path,
                    env=environ,
                    stdout=output,
                    stderr=output,
                )
                try:
                    answer = api.answers.get(timeout=PATIENCE_S)
                    assert api.ended.wait(PATIENCE_S)
                finally:
                    process.kill()
                    process.wait()
            api.shutdown()
        text = (tmp_path / "output.txt").read_text()
        return [json.loads(line) for line in text.splitlines() if line.startswith("{")], answer, freed

    return run


@pytest.mark.skipif(sys.platform != "linux", reason="awslambdaric has wheels for Linux only")
def test_a_restored_process(restored: Run) -> None:
    """No socket is in the snapshot; the first request after it is cold, without an init duration that nobody waited
    for; the service's own hooks ran, each at its time.
    """
    (starting, first), answer, freed = restored("snap-start")
    assert freed == [True]
    assert json.loads(json.loads(answer.partition(b" ")[2])["body"]) == ["before", "after"]
    assert (starting["cold_start"], first["cold_start"]) == (True, True)
    assert "init_ms" not in first
    assert (first["ColdStarts"], first["TelemetryFailures"]) == (1, 0)
    assert starting["request_id"] == first["request_id"] == "c6af9ac6"


@pytest.mark.skipif(sys.platform != "linux", reason="awslambdaric has wheels for Linux only")
def test_no_snapshot(restored: Run) -> None:
    """Without SnapStart no hook is registered, and only the first request is cold."""
    (starting, first), answer, freed = restored("on-demand")
    assert freed == []
    assert json.loads(json.loads(answer.partition(b" ")[2])["body"]) == []
    assert (starting["cold_start"], first["cold_start"]) == (True, False)


def test_says_whether_there_will_be_one() -> None:
    """Registering tells whether it will be called: not without SnapStart, nor where the runtime has no hooks."""
    app = FastAPI()
    with pytest.raises(NotObservedError, match=r"before_snapshot\(\)"):
        before_snapshot(app, list)
    observe(app, settings=Settings(service="test"))
    assert before_snapshot(app, list) is False
    assert after_restore(app, list) is False


def test_without_the_runtime_s_hooks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A runtime without snapshot_restore_py (Python 3.11's) is no reason to fail."""
    app = FastAPI()
    observe(app, settings=Settings(service="test", initialization_type="snap-start"))
    monkeypatch.setitem(sys.modules, "snapshot_restore_py", None)
    assert before_snapshot(app, list) is False


def test_ids_differ_in_copies() -> None:
    """Two copies of one process make different ids: they come from the operating system, not from a seeded
    generator that the snapshot holds.
    """
    code = """
import os, random
from observability import Settings
from observability.instruments import Instruments
from observability.observer import Observer
observer = Observer(Settings(), Instruments.real(Settings()))
random.seed(1)
for _ in range(2):
    if os.fork() == 0:
        record = observer.open(None)
        observer.join(record, None)
        os.write(1, f"{record.request_id} {record.trace_id[11:]} {observer.span_id()}\\n".encode())
        os._exit(0)
    os.wait()
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    one, other = (line.split() for line in done.stdout.splitlines())
    assert len({*one, *other}) == 6
