"""python -m dashboards, and what it says when something is not as it should be."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dashboards import alarm_page, commands, costs, template

if TYPE_CHECKING:
    from dashboards.template import Board

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A repository as it was just built."""
    commands.build(tmp_path)
    (tmp_path / "docs/runbook.md").write_text((ROOT / "docs/runbook.md").read_text())
    return tmp_path


def test_check_of_a_fresh_build(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What was just built has not drifted."""
    assert commands.check(tree) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("name", ["dashboards/generated/monitoring.json", "docs/alarms.md"])
def test_check_of_an_edited_file(tree: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A generated file that was edited, or is gone, fails the check by its name."""
    (tree / name).write_text((tree / name).read_text().replace("95", "96").replace("e", "E", 1))
    assert commands.check(tree) == 1
    assert capsys.readouterr().err == f"{name} is not what `python -m dashboards build` writes: run it, and commit\n"
    (tree / name).unlink()
    assert commands.check(tree) == 1


def test_check_of_an_alarm_without_a_section(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An alarm that the runbook doesn't explain fails the check, with its line."""
    path = tree / "docs/runbook.md"
    path.write_text(path.read_text().replace("## silence\n", "## quiet\n"))
    assert commands.check(tree) == 1
    said = capsys.readouterr().err
    assert said.startswith("thresholds.py:")
    assert "docs/runbook.md has no section `## silence` for the alarm silence" in said


@pytest.mark.parametrize("arguments", [[], ["deploy"], ["build", "check"]])
def test_unknown_command(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Anything else says what there is."""
    assert commands.run(arguments) == 2
    assert capsys.readouterr().err == "usage: python -m dashboards build | check | contract | verify --stack NAME\n"


def test_command_in_its_own_process() -> None:
    """`python -m dashboards check` is what `make check` runs."""
    found = subprocess.run(
        [sys.executable, "-m", "dashboards", "check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (found.returncode, found.stdout, found.stderr) == (0, "", "")


def test_page_of_alarms(own: Board) -> None:
    """Each alarm: whom it tells, when, why, what no data means; composites and their parts."""
    text = alarm_page.page(own)
    assert (
        "| [fault-rate](runbook.md#fault-rate) | page | faults, % of requests above 5 % in 3 of 5 periods of 1 min |"
        in text
    )
    assert "| [no-traffic](runbook.md#no-traffic) | page | Sum of Requests below 1 in 3 of 3 periods of 5 min" in text
    assert ", if `ExpectsTraffic` is true |" in text
    assert (
        "| [latency-burn-ticket](runbook.md#latency-burn) | ticket | `latency-burn-1x-3d` and `latency-burn-1x-6h` |"
        in text
    )
    assert "| `killed` | Invocations that Lambda stopped, or whose process died |" in text
    assert "| `availability-burn-6x-30m` | above 6 in 1 of 1 periods of 30 min |" in text


def test_costs() -> None:
    """At $0.10 a metric in an alarm, $0.50 a composite, $3 a dashboard, $0.30 a metric (17 of lines, 4 of filters)."""
    whole = template.own()
    read = sum(
        len(one["Properties"].get("Metrics", [{}]))
        for one in template.template(whole)["Resources"].values()
        if one["Type"] == "AWS::CloudWatch::Alarm"
    )
    assert read > len(whole.alarms)
    assert costs.of_a_route() == pytest.approx(5.10)
    assert costs.of_the_service() == pytest.approx(6.30)
    assert costs.watching(whole.alarms[:1], (), 5) == pytest.approx(15.20)


def test_verify_wants_a_stack(capsys: pytest.CaptureFixture[str]) -> None:
    """Without one, and with no time to look back, it says so before it asks anybody."""
    for arguments, said in (
        (["verify"], "the following arguments are required: --stack"),
        (["verify", "--stack", "x", "--minutes", "0"], "argument --minutes: 0 minutes; at least 1"),
    ):
        with pytest.raises(SystemExit) as ended:
            commands.run(arguments)
        assert ended.value.code == 2
        assert said in capsys.readouterr().err


def test_verify_of_an_account_that_does_not_answer(capsys: pytest.CaptureFixture[str]) -> None:
    """One line that says why, and 1: nobody listens on port 9 of this machine."""
    assert commands.run(["verify", "--stack", "x", "--endpoint-url", "http://127.0.0.1:9"]) == 1
    assert capsys.readouterr().err == ('Could not connect to the endpoint URL: "http://127.0.0.1:9/"\n')
