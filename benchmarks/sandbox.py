"""A process that runs the real awslambdaric, and the other end of its Runtime API, with a stopwatch.

Independent of local/, whose own cost is measured elsewhere, and as plain as it can be: one connection, blocking
sockets. Source of the protocol: the AWS page "Using the Lambda runtime API" (2018-06-01).
"""

import os
import re
import signal
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from benchmarks.code_tree import interpreter

PATIENCE_S = 60.0
"""For anything a sandbox should do; longer is a failure of the run."""

ARN = "arn:aws:lambda:us-east-1:123456789012:function:bench"
ANSWERED = b"HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


class Sandbox:
    """`start` to its first request for work, then `invoke`; closed, its process is gone."""

    def __init__(self, tree: Path, handler: str, scratch: Path, daemon: str) -> None:
        self._tree, self._handler, self._scratch, self._daemon = tree, handler, scratch, daemon
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.1)
        self._connection: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._invocations = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def start(self) -> float:
        """Seconds from the process's start until its runtime client asks for work: Lambda's init, and the spawn."""
        command = [str(interpreter()), "-S", "-m", "awslambdaric", self._handler]
        with (self._scratch / "output.txt").open("ab") as output:
            started = time.perf_counter()
            self._process = subprocess.Popen(
                command,
                cwd=self._tree / "task",
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self._request("/invocation/next")
        return time.perf_counter() - started

    def invoke(self, event: bytes) -> tuple[float, bytes]:
        """Seconds from handing the event out until its answer is here, and the answer."""
        self._invocations += 1
        head = self._delivery(len(event))
        started = time.perf_counter()
        self._send(head + event)
        answer = self._request("/response")
        taken = time.perf_counter() - started
        self._send(ANSWERED)
        self._request("/invocation/next")
        return taken, answer

    def close(self) -> None:
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        if self._connection is not None:
            self._connection.close()
        self._listener.close()

    def _environment(self) -> dict[str, str]:
        """Lambda's own variables, as far as the variants read them."""
        port = self._listener.getsockname()[1]
        return {
            "PATH": "/usr/bin:/bin",
            "LANG": "en_US.UTF-8",
            "TZ": ":UTC",
            "PYTHONPATH": f"{self._tree / 'task'}{os.pathsep}{self._tree / 'runtime'}",
            "PYTHONDONTWRITEBYTECODE": "1",  # /var/task can't be written
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{port}",
            "AWS_LAMBDA_FUNCTION_NAME": "bench",
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/bench",
            "AWS_LAMBDA_LOG_STREAM_NAME": "2026/01/01/[$LATEST]0123456789abcdef0123456789abcdef",
            "AWS_REGION": "us-east-1",
            "AWS_XRAY_DAEMON_ADDRESS": self._daemon,
            "LAMBDA_TASK_ROOT": str(self._tree / "task"),
            "_HANDLER": self._handler,
            "ITEMS_DATABASE": str(self._scratch / "items.sqlite3"),
        }

    def _delivery(self, size: int) -> bytes:
        deadline = int((time.time() + PATIENCE_S) * 1000)
        trace = f"Root=1-67891233-{self._invocations:024x};Parent=53995c3f42cd8ad8;Sampled=1"
        return (
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
            f"Lambda-Runtime-Aws-Request-Id: 00000000-0000-4000-8000-{self._invocations:012x}\r\n"
            f"Lambda-Runtime-Deadline-Ms: {deadline}\r\n"
            f"Lambda-Runtime-Invoked-Function-Arn: {ARN}\r\n"
            f"Lambda-Runtime-Trace-Id: {trace}\r\n"
            f"Content-Length: {size}\r\n\r\n"
        ).encode()

    def _request(self, expected: str) -> bytes:
        """The body of the client's next request. Raises RuntimeError unless it is for `expected`."""
        head, body = self._read()
        path = head.split(b" ", 2)[1].decode()
        if not path.endswith(expected):
            raise RuntimeError(
                f"{self._handler} posted to {path}, not {expected}: {body[:2000].decode(errors='replace')}"
            )
        return body

    def _read(self) -> tuple[bytes, bytes]:
        received = b""
        while b"\r\n\r\n" not in received:
            chunk = self._connected().recv(65_536)
            if not chunk:  # it opens a new connection when it likes
                self._disconnect()
            received += chunk
        head, _, body = received.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
        wanted = int(length[1]) if length else 0
        while len(body) < wanted:
            body += self._connected().recv(65_536)
        return head, body

    def _connected(self) -> socket.socket:
        deadline = time.monotonic() + PATIENCE_S
        while self._connection is None:
            try:
                self._connection, _ = self._listener.accept()
            except TimeoutError:
                self._check_alive(deadline)
                continue
            self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._connection.settimeout(PATIENCE_S)
        return self._connection

    def _check_alive(self, deadline: float) -> None:
        ended = self._process is None or self._process.poll() is not None
        if ended or time.monotonic() > deadline:
            output = (self._scratch / "output.txt").read_text(errors="replace")[-2000:]
            state = "ended" if ended else f"asked for nothing in {PATIENCE_S:g} s"
            raise RuntimeError(f"{self._handler} {state}; its last words:\n{output}")

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _send(self, content: bytes) -> None:
        self._connected().sendall(content)
