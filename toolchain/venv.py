"""Makes a virtual environment hold exactly what requirement files lock; says nothing when it does already.

Run by venv.sh with any Python 3.11 to 3.14, the environment's own included. It imports the standard
library only, because it runs before anything is installed.
"""

import contextlib
import enum
import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

#: pip's own settings that would send packages elsewhere than into the environment.
MISLEADING = ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_USER", "PIP_DRY_RUN", "PYTHONDONTWRITEBYTECODE")


class VenvError(Exception):
    """The environment could not be made; the message says why and what to do."""


class State(enum.Enum):
    """How far an environment is from what is wanted."""

    READY = "It holds the wanted files as they are now."
    INCOMPLETE = "What it holds is right, and wanted files are missing: they are added."
    UNUSABLE = "Absent, broken, moved, half made, of another Python or of other locks: it is made anew."


def main(arguments: Sequence[str]) -> int:
    """`venv.py VENV REQUIREMENTS...`; 0 when the environment holds them, 1 and one line when it cannot."""
    venv, files = Path(arguments[0]), [Path(name) for name in arguments[1:]]
    try:
        with one_at_a_time():
            make_ready(venv, files)
    except VenvError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def make_ready(venv: Path, files: Sequence[Path]) -> None:
    """Brings `venv` to what `files` lock. A run that is interrupted leaves no stamp, so the next one starts over."""
    wanted = {file.name: digest(file) for file in files}
    held = read_stamp(venv)
    match compare(venv, held, wanted):
        case State.READY:
            return
        case State.INCOMPLETE:
            wanted = held | wanted
        case State.UNUSABLE:
            create(venv)
    stamp_path(venv).unlink(missing_ok=True)
    install(venv, files)
    stamp_path(venv).write_text(json.dumps({"made": identity(venv), "files": wanted}, indent=1))


def compare(venv: Path, held: dict[str, str], wanted: dict[str, str]) -> State:
    if not held or not works(venv) or any(digest(Path(name)) != was for name, was in held.items()):
        return State.UNUSABLE
    return State.READY if wanted.items() <= held.items() else State.INCOMPLETE


def digest(file: Path) -> str:
    """SHA-256 of the file in hex; "" when there is none."""
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else ""


def identity(venv: Path) -> str:
    """What an environment is tied to: its own place, and the interpreter that it was made from."""
    return f"{venv.absolute()} | {sys.base_prefix} | {sys.version}"


def stamp_path(venv: Path) -> Path:
    return venv / "glasshouse.json"


def read_stamp(venv: Path) -> dict[str, str]:
    """Digest by requirement file that the environment holds; empty when it isn't one of ours, whole and in place."""
    try:
        stamp = json.loads(stamp_path(venv).read_text())
        files: dict[str, str] = stamp["files"]
        return files if stamp["made"] == identity(venv) else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def works(venv: Path) -> bool:
    try:
        return subprocess.run([python(venv), "-c", ""], check=False, stderr=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


def python(venv: Path) -> str:
    return str(venv.absolute() / "bin" / "python")


def create(venv: Path) -> None:
    if importlib.util.find_spec("ensurepip") is None:
        raise VenvError(without_ensurepip())
    if venv.is_symlink() or venv.is_file():
        venv.unlink()
    elif venv.exists():
        print(f"Making {venv} anew", flush=True)
        shutil.rmtree(venv)
    run([base_interpreter(), "-m", "venv", str(venv)], f"could not make {venv}")


def without_ensurepip() -> str:
    """Debian and Ubuntu keep ensurepip out of their python3 package."""
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    return (
        f"{base_interpreter()} cannot make virtual environments: its ensurepip module is missing. "
        f"On Debian and Ubuntu: sudo apt-get install {package}. "
        f"Or name another Python: make run PYTHON=/path/to/python3.12"
    )


def base_interpreter() -> str:
    """The interpreter under the one that runs, which may be that of the environment to be made anew."""
    base: str = getattr(sys, "_base_executable", None) or sys.executable
    return base


def install(venv: Path, files: Sequence[Path]) -> None:
    """Hashes are required of every package: a file of requirements without them fails."""
    # The locks are whole: nothing is left to resolve. (Resolving, pip 23.2 takes boto3[crt] and boto3 for two.)
    names = ", ".join(file.name for file in files)
    version = ".".join(str(part) for part in sys.version_info[:3])
    print(f"Installing {names} into {venv} (Python {version}) ...", flush=True)
    pip = [python(venv), "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
    chosen = [part for file in files for part in ("-r", str(file))]
    run([*pip, "--require-hashes", "--no-deps", *chosen], f"could not install {names}")


def run(command: Sequence[str], failure: str) -> None:
    """Runs quietly; what the command said is shown when it fails. Raises VenvError."""
    environment = {name: value for name, value in os.environ.items() if name not in MISLEADING}
    result = subprocess.run(
        command, check=False, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if result.returncode:
        raise VenvError(f"{result.stdout.rstrip()}\n{failure}: see above")


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two makes in one clone must not fill one environment together. The lock ends with its process."""
    with Path(__file__).open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
