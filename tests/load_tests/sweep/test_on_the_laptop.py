"""Real sweeps of the real service on the laptop's stack."""

import hashlib
import json
import os
import signal
from pathlib import Path

import pytest

from tests.live_alias import show_latest
from tests.load_tests.sweep.conftest import Stack, Sweeper, poll

SHORT = ("--rounds", "1", "--warm-up", "1", "--duration", "2", "--rate", "8")


def running(sweeper: Sweeper) -> bool:
    return (sweeper.local / "run.json").exists()


def test_a_sweep_of_two_sizes_without_a_stack(sweeper: Sweeper) -> None:
    """It starts the stack, measures, writes both files, and ends the stack again."""
    sweeper.environment["LOCAL_PARAMETERS"] = "ReservedConcurrency=-1"  # a busy machine must not throttle any
    plan = ("--memory", "512,1769", "--timeout", "10", "--cold", "3", "--cold-at-once", "2")
    code, out, err = sweeper.run("sweep", *plan, *SHORT, "--rounds", "2")
    assert code == 0, err
    page = Path(out.strip())
    assert page.parent.parent == sweeper.sweeps
    assert page.read_text().startswith("<!doctype html>")
    report = json.loads((page.parent / "report.json").read_text())
    assert report["about"]["is_model"] is True
    assert report["about"]["notes"] == []
    assert [row["name"] for row in report["analysis"]["variants"]] == ["512 MB", "1769 MB"]
    for row in report["analysis"]["variants"]:
        assert row["outcomes"]["answered"] == row["requests"]
        assert row["cold"]["init"]["p50"]["n"] >= 3
        assert row["warm"]["p50"]["n"] >= 2
        assert 20 < row["used_mb"]["most"] < 512
        assert row["dollars"]["value"] > 0.2
    assert {row["route"] for row in report["analysis"]["routes"]} >= {"GET /api/items/", "POST /api/items/"}
    for step in report["steps"]:
        assert step["missing_reports"] == 0
        table = step["observations"]
        forced = [init for phase, init in zip(table["phase"], table["init_ms"], strict=True) if phase == "cold"]
        assert len(forced) == 3
        assert all(init > 20 for init in forced)
    assert all(step["metrics"]["invocations"] >= 2 for step in report["steps"])
    names = ["512 MB, 10 s", "1769 MB, 10 s"] * 2
    assert err.splitlines()[:4] == [f"{number} of 4  {name}" for number, name in enumerate(names, 1)]
    assert err.splitlines()[4:] == [f"restored {report['about']['function']}"]
    assert not running(sweeper)
    assert not (sweeper.sweeps / "journal.json").exists()


def test_restore_after_a_kill_and_go_on(sweeper: Sweeper, stack: Stack) -> None:
    """SIGKILL leaves the function changed and a journal; the next run restores, and goes on with what is left."""
    before = stack.configuration()
    plan = ("--memory", "256,1024,1769", "--timeout", "7", "--cold", "1", *SHORT)
    killed = sweeper.start("sweep", *plan)
    poll(sweeper.steps)
    poll(lambda: stack.configuration()["MemorySize"] == 1024)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    assert stack.configuration()["Timeout"] == 7
    assert "LOAD_TESTS_START" in stack.configuration()["Environment"]["Variables"]
    assert (sweeper.sweeps / "journal.json").exists()
    first = sweeper.steps()[0].read_bytes()

    code, out, err = sweeper.run("sweep", *plan)
    assert code == 0, err
    assert f"restored {stack.function}, which a sweep before this one had left changed" in err
    assert f"going on in {Path(out.strip()).parent}" in err
    assert "1 of 2  1024 MB, 7 s" in err
    assert sweeper.steps()[0].read_bytes() == first
    report = json.loads((Path(out.strip()).parent / "report.json").read_text())
    assert [row["name"] for row in report["analysis"]["variants"]] == ["256 MB", "1024 MB", "1769 MB"]
    assert same(stack.configuration(), before)
    assert (stack.alias(), stack.versions()) == ("1", ["$LATEST", "1"])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_restores_at_once(sweeper: Sweeper, stack: Stack, number: signal.Signals) -> None:
    """Ctrl-C, SIGTERM and a closed terminal, in the middle of a load."""
    before = stack.configuration()
    process = sweeper.start(
        "sweep", "--memory", "1024", "--timeout", "7", "--cold", "0", "--rounds", "1", "--duration", "60"
    )
    poll(lambda: stack.configuration()["MemorySize"] == 1024)
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    assert err.endswith(f"restored {stack.function}\n")
    assert same(stack.configuration(), before)
    assert (stack.alias(), stack.versions()) == ("1", ["$LATEST", "1"])
    assert not (sweeper.sweeps / "journal.json").exists()


