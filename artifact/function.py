"""The function's folder: service/ and observability/, without what the host left in them."""

import shutil
from collections.abc import Iterable
from pathlib import Path

from artifact.errors import ArtifactError

ROOMS = ("service", "observability")
UNWANTED = ("__pycache__", "tests", ".*", "*.pyc", "*.orig", "*~")


def copy_function(root: Path, into: Path) -> None:
    """Copies the rooms that run in Lambda from the repository `root`; `into` holds nothing else afterwards."""
    empty(into, ROOMS)
    for room in ROOMS:
        shutil.copytree(root / room, into / room, ignore=shutil.ignore_patterns(*UNWANTED))


def empty(folder: Path, expected: Iterable[str]) -> None:
    """Makes `folder`, or removes what an earlier build left in it.

    Raises ArtifactError when anything but `expected` is there: ARTIFACTS_DIR=. would remove the work tree.
    """
    folder.mkdir(parents=True, exist_ok=True)
    strange = sorted({entry.name for entry in folder.iterdir()} - set(expected))
    if strange:
        raise ArtifactError(
            f"{folder} holds {', '.join(strange[:3])}: build into a folder that is new or was built before"
        )
    for entry in folder.iterdir():
        shutil.rmtree(entry)
