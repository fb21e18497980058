"""`python -m local up`, driven as a real process over real sockets."""

import base64
import json
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Up = Callable[..., Any]
Command = Callable[..., subprocess.CompletedProcess[str]]


def test_a_request_reaches_the_function_and_its_answer_the_client(up: Up) -> None:
    """GET reaches the handler as a REST proxy event; the answer has API Gateway's headers."""
    status, headers, body = up().request("GET", "/some/path?a=1&a=2")
    event = json.loads(body)
    assert status == 200
    assert event["path"] == "/some/path"
    assert event["multiValueQueryStringParameters"] == {"a": ["1", "2"]}
    assert headers["x-amzn-RequestId"] == event["requestContext"]["requestId"]
    assert headers["x-amz-apigw-id"] == event["requestContext"]["extendedRequestId"]
    assert re.fullmatch(r"Root=1-[0-9a-f]{8}-[0-9a-f]{24};Sampled=1", headers["X-Amzn-Trace-Id"])


@pytest.mark.parametrize(
    ("path", "status", "body", "said"),
    [
        ("/crash", 502, b'{"message": "Internal server error"}', "crash"),
        ("/raise", 502, b'{"message": "Internal server error"}', "function error: ValueError: on purpose"),
        ("/malformed", 502, b'{"message": "Internal server error"}', "malformed Lambda proxy response"),
        ("/slow", 504, b'{"message": "Endpoint request timed out"}', "timed out after 2.00 seconds"),
    ],
)
def test_a_failing_function_gives_api_gateways_answer(up: Up, path: str, status: int, body: bytes, said: str) -> None:
    """Crash, exception, malformed answer: 502; the function's own timeout: 504; the terminal says why in words."""
    stack = up()
    answer = stack.request("GET", path)
    assert (answer[0], answer[2]) == (status, body)
    assert answer[1]["x-amzn-ErrorType"] == "InternalServerErrorException"
    assert said in stack.wait_for(said)


def test_the_terminal_shows_one_line_a_request(up: Up) -> None:
    """Time, method, route, status, milliseconds, cold or warm, and the trace id, aligned, without colours in a pipe."""
    stack = up()
    root = re.escape(stack.request("GET", "/x")[1]["X-Amzn-Trace-Id"][5:40])
    stack.request("POST", "/x", b"{}")
    line = r"\d\d:\d\d:\d\d\.\d{3}  %s /\{proxy\+\}                           200 +\d+\.\d  %s   %s\n"
    printed = stack.wait_for("POST")
    assert re.search(line % ("GET    ", "cold", root), printed)
    assert re.search(line % ("POST   ", "warm", "1-[0-9a-f-]{33}"), printed)
    assert "\x1b" not in printed


def test_the_wide_line_gives_the_route_template(up: Up) -> None:
    """A wide JSON line of the function is joined with the request's line, and not shown by itself."""
    stack = up()
    stack.request("GET", "/wide")
    printed = stack.wait_for("/wide/{of}/route")
    assert "function_request_id" not in printed
    assert re.search(r"  GET     /wide/\{of\}/route +200 +\d+\.\d  warm   1-", printed)


def test_hostile_log_lines_do_nothing(up: Up) -> None:
    """Control characters of the function are shown and kept escaped, and never make a line of their own."""
    stack = up()
    stack.request("GET", "/hostile")
    shown = r"first \x1b[2Jsecond\x0bthird \u2028 fourth"
    assert shown in stack.wait_for("fourth")
    (log,) = (stack.local / "logs").rglob("*.log")
    assert next(line for line in log.read_text().splitlines() if "first" in line).endswith(f"Z {shown}")


def test_platform_lines_are_shown_with_verbose_only(up: Up, tmp_path: Path) -> None:
    """START, END and REPORT are always in the log file; the terminal shows them with --verbose."""
    stack = up()
    stack.request("GET", "/x")
    stack.stop()
    (log,) = (stack.local / "logs" / "aws" / "lambda" / "Tiny").rglob("*.log")
    assert "REPORT RequestId: " in log.read_text()
    assert "REPORT" not in stack.printed()
    verbose = up("--verbose")
    verbose.request("GET", "/x")
    assert "REPORT RequestId: " in verbose.wait_for("REPORT")


