"""Locust as a process of its own: wherever it is imported, it changes the standard library's sockets."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from load_tests.errors import StackError
from load_tests.laptop import ROOT
from load_tests.made import Made

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

FAILED_REQUESTS = 1
"""Locust's exit code after a run in which a request failed: what is checked is for us to say, so it is no error."""
LOCUSTFILE = "load_tests/locustfile.py"


@contextmanager
def locust(
    host: str, folder: Path, options: Sequence[str], locustfile: str = LOCUSTFILE
) -> Iterator[subprocess.Popen[bytes]]:
    """Headless, with its words in locust.txt, its report in locust.html and its requests in ledger.jsonl. The block is
    for what goes on meanwhile; if it ends in an error Locust is stopped, else it is waited for. Raises StackError where
    Locust does not run to its end.
    """
    command = [sys.executable, "-m", "locust", "--headless", "--only-summary", "-f", locustfile, "--host", host]
    kept = ["--ledger", str(folder / "ledger.jsonl"), "--html", str(folder / "locust.html")]
    with (folder / "locust.txt").open("w", encoding="utf-8") as file:
        process = subprocess.Popen(
            [*command, *kept, *options], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT
        )
    try:
        yield process
        code = process.wait()
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    if code not in (0, FAILED_REQUESTS):
        raise StackError(f"Locust ended with {code}: {_said(folder)}")


def read_ledger(folder: Path) -> list[Made]:
    """The requests that were made. Raises StackError if none was."""
    with (folder / "ledger.jsonl").open(encoding="utf-8") as lines:
        made = [Made.from_line(line) for line in lines]
    if not made:
        raise StackError(f"no request was made: {_said(folder)}")
    return made


def _said(folder: Path) -> str:
    return (folder / "locust.txt").read_text(encoding="utf-8")[-2000:]
