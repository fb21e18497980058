"""`python -m benchmarks.soak` for real, for seconds instead of minutes."""

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.soak import Counts, Soak, soak

ROOT = Path(__file__).resolve().parents[2]


def test_all_that_is_sent_is_kept() -> None:
    """Two seconds of 50 requests/s: the events, the samples of their metric and the traces are there, all 100."""
    found = soak(50, 2.0)
    assert (found.sent, found.kept) == (Counts(100, 100, 100), Counts(100, 100, 100))
    assert found.is_whole


@pytest.mark.parametrize("kept", [Counts(99, 100, 100), Counts(100, 101, 100), Counts(100, 100, 0)])
def test_anything_lost_or_doubled_is_told(kept: Counts) -> None:
    """One event, sample or trace too few or too many, and the soak has failed."""
    assert not Soak(Counts(100, 100, 100), kept, 2.0, 0.0, 70.0).is_whole


def test_command() -> None:
    """It ends by itself, says what was sent and what is kept, and exits with 0."""
    command = [sys.executable, "-m", "benchmarks.soak", "--rate", "20", "--minutes", "0.02"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[:5] == [
        "| what | sent | kept |",
        "| --- | ---: | ---: |",
        "| events | 24 | 24 |",
        "| samples | 24 | 24 |",
        "| traces | 24 | 24 |",
    ]
