"""A sweep's folder: plan.json, a file for each step that is done, report.json and report.html."""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from load_tests.errors import SettingError

PLAN, STEPS, REPORT = "plan.json", "steps", "report.json"


class SweepFolder:
    def __init__(self, path: Path) -> None:
        self.path = path

    def begin(self, plan: Mapping[str, Any]) -> None:
        (self.path / STEPS).mkdir(parents=True)
        write_json(self.path / PLAN, plan)

    def plan(self) -> Any:
        return read_json(self.path / PLAN)

    def is_done(self) -> bool:
        return (self.path / REPORT).exists()

    def step(self, number: int) -> Any:
        """What was kept of it; None where it isn't done."""
        return read_json(self._step(number))

    def keep(self, number: int, step: Mapping[str, Any]) -> None:
        write_json(self._step(number), step)

    def _step(self, number: int) -> Path:
        return self.path / STEPS / f"{number:03}.json"


def open_folder(sweeps: Path, name: str, plan: Mapping[str, Any], *, fresh: bool) -> tuple[SweepFolder, bool]:
    """The newest unfinished sweep of the same plan, and that it is one; else a new folder."""
    if not fresh:
        for path in sorted(sweeps.glob(f"*/{PLAN}"), reverse=True):
            found = SweepFolder(path.parent)
            if not found.is_done() and found.plan() == json.loads(json.dumps(plan)):
                return found, True
    folder = SweepFolder(sweeps / name)
    folder.begin(plan)
    return folder, False


def write_json(path: Path, found: Mapping[str, Any]) -> None:
    """Whole or not at all."""
    beside = path.with_suffix(".new")
    beside.write_text(json.dumps(found, separators=(",", ":"), allow_nan=False) + "\n", encoding="utf-8")
    beside.replace(path)


def read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


@contextmanager
def alone(sweeps: Path) -> Iterator[None]:
    """Raises SettingError while another sweep runs from this folder: two would set the same function."""
    sweeps.mkdir(parents=True, exist_ok=True)
    lock = os.open(sweeps / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SettingError(f"a sweep runs in {sweeps} already; wait for it, or give another --dir") from None
        yield
    finally:
        os.close(lock)
