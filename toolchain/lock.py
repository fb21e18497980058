"""`make lock`: compiles pyproject.toml's dependency-groups to pinned and hashed requirement files.

Each file is right for every supported Python and platform (`--universal`). Pins stay as they are unless a group
asks for something else or `--upgrade` is given.
"""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Lock:
    group: str
    output: str
    #: Files installed into the same environment: what they pin is pinned here alike.
    beside: tuple[str, ...] = ()


LOCKS = (
    Lock("service", "requirements.txt"),
    Lock("local", "requirements-local.txt", beside=("requirements.txt",)),
    Lock("dev", "requirements-dev.txt", beside=("requirements.txt", "requirements-local.txt")),
    Lock("runtime", "requirements-runtime.txt", beside=("requirements-local.txt",)),
    Lock("build", "requirements-build.txt", beside=("requirements-local.txt",)),
    Lock("bench-opentelemetry", "requirements-bench-opentelemetry.txt"),
    Lock("bench-distro", "requirements-bench-distro.txt"),
    Lock("sam", "requirements-sam.txt"),
    Lock("check", "requirements-check.txt"),
    Lock("ministack", "requirements-ministack.txt"),
    Lock("awscli", "requirements-awscli.txt"),
)


def main(options: Sequence[str]) -> int:
    """`python -m toolchain.lock [--upgrade]`, in the repository's root; uv's exit code."""
    for lock in LOCKS:
        print(lock.output)
        compiled = subprocess.run(command(lock, options), check=False)
        if compiled.returncode:
            return compiled.returncode
    return 0


def command(lock: Lock, options: Sequence[str] = ()) -> list[str]:
    """The uv command line that compiles `lock` (docs.astral.sh/uv, "Locking environments")."""
    uv = str(Path(sys.executable).with_name("uv"))
    fixed = ["--quiet", "--universal", "--python-version", "3.11", "--generate-hashes", "--no-annotate"]
    fixed += ["--custom-compile-command", "make lock"]
    constraints = [part for name in lock.beside for part in ("--constraint", name)]
    what = ["--group", f"pyproject.toml:{lock.group}", "--output-file", lock.output]
    return [uv, "pip", "compile", *fixed, *constraints, *what, *options]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
