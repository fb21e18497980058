"""Folders like /var/task with the layer's packages, made of links to installed ones: no install, no copy."""

import compileall
import importlib.metadata
import os
import re
import shutil
import sys
from collections.abc import Iterable
from importlib.metadata import Distribution
from pathlib import Path

from benchmarks.variants import Packages

ROOT = Path(__file__).resolve().parent.parent
RUNTIME = ("awslambdaric", "simplejson", "snapshot-restore-py")
"""What stands for /var/runtime: AWS's runtime client and what it requires."""
_TOOLS = ("pip", "setuptools")
"""What a virtual environment holds for itself."""


def build(tree: Path, packages: Packages) -> None:
    """Fills `tree` with what ships, and with the runtime client, which has its bytecode in Lambda too.

    Files are hard links where the file system can, else copies. Raises FileNotFoundError without the packages'
    virtual environment.
    """
    bytecode = packages is not Packages.SOURCES
    for distribution in _distributions(packages):
        _link_distribution(distribution, tree / "task", bytecode=bytecode)
    for name in RUNTIME:
        _link_distribution(importlib.metadata.distribution(name), tree / "runtime", bytecode=True)
    if packages.venv is None:
        for room in ("service", "observability"):
            shutil.copytree(ROOT / room, tree / "task" / room, ignore=shutil.ignore_patterns("__pycache__"))
    for application in (ROOT / "benchmarks" / "apps").glob("*.py"):
        shutil.copy(application, tree / "task")
    # As in the artifact, whose files' times mean nothing; what is linked with its bytecode is up to date already.
    compileall.compile_dir(tree / "task" if bytecode else tree / "runtime", quiet=2)


def missing(packages: Packages) -> bool:
    """Whether its virtual environment isn't there, or is another Python's, whose extension modules don't fit."""
    return packages.venv is not None and not _site(packages.venv).is_dir()


def shipped(requirements: Path) -> list[str]:
    """The distributions that a compiled requirements file pins."""
    return re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==", requirements.read_text(), re.MULTILINE)


def interpreter() -> Path:
    """The interpreter below this virtual environment, which sees none of the environment's packages."""
    return Path(sys.base_prefix) / "bin" / _python()


def _distributions(packages: Packages) -> Iterable[Distribution]:
    if packages.venv is None:
        return map(importlib.metadata.distribution, shipped(ROOT / "requirements.txt"))
    if missing(packages):
        raise FileNotFoundError(_site(packages.venv))
    found = importlib.metadata.distributions(path=[str(_site(packages.venv))])
    return (one for one in found if one.metadata["Name"] not in _TOOLS)


def _site(venv: str) -> Path:
    return ROOT / venv / "lib" / _python() / "site-packages"


def _python() -> str:
    return "python{}.{}".format(*sys.version_info[:2])


def _link_distribution(distribution: Distribution, target: Path, *, bytecode: bool) -> None:
    for file in distribution.files or []:
        if ".." in file.parts or (not bytecode and file.suffix == ".pyc"):
            continue  # a script beside the packages, or bytecode that this tree is to do without
        source, link = Path(str(distribution.locate_file(file))), target / file
        if source.is_file() and not link.exists():
            link.parent.mkdir(parents=True, exist_ok=True)
            _link(source, link)


def _link(source: Path, link: Path) -> None:
    try:
        os.link(source, link)
    except OSError:  # another file system
        shutil.copy2(source, link)
