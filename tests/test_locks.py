"""requirements*.txt: whole, hashed, of one mind, and made from pyproject.toml's groups."""

import re
import tomllib
from itertools import combinations
from pathlib import Path

import pytest

from toolchain.lock import LOCKS, Lock

ROOT = Path(__file__).resolve().parent.parent
# Files that are installed into one environment.
TOGETHER = ("requirements.txt", "requirements-local.txt", "requirements-dev.txt")


def pins(file: str) -> dict[str, str]:
    """Version (with its marker) by name."""
    lines = re.findall(r"^([\w.-]+)(?:\[[^]]*\])?==(.+?) ?\\?$", (ROOT / file).read_text(), re.MULTILINE)
    return dict(lines)


def test_every_group_has_its_lock() -> None:
    """No group of pyproject.toml is left out, and no lock is of a group that is gone."""
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    assert {lock.group for lock in LOCKS} == set(groups)
    assert {lock.output for lock in LOCKS} == {path.name for path in ROOT.glob("requirements*.txt")}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.output)
def test_lock_holds_its_group(lock: Lock) -> None:
    """What a group asks for is pinned in its file: a group changed without `make lock` fails here."""
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"][lock.group]
    names = {re.split(r"[\[;<>=~ ]", requirement)[0].lower() for requirement in wanted}
    assert names - {name.lower() for name in pins(lock.output)} == set()


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.output)
def test_every_pin_is_hashed(lock: Lock) -> None:
    """Each package is one exact version with at least one SHA-256; nothing comes from elsewhere than the index."""
    text = (ROOT / lock.output).read_text()
    entries = re.split(r"\n(?=\S)", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).strip())
    assert entries
    for entry in entries:
        assert re.match(r"[\w.-]+(\[[^]]*\])?==\S+ ", entry), entry
        assert re.search(r"--hash=sha256:[0-9a-f]{64}\b", entry), entry


@pytest.mark.parametrize(("one", "other"), [*combinations(TOGETHER, 2)])
def test_files_installed_together_agree(one: str, other: str) -> None:
    """A package in two files of one environment has one version."""
    left, right = pins(one), pins(other)
    versions = {name: (left[name].split()[0], right[name].split()[0]) for name in left.keys() & right.keys()}
    assert {name: both for name, both in versions.items() if both[0] != both[1]} == {}


def test_runtime_is_the_one_that_run_uses() -> None:
    """An artifact is served with the runtime client that serves the work tree."""
    assert pins("requirements-runtime.txt")["awslambdaric"] == pins("requirements-local.txt")["awslambdaric"]
