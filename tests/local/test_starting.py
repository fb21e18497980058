"""How a stack starts, what keeps it from starting, and the other commands: real processes."""

import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

Up = Callable[..., Any]
Command = Callable[..., subprocess.CompletedProcess[str]]


def test_a_taken_port_is_named(up: Up, local_command: Command, app: Path, tmp_path: Path) -> None:
    """Exit code 1 and one line with the port and the setting, for each of the ports; nothing is left behind."""
    tcp, udp = socket.SOCK_STREAM, socket.SOCK_DGRAM
    for kind, setting in (
        (tcp, "LOCAL_PORT"),
        (udp, "LOCAL_XRAY_PORT"),
        (tcp, "LOCAL_AWS_PORT"),
        (tcp, "LOCAL_VIEWER_PORT"),
    ):
        with socket.socket(socket.AF_INET, kind) as taken:
            taken.bind(("127.0.0.1", 0))
            if kind == socket.SOCK_STREAM:
                taken.listen()
            port = taken.getsockname()[1]
            folder = tmp_path / setting
            ports = dict.fromkeys(("LOCAL_PORT", "LOCAL_XRAY_PORT", "LOCAL_AWS_PORT", "LOCAL_VIEWER_PORT"), "0")
            ports[setting] = str(port)
            done = local_command("up", "--template", str(app / "template.yaml"), LOCAL_DIR=str(folder), **ports)
        line = f"local: port {port} of 127.0.0.1 is taken; {setting} sets another, 0 any free one\n"
        assert (done.returncode, done.stdout, done.stderr) == (1, "", line)
        assert not (folder / "run.json").exists()


def test_a_second_up_is_refused(up: Up, local_command: Command, app: Path) -> None:
    """The same LOCAL_DIR serves one stack; the refusal names its pid. The first goes on."""
    stack = up()
    second = local_command("up", "--template", str(app / "template.yaml"), "--dir", str(stack.local), "--port", "0")
    assert second.returncode == 1
    assert second.stderr.startswith(f"local: pid {stack.process.pid} already runs in {stack.local};")
    assert stack.request("GET", "/x")[0] == 200


def test_a_killed_run_blocks_no_later_one(up: Up) -> None:
    """After kill -9 a new `up` on the same LOCAL_DIR starts, whatever the old run.json says."""
    first = up()
    first.stop(signal.SIGKILL)
    assert (first.local / "run.json").exists()
    (first.local / "run.json").unlink()
    assert up().request("GET", "/x")[0] == 200


def test_a_folder_that_cannot_be_written_is_named(local_command: Command, app: Path, tmp_path: Path) -> None:
    """LOCAL_DIR below a file: exit code 1, one line that names the folder and the setting."""
    (tmp_path / "file").write_text("")
    done = local_command("up", LOCAL_DIR=str(tmp_path / "file" / "x"), LOCAL_TEMPLATE=str(app / "template.yaml"))
    assert done.returncode == 1
    assert done.stderr.startswith(f"local: {tmp_path}/file/x: not a folder that can be written")
    assert done.stderr.endswith("LOCAL_DIR names another\n")
    assert done.stderr.count("\n") == 1


def test_a_missing_template_is_named(local_command: Command, tmp_path: Path) -> None:
    """Exit code 1, one line that names the file and LOCAL_TEMPLATE."""
    done = local_command("up", LOCAL_DIR=str(tmp_path), LOCAL_TEMPLATE=str(tmp_path / "none.yaml"))
    line = f"local: {tmp_path}/none.yaml: No such file or directory; LOCAL_TEMPLATE names another template\n"
    assert (done.returncode, done.stderr) == (1, line)


def test_down_status_and_reset(up: Up, local_command: Command) -> None:
    """`status` tells pid and addresses, `reset` is refused while it runs, `down` ends it, `reset` empties it."""
    stack = up()
    stack.request("GET", "/x")
    folder = ["--dir", str(stack.local)]
    running = local_command("status", *folder)
    assert running.returncode == 0
    assert f"pid {stack.process.pid} " in running.stdout
    assert stack.run["api"] in running.stdout
    assert "1 requests, 0 rejected datagrams" in running.stdout
    (stack.local / "items.sqlite3").write_text("")
    (stack.local / "mine.txt").write_text("")
    refused = local_command("reset", *folder)
    assert (refused.returncode, (stack.local / "items.sqlite3").exists()) == (1, True)
    assert local_command("down", *folder).stdout == f"stopped pid {stack.process.pid}\n"
    assert stack.process.wait() == 0
    assert local_command("status", *folder).returncode == 3
    assert local_command("reset", *folder).returncode == 0
    assert sorted(path.name for path in stack.local.iterdir()) == ["mine.txt", "run.lock"]


def test_reset_touches_no_folder_that_is_not_ours(local_command: Command, tmp_path: Path) -> None:
    """A LOCAL_DIR in which nothing ever ran keeps its files."""
    (tmp_path / "precious.sqlite3").write_text("")
    assert local_command("reset", LOCAL_DIR=str(tmp_path)).returncode == 0
    assert (tmp_path / "precious.sqlite3").exists()


def test_the_start_lines_tell_what_runs(up: Up) -> None:
    """Addresses, function, memory, runtime client, shaping, files, and what was overridden."""
    stack = up("--parameters", "Memory=512")
    printed = stack.printed()
    assert f"API        http://127.0.0.1:{stack.port}\n" in printed
    assert "function   Tiny: 512 MB, timeout 2 s" in printed
    assert "shaping    none" in printed
    assert f"files      {stack.local}/\n" in printed


def test_an_uninstalled_runtime_client_is_named(local_command: Command, app: Path, tmp_path: Path) -> None:
    """An artifact without its parts is refused, naming the part and the setting."""
    variables = {"LOCAL_DIR": str(tmp_path / "l"), "LOCAL_TEMPLATE": str(app / "template.yaml")}
    done = local_command("up", LOCAL_ARTIFACT=str(tmp_path), **variables)
    assert done.returncode == 1
    assert done.stderr == f"local: LOCAL_ARTIFACT={tmp_path}: it has no function; make artifact builds it\n"


def test_an_artifact_is_served(up: Up, app: Path, tmp_path: Path) -> None:
    """LOCAL_ARTIFACT: code from function/, packages from layer/python/, the interpreter of runtime/."""
    artifact = tmp_path / "artifact"
    (artifact / "layer" / "python").mkdir(parents=True)
    (artifact / "layer" / "python" / "in_the_layer.py").write_text("ANSWER = 'layer'")
    (artifact / "function").mkdir()
    handler = "import in_the_layer\ndef handler(e, c): return {'statusCode': 200, 'body': in_the_layer.ANSWER}\n"
    (artifact / "function" / "app.py").write_text(handler)
    venv = artifact / "runtime"
    (venv / "bin").mkdir(parents=True)
    real = Path(sys.executable).resolve()
    (venv / "bin" / "python").symlink_to(real)
    (venv / "pyvenv.cfg").write_text(f"home = {real.parent}\nversion = 3.11.7\n")
    stack = up(LOCAL_ARTIFACT=str(artifact), LOCAL_RUNTIME="stdlib")
    assert stack.request("GET", "/x")[2] == b"layer"
    assert f"code       {artifact}, python 3.11.7\n" in stack.printed()
