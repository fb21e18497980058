"""The last gasp: what a request that runs into Lambda's timeout leaves behind. In real sandboxes, killed for real."""

from __future__ import annotations

import base64
import importlib.util
import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fastapi import FastAPI
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Status

from local.lambda_runtime import Outcome, RuntimeClient
from observability import Settings, lambda_handler, observe
from observability.testing import FakeContext, capture
from tests.local.lambda_runtime.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from tests.observability.conftest import ListeningDaemon

ROOT = Path(__file__).parents[2]
APP = Path(__file__).with_name("hanging_app.py").read_text(encoding="utf-8")
HAS_AWSLAMBDARIC = importlib.util.find_spec("awslambdaric") is not None


def event(path: str) -> dict[str, Any]:
    """API Gateway developer guide, "Input format of a Lambda function for proxy integration", what matters here."""
    return {
        "resource": "/{proxy+}",
        "path": path,
        "httpMethod": "GET",
        "headers": {"Host": "test"},
        "multiValueHeaders": {"Host": ["test"]},
        "queryStringParameters": None,
        "requestContext": {"requestId": "gw-1", "stage": "prod", "path": path, "identity": {"sourceIp": "192.0.2.7"}},
        "body": None,
        "isBase64Encoded": False,
    }


class Story:
    """Events played in sandboxes with a timeout of a second, and the lines that they left."""

    def __init__(self, folder: Path, *paths: str, **settings: Any) -> None:
        self.stage = Stage(folder, RuntimeClient.AWSLAMBDARIC if HAS_AWSLAMBDARIC else RuntimeClient.STDLIB)
        tracing = "native" if "daemon_address" in settings else "off"
        environment = {"PYTHONPATH": str(ROOT), "OBSERVABILITY_TRACING": tracing, **settings.pop("environment", {})}
        self.results = self.stage.play(
            APP, *map(event, paths), **{"timeout_s": 1.0, "environment": environment, "memory_mb": 512, **settings}
        )

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [line for line in map(json.loads, self.stage.recorder.function) if "_aws" in line]

    @property
    def logs(self) -> list[dict[str, Any]]:
        return [line for line in map(json.loads, self.stage.recorder.function) if "_aws" not in line]

    def answer(self, number: int) -> Any:
        return json.loads(json.loads(self.results[number].payload)["body"])


HANGS = {
    "/sleep/5": ("/sleep/{item_id}", "hangs_in_sleep"),
    "/recv": ("/recv", "hangs_in_recv"),
    "/loop": ("/loop", "hangs_in_a_loop"),
    "/lock": ("/lock", "hangs_at_a_lock"),
    "/await": ("/await", "hangs_in_await"),
    "/gather": ("/gather", "hangs_in_await"),
    "/group": ("/group", "hangs_in_await"),
    "/threadpool": ("/threadpool", "hangs_in_sleep"),
    "/to-thread": ("/to-thread", "hangs_at_a_lock"),
    "/executor": ("/executor", "hangs_in_recv"),
}


@pytest.mark.parametrize("path", HANGS)
def test_a_request_that_hangs_says_where_before_lambda_stops_it(path: str, tmp_path: Path) -> None:
    """Its line is in the log before "Task timed out": an ERROR, near_timeout, with the function in which it hangs."""
    route, function = HANGS[path]
    story = Story(tmp_path, path)
    assert story.results[0].outcome is Outcome.TIMEOUT
    (line,) = story.lines
    texts = story.stage.recorder.lines()
    assert texts.index(story.stage.recorder.function[0]) < next(
        n for n, text in enumerate(texts) if "timed out" in text
    )
    assert (line["level"], line["near_timeout"], line["status"]) == ("ERROR", True, 504)
    assert (line["NearTimeouts"], line["Faults"], line["Requests"]) == (1, 1, 1)
    assert (line["route"], line["path"], line["request_id"]) == (route, path, "gw-1")
    assert line["message"].startswith(f"GET {route} 504 near timeout: still in {function} (app.py:")
    assert line["error_type"] == "NearTimeoutError"
    assert line["error_stack"].splitlines()[-1].endswith(f"in {function}") or f"in {function}\n" in line["error_stack"]
    assert 0 < line["remaining_ms"] <= 200
    assert line["TelemetryFailures"] == 0