def test_restore_by_itself(sweeper: Sweeper, stack: Stack) -> None:
    """`restore` puts back what a killed sweep left, and measures nothing."""
    before = stack.configuration()
    plan = ("--memory", "1024", "--timeout", "7", "--cold", "0", "--rounds", "1", "--duration", "60")
    killed = sweeper.start("sweep", *plan, "--provisioned", "1")
    poll(lambda: stack.alias() != "1" and stack.provisioned() == 1)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    assert sweeper.run("restore")[0] == 0
    assert stack.provisioned() == 0
    assert same(stack.configuration(), before)
    assert (stack.alias(), stack.versions()) == ("1", ["$LATEST", "1"])
    assert sweeper.run("restore")[1] == "nothing is left to restore\n"


def test_a_killed_sweeps_own_stack_is_stopped_by_the_next(sweeper: Sweeper) -> None:
    """And what it had set is taken back, though the stack is the same."""
    killed = sweeper.start(
        "sweep", "--memory", "1024", "--timeout", "7", "--cold", "0", "--rounds", "1", "--duration", "60"
    )
    poll((sweeper.sweeps / "journal.json").exists)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    assert running(sweeper)
    pid = json.loads((sweeper.local / "run.json").read_text())["pid"]
    code, _, err = sweeper.run("restore")
    assert code == 0, err
    assert not running(sweeper)
    poll(lambda: not alive(pid))


def test_reserved_concurrency_throttles(sweeper: Sweeper, stack: Stack) -> None:
    """One sandbox for 40 requests a second: some are refused, and counted as such; the bound is taken away again."""
    before = stack.lambda_api.get_function_concurrency(FunctionName=stack.function)
    plan = (
        "--memory",
        "256",
        "--timeout",
        "7",
        "--cold",
        "0",
        "--reserved",
        "1",
        "--warm-up",
        "0",
        "--duration",
        "3",
        "--rate",
        "40",
    )
    code, out, err = sweeper.run("sweep", *plan)
    assert code == 0, err
    (row,) = json.loads((Path(out.strip()).parent / "report.json").read_text())["analysis"]["variants"]
    assert row["name"] == "256 MB, reserved 1"
    assert row["outcomes"]["throttled"] > 0
    assert row["outcomes"]["answered"] > 0
    assert row["pattern"]["most"] >= 1
    after = stack.lambda_api.get_function_concurrency(FunctionName=stack.function)
    assert after.get("ReservedConcurrentExecutions") == before.get("ReservedConcurrentExecutions")


def test_provisioned_concurrency(sweeper: Sweeper, stack: Stack) -> None:
    """With one sandbox ahead it takes requests. Afterwards the alias shows what it showed, nothing is provisioned, and
    the versions that the sweep published are gone.
    """
    before, alias, versions = stack.configuration(), stack.alias(), stack.versions()
    plan = ("--memory", "512", "--timeout", "10", "--provisioned", "0,1", "--cold", "0")
    code, out, err = sweeper.run("sweep", *plan, *SHORT)
    assert code == 0, err
    report = json.loads((Path(out.strip()).parent / "report.json").read_text())
    names = [row["name"] for row in report["analysis"]["variants"]]
    assert names == ["512 MB, provisioned 0", "512 MB, provisioned 1"]
    poll(lambda: stack.count("ProvisionedConcurrencyInvocations") > 0)
    assert same(stack.configuration(), before)
    assert (stack.alias(), stack.versions()) == (alias, versions) == ("1", ["$LATEST", "1"])
    assert stack.provisioned() == 0


