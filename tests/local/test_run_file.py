"""One stack a folder."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from local.errors import StartError
from local.ports import bind_tcp
from local.run_file import RunFile


def test_the_lock_ends_with_the_process(tmp_path: Path) -> None:
    """A process that dies without a word blocks no other, although its run.json stays."""
    script = (
        "import os, sys; from pathlib import Path; from local.run_file import RunFile\n"
        "run = RunFile(Path(sys.argv[1])); run.take(); run.write({}); os._exit(9)"
    )
    assert subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=False).returncode == 9
    run_file = RunFile(tmp_path)
    assert run_file.read()["pid"] != os.getpid()
    assert not run_file.is_held()
    run_file.take()
    run_file.write({"api": "x"})
    assert RunFile(tmp_path).is_held()
    assert run_file.read() == {"pid": os.getpid(), "api": "x"}
    run_file.release()
    assert not RunFile(tmp_path).is_held()
    assert run_file.read() == {}


def test_a_second_taker_is_told_the_pid(tmp_path: Path) -> None:
    """The refusal names who runs, where, and how to go on."""
    first = RunFile(tmp_path)
    first.take()
    first.write({})
    with pytest.raises(StartError) as error:
        RunFile(tmp_path).take()
    first.release()
    assert str(error.value) == (
        f"pid {os.getpid()} already runs in {tmp_path}; stop it (python -m local down) or set LOCAL_DIR"
    )


def test_looking_makes_nothing(tmp_path: Path) -> None:
    """is_held() and read() of a folder that is not there leave it so."""
    run_file = RunFile(tmp_path / "none")
    assert not run_file.is_held()
    assert run_file.read() == {}
    assert not (tmp_path / "none").exists()


def test_ports_are_loopback_only() -> None:
    """What is bound is 127.0.0.1, never another interface."""
    with bind_tcp(0, "LOCAL_PORT") as sock:
        assert sock.getsockname()[0] == "127.0.0.1"
