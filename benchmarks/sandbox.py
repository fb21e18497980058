"""A process that runs the real awslambdaric, and the other end of its Runtime API, with a stopwatch.

Independent of local/, whose own cost is measured elsewhere, and as plain as it can be: one connection, blocking
sockets. Source of the protocol: the AWS page "Using the Lambda runtime API" (2018-06-01).
"""

import asyncio
import os
import re
import signal
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from benchmarks.code_tree import interpreter
from benchmarks.place import PATIENCE_S, Place
from benchmarks.variants import Variant
from local.lambda_runtime.shape import NoShape, Shape

ARN = "arn:aws:lambda:us-east-1:123456789012:function:bench"
ANSWERED = b"HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


class Times(NamedTuple):
    """Milliseconds from handing an event out until its answer is here: what the client waits for; and until the runtime
    client asks for the next event: what Lambda bills.
    """

    answered: float
    occupied: float


class Sandbox:
    """`start` to its first request for work, then `invoke`; closed, its process is gone."""

    def __init__(self, place: Place, variant: Variant, shape: Shape | None = None) -> None:
        self._place, self._variant, self._handler = place, variant, variant.handler
        self._shape = NoShape() if shape is None else shape
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
        api = f"127.0.0.1:{self._listener.getsockname()[1]}"
        with self._place.output.open("ab") as output:
            started = time.perf_counter()
            self._process = subprocess.Popen(
                self._shape.command(command),
                cwd=self._place.task,
                env=self._shape.environment(self._place.environment(self._variant) | {"AWS_LAMBDA_RUNTIME_API": api}),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
            self._shape.enter(self._process.pid)
        self._request("/invocation/next")
        return time.perf_counter() - started

    def throttle(self) -> None:
        """From now on the processor is that of its memory size; Lambda boosts what comes before."""
        asyncio.run(self._shape.throttle())

    def invoke(self, event: bytes) -> tuple[Times, bytes]:
        """How long it took, and the answer."""
        self._invocations += 1
        head = self._delivery(len(event))
        started = time.perf_counter()
        self._send(head + event)
        answer = self._request("/response")
        answered = time.perf_counter() - started
        self._send(ANSWERED)
        self._request("/invocation/next")
        return Times(answered * 1000, (time.perf_counter() - started) * 1000), answer

    def peak_mb(self) -> float:
        """The most memory that the process has held, as Linux counts it (proc(5), VmHWM), in MB of 1,024 kB."""
        status = Path(f"/proc/{self._process.pid if self._process else 'self'}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) / 1024

    def close(self) -> None:
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        asyncio.run(self._shape.remove())
        if self._connection is not None:
            self._connection.close()
        self._listener.close()

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
            output = self._place.output.read_text(errors="replace")[-2000:]
            state = "ended" if ended else f"asked for nothing in {PATIENCE_S:g} s"
            raise RuntimeError(f"{self._handler} {state}; its last words:\n{output}")

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _send(self, content: bytes) -> None:
        self._connected().sendall(content)
