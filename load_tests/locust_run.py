"""Locust as a process of its own: wherever it is imported, it changes the standard library's sockets."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from load_tests.laptop import ROOT
from load_tests.made import Made

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

FAILED_REQUESTS = 1
"""Locust's exit code after a run in which a request failed: what is checked is for us to say, so it is no error."""
LOCUSTFILE = "load_tests/locustfile.py"


def start_locust(
    host: str, folder: Path, options: Sequence[str], locustfile: str = LOCUSTFILE
) -> subprocess.Popen[bytes]:
    """Starts it, headless, with its words in locust.txt, its report in locust.html and its requests in ledger.jsonl."""
    command = [sys.executable, "-m", "locust", "--headless", "--only-summary", "-f", locustfile, "--host", host]
    kept = ["--ledger", str(folder / "ledger.jsonl"), "--html", str(folder / "locust.html")]
    with (folder / "locust.txt").open("w", encoding="utf-8") as file:
        return subprocess.Popen(
            [*command, *kept, *options], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT
        )


def read_ledger(folder: Path) -> list[Made]:
    with (folder / "ledger.jsonl").open(encoding="utf-8") as lines:
        return [Made.from_line(line) for line in lines]


def said(folder: Path) -> str:
    return (folder / "locust.txt").read_text(encoding="utf-8")
