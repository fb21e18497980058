"""A folder like /var/task with the layer's packages, made of links to this environment's own: no install, no copy."""

import compileall
import importlib.metadata
import os
import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RUNTIME = ("awslambdaric", "simplejson", "snapshot-restore-py")
"""What stands for /var/runtime: AWS's runtime client and what it requires."""


def build(tree: Path, *, bytecode: bool) -> None:
    """Fills `tree` with what ships, and with the runtime client, which has its bytecode in Lambda too.

    Files are hard links where the file system can, else copies.
    """
    for name in shipped(ROOT / "requirements.txt"):
        _link_distribution(name, tree / "task", bytecode=bytecode)
    for name in RUNTIME:
        _link_distribution(name, tree / "runtime", bytecode=True)
    for room in ("service", "observability"):
        shutil.copytree(ROOT / room, tree / "task" / room, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "benchmarks" / "apps" / "bare.py", tree / "task")
    # As in the artifact, whose files' times mean nothing; what is linked with its bytecode is up to date already.
    compiled = tree / "task" if bytecode else tree / "runtime"
    compileall.compile_dir(compiled, quiet=2)


def shipped(requirements: Path) -> list[str]:
    """The distributions that a compiled requirements file pins."""
    return re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==", requirements.read_text(), re.MULTILINE)


def interpreter() -> Path:
    """The interpreter below this virtual environment, which sees none of the environment's packages."""
    major, minor = sys.version_info[:2]
    return Path(sys.base_prefix) / "bin" / f"python{major}.{minor}"


def _link_distribution(name: str, target: Path, *, bytecode: bool) -> None:
    distribution = importlib.metadata.distribution(name)
    for file in distribution.files or []:
        if ".." in file.parts or (not bytecode and file.suffix == ".pyc"):
            continue  # a script beside the packages, or bytecode that this tree is to do without
        source, link = Path(str(distribution.locate_file(file))), target / file
        if source.is_file():
            link.parent.mkdir(parents=True, exist_ok=True)
            _link(source, link)


def _link(source: Path, link: Path) -> None:
    try:
        os.link(source, link)
    except OSError:  # another file system
        shutil.copy2(source, link)
