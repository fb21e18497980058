"""Signals wait until what was started is remembered."""

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.aws import servers
from benchmarks.uninterrupted import uninterrupted


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_waits_for_the_end(number: signal.Signals) -> None:
    """The statements run to their end, then the handler that was there before hears of the signal, and stays."""
    heard: list[object] = []
    before = signal.signal(number, lambda came, _frame: heard.append(came))
    try:
        with uninterrupted():
            signal.raise_signal(number)
            heard.append("done")
        assert heard == ["done", number]
        signal.raise_signal(number)
        assert heard == ["done", number, number]
    finally:
        signal.signal(number, before)


def test_a_peer_that_a_signal_meets_while_it_starts_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The signal's exception comes when the process is there, and before anybody was given it."""
    started: list[subprocess.Popen[bytes]] = []

    def start(_command: list[str], **about: Any) -> subprocess.Popen[bytes]:
        started.append(popen(["sleep", "600"], **about))
        signal.raise_signal(signal.SIGTERM)
        return started[0]

    popen = subprocess.Popen
    monkeypatch.setattr("benchmarks.aws.servers.subprocess.Popen", start)
    before = signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit("ended"))
    try:
        with pytest.raises(SystemExit, match="ended"), servers.moto(tmp_path / "moto"):
            pass
    finally:
        signal.signal(signal.SIGTERM, before)
    assert started[0].poll() is not None
