"""toolchain/venv.sh and venv.py: real environments, filled with one small wheel from a folder."""

import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = ROOT / "toolchain" / "venv.sh"
# Making an environment takes seconds, and many of them on a machine that does other things too.
pytestmark = pytest.mark.timeout(600)


def run(folder: Path, *arguments: str, path: str | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
    """Runs venv.sh in `folder` with an environment of its own."""
    environment = {"PATH": path or os.environ["PATH"], "HOME": str(folder), **variables}
    command = ["/bin/sh", str(SCRIPT), *arguments]
    return subprocess.run(command, check=False, cwd=folder, env=environment, capture_output=True, text=True)


@pytest.fixture
def requirements(tmp_path: Path) -> Path:
    """A requirements file that locks demo 1.0, whose wheel lies beside it."""
    lock(tmp_path, "demo", "1.0", "requirements.txt")
    return tmp_path / "requirements.txt"


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with demo 1.0 locked and installed, to be copied: making an environment takes seconds."""
    folder = tmp_path_factory.mktemp("pattern")
    lock(folder, "demo", "1.0", "requirements.txt")
    assert run(folder, ".venv", "requirements.txt", PYTHON=sys.executable).returncode == 0
    return folder


@pytest.fixture
def made(tmp_path: Path, pattern: Path) -> Path:
    """A copy of the pattern, whose environment is as good as one that was made there."""
    folder = tmp_path / "made"
    shutil.copytree(pattern, folder, symlinks=True)
    lock(folder, "demo", "1.0", "requirements.txt")
    stamp = folder / ".venv/glasshouse.json"
    held = json.loads(stamp.read_text())
    held["made"] = held["made"].replace(str(pattern), str(folder))
    held["files"] = {"requirements.txt": hashlib.sha256((folder / "requirements.txt").read_bytes()).hexdigest()}
    stamp.write_text(json.dumps(held))
    return folder


def lock(folder: Path, name: str, version: str, file: str) -> None:
    wheel = folder / f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": f"VERSION = '{version}'\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    rows = [f"{path},sha256={_digest(text)},{len(text)}" for path, text in files.items()]
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, text in {**files, f"{info}/RECORD": "\n".join([*rows, f"{info}/RECORD,,"])}.items():
            archive.writestr(path, text)
    sha256 = hashlib.sha256(wheel.read_bytes()).hexdigest()
    (folder / file).write_text(
        f"--no-index\n--find-links {folder.as_uri()}\n{name}=={version} --hash=sha256:{sha256}\n"
    )


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def installed(folder: Path, module: str = "demo") -> str:
    command = [str(folder / ".venv/bin/python"), "-c", f"import {module}; print({module}.VERSION)"]
    said: str = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return said.strip()


def fake_python(folder: Path, name: str, script: str) -> Path:
    folder.mkdir(exist_ok=True)
    program = folder / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return program


def tools_only(folder: Path) -> Path:
    """A folder for PATH with what the script needs of a system, and no Python."""
    folder.mkdir()
    for tool in ("dirname", "sh"):
        (folder / tool).symlink_to(str(shutil.which(tool)))
    return folder


def test_environment_is_made_and_kept(tmp_path: Path, requirements: Path) -> None:
    """The environment holds what the file locks; a second run finds it ready and says nothing."""
    first = run(tmp_path, ".venv", requirements.name, PYTHON=sys.executable)
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout.startswith("Installing requirements.txt into .venv (Python 3.1")
    assert installed(tmp_path) == "1.0"
    made = (tmp_path / ".venv/pyvenv.cfg").stat().st_mtime_ns
    second = run(tmp_path, ".venv", requirements.name)
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")
    assert (tmp_path / ".venv/pyvenv.cfg").stat().st_mtime_ns == made


def test_changed_lock_makes_the_environment_anew(made: Path) -> None:
    """Another lock leaves nothing of the former one behind."""
    stray = made / ".venv" / "stray"
    stray.touch()
    lock(made, "demo", "2.0", "requirements.txt")
    result = run(made, ".venv", "requirements.txt")
    assert result.stdout.startswith("Making .venv anew\n")
    assert installed(made) == "2.0"
    assert not stray.exists()


def test_further_file_is_added(made: Path) -> None:
    """What `make test` needs beside `make run` is added to the same environment, and run finds it ready after that."""
    lock(made, "extra", "1.5", "requirements-dev.txt")
    added = run(made, ".venv", "requirements.txt", "requirements-dev.txt")
    assert "anew" not in added.stdout
    assert (installed(made), installed(made, "extra")) == ("1.0", "1.5")
    assert run(made, ".venv", "requirements.txt").stdout == ""


@pytest.mark.parametrize("damage", ["half made", "no interpreter", "broken interpreter", "a file", "moved"])
def test_broken_environment_is_repaired(made: Path, damage: str) -> None:
    """An environment that is half made, without a working interpreter, moved, or no folder at all is made anew."""
    venv = made / ".venv"
    match damage:
        case "half made":
            (venv / "glasshouse.json").unlink()
        case "no interpreter":
            (venv / "bin/python").unlink()
        case "broken interpreter":
            (venv / "bin/python").unlink()
            fake_python(venv / "bin", "python", "exit 127")
        case "a file":
            shutil.rmtree(venv)
            venv.touch()
        case "moved":
            stamp = json.loads((venv / "glasshouse.json").read_text())
            stamp["made"] = stamp["made"].replace(str(made), "/elsewhere")
            (venv / "glasshouse.json").write_text(json.dumps(stamp))
    result = run(made, ".venv", "requirements.txt", path=path_with_this_python(made))
    assert (result.returncode, result.stderr) == (0, "")
    assert "Installing" in result.stdout
    assert installed(made) == "1.0"


def path_with_this_python(folder: Path) -> str:
    """PATH on which python3 is the one that runs the tests, and nothing else is."""
    tools = folder / "tools"
    if not tools.exists():
        fake_python(tools_only(tools), "python3", f'exec "{sys.executable}" "$@"')
    return str(tools)


def test_unhashed_requirement_is_refused(made: Path) -> None:
    """A package without a hash is not installed, pip's words are shown, and the next run starts over."""
    requirements = made / "requirements.txt"
    locked = requirements.read_text()
    requirements.write_text(locked.split(" --hash")[0] + "\n")
    result = run(made, ".venv", "requirements.txt", PYTHON=sys.executable)
    assert result.returncode == 1
    assert "hash" in result.stderr
    assert result.stderr.endswith("could not install requirements.txt: see above\n")
    requirements.write_text(locked)
    assert run(made, ".venv", "requirements.txt").returncode == 0


def test_misleading_settings_of_pip_are_left_out(made: Path) -> None:
    """PIP_TARGET and its like, meant for other installs, don't lead packages out of the environment."""
    elsewhere = str(made / "elsewhere")
    lock(made, "extra", "1.5", "more.txt")
    run(made, ".venv", "requirements.txt", "more.txt", PIP_TARGET=elsewhere, PIP_USER="1")
    assert installed(made, "extra") == "1.5"
    assert not Path(elsewhere).exists()


def test_bytecode_is_there_at_the_first_start(made: Path) -> None:
    """PYTHONDONTWRITEBYTECODE, set in many containers, doesn't slow every later start."""
    lock(made, "extra", "1.5", "more.txt")
    run(made, ".venv", "requirements.txt", "more.txt", PYTHONDONTWRITEBYTECODE="1")
    assert list((made / ".venv").rglob("__pycache__/extra.*.pyc"))


def test_two_at_a_time_wait_for_each_other(tmp_path: Path, requirements: Path) -> None:
    """Two makes in one clone both end well, and the environment is filled once."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHON": sys.executable}
    command = ["/bin/sh", str(SCRIPT), ".venv", requirements.name]
    started = [
        subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]
    said = [process.communicate()[0] for process in started]
    assert [process.returncode for process in started] == [0, 0, 0]
    assert len([line for line in said if line]) == 1


def test_path_with_spaces(tmp_path: Path) -> None:
    """A clone in a folder with spaces and a quote in its name works."""
    folder = tmp_path / "it's a clone"
    folder.mkdir()
    lock(folder, "demo", "1.0", "requirements.txt")
    result = run(folder, ".venv", "requirements.txt", PYTHON=sys.executable)
    assert result.returncode == 0, result.stderr
    assert installed(folder) == "1.0"


def test_failing_shim_is_passed_over(tmp_path: Path, requirements: Path) -> None:
    """An interpreter counts only once it runs: pyenv's shims are on PATH and fail."""
    path = path_with_this_python(tmp_path)
    fake_python(Path(path), "python3.13", "echo 'pyenv: python3.13: command not found' >&2; exit 127")
    fake_python(Path(path), "python3.12", "echo 3.9")
    assert run(tmp_path, ".venv", requirements.name, path=path).returncode == 0
    assert installed(tmp_path) == "1.0"


def test_no_interpreter_is_one_clear_line(tmp_path: Path, requirements: Path) -> None:
    """Without a fitting Python the error names what was tried and the setting."""
    path = tools_only(tmp_path / "tools")
    fake_python(path, "python3.12", "exit 1")
    fake_python(path, "python3", "echo 3.15")
    result = run(tmp_path, ".venv", requirements.name, path=str(path))
    assert result.returncode == 1
    assert result.stderr == (
        "No Python 3.11, 3.12, 3.13 or 3.14 here (python3.14 not found, python3.13 not found, python3.12 does not run, "
        "python3.11 not found, python3 is Python 3.15). Install one, or name one: make run PYTHON=/path/to/python3.12\n"
    )


@pytest.mark.parametrize(
    ("script", "said"), [("echo 3.9", "is Python 3.9"), ("exit 3", "does not run"), (None, "not found")]
)
def test_wrong_interpreter_is_named(tmp_path: Path, requirements: Path, script: str | None, said: str) -> None:
    """PYTHON that cannot be used is refused by name; no other is taken in its place."""
    program = tmp_path / "bin" / "mypython"
    if script:
        fake_python(program.parent, program.name, script)
    result = run(tmp_path, ".venv", requirements.name, PYTHON=str(program))
    assert result.returncode == 1
    assert result.stderr == (
        f"PYTHON={program} {said}; give a Python 3.11, 3.12, 3.13 or 3.14, as in: make run PYTHON=python3.12\n"
    )
    assert not (tmp_path / ".venv").exists()


def test_missing_ensurepip_names_the_package(tmp_path: Path, requirements: Path) -> None:
    """Debian's python3 has no ensurepip: the error is the line that installs it."""
    hide = (
        "import runpy, sys; sys.modules['ensurepip'] = None; sys.argv = sys.argv[1:]; "
        "runpy.run_path(sys.argv[0], run_name='__main__')"
    )
    program = fake_python(
        tmp_path / "bin",
        "python3",
        f'case "$2" in -c) exec "{sys.executable}" "$@";; esac; shift; exec "{sys.executable}" -I -c "{hide}" "$@"',
    )
    result = run(tmp_path, ".venv", requirements.name, PYTHON=str(program))
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert result.returncode == 1
    assert "its ensurepip module is missing" in result.stderr
    assert f"sudo apt-get install python{version}-venv" in result.stderr
    assert "Traceback" not in result.stderr
