"""How the function was before the sweep, on disk before anything is changed, until all is as it was."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from load_tests.errors import NotRestored
from load_tests.sweep.function import State

NAME = "journal.json"


@dataclass(frozen=True, slots=True)
class Entry:
    """`target`: which function, where. No variable's value is kept."""

    target: Mapping[str, str]
    state: State
    alias: str


class Journal:
    """Survives a kill and a power cut: written beside, flushed to the disk, then renamed."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME

    @property
    def path(self) -> Path:
        return self._path

    def read(self) -> Entry | None:
        """None where nothing waits to be restored. Raises NotRestored for a journal that can't be read."""
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise NotRestored(f"{self._path} can't be read: {error}") from None
        return self._entry(found)

    def write(self, entry: Entry) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        beside = self._path.with_suffix(".new")
        text = json.dumps(
            {
                "target": dict(entry.target),
                "state": entry.state.as_dict(),
                "alias": entry.alias,
            },
            indent=2,
        )
        with beside.open("w", encoding="utf-8") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._path)

    def clear(self) -> None:
        self._path.unlink(missing_ok=True)

    def _entry(self, found: Any) -> Entry:
        try:
            state = State.read(found["state"])
            return Entry(dict(found["target"]), state, str(found["alias"]))
        except (KeyError, TypeError, ValueError) as error:
            raise NotRestored(f"{self._path} lacks {error}; put the function right by hand, then remove it") from None
