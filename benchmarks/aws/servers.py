"""The laptop's AWS and its peers as processes of ours, on free ports, ended by their ids.

The laptop's AWS gives way to requests of the service (`nice`); here its peers do as well.
"""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import boto3
import psutil
from botocore.config import Config

from benchmarks.stack import PATIENCE_S, POLL_S, ROOT, kept_variables
from benchmarks.uninterrupted import uninterrupted
from local.aws.parts import NICE, Place

MINISTACK = ROOT / ".venv-ministack/bin/ministack"
GIVING_WAY = ("nice", "-n", str(NICE))
MB = 1024 * 1024


def client(port: int, service: str) -> Any:
    """Of an AWS on this machine; a call that fails fails at once."""
    make: Any = boto3.client
    return make(
        service,
        region_name="us-east-1",
        endpoint_url=f"http://localhost:{port}",
        aws_access_key_id="any",
        aws_secret_access_key="any",  # noqa: S106 - any will do
        config=Config(retries={"total_max_attempts": 1}, read_timeout=PATIENCE_S),
    )


@dataclass(frozen=True, slots=True)
class Server:
    name: str
    port: int
    process: subprocess.Popen[bytes]

    def client(self, service: str) -> Any:
        return client(self.port, service)

    def peak_mb(self) -> float:
        """The most memory it ever had (VmHWM; where there is no /proc, what it has now), in MB of 2^20 bytes."""
        try:
            status = Path(f"/proc/{self.process.pid}/status").read_text()
        except FileNotFoundError:
            return float(psutil.Process(self.process.pid).memory_info().rss / MB)
        return float(status.partition("VmHWM:")[2].split()[0]) / 1024


@contextmanager
def glasshouse(folder: Path) -> Iterator[Server]:
    """The AWS process as the stack starts it, without the stack: it ends when the channel closes."""
    folder.mkdir(parents=True)
    channel, its_end = socket.socketpair()
    with channel, its_end, socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        place = asdict(Place(folder, ROOT / "sam_template.yaml", {}, port))
        fds = (its_end.fileno(), listener.fileno())
        command = [sys.executable, "-m", "local.aws", str(fds[0]), str(fds[1]), json.dumps(place, default=str)]
        with _running(command, folder, {}, fds) as process:
            its_end.close()
            listener.close()
            _await_answer(process, port, folder)
            yield Server("glasshouse", port, process)
            channel.close()
            process.wait(PATIENCE_S)


@contextmanager
def moto(folder: Path) -> Iterator[Server]:
    folder.mkdir(parents=True)
    port = _free_port()
    command = [*GIVING_WAY, sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with _running(command, folder, {}) as process:
        _await_answer(process, port, folder)
        yield Server("moto", port, process)


@contextmanager
def ministack(folder: Path) -> Iterator[Server]:
    folder.mkdir(parents=True)
    port = _free_port()
    variables = {
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "LAMBDA_EXECUTOR": "local",
        "S3_DATA_DIR": str(folder / "s3"),
        "STATE_DIR": str(folder / "state"),
        "TMPDIR": str(folder),
    }
    with _running([*GIVING_WAY, str(MINISTACK)], folder, variables) as process:
        _await_answer(process, port, folder)
        yield Server("ministack", port, process)


#: Peers by name, each with what must be there for it.
PEERS: dict[str, tuple[Callable[[Path], Any], Path]] = {
    "moto": (moto, ROOT),
    "ministack": (ministack, MINISTACK),
}


@contextmanager
def _running(
    command: Sequence[str], folder: Path, variables: dict[str, str], fds: Sequence[int] = ()
) -> Iterator[subprocess.Popen[bytes]]:
    process: subprocess.Popen[bytes] | None = None
    try:
        with (folder / "output.txt").open("wb") as output, uninterrupted():
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=kept_variables() | variables,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=fds,
                start_new_session=True,  # Ctrl-C is ours to handle, in order
            )
        yield process
    finally:
        if process is not None:  # also where a signal came while it was started
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """The process, and whatever it started: they are a session of their own."""
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


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def _await_answer(process: subprocess.Popen[bytes], port: int, folder: Path) -> None:
    """Any answer will do. Raises RuntimeError with what the process said."""
    deadline = time.monotonic() + PATIENCE_S
    while not _answers(port):
        if process.poll() is not None or time.monotonic() > deadline:
            said = (folder / "output.txt").read_text(errors="replace")[-2000:]
            raise RuntimeError(f"{folder.name} did not start:\n{said}")
        time.sleep(POLL_S)


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    try:
        connection.request("GET", "/")
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True
