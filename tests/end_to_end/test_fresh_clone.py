"""What the README promises to somebody new: clone, `make run`, and it serves; Ctrl-C, and nothing is left."""

import http.client
import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).resolve().parents[2]
# Installing takes most of it, on a slow line much; nothing here is a bound on our own speed.
PATIENCE_S = 600
pytestmark = [pytest.mark.timeout(PATIENCE_S + 120), pytest.mark.xdist_group("fresh_clone")]


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The last commit in a folder of its own. `safe.directory`: CI checks out as another user than it runs as."""
    if not (ROOT / ".git").exists():
        pytest.skip("this is no git repository, so there is nothing to clone")
    folder = tmp_path_factory.mktemp("fresh") / "clone"
    command = ["git", "-c", "safe.directory=*", "clone", "--quiet", str(ROOT), str(folder)]
    subprocess.run(command, check=True, capture_output=True)
    return folder


def bare_environment(home: Path) -> dict[str, str]:
    """An empty home folder, a PATH, and what leads to a package index through a company's proxy."""
    home.mkdir(exist_ok=True)
    proxies = re.compile(r"PATH|PIP_.*|UV_.*|SSL_.*|.*_CA_BUNDLE|(HTTPS?|NO|ALL)_PROXY|PYENV_ROOT", re.IGNORECASE)
    kept = {name: value for name, value in os.environ.items() if proxies.fullmatch(name)}
    return kept | {"HOME": str(home)}


@contextmanager
def running(clone: Path, output: Path, *variables: str) -> Iterator[subprocess.Popen[bytes]]:
    """`make run` on free ports, as the leader of its own process group: the terminal's foreground job."""
    command = ["make", "run", "PORT=0", "XRAY_PORT=0", *variables]
    with output.open("wb") as file:
        process = subprocess.Popen(
            command,
            cwd=clone,
            env=bare_environment(clone.parent / "home"),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def address(process: subprocess.Popen[bytes], output: Path) -> str:
    """The address that the start-up lines print."""
    deadline = time.monotonic() + PATIENCE_S
    while not (found := re.search(r"http://(127\.0\.0\.1:\d+)", output.read_text())):
        assert process.poll() is None, output.read_text()
        assert time.monotonic() < deadline, output.read_text()
        time.sleep(0.1)
    return found[1]


def request(host: str, method: str, path: str, body: object = None) -> tuple[int, object]:
    connection = http.client.HTTPConnection(host, timeout=60)
    try:
        text = None if body is None else json.dumps(body)
        connection.request(method, path, text, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def press_ctrl_c(process: subprocess.Popen[bytes]) -> None:
    os.killpg(process.pid, signal.SIGINT)
    process.wait(timeout=60)


def processes_below(folder: Path) -> list[str]:
    """The command lines of processes that work in `folder` or run something of it."""
    found = []
    for process in psutil.process_iter(["cmdline", "cwd"]):
        words = [process.info["cwd"] or "", *(process.info["cmdline"] or [])]
        if any(word.startswith(f"{folder}/") or word == str(folder) for word in words):
            found.append(" ".join(words))
    return found


def test_clone_and_make_run_serves(clone: Path, tmp_path: Path) -> None:
    """On a machine with an empty home folder, `make run` installs, serves and keeps; Ctrl-C ends all of it."""
    output = tmp_path / "output"
    with running(clone, output) as process:
        host = address(process, output)
        assert request(host, "GET", "/api/health") == (200, {"status": "alive"})
        status, item = request(host, "POST", "/api/items/", {"name": "lamp", "price_cents": 1999})
        assert status == 201
        assert isinstance(item, dict)
        assert request(host, "GET", f"/api/items/{item['id']}") == (200, item)
        press_ctrl_c(process)
    said = output.read_text()
    assert "POST    /api/items/" in said
    assert "Error" not in said
    assert "Traceback" not in said
    assert processes_below(clone) == []
    assert (clone / ".local/items.sqlite3").is_file()
    changed = subprocess.run(["git", "status", "--porcelain"], check=True, cwd=clone, capture_output=True, text=True)
    assert changed.stdout == ""


def test_artifact_is_built_and_served(clone: Path, tmp_path: Path) -> None:
    """`make run ARTIFACT=1` serves what would be deployed, built for this machine, whatever the tree then holds."""
    output = tmp_path / "output"
    with running(clone, output, "ARTIFACT=1") as process:
        host = address(process, output)
        (clone / "service/handler.py").rename(clone / "service/handler.away")
        try:
            assert request(host, "GET", "/api/health") == (200, {"status": "alive"})
        finally:
            (clone / "service/handler.away").rename(clone / "service/handler.py")
        press_ctrl_c(process)
    built = clone / "build/host"
    assert {path.name for path in built.iterdir()} == {"function", "layer", "runtime"}
    assert {path.name for path in (built / "function").iterdir()} == {"service", "observability"}
    sources = list((built / "function").rglob("*.py"))
    assert len(list((built / "function").rglob("*.pyc"))) == len(sources)
    [client] = (built / "runtime").glob("lib/python3.*/site-packages")
    assert not (client / "fastapi").exists()
    assert processes_below(clone) == []
