"""The function's folder: service/ and observability/, without what the host left in them."""

import shutil
from pathlib import Path

ROOMS = ("service", "observability")
UNWANTED = ("__pycache__", "tests", ".*", "*.pyc", "*.orig", "*~")


def copy_function(root: Path, into: Path) -> None:
    """Copies the rooms that run in Lambda from the repository `root`; `into` holds nothing else afterwards."""
    empty(into)
    for room in ROOMS:
        shutil.copytree(root / room, into / room, ignore=shutil.ignore_patterns(*UNWANTED))


def empty(folder: Path) -> None:
    """A new and empty folder. The folder itself may be a link or a mount: only its content goes."""
    folder.mkdir(parents=True, exist_ok=True)
    for entry in folder.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
