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
        [*command, "--port", "0", "--xray-port", "0", "--aws-port", "0", "--viewer-port", "0"],
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
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