def test_everything_is_kept_as_files(up: Up) -> None:
    """requests.jsonl has a line a request, traces.jsonl the segments of API Gateway and Lambda, linked."""
    stack = up()
    trace = stack.request("GET", "/x")[1]["X-Amzn-Trace-Id"][5:40]
    stack.stop()
    (request,) = stack.json_lines("requests.jsonl")
    assert (request["method"], request["path"], request["resource"], request["status"]) == (
        "GET",
        "/x",
        "/{proxy+}",
        200,
    )
    assert request["trace_id"] == trace
    segments = {segment["origin"]: segment for segment in stack.json_lines("traces.jsonl")}
    assert set(segments) == {"AWS::ApiGateway::Stage", "AWS::Lambda", "AWS::Lambda::Function"}
    assert {segment["trace_id"] for segment in segments.values()} == {trace}
    assert segments["AWS::Lambda"]["parent_id"] == segments["AWS::ApiGateway::Stage"]["subsegments"][0]["id"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_all(up: Up, number: signal.Signals) -> None:
    """Ctrl-C and SIGTERM: exit code 0, a last line, no process, no run.json, the port free again."""
    stack = up()
    sandbox = json.loads(stack.request("GET", "/env")[2])["AWS_LAMBDA_RUNTIME_API"]
    assert stack.stop(number) == 0
    assert stack.printed().endswith("stopped\n")
    assert "1 requests, 0 rejected datagrams" in stack.printed()
    assert not (stack.local / "run.json").exists()
    assert stack.sandboxes() == []
    for address in (f"127.0.0.1:{stack.port}", sandbox):
        host, _, port = address.partition(":")
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((host, int(port)))


def test_ctrl_c_stops_a_request_that_hangs(up: Up) -> None:
    """A request under way does not keep the stack from stopping, and leaves no process."""
    stack = up()
    with socket.create_connection(("127.0.0.1", stack.port)) as client:
        client.sendall(b"GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n")
        stack.wait_until(stack.sandboxes)
        assert stack.stop() == 0
    assert stack.err.read_text() == ""
    stack.wait_until(lambda: not stack.sandboxes())


def test_a_second_ctrl_c_kills(up: Up) -> None:
    """While a request under way is waited for, another signal ends everything at once, and leaves no process."""
    stack = up("--parameters", "Seconds=60")
    with socket.create_connection(("127.0.0.1", stack.port)) as client:
        client.sendall(b"GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n")
        stack.wait_until(stack.sandboxes)
        stack.process.send_signal(signal.SIGINT)
        stack.wait_for("stopping; once more to kill")
        assert stack.stop() == 130
    stack.wait_until(lambda: not stack.sandboxes())


def test_output_that_nobody_reads_ends_nothing(up: Up, app: Path, tmp_path: Path) -> None:
    """`up | head`: the reader goes away, the stack serves on, and ends without a word when told."""
    variables = {"PATH": "/usr/bin:/bin", "LOCAL_DIR": str(tmp_path / "piped"), "LOCAL_SHAPING": "off"}
    command = [sys.executable, "-m", "local", "up", "--template", str(app / "template.yaml")]
    with subprocess.Popen(
        [*command, "--port", "0", "--xray-port", "0"], env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        url = process.stdout.readline().split()[1].decode()
        process.stdout.close()
        for _ in range(2):
            with urllib.request.urlopen(f"{url}/x") as answer:  # noqa: S310 - our own http address
                assert answer.status == 200
        process.send_signal(signal.SIGTERM)
        assert (process.wait(40), process.stderr.read()) == (0, b"")


def test_a_taken_port_is_named(up: Up, local_command: Command, app: Path, tmp_path: Path) -> None:
    """Exit code 1 and one line with the port and the setting, for both ports; nothing is left behind."""
    for kind, setting in ((socket.SOCK_STREAM, "LOCAL_PORT"), (socket.SOCK_DGRAM, "LOCAL_XRAY_PORT")):
        with socket.socket(socket.AF_INET, kind) as taken:
            taken.bind(("127.0.0.1", 0))
            if kind == socket.SOCK_STREAM:
                taken.listen()
            port = taken.getsockname()[1]
            folder = tmp_path / setting
            variables = {"LOCAL_PORT": "0", "LOCAL_XRAY_PORT": "0", setting: str(port), "LOCAL_DIR": str(folder)}
            done = local_command("up", "--template", str(app / "template.yaml"), **variables)
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


def test_the_stage_path(up: Up) -> None:
    """LOCAL_STAGE_PATH=on serves under /dev/ as execute-api does, and answers 403 anywhere else."""
    stack = up("--stage-path")
    event = json.loads(stack.request("GET", "/dev/x")[2])
    assert (event["path"], event["requestContext"]["path"]) == ("/x", "/dev/x")
    status, headers, body = stack.request("GET", "/x")
    assert (status, body) == (403, b'{"message": "Missing Authentication Token"}')
    assert headers["x-amzn-ErrorType"] == "MissingAuthenticationTokenException"


def test_bad_datagrams_are_rejected_by_name(up: Up) -> None:
    """The daemon takes a good document, names what is wrong with a bad one, and lives on."""
    stack = up()
    host, _, port = stack.run["xray"].partition(":")
    good = {
        "trace_id": "1-5759e988-bd862e3fe1be46a994272793",
        "id": "53995c3f42cd8ad8",
        "parent_id": "53995c3f42cd8ad7",
        "type": "subsegment",
        "name": "sent",
        "start_time": 1.5,
        "end_time": 2.5,
    }
    header = b'{"format": "json", "version": 1}\n'
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for body in (b"{}", b"\xff", json.dumps(good).encode(), b"T1S" + base64.b64encode(b"\xff\xff")):
            sender.sendto(header + body, (host, int(port)))
    stack.wait_for("X-Ray daemon: rejected a datagram (1 so far")
    stack.stop()
    assert stack.json_lines("traces.jsonl") == [good]
    assert [line["reason"].partition(":")[0] for line in stack.json_lines("rejected.jsonl")] == [
        "trace_id",
        "document",
        "otlp",
    ]


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
