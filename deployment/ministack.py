"""ministack as a process of ours: an AWS at http://localhost:<port>, its files in one folder, ended by its id."""

import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deployment.errors import TrialError
from deployment.tools import MINISTACK, Tools

PATIENCE_S = 60.0
#: A port that is free when it is asked for may be taken a moment later.
TRIES = 5


@contextmanager
def ministack(tools: Tools, folder: Path) -> Iterator[str]:
    """Its URL, for as long as the block runs. `folder` is made anew and removed. Raises TrialError."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    process = None
    try:
        for _ in range(TRIES):
            port = free_port()
            process = _start(tools, folder, port)
            if _is_up(process, port):
                break
            _end(process)
        else:
            raise TrialError(f"ministack did not start:\n{(folder / 'ministack.log').read_text()}")
        # SAM and boto3 put a bucket's name before the host: only `localhost` has such names below it.
        yield f"http://localhost:{port}"
    finally:
        if process is not None:
            _end(process)
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def _start(tools: Tools, folder: Path, port: int) -> subprocess.Popen[bytes]:
    environ = {
        **tools.environ,
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "LAMBDA_EXECUTOR": "local",
        "S3_DATA_DIR": str(folder / "s3"),
        "STATE_DIR": str(folder / "state"),
        "TMPDIR": str(folder),
    }
    with (folder / "ministack.log").open("wb") as log:
        # A session of its own: its functions' processes are ended with it.
        return subprocess.Popen(
            [tools.root / MINISTACK / "bin/ministack"],
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _is_up(process: subprocess.Popen[bytes], port: int) -> bool:
    """Whether it answers before it ends or patience does."""
    until = time.monotonic() + PATIENCE_S
    while process.poll() is None and time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"http://localhost:{port}/_ministack/health", timeout=5):
                return process.poll() is None
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    return False


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends it and every process of its session."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
