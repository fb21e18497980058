"""`python -m local up` as a process, as `make run` starts it, on free ports and in a folder of its own."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from benchmarks.event import PATH
from benchmarks.uninterrupted import uninterrupted

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_S = 60.0
POLL_S = 0.01


def kept_variables() -> dict[str, str]:
    """The user's own variables stay outside: each of the template's could be changed by one of them."""
    return {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}


class Stack:
    """`start` to the first answer; closed, all its processes are gone. `folder` is its LOCAL_DIR."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def start(self) -> float:
        """Seconds from the process's start to the first 200 of the health endpoint, the first cold start included."""
        self._folder.mkdir(parents=True, exist_ok=True)
        variables = {
            "LOCAL_PORT": "0",
            "LOCAL_XRAY_PORT": "0",
            "LOCAL_AWS_PORT": "0",
            "LOCAL_VIEWER_PORT": "0",
            "LOCAL_DIR": str(self._folder),
            "LOCAL_SHAPING": "off",
            "ITEMS_DATABASE": str(self._folder / "items.sqlite3"),
        }
        with (self._folder / "output.txt").open("ab") as output, uninterrupted():
            started = time.perf_counter()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "local", "up"],
                cwd=ROOT,
                env=kept_variables() | variables,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C is ours to handle, in order
            )
        self._await_answer()
        return time.perf_counter() - started

    def requests(self) -> list[dict[str, object]]:
        """What the gateway wrote about each request (requests.jsonl)."""
        lines = (self._folder / "requests.jsonl").read_text().splitlines()
        return [json.loads(line) for line in lines]

    def close(self) -> None:
        """SIGTERM, which the stack obeys in order; SIGKILL if it doesn't, and its sandboxes end by themselves."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def _await_answer(self) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not self._answers():
            ended = self._process is None or self._process.poll() is not None
            if ended or time.monotonic() > deadline:
                output = (self._folder / "output.txt").read_text(errors="replace")[-2000:]
                raise RuntimeError(f"python -m local up {'ended' if ended else 'does not answer'}:\n{output}")
            time.sleep(POLL_S)

    def _answers(self) -> bool:
        try:
            address = json.loads((self._folder / "run.json").read_text())["api"]
        except FileNotFoundError:
            return False
        self.port = int(address.rpartition(":")[2])
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        try:
            connection.request("GET", PATH)
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()
