"""A stack of this project's own on free ports, for as long as a run needs it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from load_tests.errors import StackError

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_S = 60.0
"""A stack starts within a second or two; on a busy machine it takes longer."""
LOOK_S = 0.05
ENDED = 130
"""The exit code of a command that Ctrl-C or SIGTERM ended."""


@dataclass(frozen=True, slots=True)
class Laptop:
    """`api` and `aws` are addresses, `folder` is where the stack keeps what it has seen."""

    api: str
    aws: str
    pid: int
    folder: Path


@contextmanager
def laptop(folder: Path, **variables: str) -> Iterator[Laptop]:
    """`python -m local up` in `folder`, ended with the block. `variables` are settings that differ from the defaults.

    Raises StackError with what it printed if it does not start.
    """
    folder.mkdir(parents=True, exist_ok=True)
    settings = {
        "LOCAL_PORT": "0",
        "LOCAL_XRAY_PORT": "0",
        "LOCAL_AWS_PORT": "0",
        "LOCAL_VIEWER_PORT": "0",
        "LOCAL_DIR": str(folder),
        "LOCAL_RELOAD": "off",  # a file that is saved meanwhile must not become a cold start
        "ITEMS_DATABASE": str(folder / "items.sqlite3"),
        **variables,
    }
    output = folder / "output.txt"
    with output.open("w", encoding="utf-8") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "local", "up"],
            cwd=ROOT,
            env={**os.environ, **settings},
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for Locust first: the stack must outlive it to be asked
        )
    try:
        yield _started(process, folder, output)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def end_on_sigterm() -> None:
    """For commands: who is told to end, ends the stack too, as with Ctrl-C."""

    def end(*_: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, end)


def _started(process: subprocess.Popen[bytes], folder: Path, output: Path) -> Laptop:
    run_file = folder / "run.json"
    deadline = time.monotonic() + PATIENCE_S
    while not run_file.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            raise StackError(f"python -m local up did not start in {folder}: {output.read_text(encoding='utf-8')}")
        time.sleep(LOOK_S)
    told = json.loads(run_file.read_text(encoding="utf-8"))
    return Laptop(told["api"], told["aws"], process.pid, folder)