@pytest.mark.parametrize("tracing", ["native", "xray-sdk"])
def test_its_trace_is_sent_with_the_open_spans_closed_and_marked(
    tracing: str, tmp_path: Path, daemon: ListeningDaemon
) -> None:
    """Spans that were open end with the line and are faults that tell where it hangs; ended ones stay as they are."""
    environment = {"OBSERVABILITY_TRACING": tracing}
    story = Story(tmp_path, "/sleep/5", daemon_address=daemon.address, environment=environment)
    (line,) = story.lines
    assert line["item"] == "5"
    document = daemon.document()
    over, outer = document["subsegments"]
    (inner,) = outer["subsegments"]
    assert (document["fault"], document["http"]["response"]["status"]) == (True, 504)
    (cause,) = inner["cause"]["exceptions"]
    assert (cause["type"], cause["stack"][-1]["label"]) == ("NearTimeoutError", "hangs_in_sleep")
    assert document["cause"] == outer["cause"] == cause["id"]
    for one in (outer, inner):
        assert (one["fault"], one["annotations"]["near_timeout"], one["end_time"]) == (True, True, document["end_time"])
        assert "in_progress" not in one
    assert inner["annotations"]["box"] == 3
    assert not {"fault", "annotations"} & over.keys()


def test_its_trace_is_sent_by_opentelemetry_too(tmp_path: Path, daemon: ListeningDaemon) -> None:
    """The same spans, ended, marked and failed, in one OTLP datagram."""
    environment = {"OBSERVABILITY_TRACING": "otel"}
    story = Story(tmp_path, "/sleep/5", daemon_address=daemon.address, environment=environment)
    assert story.lines[0]["TelemetryFailures"] == 0
    header, _, body = daemon.datagram().partition(b"\n")
    assert (header, body[:3]) == (b'{"format":"json","version":1}', b"T1S")
    found = ExportTraceServiceRequest.FromString(base64.b64decode(body[3:]))
    spans = {span.name: span for part in found.resource_spans for group in part.scope_spans for span in group.spans}
    assert spans.keys() == {"GET /sleep/{item_id}", "over", "outer", "inner"}
    for name in ("GET /sleep/{item_id}", "outer", "inner"):
        assert spans[name].status.code == Status.STATUS_CODE_ERROR
        assert spans[name].end_time_unix_nano > spans[name].start_time_unix_nano
    assert "near_timeout" in [attribute.key for attribute in spans["inner"].attributes]
    assert "near_timeout" not in [attribute.key for attribute in spans["over"].attributes]


def test_its_log_lines_are_shown(tmp_path: Path) -> None:
    """What was kept below the level tells what led to the hang; the wide line comes first, for it matters most."""
    story = Story(tmp_path, "/sleep/5")
    (shown,) = story.logs
    assert (shown["level"], shown["message"], shown["item"]) == ("DEBUG", "about to hang", "5")
    assert (shown["route"], shown["request_id"]) == ("/sleep/{item_id}", "gw-1")
    assert "_aws" in json.loads(story.stage.recorder.function[0])


def test_a_request_that_completes_after_all_leaves_nothing_twice(tmp_path: Path) -> None:
    """The client gets its answer; the line of just before stays the only one; what came later is no failure."""
    story = Story(tmp_path, "/lasts/900", "/lasts/0", "/lasts/0")
    assert [story.answer(number) for number in range(3)] == ["done", "done", "done"]
    gasped, second, third = story.lines
    assert (gasped["near_timeout"], gasped["route"], gasped["status"]) == (True, "/lasts/{milliseconds}", 504)
    assert "_lasts (app.py:" in gasped["message"]
    assert "late" not in gasped
    for line in (second, third):
        assert (line["status"], line["late"], line["TelemetryFailures"], line["NearTimeouts"]) == (200, "yes", 0, 0)
        assert "near_timeout" not in line