def test_two_sweeps_at_once_are_refused(sweeper: Sweeper, stack: Stack) -> None:
    """The second names the first's folder."""
    first = sweeper.start(
        "sweep", "--memory", "1024", "--timeout", "7", "--cold", "0", "--rounds", "1", "--duration", "60"
    )
    poll(lambda: stack.configuration()["MemorySize"] == 1024)
    code, _, err = sweeper.run("sweep")
    assert (code, err.partition(";")[0]) == (1, f"load_tests: a sweep runs in {sweeper.sweeps} already")
    first.send_signal(signal.SIGINT)
    first.communicate(timeout=60)


def test_another_configuration_than_what_was_set_is_noticed(sweeper: Sweeper, stack: Stack) -> None:
    """Somebody sets the function meanwhile: REPORT lines tell, and nothing is reported under the wrong size."""
    before = stack.configuration()
    plan = ("--memory", "640", "--timeout", "5", "--cold", "0", "--rounds", "1", "--warm-up", "0", "--duration", "6")
    process = sweeper.start("sweep", *plan)
    poll(lambda: stack.configuration()["MemorySize"] == 640)
    poll(lambda: stack.alias() != "1")
    stack.lambda_api.update_function_configuration(FunctionName=stack.function, MemorySize=900)
    poll(lambda: stack.configuration()["LastUpdateStatus"] == "Successful")
    show_latest(stack.lambda_api, stack.function)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert f"{stack.function} was set to 640 MB, and what answered has 900" in err
    assert same(stack.configuration(), before)


def test_an_api_that_does_not_answer_is_named(sweeper: Sweeper, stack: Stack) -> None:
    """After the first start, not after all of them; and the function is put back."""
    before = stack.configuration()
    code, _, err = sweeper.run("sweep", "--memory", "1024", "--api", "http://127.0.0.1:1", *SHORT)
    assert code == 1
    assert err.endswith("load_tests: no answer from http://127.0.0.1:1; --api names another\n")
    assert same(stack.configuration(), before)


def test_a_service_that_wants_a_key(sweeper: Sweeper) -> None:
    """Without one the report says that it measured the door; with one it doesn't."""
    plan = ("--memory", "1024", "--timeout", "5", "--cold", "1", *SHORT)
    sweeper.environment.update(
        AUTH_MODE="required",
        AUTH_API_KEYS_SHA256=hashlib.sha256(b"a-key").hexdigest(),
    )
    notes = []
    for key in ("", "a-key"):
        code, out, err = sweeper.run("sweep", *plan, "--api-key", key)
        assert code == 0, err
        notes.append(json.loads((Path(out.strip()).parent / "report.json").read_text())["about"]["notes"])
    assert "answers were 401 or 403: the service wants a credential; see --api-key" in notes[0][0]
    assert notes[1] == []


def test_a_stack_that_does_not_start_says_why(sweeper: Sweeper) -> None:
    """In its own last line."""
    sweeper.environment["LOCAL_TEMPLATE"] = "/nowhere.yaml"
    code, _, err = sweeper.run("sweep")
    assert (code, err.count("\n")) == (1, 1)
    assert err.startswith("load_tests: the stack did not start: local: /nowhere.yaml")


def test_ctrl_c_while_the_stack_starts(sweeper: Sweeper) -> None:
    """Nothing is left running."""
    process = sweeper.start("sweep", "--memory", "1024")
    pid = int(poll(lambda: (sweeper.sweeps / "stack.pid").exists() and (sweeper.sweeps / "stack.pid").read_text()))
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130
    assert not alive(pid)
    assert not (sweeper.sweeps / "stack.pid").exists()


def same(now: dict[str, object], before: dict[str, object]) -> bool:
    """All that a sweep may change."""
    return all(now[name] == before[name] for name in ("MemorySize", "Timeout", "Environment", "Handler"))


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
