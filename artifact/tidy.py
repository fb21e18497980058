"""Same inputs, same bytes: fixed times and modes, and a size that Lambda takes."""

import os
from collections.abc import Iterator
from pathlib import Path

from artifact.errors import SizeError

# The oldest time that a zip file can hold (1980-01-01), and a day, for any time zone.
EPOCH_S = 315_619_200
# AWS page "Lambda quotas": deployment package, unzipped, layers included.
LIMIT_BYTES = 250 * 1024 * 1024


def settle(folder: Path) -> None:
    """One time and one mode for all: readable by everyone, as Lambda's own user needs it."""
    for entry in _below(folder):
        if not entry.is_symlink():
            entry.chmod(0o755 if entry.is_dir() else 0o644)
            os.utime(entry, (EPOCH_S, EPOCH_S))


def measure(folder: Path) -> str:
    """How large it is, in words. Raises SizeError above Lambda's limit."""
    files = [entry for entry in _below(folder) if entry.is_file()]
    size = sum(entry.stat().st_size for entry in files)
    words = f"{size / 1024 / 1024:.1f} MB in {len(files)} files"
    if size > LIMIT_BYTES:
        raise SizeError(f"{folder} is {words}; Lambda takes 250 MB, the function and its layers together")
    return words


def _below(folder: Path) -> Iterator[Path]:
    yield from sorted(folder.rglob("*"), reverse=True)  # a folder after what is in it