def test_requests_share_one_thread(tmp_path: Path) -> None:
    """Each leaves one line; the watchdog's thread is started by the first and serves them all."""
    story = Story(tmp_path, *["/threads"] * 30, timeout_s=30.0)
    found = [story.answer(number) for number in range(30)]
    assert len(found[0]) == 1
    assert all(one == found[0] for one in found)
    assert [line["status"] for line in story.lines] == [200] * 30


def test_a_lead_longer_than_the_timeout_gasps_halfway(tmp_path: Path) -> None:
    """A setting that would make every request gasp at once leaves each at least half of its time."""
    story = Story(tmp_path, "/lasts/300", timeout_s=30.0, environment={"OBSERVABILITY_NEAR_TIMEOUT_MS": "60000"})
    (line,) = story.lines
    assert (line["status"], line["NearTimeouts"]) == (200, 0)


def test_zero_turns_it_off(tmp_path: Path) -> None:
    """Without a lead no thread is started, and a request that hangs leaves nothing."""
    off = {"OBSERVABILITY_NEAR_TIMEOUT_MS": "0"}
    story = Story(tmp_path, "/threads", "/sleep/5", environment=off)
    assert story.answer(0) == []
    assert [line["path"] for line in story.lines] == ["/threads"]


def test_a_stack_without_end_is_cut_outside(tmp_path: Path) -> None:
    """Of a deep recursion the inner calls are kept, and the number of the others."""
    (line,) = Story(tmp_path, "/deep").lines
    first, *calls = line["error_stack"].splitlines()
    assert first == "Thread MainThread (most recent call last):"
    assert calls[0].endswith(" calls further out")
    assert len(calls) == 61
    assert all(call.endswith("in hangs_deep") for call in calls[1:])


def test_nothing_is_watched_outside_lambda(call: Callable[..., httpx.Response]) -> None:
    """Where nobody stops requests there is no thread."""
    app = FastAPI()
    observe(app, settings=Settings())
    with capture(app):
        call(app, "GET", "/")
    assert app.state.observability._watchdog is None  # noqa: SLF001 (threads of other tests have the same name)


def test_the_thread_ends_with_its_application() -> None:
    """Nothing of an application that is gone stays behind: its watchdog is told, however long it was to sleep."""
    app = FastAPI()
    observe(app, settings=Settings())
    handler = lambda_handler(app, environ={})
    with capture(app):
        handler(event("/"), FakeContext(remaining_ms=900_000))
    handler.close()
    observer = app.state.observability
    thread = observer._watchdog._thread  # noqa: SLF001 (there is no other way to see whether it ends)
    assert thread.is_alive()
    observer._watchdog = None  # noqa: SLF001 (what the collector does with the application, without its cycles)
    thread.join(30)
    assert not thread.is_alive()
    assert isinstance(thread, threading.Thread)


def test_a_forked_process_has_a_watchdog_of_its_own(tmp_path: Path) -> None:
    """A fork takes no threads along: the first request in the child starts the watchdog anew."""
    (tmp_path / "app.py").write_text(APP, encoding="utf-8")
    code = f"""
import os, sys
from app import handler
from observability.testing import FakeContext
handler({event("/threads")!r}, FakeContext(remaining_ms=1_200))
child = os.fork()
if child == 0:
    handler({event("/lasts/1150")!r}, FakeContext(remaining_ms=1_200))
    os._exit(0)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={"PYTHONPATH": f"{ROOT}:{tmp_path}", "OBSERVABILITY_TRACING": "off"},
    )
    parents, childs = (json.loads(line) for line in done.stdout.splitlines())
    assert (parents["path"], parents["NearTimeouts"]) == ("/threads", 0)
    assert (childs["path"], childs["NearTimeouts"]) == ("/lasts/1150", 1)
    assert "still in _lasts (app.py:" in childs["message"]
