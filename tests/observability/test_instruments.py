"""The real instruments, in real processes."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from observability import Settings
from observability.instruments import Instruments
from observability.process import process_age

ROOT = Path(__file__).parents[2]


def run(code: str) -> bytes:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, env={"PYTHONPATH": str(ROOT)}, timeout=60
    )
    assert done.stderr == b""
    return done.stdout


def test_a_line_goes_out_whole_and_in_its_place() -> None:
    """After what was printed before, before what is printed after, past stdout's buffer, however long it is."""
    out = run("""
from observability.instruments import write_to_stdout
print("before")
write_to_stdout("x" * 500_000)
print("after")
""")
    assert out == b"before\n" + b"x" * 500_000 + b"\nafter\n"


def test_a_wrapped_stdout_will_do() -> None:
    """The Lambda runtime client puts an object of its own in the place of stdout."""
    out = run("""
import sys
from awslambdaric.bootstrap import Unbuffered
from observability.instruments import write_to_stdout
sys.stdout = Unbuffered(sys.stdout)
write_to_stdout("one")
""")
    assert out == b"one\n"


def test_a_stdout_that_is_no_file_will_do(capsys: pytest.CaptureFixture[str]) -> None:
    """A test runner or a notebook replaces stdout by an object without a descriptor."""
    Instruments.real(Settings()).write_line("one")
    assert capsys.readouterr().out == "one\n"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells when a process began")
def test_the_age_of_the_process_is_known() -> None:
    """It counts from the start of the interpreter, not from the import: init time includes both."""
    before = time.monotonic()
    age = float(run("from observability.process import process_age\nprint(process_age())"))
    assert 0 < age <= time.monotonic() - before + 0.02  # Linux counts in ticks of 10 ms
    mine = process_age()
    assert mine is not None
    assert mine > age


def test_randomness_is_the_operating_systems() -> None:
    """A snapshot restores a seeded generator into many sandboxes: ids would repeat."""
    out = run("""
import os, random
from observability import Settings
from observability.instruments import Instruments
entropy = Instruments.real(Settings()).entropy
random.seed(1); one = entropy(8)
random.seed(1); two = entropy(8)
print(one != two, entropy is os.urandom)
""")
    assert out == b"True True\n"
