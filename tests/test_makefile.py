"""The Makefile's recipes, run by the real make in a small tree whose interpreter says how it was called."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DEADLINE_S = 60
# Stands for .venv/bin/python: writes down its arguments and environment.
TELLER = '#!/bin/sh\n{ echo "ran: $*"; env; } >> told\n'
# Stands for a server: ready when the file is there, and it ends well by Ctrl-C.
SERVER = """#!{python}
import os, pathlib, signal, sys
signal.signal(signal.SIGINT, lambda *_: sys.exit(0))
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
pathlib.Path("ready").write_text(str(os.getpid()))
signal.pause()
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A clone in a folder with a space and a quote in its name, whose environments are there already."""
    folder = tmp_path / "bob's clone"
    (folder / "toolchain").mkdir(parents=True)
    (folder / "toolchain/venv.sh").write_text('echo "venv.sh $*" >> told\n')
    shutil.copy(ROOT / "Makefile", folder)
    interpreter(folder, TELLER)
    return folder


def interpreter(folder: Path, text: str) -> None:
    for venv in (".venv", ".venv-build"):
        program = folder / venv / "bin/python"
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(text)
        program.chmod(0o755)


def make(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", *arguments], check=False, cwd=folder, env=environment(**variables), capture_output=True, text=True
    )


def environment(**variables: str) -> dict[str, str]:
    """Of its own: a make that runs these tests hands its flags to every make below it."""
    return {"PATH": os.environ["PATH"], "HOME": "/nonexistent", **variables}


def told(folder: Path) -> list[str]:
    return (folder / "told").read_text().splitlines()


def test_help_lists_every_target_and_variable() -> None:
    """`make` and `make help` name each target a person may type, with a word on it, and each variable."""
    said = make(ROOT, "help").stdout
    assert said == make(ROOT).stdout
    targets = [
        "run",
        "dev",
        "test",
        "check",
        "deploy-check",
        "bench",
        "sweep",
        "lock",
        "clean",
        "artifact",
        "build-ItemsFunction",
    ]
    for name in [
        *targets,
        "build-DependencyLayer",
        "PYTHON",
        "PORT",
        "MEMORY",
        "COLD",
        "VERBOSE",
        "ARTIFACT",
        "TARGET_PYTHON",
    ]:
        [line] = [line for line in said.splitlines() if line.split()[:1] == [name]]
        assert len(line.split()) > 2


def test_run_serves_with_its_defaults(tree: Path) -> None:
    """`make run` starts the stack in the run environment, with items in .local/ and no other setting."""
    result = make(tree, "run")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert "venv.sh .venv requirements.txt requirements-local.txt" in told(tree)
    assert "ran: -m local up" in told(tree)
    assert f"ITEMS_DATABASE={tree}/.local/items.sqlite3" in told(tree)
    assert [line for line in told(tree) if line.startswith("LOCAL_")] == []


def test_run_hands_its_variables_on(tree: Path) -> None:
    """The short names of `make run` arrive under the names that local/ reads; what was set already stays."""
    short = [
        "PORT=8001",
        "XRAY_PORT=2001",
        "AWS_PORT=4567",
        "VIEWER_PORT=8002",
        "VERBOSE=1",
        "SHAPING=off",
        "MEMORY=1769",
    ]
    result = make(tree, "run", *short, LOCAL_PARAMETERS="Stage=test", ITEMS_DATABASE="/data/items", LOCAL_DIR="/d")
    assert result.returncode == 0, result.stderr
    assert {
        "LOCAL_PORT=8001",
        "LOCAL_XRAY_PORT=2001",
        "LOCAL_AWS_PORT=4567",
        "LOCAL_VIEWER_PORT=8002",
        "LOCAL_VERBOSE=1",
        "LOCAL_SHAPING=off",
        "LOCAL_PARAMETERS=Stage=test MemorySize=1769",
        "LOCAL_DIR=/d",
        "ITEMS_DATABASE=/data/items",
    } <= set(told(tree))


def test_active_environment_does_not_leak(tree: Path) -> None:
    """An activated environment and a PYTHONPATH of the user's are not those of the stack."""
    foreign = {"VIRTUAL_ENV": "/other", "PYTHONPATH": "/other", "PYTHONHOME": "/other", "PYTHONDONTWRITEBYTECODE": "1"}
    assert make(tree, "run", **foreign).returncode == 0
    assert [line for line in told(tree) if line.split("=")[0] in foreign] == []


@pytest.mark.parametrize("value", ["1", "on", "yes", "true"])
def test_artifact_is_built_before_it_is_served(tree: Path, value: str) -> None:
    """ARTIFACT=1 builds build/host for the run environment's Python, then serves it."""
    assert make(tree, "run", f"ARTIFACT={value}").returncode == 0
    ran = [line for line in told(tree) if line.startswith("ran:")]
    assert ran == ["ran: -m artifact host build/host --python .venv/bin/python", "ran: -m local up"]
    assert "LOCAL_ARTIFACT=build/host" in told(tree)


def test_artifact_off_serves_the_work_tree(tree: Path) -> None:
    """ARTIFACT=0 is off."""
    assert make(tree, "run", "ARTIFACT=0").returncode == 0
    assert [line for line in told(tree) if line.startswith("ran:")] == ["ran: -m local up"]
    assert [line for line in told(tree) if line.startswith("LOCAL_ARTIFACT")] == []


