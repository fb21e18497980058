"""`python -m benchmarks --quick` for real: its processes, its tables, its file."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from local.lambda_runtime.limits import Limits

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 100.0
SERVERS = ("glasshouse", "moto", "ministack")

SIZES = () if Limits.detect().description.startswith("none") else (128, 512, 1769)
MEASURES = ("cold", "first", "warm", "occupied", "in_process", "memory")
VARIANTS = (
    "bare FastAPI + Mangum",
    "this library, native",
    "Powertools: Logger, Metrics, Tracer",
    "this service",
)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the cold and warm rows need awslambdaric's wheel")


def command(folder: Path) -> subprocess.Popen[str]:
    """Everything it starts lives below `folder`, which tells its processes from others."""
    return subprocess.Popen(
        [sys.executable, "-m", "benchmarks", "--quick", "--keep", str(folder / "kept")],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def processes_below(folder: Path) -> list[str]:
    """Command lines of the processes whose environment names the folder."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and any(str(folder) in value for value in process.environ().values()):
                found.append(" ".join(process.cmdline()))
        except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
            continue
    return found


def children(pid: int) -> list[str]:
    """Command lines of the process's children."""
    found = []
    for process in psutil.Process(pid).children():
        with contextlib.suppress(psutil.NoSuchProcess):
            found.append(" ".join(process.cmdline()))
    return found


def table(*rows: str) -> list[str]:
    """The first cells of a table: its title, its line, its rows."""
    return [rows[0], "---", *rows[1:]]


def test_quick_run(tmp_path: Path) -> None:
    """Each row is there, the figures are kept as JSON, and no process or folder is left."""
    with command(tmp_path) as running:
        out, err = running.communicate(timeout=PATIENCE_S)
    assert (running.returncode, err) == (0, "")
    assert [line.split(" | ")[0].strip("| ") for line in out.splitlines() if line.startswith("| ")] == [
        *table("cold start: process to first `next`", *VARIANTS),
        *table("cold start: process to first answer", *VARIANTS),
        *(cell for size in SIZES for cell in table(f"cold start at {size} MB: process to first answer", *VARIANTS[:2])),
        *table("warm, through the runtime client, to the answer", *VARIANTS),
        *table("warm, through the runtime client, to the next `next`", *VARIANTS),
        *table("warm, in process", *VARIANTS),
        *table("peak memory", *VARIANTS),
        *table("one request through the gateway", "as the client sees it", "added by the gateway"),
        *table("one-event PutLogEvents", *SERVERS),
        *table("hundred-event PutLogEvents", *SERVERS),
        *table("PutMetricData", *SERVERS),
        *table("memory of the AWS process after these calls, at its peak", *SERVERS),
        *table(
            "target",
            *(f"cold start, everything on, to the floor's, {size} MB" for size in SIZES),
            "cold start, everything on, to the floor's",
            "warm through the runtime client, to the floor's",
            "warm in process, to the floor's",
            "memory, to the floor's",
            "the gateway adds, p50",
            "through the gateway, two sandboxes",
            "`make run`, installed, to the first answer",
            "one-event PutLogEvents, calls/s to the better peer's",
            "hundred-event PutLogEvents, calls/s to the better peer's",
            "PutMetricData, calls/s to the better peer's",
            "p50, p90, p99 by minute, of 9,000 points",
            "an Insights filter and stats, of 1,000 events",
            "memory of the AWS process after all that, at its peak",
        ),
    ]
    left_out = [line for line in out.splitlines() if line.startswith("Left out: ")]
    assert len(left_out) == 3 + (SIZES == ())
    assert any("moto, asked for p50, p90 and p99 of 1 to 100, answers " in line for line in left_out)
    (kept,) = (tmp_path / "kept").iterdir()
    figures = json.loads(kept.read_text())
    lengths = {name: [len(series["values"]) for series in figures[name]] for name in MEASURES}
    assert lengths == {
        "cold": [1, 1, 1, 1],
        "first": [1, 1, 1, 1],
        "warm": [50, 50, 50, 50],
        "occupied": [50, 50, 50, 50],
        "in_process": [50, 50, 50, 50],
        "memory": [1, 1, 1, 1],
    }
    assert all(value > 0 for name in MEASURES for series in figures[name] for value in series["values"])
    assert len(figures["laptop"]["gateway_ms"]) == 50
    assert all(rate > 0 for rate in figures["laptop"]["requests_per_s"])
    assert all(value > 0 for load in figures["aws"]["rates"].values() for series in load for value in series["values"])
    assert [len(figures["aws"][name]) for name in ("percentiles_s", "insights_s")] == [5, 5]
    assert processes_below(tmp_path) == []
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


@pytest.mark.parametrize(
    ("number", "during"),
    [(signal.SIGINT, "-m awslambdaric bare"), (signal.SIGTERM, "-m local up"), (signal.SIGTERM, "-m moto.server")],
)
def test_ended_early(tmp_path: Path, number: signal.Signals, during: str) -> None:
    """Ended in the middle, by Ctrl-C or by a SIGTERM, it takes its processes with it."""
    with command(tmp_path) as running:
        deadline = time.monotonic() + PATIENCE_S
        while not any(during in line for line in children(running.pid)):
            assert running.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.1)
        running.send_signal(number)
        out, err = running.communicate(timeout=PATIENCE_S)
    assert (running.returncode, out, err) == (128 + number, "", "")
    deadline = time.monotonic() + PATIENCE_S
    while left := processes_below(tmp_path):  # a sandbox's guardian ends a moment after its stack
        assert time.monotonic() < deadline, left
        time.sleep(0.1)
