"""The soak and the budget for real: a stack, Locust, AWS's APIs, and their verdict."""

import json
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from load_tests.budget_check import Ratios
from load_tests.laptop import ROOT, laptop
from tests.load_tests.conftest import environment

# One load at a time; and a busy machine takes its time for as many requests as on an idle one.
pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("load")]

SHORT = ("--requests", "250")


def command(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *words], check=False, cwd=ROOT, env=environment(), capture_output=True, text=True
    )


def of_folder(folder: Path) -> list[psutil.Process]:
    """The processes whose words or files name the folder."""
    return [one for one in psutil.process_iter(["cmdline"]) if str(folder) in " ".join(one.info["cmdline"] or [])]


def test_budget_holds() -> None:
    """The run that CI makes: its ratios to its own floor are within the stored baseline's, and no answer was wrong."""
    done = command("load_tests.budget")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("0 answers that nobody asked for\nwithin the budget\n")


def test_broken_budget_is_named(tmp_path: Path) -> None:
    """Against a baseline that nobody could keep the command ends with 1 and says what is broken; all is kept."""
    baseline = tmp_path / "baseline.json"
    baseline.write_text(json.dumps({"p99_to_floor": 0.01, "cold_starts_per_user": 0.0, "faults": 0}))
    done = command("load_tests.budget", *SHORT, "--baseline", str(baseline), "--folder", str(tmp_path / "kept"))
    assert done.returncode == 1, done.stdout + done.stderr
    assert "BROKEN: p99 is " in done.stdout
    assert "BROKEN: 1.00 cold starts a user; at most 0.00" in done.stdout
    assert (tmp_path / "kept/ledger.jsonl").exists()
    assert (tmp_path / "kept/locust.html").exists()


def test_missing_baseline_is_said_before_anything_runs(tmp_path: Path) -> None:
    """A wrong path costs no run."""
    done = command("load_tests.budget", "--baseline", str(tmp_path / "none.json"), "--folder", str(tmp_path / "kept"))
    assert done.returncode == 2
    assert "none.json" in done.stderr
    assert not (tmp_path / "kept").exists()


def test_baseline_is_written(tmp_path: Path) -> None:
    """--write stores what was measured, in the form that is read."""
    baseline = tmp_path / "baseline.json"
    done = command("load_tests.budget", *SHORT, "--write", "--baseline", str(baseline))
    assert done.returncode == 0, done.stdout + done.stderr
    written = Ratios.from_json(json.loads(baseline.read_text()))
    assert written.faults == 0
    assert written.p99_to_floor > 0


def test_soak_finds_every_line_and_trace(tmp_path: Path) -> None:
    """A short soak on its own stack: a line and a trace of each request, each process seen, nothing left running."""
    folder = tmp_path / "soak"
    done = command("load_tests.soak", "--duration", "20", "--rate", "15", "--users", "3", "--folder", str(folder))
    assert done.returncode == 0, done.stdout + done.stderr
    kept = json.loads((folder / "soak.json").read_text())
    assert kept["held"]
    # A user that is stopped in the middle of a request has no answer of it; the service does.
    assert kept["lines"] >= kept["requests"] > 200
    assert kept["traces"] >= kept["requests"]
    kinds = {process.rstrip("0123456789").strip() for process in kept["samples"]}
    assert {"local", "local: local.aws", "local: awslambdaric", "locust"} <= kinds
    assert "too short to judge the memory of local, local: a script" in done.stdout
    assert done.stdout.endswith("held\n")
    assert of_folder(folder) == []


def test_told_to_end_it_ends_all(tmp_path: Path) -> None:
    """SIGTERM in the middle of a soak: no stack and no Locust is left, and no traceback is shown."""
    folder = tmp_path / "soak"
    words = ["--duration", "600", "--rate", "5", "--users", "2", "--folder", str(folder)]
    with subprocess.Popen(
        [sys.executable, "-m", "load_tests.soak", *words], cwd=ROOT, env=environment(), stderr=subprocess.PIPE
    ) as soak:
        said = folder / "locust.txt"
        while not (said.exists() and "All users spawned" in said.read_text()):
            assert soak.poll() is None
            time.sleep(0.05)
        soak.terminate()
        _, errors = soak.communicate()
    assert (soak.returncode, errors) == (130, b"")
    assert of_folder(folder) == []


def test_stack_that_does_not_start_says_why(tmp_path: Path) -> None:
    """Its own words are in the error."""
    with (
        pytest.raises(Exception, match=r"did not start in .*LOCAL_SHAPING='sideways' is wrong") as error,
        laptop(tmp_path, LOCAL_SHAPING="sideways"),
    ):
        pytest.fail("it must not get here")
    assert type(error.value).__name__ == "StackError"
