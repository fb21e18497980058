"""The real instruments, in real processes."""

from __future__ import annotations

import json
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


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells how much memory a process holds")
def test_the_memory_is_what_the_process_holds_now() -> None:
    """It grows with what is held, not with what is only reserved, and is this process's own: not the peak of the one
    that started it."""
    before, after = run("""
import mmap
from observability.process import Memory
untouched = mmap.mmap(-1, 500_000_000)
memory = Memory()
before = memory.resident()
held = b"x" * 100_000_000
print(before, memory.resident())
""").split()
    assert 1_000_000 < int(before) < 100_000_000
    assert 90_000_000 < int(after) - int(before) < 120_000_000


def test_a_request_tells_what_it_used() -> None:
    """cpu_ms is the processor's time of this request, not what came before it; memory_mb and MemoryUsed what is held
    then."""
    out = run("""
import asyncio, sys, time
from fastapi import FastAPI
from observability import Settings, observe
app = FastAPI()
observe(app, service="items", settings=Settings.from_env({"OBSERVABILITY_TRACING": "off"}))

@app.get("/busy")
async def busy():
    until = time.process_time() + 0.1
    while time.process_time() < until:
        pass

async def request(path):
    async def receive(): return {"type": "http.request", "body": b""}
    async def send(message): pass
    await app({"type": "http", "method": "GET", "path": path, "headers": [], "query_string": b""}, receive, send)

asyncio.run(request("/busy"))
asyncio.run(request("/idle"))
""")
    busy, idle = (json.loads(line) for line in out.splitlines())
    assert busy["cpu_ms"] >= 100
    assert idle["cpu_ms"] < 100
    if sys.platform == "linux":
        assert busy["memory_mb"] == busy["MemoryUsed"]
        assert 10 < busy["memory_mb"] < 1000
