"""The code of published versions: what a work tree goes on from, they keep."""

import contextlib
import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from local.errors import StartError
from local.lambda_runtime.function import Code

_LEFT_OUT = "__pycache__"


class Snapshots:
    """Copies below `folder`, which is emptied, of what lies under the `frozen` names in a function's code root: the
    folders and files that are watched for changes. All else of the root is linked, not copied. A file that an earlier
    copy has is not copied again. Raises StartError where files can't be read or written.
    """

    def __init__(self, folder: Path, frozen: Iterable[str]) -> None:
        self._folder = folder
        self._frozen: Sequence[str] = sorted(set(frozen))
        self._kept: dict[str, Path] = {}  # the hash of a file's bytes -> a copy of it
        shutil.rmtree(folder, ignore_errors=True)

    def digest(self, code: Code) -> str:
        """SHA-256, in hexadecimal, of the frozen files' names and bytes."""
        found = hashlib.sha256()
        for path, content in self._files(code.task_root):
            found.update(f"{path}\0{len(content)}\0".encode(errors="surrogateescape") + content)
        return found.hexdigest()

    def take(self, version: str, code: Code) -> Code:
        """The code as it is now, for the version to keep."""
        root, into = code.task_root, self._folder / version
        try:
            into.mkdir(parents=True)
            for path, content in self._files(root):
                self._put(into / path, content, (root / path).stat().st_mode)
            self._link(root, into)
        except OSError as error:
            raise StartError(
                f"version {version} can't keep its code: {error}; LOCAL_DIR names another folder"
            ) from None
        return replace(code, task_root=into)

    def forget(self, version: str) -> None:
        shutil.rmtree(self._folder / version, ignore_errors=True)

    def _link(self, root: Path, into: Path, below: str = "") -> None:
        """All that isn't frozen, beside what is."""
        for entry in root.iterdir():
            name, target = f"{below}{entry.name}", into / entry.name
            if name in self._frozen:
                continue
            if target.exists():  # it holds something frozen
                self._link(entry, target, f"{name}/")
            else:
                target.symlink_to(entry.resolve())

    def _put(self, target: Path, content: bytes, mode: int) -> None:
        known = hashlib.sha256(content).hexdigest()
        target.parent.mkdir(parents=True, exist_ok=True)
        former = self._kept.get(known)
        if former is not None:
            with contextlib.suppress(OSError):  # it went with its version, or the file system has no links
                os.link(former, target)
                return
        target.write_bytes(content)
        target.chmod(mode & 0o777)
        self._kept[known] = target

    def _files(self, root: Path) -> Iterator[tuple[Path, bytes]]:
        """Paths below the root, in order."""
        try:
            for name in self._frozen:
                top = root / name
                found = sorted(top.rglob("*")) if top.is_dir() else [top]
                for path in found:
                    if path.is_file() and _LEFT_OUT not in path.parts:
                        yield path.relative_to(root), path.read_bytes()
        except OSError as error:
            raise StartError(f"the code can't be read: {error}") from None
