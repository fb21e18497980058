"""The dependency layer: what a requirements file locks, installed for the target whatever the host."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from artifact.errors import ForeignError, InstallError
from artifact.function import empty
from artifact.target import Target

# An installer's own notes. METADATA and entry_points.txt stay: OpenTelemetry finds its parts by them.
NOTES = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json")
TESTS = ("tests", "test")


def install_layer(requirements: Path, into: Path, target: Target | Path) -> None:
    """Installs into `into`/python, as a layer is laid out, for Lambda's `target` or for an interpreter of this machine.

    Raises InstallError when a hash or a wheel is missing, ForeignError when a binary is not the target's.
    """
    python = into / "python"
    empty(into, ["python"])
    python.mkdir()
    _uv_install(requirements, python, target)
    _prune(python)
    if isinstance(target, Target):
        check_binaries(python, target)


def _uv_install(requirements: Path, into: Path, target: Target | Path) -> None:
    if isinstance(target, Target):
        where = ["--python", sys.executable, "--python-platform", target.platform, "--python-version", target.python]
    else:
        where = ["--python", str(target)]
    # Wheels only: a source distribution would be compiled for the host.
    how = ["--quiet", "--require-hashes", "--no-deps", "--only-binary", ":all:", "--link-mode", "copy"]
    run_uv(["pip", "install", *how, *where, "--target", str(into), "--requirement", str(requirements)])


def run_uv(arguments: Sequence[str]) -> None:
    """Runs the uv beside this interpreter. Raises InstallError with what it said."""
    uv = Path(sys.executable).with_name("uv")
    environment = os.environ | _mirrors()
    result = subprocess.run([uv, *arguments], check=False, env=environment, capture_output=True, text=True)
    if result.returncode:
        raise InstallError(f"uv {arguments[0]} failed:\n{result.stderr.strip()}")


def _mirrors() -> dict[str, str]:
    """The settings of pip under uv's names, so that one mirror setting serves both."""
    same = {"PIP_INDEX_URL": "UV_DEFAULT_INDEX", "PIP_CERT": "SSL_CERT_FILE"}
    return {ours: os.environ[pips] for pips, ours in same.items() if pips in os.environ and ours not in os.environ}


def _prune(python: Path) -> None:
    shutil.rmtree(python / "bin", ignore_errors=True)  # console scripts of the host's interpreter
    (python / ".lock").unlink(missing_ok=True)
    for package in list(_packages(python)):
        if package.name.endswith("-stubs"):
            shutil.rmtree(package)
        for name in NOTES if package.suffix == ".dist-info" else ():
            (package / name).unlink(missing_ok=True)
    for folder in [found for name in TESTS for found in python.rglob(name) if found.is_dir()]:
        shutil.rmtree(folder, ignore_errors=True)
    for cache in list(python.rglob("__pycache__")):
        shutil.rmtree(cache)


def _packages(python: Path) -> Iterator[Path]:
    return (entry for entry in python.iterdir() if entry.is_dir())


def check_binaries(python: Path, target: Target) -> None:
    """Every ELF file is the target's machine, and names no other Python in its suffix."""
    wanted = target.architecture.machine
    for library in sorted(python.rglob("*.so*")):
        machine = _elf_machine(library)
        named = re.search(r"\.cpython-3(\d+)-", library.name)  # .abi3.so and bare .so name none
        if machine != wanted or (named and f"3.{named[1]}" != target.python):
            raise ForeignError(f"{library.name} is for {machine}; the target is Python {target.python} on {wanted}")


def _elf_machine(library: Path) -> str:
    """The e_machine of an ELF header (ELF specification, "ELF header": two bytes at 18)."""
    with library.open("rb") as file:
        header = file.read(20)
    names = {0x3E: "x86_64", 0xB7: "aarch64"}
    if header[:4] != b"\x7fELF":
        return "another system than Linux"
    return names.get(int.from_bytes(header[18:20], "little"), "another machine")
