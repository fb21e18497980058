"""What is sent once the answer is out: when, and that nothing is lost where nobody says when that is."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from observability.after_answer import AfterAnswer
from tests.observability.test_invocation import rest_event

ROOT = Path(__file__).parents[2]
PATIENCE_S = 60.0
HANDLER = """
import os
from fastapi import FastAPI
from observability import Settings, lambda_handler as observed_handler, observe

app = FastAPI()
observe(app, settings=Settings.from_env(os.environ | {"POWERTOOLS_SERVICE_NAME": "shop"}))

@app.get("/items/{item_id}")
async def item(item_id: str) -> dict[str, str]:
    if item_id == "exit":
        os._exit(3)
    return {"item_id": item_id}

lambda_handler = observed_handler(app)
if os.environ.get("TWICE"):
    inner = lambda_handler
    def lambda_handler(event, context):
        inner(event, context)
        print("between")
        return inner(event, context)
if os.environ.get("ENDS"):
    from awslambdaric.lambda_runtime_client import LambdaRuntimeClient
    def end(*_, **__):
        raise SystemExit(0)
    LambdaRuntimeClient.post_invocation_result = end
"""


class RuntimeApi(ThreadingHTTPServer):
    """Lambda's Runtime API. `seen` gets, in their order, what the client asks for and posts, with what the function
    had written by then.
    """

    daemon_threads = True

    def __init__(self, written: Path, events: list[Any]) -> None:
        super().__init__(("127.0.0.1", 0), Exchange)
        self.written = written
        self.events = events
        self.seen: queue.Queue[tuple[str, str]] = queue.Queue()

    def see(self, what: str) -> None:
        self.seen.put((what, self.written.read_text()))


class Exchange(BaseHTTPRequestHandler):
    server: RuntimeApi

    def do_GET(self) -> None:
        self.server.see("next")
        if not self.server.events:
            threading.Event().wait()  # no more work; the test ends the process
        self.answer(json.dumps(self.server.events.pop(0)).encode())

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.see(self.path.rpartition("/")[2])
        self.answer(b"{}", 202)

    def answer(self, body: bytes, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Lambda-Runtime-Aws-Request-Id", "00000000-0000-4000-8000-000000000000")
        self.send_header("Lambda-Runtime-Deadline-Ms", str(int(time.time() * 1000) + 60_000))
        self.send_header("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:eu-central-1:123456789012:function:f")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (its name in the base class)
        """Nobody reads it."""


def run(folder: Path, events: list[Any], **variables: str) -> tuple[list[tuple[str, list[str]]], str]:
    """Each thing that awslambdaric did, with the routes or words that the function had written by then; and all that
    it had written in the end.
    """
    (folder / "shop.py").write_text(HANDLER)
    output = folder / "output.txt"
    output.touch()
    expected = 2 * len(events) + 1
    with RuntimeApi(output, list(events)) as api:
        threading.Thread(target=api.serve_forever, daemon=True).start()
        environ = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{api.server_port}",
            "AWS_LAMBDA_FUNCTION_NAME": "shop",
            **variables,
        }
        command = [sys.executable, "-m", "awslambdaric", "shop.lambda_handler"]
        with output.open("ab") as file:
            process = subprocess.Popen(command, cwd=folder, env=environ, stdout=file, stderr=file)
        try:
            if "ENDS" in variables:
                process.wait(PATIENCE_S)
                seen = [api.seen.get(timeout=PATIENCE_S)]
            else:
                seen = [api.seen.get(timeout=PATIENCE_S) for _ in range(expected)]
        finally:
            process.kill()
            process.wait()
            api.shutdown()
    return [(what, told(text)) for what, text in seen], output.read_text()


def told(text: str) -> list[str]:
    """The path of each wide line, and other lines as they are."""
    return [json.loads(line)["path"] if line.startswith("{") else line for line in text.splitlines()]


linux = pytest.mark.skipif(sys.platform != "linux", reason="awslambdaric has wheels for Linux only")


@linux
def test_the_line_is_written_between_the_answer_and_the_next_request_for_work(tmp_path: Path) -> None:
    """The real awslambdaric: when it posts the answer nothing is written yet, when it asks for more the line is there.
    This is the test that notices when an upgrade of awslambdaric goes another way.
    """
    seen, _ = run(tmp_path, [rest_event("/items/1"), rest_event("/items/2")])
    assert seen == [
        ("next", []),
        ("response", []),
        ("next", ["/items/1"]),
        ("response", ["/items/1"]),
        ("next", ["/items/1", "/items/2"]),
    ]


@linux
def test_off_it_is_written_before_the_answer(tmp_path: Path) -> None:
    """OBSERVABILITY_AFTER_ANSWER=off."""
    seen, _ = run(tmp_path, [rest_event("/items/1")], OBSERVABILITY_AFTER_ANSWER="off")
    assert seen == [("next", []), ("response", ["/items/1"]), ("next", ["/items/1"])]


@linux
def test_a_handler_called_twice_in_one_invocation(tmp_path: Path) -> None:
    """The second call sends what the first one owes: lines keep their order, and none waits for a later request."""
    seen, _ = run(tmp_path, [rest_event("/items/1")], TWICE="1")
    assert seen == [("next", []), ("response", ["between", "/items/1"]), ("next", ["between", "/items/1", "/items/1"])]


@linux
def test_a_runtime_client_that_ends_instead(tmp_path: Path) -> None:
    """A process that ends without asking for more still leaves the line of what it answered."""
    seen, text = run(tmp_path, [rest_event("/items/1")], ENDS="1")
    assert seen == [("next", [])]
    assert told(text) == ["/items/1"]


def test_without_a_known_runtime_client_all_is_done_at_once() -> None:
    """In a test, under uvicorn, in another runtime: nobody would ever say that the answer is out."""
    done: list[str] = []
    after = AfterAnswer()
    assert after.watch() is False
    after.do(lambda: done.append("at once"))
    assert done == ["at once"]


def test_what_is_owed_is_done_in_its_order_and_once() -> None:
    """Once the runtime client has come by, work waits until it does again."""
    done: list[int] = []
    after = AfterAnswer()
    after.asked()
    after.do(lambda: done.append(1))
    after.do(lambda: done.append(2))
    assert done == []
    after.asked()
    assert done == [1, 2]
    after.settle()
    assert done == [1, 2]
