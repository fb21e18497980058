"""An observed application behind a real server, over real sockets."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]

APPLICATION = """
import asyncio
from fastapi import FastAPI
from starlette.responses import StreamingResponse
from observability import observe
app = FastAPI()
observe(app, service="items")

@app.get("/boom")
async def boom():
    raise ValueError("boom")

@app.get("/endless")
async def endless():
    async def body():
        while True:
            yield b"x" * 10_000
            await asyncio.sleep(0.001)
    return StreamingResponse(body())
"""


class Server:
    """uvicorn in a process of its own, on a port that the system chose."""

    def __init__(self, folder: Path) -> None:
        (folder / "application.py").write_text(APPLICATION)
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        self.port = listener.getsockname()[1]
        command = [
            sys.executable,
            "-m",
            "uvicorn",
            "application:app",
            "--fd",
            str(listener.fileno()),
            "--no-access-log",
        ]
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            env={"PYTHONPATH": f"{ROOT}:{folder}", "OBSERVABILITY_TRACING": "off"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=[listener.fileno()],
            text=True,
        )
        listener.close()

    def line(self) -> dict[str, object]:
        """The next wide line; uvicorn's own lines are in the same stream and form."""
        assert self.process.stdout is not None
        found: dict[str, object] = {}
        while "_aws" not in found:
            found = json.loads(self.process.stdout.readline())
        return found

    def stop(self) -> tuple[str, str]:
        """What it wrote since the last line(), and its standard error."""
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        self.process.terminate()
        # Not communicate(): it passes over what readline() has buffered already.
        written = self.process.stdout.read(), self.process.stderr.read()
        self.process.wait(60)
        return written


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path)
    with server.process:
        yield server
        server.stop()


def test_the_server_sees_the_exception_too(server: Server) -> None:
    """Outside Lambda the middleware hides nothing: the client gets 500, stdout the line, the server's log its error."""
    answer = httpx.get(f"http://127.0.0.1:{server.port}/boom", timeout=100)
    assert answer.status_code == 500
    line = server.line()
    assert line["request_id"] == answer.headers["x-request-id"]
    assert (line["status"], line["error_type"], line["client_ip"]) == (500, "ValueError", "127.0.0.1")
    out, err = server.stop()
    logged = [json.loads(text) for text in out.splitlines()]
    (told,) = [one for one in logged if "exception" in one]
    assert (told["logger"], told["level"], told["exception_name"]) == ("uvicorn.error", "ERROR", "ValueError")
    assert err == ""


def test_a_client_that_hangs_up_leaves_its_line(server: Server) -> None:
    """The stream ends with its client: one line, marked, and no fault."""
    with httpx.stream("GET", f"http://127.0.0.1:{server.port}/endless", timeout=100) as answer:
        next(answer.iter_bytes())
    line = server.line()
    assert (line["route"], line["status"], line["client_disconnected"], line["Faults"]) == ("/endless", 200, True, 0)
