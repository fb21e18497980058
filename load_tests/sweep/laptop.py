"""The laptop's stack: the one that runs, or one that is started for the sweep and stopped after it.

It is another program: known by its command, its variables and its run.json.
"""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from load_tests.errors import NotReachable
from load_tests.sweep.waiting import until

RUN, OWNED, OUTPUT = "run.json", "stack.pid", "stack.log"
PORTS = ("LOCAL_PORT", "LOCAL_XRAY_PORT", "LOCAL_AWS_PORT", "LOCAL_VIEWER_PORT")
START_PATIENCE_S, STOP_PATIENCE_S = 60.0, 30.0


@dataclass(frozen=True, slots=True)
class Laptop:
    """`since` tells one start of the stack from the next: what was set ends with it."""

    api: str
    aws: str
    since: str


@contextmanager
def laptop(local_dir: Path, sweeps: Path, environ: Mapping[str, str]) -> Iterator[Laptop]:
    """Raises NotReachable where none runs and none can be started."""
    process = None
    try:
        if running(local_dir) is None:
            process = _start(local_dir, sweeps, environ)
            until(lambda: running(local_dir) or process.poll() is not None, "the stack to start", START_PATIENCE_S)
        found = running(local_dir)
        if found is None:
            raise NotReachable(f"the stack did not start: {_last_line(sweeps / OUTPUT)}")
        yield found
    finally:
        if process is not None:
            process.send_signal(signal.SIGINT)
            process.wait()
            (sweeps / OWNED).unlink(missing_ok=True)
        else:
            _stop_left(local_dir, sweeps / OWNED)


def running(local_dir: Path) -> Laptop | None:
    """What run.json says, if something listens there."""
    found = _read(local_dir)
    api, aws = found.get("api"), found.get("aws")
    if not isinstance(api, str) or not _listens(api):
        return None
    if not isinstance(aws, str):
        raise NotReachable(f"the stack in {local_dir} offers no AWS API: its run.json has no `aws`")
    return Laptop(api, aws, f"{found.get('pid')} {found.get('started')}")


def _start(local_dir: Path, sweeps: Path, environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
    sweeps.mkdir(parents=True, exist_ok=True)
    given = {
        **dict.fromkeys(PORTS, "0"),
        "LOCAL_RELOAD": "off",  # a file that is saved meanwhile must start nothing
        "ITEMS_DATABASE": str((sweeps / "items.sqlite3").resolve()),
    }
    with (sweeps / OUTPUT).open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "local", "up"],
            env={**given, **environ, "LOCAL_DIR": str(local_dir)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for the sweep: it needs the stack to restore the configuration
        )
    (sweeps / OWNED).write_text(str(process.pid))
    return process


def _stop_left(local_dir: Path, owned: Path) -> None:
    """A killed sweep leaves the stack that it started running: the next one stops it."""
    if not owned.exists():
        return
    pid = owned.read_text()
    if pid == str(_read(local_dir).get("pid")):
        os.kill(int(pid), signal.SIGINT)
        until(lambda: not (local_dir / RUN).exists(), "the stack to stop", STOP_PATIENCE_S)
    owned.unlink()


def _last_line(output: Path) -> str:
    said = output.read_text(errors="replace").strip().splitlines()
    return said[-1] if said else f"{output} is empty"


def _read(local_dir: Path) -> dict[str, Any]:
    try:
        found = json.loads((local_dir / RUN).read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _listens(url: str) -> bool:
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname or "", parts.port or 80), timeout=5):
            return True
    except OSError:
        return False
