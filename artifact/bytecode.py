"""Bytecode beside the sources. /var/task and /opt are read-only: what isn't shipped is compiled at every cold start."""

import os
import subprocess
from pathlib import Path

from artifact.errors import BytecodeError


def compile_tree(folder: Path, interpreter: str, recorded_as: str) -> None:
    """Compiles every module below `folder` with `interpreter`; tracebacks will say `recorded_as` for `folder`.

    The files are unchecked-hash (PEP 552): never compared with their source, which is what a sandbox can't change,
    and free of the time they were made at. Raises BytecodeError naming the modules that don't compile.
    """
    options = ["-q", "-f", "--invalidation-mode", "unchecked-hash", "-s", str(folder), "-p", recorded_as]
    # The order of a set is part of the bytecode of `in {...}`: same inputs, same bytes.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    result = subprocess.run(
        [interpreter, "-m", "compileall", *options, str(folder)],
        check=False,
        env=environment | {"PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
    )
    if result.returncode:
        raise BytecodeError(f"{interpreter} cannot compile:\n{(result.stdout + result.stderr).strip()}")


def without_interpreter(version: str) -> str:
    """What to say when bytecode can't be shipped."""
    return (
        f"WARNING: no Python {version} here, so the artifact ships without bytecode: every cold start compiles every "
        f"module and takes 3.7 times as long.\n"
        f"WARNING: `.venv-build/bin/uv python install {version}` gets one (so does pyenv); or name one with "
        f"TARGET_INTERPRETER=/path/to/python{version}; then build again. To deploy as it is, go on."
    )
