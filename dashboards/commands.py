"""What `python -m dashboards` does: build writes what is generated, check compares it, contract drives the service,
verify asks a stack whether all of it has data.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from dashboards import alarm_page, template
from dashboards.errors import DashboardsError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).resolve().parent.parent
USAGE = "usage: python -m dashboards build | check | contract | verify --stack NAME"


def run(arguments: Sequence[str]) -> int:
    """0: done, and well; 1: what is wrong stands on stderr; 2: no such command."""
    commands = {"build": build, "check": check, "contract": contract}
    verifies = arguments[:1] == ["verify"]
    if not verifies and (len(arguments) != 1 or arguments[0] not in commands):
        _say(USAGE)
        return 2
    try:
        if verifies:
            from dashboards.verify import verify  # noqa: PLC0415 (the others need no boto3)

            return verify(arguments[1:])
        return commands[arguments[0]](ROOT)
    except DashboardsError as error:
        _say(str(error))
        return 1


def build(root: Path) -> int:
    for name, text in generated().items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return 0


def check(root: Path) -> int:
    found = [*drifted(root, generated()), *unexplained(root)]
    for one in found:
        _say(one)
    return int(bool(found))


def contract(root: Path) -> int:
    """Drives the service and compares."""
    from dashboards.contract import failures  # noqa: PLC0415 (build and check need no child process)
    from dashboards.driving import drive  # noqa: PLC0415 (the same)

    whole, evidence = template.own(), drive(root)
    found = failures(whole, evidence)
    for one in found:
        _say(one)
    if not found:
        sys.stdout.write(
            f"holds: {len(evidence.metrics)} metrics in {len(evidence.lines)} lines;"
            f" {len(whole.dashboards)} dashboards, {len(whole.watchers())} alarms, {len(whole.queries)} saved queries\n"
        )
    return int(bool(found))


def generated() -> Mapping[str, str]:
    """Path below the root -> the text that belongs there."""
    whole = template.own()
    return {
        "dashboards/generated/monitoring.json": template.text(whole),
        "docs/alarms.md": alarm_page.page(whole),
    }


def drifted(root: Path, texts: Mapping[str, str]) -> list[str]:
    return [
        f"{name} is not what `python -m dashboards build` writes: run it, and commit"
        for name, text in texts.items()
        if not (root / name).exists() or (root / name).read_text(encoding="utf-8") != text
    ]


def unexplained(root: Path) -> list[str]:
    """Alarms whose section docs/runbook.md doesn't have."""
    path = root / "docs/runbook.md"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    titles = {line.removeprefix("## ") for line in lines if line.startswith("## ")}
    return [
        f"{one.origin}: docs/runbook.md has no section `## {one.section}` for the alarm {one.name}"
        for one in template.own().watchers()
        if one.section not in titles
    ]


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
