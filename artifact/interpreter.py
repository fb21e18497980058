"""Finds an interpreter of the target's version on this machine: only it can compile the target's bytecode."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from artifact.errors import TargetError

_WHO = "import sys; print('%s %d.%d' % (sys.implementation.name, *sys.version_info[:2]))"


def find_interpreter(version: str, environ: Mapping[str, str]) -> str | None:
    """Path of a CPython `version` ("3.13") that runs; None when this machine has none.

    TARGET_INTERPRETER names one; raises TargetError when it isn't what it should be. The architecture doesn't matter:
    bytecode is the same on all.
    """
    if named := environ.get("TARGET_INTERPRETER"):
        if not _is(named, version):
            raise TargetError(f"TARGET_INTERPRETER={named} is no Python {version} that runs here")
        return named
    return next((found for found in _candidates(version, environ) if _is(found, version)), None)


def _candidates(version: str, environ: Mapping[str, str]) -> Iterator[str]:
    yield sys.executable
    # All of PATH, not its first hit: a pyenv shim stands in front of an interpreter that works.
    for folder in environ.get("PATH", "").split(os.pathsep):
        if (found := Path(folder) / f"python{version}").exists():
            yield str(found)
    home = Path(environ.get("HOME", "/nonexistent"))
    pyenv = Path(environ.get("PYENV_ROOT", home / ".pyenv"))
    uv = Path(environ.get("UV_PYTHON_INSTALL_DIR", home / ".local/share/uv/python"))
    patterns = (
        (pyenv, f"versions/{version}.*/bin/python{version}"),
        (uv, f"cpython-{version}.*/bin/python{version}"),
        (Path("/opt/homebrew"), f"bin/python{version}"),
        (Path("/usr/local"), f"bin/python{version}"),
    )
    for root, pattern in patterns:
        yield from (str(found) for found in sorted(root.glob(pattern)))


def _is(interpreter: str, version: str) -> bool:
    try:
        said = subprocess.run([interpreter, "-I", "-c", _WHO], check=False, capture_output=True, text=True)
    except OSError:
        return False
    return said.stdout.split() == ["cpython", version]