def test_dev_is_uvicorn_with_reload(tree: Path) -> None:
    """`make dev` serves the same app with uvicorn on the loopback address, with the same items."""
    assert make(tree, "dev", "PORT=8123").returncode == 0
    [ran] = [line for line in told(tree) if line.startswith("ran:")]
    assert ran.startswith("ran: -m uvicorn service.handler:app --host 127.0.0.1 --port 8123 ")
    assert "--reload " in ran
    assert f"ITEMS_DATABASE={tree}/.local/items.sqlite3" in told(tree)


def test_test_installs_all_that_tests_need(tree: Path) -> None:
    """`make test` brings up all six environments and runs pytest in parallel with the arguments given."""
    assert make(tree, "test", "ARGS=-k store").returncode == 0
    assert {
        "venv.sh .venv requirements.txt requirements-local.txt requirements-dev.txt",
        "venv.sh .venv-sam requirements-sam.txt",
        "venv.sh .venv-check requirements-check.txt",
        "venv.sh .venv-ministack requirements-ministack.txt",
        "venv.sh .venv-awscli requirements-awscli.txt",
        "venv.sh .venv-build requirements-build.txt",
        "ran: -m pytest --quiet --numprocesses auto --dist loadgroup -k store",
    } <= set(told(tree))


def test_check_looks_at_code_and_templates(tree: Path) -> None:
    """`make check` runs ruff, mypy, the arrows and the checks of the templates, with their tools installed."""
    assert make(tree, "check").returncode == 0
    assert [line for line in told(tree) if line.startswith("ran:")] == [
        "ran: -m ruff check .",
        "ran: -m ruff format --check .",
        "ran: -m mypy",
        "ran: -m pytest --quiet tests/test_architecture.py tests/dashboards/test_languages.py",
        "ran: -m dashboards check",
        "ran: -m deployment check",
    ]
    assert {
        "venv.sh .venv-sam requirements-sam.txt",
        "venv.sh .venv-check requirements-check.txt",
    } <= set(told(tree))


def test_deploy_check_has_sam_and_an_aws(tree: Path) -> None:
    """`make deploy-check` deploys, with SAM, ministack and what builds the artifact installed."""
    assert make(tree, "deploy-check").returncode == 0
    assert "ran: -m deployment trial" in told(tree)
    assert {
        "venv.sh .venv-sam requirements-sam.txt",
        "venv.sh .venv-ministack requirements-ministack.txt",
        "venv.sh .venv-build requirements-build.txt",
    } <= set(told(tree))


def test_sweep_hands_its_variables_on(tree: Path) -> None:
    """Without variables the sweep's own defaults hold; MEMORY is its list of sizes, and not the stack's memory."""
    assert make(tree, "sweep").returncode == 0
    assert "ran: -m load_tests sweep" in told(tree)
    given = ["MEMORY=128,512", "TIMEOUT=3,10", "COLD=5", "DURATION=20", "ARGS=--p99 300"]
    assert make(tree, "sweep", *given).returncode == 0
    assert "ran: -m load_tests sweep --memory 128,512 --timeout 3,10 --cold 5 --duration 20 --p99 300" in told(tree)
    assert [line for line in told(tree) if line.startswith("LOCAL_")] == []


def test_failure_fails(tree: Path) -> None:
    """A test run that fails, or an environment that cannot be made, fails make."""
    interpreter(tree, "#!/bin/sh\nexit 3\n")
    assert make(tree, "test").returncode == 2
    (tree / "toolchain/venv.sh").write_text("exit 1\n")
    assert make(tree, "run").returncode == 2


def test_clean_keeps_the_items(tree: Path) -> None:
    """`make clean` removes environments, builds and caches; what the user stored stays."""
    for name in (".local", "build/host", ".mypy_cache", "service/__pycache__"):
        (tree / name).mkdir(parents=True)
    (tree / ".local/items.sqlite3").touch()
    assert make(tree, "clean").returncode == 0
    left = {path.name for path in tree.iterdir()}
    assert left == {"Makefile", "toolchain", "service", ".local"}
    assert list((tree / "service").iterdir()) == []
    assert (tree / ".local/items.sqlite3").exists()


@pytest.mark.parametrize("target", ["run", "dev"])
@pytest.mark.parametrize("kill", ["Ctrl-C", "SIGTERM to make"])
def test_stop_is_quiet_and_leaves_nothing(tree: Path, target: str, kill: str) -> None:
    """Ctrl-C in `make run` prints no error of make's; ending make alone ends the stack too."""
    interpreter(tree, SERVER.format(python=sys.executable))
    process = subprocess.Popen(
        ["make", target],
        cwd=tree,
        env=environment(),
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    server = int(wait_for(tree / "ready"))
    if kill == "Ctrl-C":
        os.killpg(process.pid, signal.SIGINT)  # a terminal sends it to all that run in the foreground
    else:
        process.terminate()
    output, _ = process.communicate(timeout=DEADLINE_S)
    if kill == "Ctrl-C":
        assert output == ""
    with pytest.raises(ProcessLookupError):
        os.kill(server, 0)


def wait_for(file: Path) -> str:
    deadline = time.monotonic() + DEADLINE_S
    while not (file.exists() and file.read_text()):
        assert time.monotonic() < deadline, f"{file} did not appear"
        time.sleep(0.02)
    return file.read_text()


def test_soak_takes_its_length_and_rate(tree: Path) -> None:
    """`make soak` is ten minutes at 200 requests/s by its own defaults; DURATION and RATE change them."""
    assert make(tree, "soak").returncode == 0
    assert make(tree, "soak", "DURATION=90", "RATE=100").returncode == 0
    ran = [line.split() for line in told(tree) if line.startswith("ran:")]
    plain, changed = ran
    assert plain == ["ran:", "-m", "load_tests.soak"]
    assert changed == ["ran:", "-m", "load_tests.soak", "--duration", "90", "--rate", "100"]
