"""Telemetry never breaks a request: whatever is wrong with it, the client gets its answer, the rest of the line is as
it should be, and what was lost is counted in TelemetryFailures.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import subprocess
import sys
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fastapi import FastAPI

from observability import Metric, Settings, Unit, current, observe, span
from observability.instruments import Instruments
from observability.testing import Capture, CountingIds, SteppingClock, capture

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import httpx

    from observability.instruments import Clock

    Call = Callable[..., httpx.Response]

ROOT = Path(__file__).parents[2]
BOXES = Metric("Boxes", Unit.COUNT, "boxes packed")
WEIGHT = Metric("Weight", Unit.KILOBYTES, "what a box weighs")


def an_app(settings: Settings | None = None, instruments: Instruments | None = None) -> FastAPI:
    app = FastAPI()
    observe(app, service="items", settings=settings or Settings(), instruments=instruments)

    @app.get("/pack/{box}")
    async def pack(box: str) -> dict[str, str]:
        current().count(BOXES)
        with span("packing"):
            return {"box": box}

    return app


def add(app: FastAPI, **fields: Any) -> None:
    """A route that adds these fields to its line, and metrics and spans beside them."""

    @app.get("/adds")
    async def adds() -> dict[str, str]:
        current().add(**fields, beside="intact")
        current().count(BOXES)
        with span("packing"):
            return {"answer": "right"}


def the_line_of(app: FastAPI, call: Call, path: str = "/adds", **more: Any) -> dict[str, Any]:
    """Asks, sees that the answer is right, and gives the one line."""
    with capture(app) as seen:
        answer = call(app, "GET", path, **more)
    assert answer.status_code == 200
    assert len(seen.text) == 1
    assert len(seen.text[0].splitlines()) == 1
    (line,) = seen.lines
    json.loads(seen.text[0], parse_constant=pytest.fail)
    assert (line["status"], line["Requests"], line["Boxes"], line["Faults"]) == (200, 1, 1, 0)
    return line


def send(to: socket.socket, datagram: bytes) -> None:
    to.send(datagram)


def in_a_process(code: str, **more: Any) -> subprocess.CompletedProcess[bytes]:
    """An observed application in a process of its own; `ask(path)` gives the status of an answer."""
    prologue = """
import asyncio, os, sys
from fastapi import FastAPI
from observability import observe
app = FastAPI()
observe(app, service="items")
def ask(path):
    found = []
    async def receive(): return {"type": "http.request", "body": b""}
    async def send(message): found.append(message)
    scope = {"type": "http", "method": "GET", "path": path, "headers": [], "query_string": b"", "root_path": ""}
    asyncio.run(app(scope, receive, send))
    return found[0]["status"]
"""
    environ = {"PYTHONPATH": str(ROOT), "OBSERVABILITY_TRACING": "off", **more.pop("env", {})}
    return subprocess.run([sys.executable, "-c", prologue + code], env=environ, check=False, timeout=100, **more)


def test_the_daemon_is_absent(call: Call) -> None:
    """Nobody listens at the daemon's address: the system says so with a later datagram, which is counted."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    settings = Settings.from_env({"AWS_XRAY_DAEMON_ADDRESS": address})
    seen = Capture()
    working, real = seen.instruments(SteppingClock(), CountingIds()), Instruments.real(settings)
    app = an_app(settings, Instruments(working.clock, working.entropy, seen.text.append, real.send_document, float))
    answers = [call(app, "GET", f"/pack/{n}") for n in range(20)]
    assert [answer.json() for answer in answers] == [{"box": str(n)} for n in range(20)]
    assert [line["path"] for line in seen.lines] == [f"/pack/{n}" for n in range(20)]
    assert sum(seen.metrics["TelemetryFailures"]) > 0
    assert {message for line in seen.lines for message in line.get("telemetry_errors", ())} == {
        "trace document not sent: ConnectionRefusedError"
    }


def test_the_daemons_socket_is_full(call: Call) -> None:
    """A buffer that takes no more is not waited for: the document is lost, and counted in its own request's line."""
    seen = Capture()
    working = seen.instruments(SteppingClock(), CountingIds())
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    ours.setblocking(False)
    app = an_app(
        instruments=Instruments(
            working.clock, working.entropy, seen.text.append, lambda datagram: send(ours, datagram), float
        )
    )
    with ours, theirs:
        with contextlib.suppress(BlockingIOError):
            while True:
                ours.send(b"x" * 1000)
        assert call(app, "GET", "/pack/1").json() == {"box": "1"}
    (line,) = seen.lines
    assert (line["TelemetryFailures"], line["Boxes"]) == (1, 1)
    assert line["telemetry_errors"] == ["trace document not sent: BlockingIOError"]


def test_stdout_is_closed() -> None:
    """A process whose standard output is gone goes on answering; the lines are lost."""
    done = in_a_process("os.close(1); print([ask('/a'), ask('/b')], file=sys.stderr)", capture_output=True)
    assert done.stderr == b"[404, 404]\n"


def test_stdout_is_none() -> None:
    """Some hosts (pythonw, daemons) have no standard output at all."""
    done = in_a_process("sys.stdout = None; print([ask('/a'), ask('/b')], file=sys.stderr)", capture_output=True)
    assert (done.stderr, done.stdout) == (b"[404, 404]\n", b"")


def test_stdout_is_a_broken_pipe_and_the_loss_is_counted() -> None:
    """The reader of the pipe is gone for one request: the next line that arrives counts it."""
    code = """
reading, writing = os.pipe()
real = os.dup(1)
os.dup2(writing, 1); os.close(writing); os.close(reading)
statuses = [ask("/lost")]
os.dup2(real, 1)
statuses.append(ask("/kept"))
print(statuses, file=sys.stderr)
"""
    done = in_a_process(code, capture_output=True)
    assert done.stderr == b"[404, 404]\n"
    (line,) = [json.loads(one) for one in done.stdout.splitlines()]
    assert (line["path"], line["TelemetryFailures"]) == ("/kept", 1)
    assert line["telemetry_errors"] == ["line not written: BrokenPipeError"]


class Stranger:
    def __repr__(self) -> str:
        return "a stranger"


class Broken:
    def __repr__(self) -> str:
        raise RuntimeError("no")


CYCLE: dict[str, Any] = {}
CYCLE["self"] = CYCLE


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        pytest.param(Stranger(), "a stranger", id="a value that is not JSON"),
        pytest.param(Broken(), "(unprintable Broken)", id="a value that cannot even be printed"),
        pytest.param(float("nan"), "nan", id="NaN"),
        pytest.param(float("inf"), "inf", id="infinity"),
        pytest.param("a\ud800b", "a\ufffdb", id="a lone surrogate"),
        pytest.param(CYCLE, {"self": "(cyclic)"}, id="a cyclic object"),
        pytest.param(10**5000, "(a number of 16610 bits)", id="a number without end"),
    ],
)
def test_a_field_is_no_json(value: Any, kept: Any, call: Call) -> None:
    """The value is replaced, and only it."""
    app = an_app()
    add(app, odd=value)
    line = the_line_of(app, call)
    assert line["odd"] == kept
    assert (line["beside"], line["TelemetryFailures"]) == ("intact", 1)


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        pytest.param(Stranger(), "a stranger", id="a value that is not JSON"),
        pytest.param(float("nan"), "nan", id="NaN"),
        pytest.param("a\ud800b", "a\ufffdb", id="a lone surrogate"),
        pytest.param(CYCLE, {"self": "(cyclic)"}, id="a cyclic object"),
    ],
)
def test_a_spans_metadata_is_no_json(value: Any, kept: Any, call: Call) -> None:
    """The same for the trace: the value is replaced, counted, and the document arrives."""
    app = an_app()

    @app.get("/adds")
    async def adds() -> dict[str, str]:
        current().count(BOXES)
        with span("odd") as odd:
            odd.metadata(odd=value, beside="intact")
        return {}

    with capture(app) as seen:
        assert call(app, "GET", "/adds").status_code == 200
    assert seen.span("odd")["metadata"]["default"] == {"odd": kept, "beside": "intact"}
    assert (seen.lines[0]["Boxes"], seen.lines[0]["TelemetryFailures"]) == (1, 1)


def test_a_header_of_300_kilobytes(call: Call) -> None:
    """It is cut, and no reason to count anything."""
    app = an_app()
    add(app)
    headers = {"user-agent": "a" * 300_000, "x-correlation-id": "b" * 300_000, "x-amzn-trace-id": "Root=" * 60_000}
    line = the_line_of(app, call, headers=headers)
    assert line["user_agent"] == "a" * 256
    assert line["correlation_id"] == line["request_id"]
    assert line["TelemetryFailures"] == 0


@pytest.mark.parametrize(
    "header",
    [
        "Root=1-zz;Parent=;;==;Sampled=9",
        "Root=1-5759E988-BD862E3FE1BE46A994272793",
        'Root=1-5759e988-bd862e3fe1be46a994272793","forged":"',
        ";" * 1000,
        "\xff\xfe",
    ],
)
@pytest.mark.parametrize("name", ["x-amzn-trace-id", "traceparent"])
def test_a_hostile_trace_header(name: str, header: str, call: Call) -> None:
    """What isn't an id isn't one: the request gets a trace of its own, or the id without what hangs on it."""
    app = an_app()
    add(app)
    line = the_line_of(app, call, headers=[(name.encode(), header.encode("latin-1"))])
    assert len(line["xray_trace_id"]) == 35
    assert line["xray_trace_id"].startswith("1-6955b900-")
    assert (line["beside"], line["TelemetryFailures"]) == ("intact", 0)


def test_a_path_that_is_no_utf8() -> None:
    """A server decodes such bytes to halves of surrogate pairs, which no reader of JSON takes: replaced, counted."""
    app = an_app()
    sent: list[Any] = []

    @app.get("/take/{name}")
    async def take(name: str) -> int:
        return len(name)

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b""}

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/take/a\udcff\udcfe",
        "query_string": b"",
        "root_path": "",
        "headers": [],
    }
    with capture(app) as seen:
        asyncio.run(app(scope, receive, send))
    (line,) = seen.lines
    assert line["path"] == "/take/a\ufffd\ufffd"
    assert (line["route"], line["TelemetryFailures"]) == ("/take/{name}", 1)
    assert (sent[0]["status"], sent[1]["body"]) == (200, b"3")
    assert line["telemetry_errors"] == ["the path is no text"]
    assert seen.documents[0]["http"]["request"]["url"].endswith("/take/a\ufffd\ufffd")


def test_a_field_that_shadows_a_reserved_key(call: Call) -> None:
    """Neither is lost: the line's own stays where it is looked for, the service's is fields.<name>."""
    app = an_app()
    add(app, status="shipped", _aws={"CloudWatchMetrics": []}, Requests=7, Boxes="many", service="theirs")
    line = the_line_of(app, call)
    assert (line["service"], line["fields.service"]) == ("items", "theirs")
    assert (line["fields.status"], line["fields.Requests"], line["fields.Boxes"]) == ("shipped", 7, "many")
    assert line["fields._aws"] == {"CloudWatchMetrics": []}
    assert line["_aws"]["CloudWatchMetrics"][0]["Namespace"] == "items"


@pytest.mark.parametrize("value", ["3", None, True, [1], float("nan"), float("-inf"), 2**361, object()])
def test_a_metric_with_a_value_of_the_wrong_type(value: Any, call: Call) -> None:
    """CloudWatch would refuse the whole event: the value is left out and counted, the metric's good ones stay."""
    app = an_app()

    @app.get("/adds")
    async def adds() -> None:
        current().observe(BOXES, value)
        current().observe(BOXES, 1)

    assert the_line_of(app, call)["TelemetryFailures"] == 1


class OddFloat(float):
    def __repr__(self) -> str:
        return "OddFloat(2.5)"

    __str__ = __repr__

    def __format__(self, _spec: str) -> str:
        return "OddFloat(2.5)"


class OddInt(IntEnum):
    TWO = 2

    def __format__(self, _spec: str) -> str:
        return "OddInt.TWO"


@pytest.mark.parametrize(("value", "kept"), [(OddFloat(2.5), 2.5), (OddInt.TWO, 2)])
def test_a_metric_with_a_number_that_prints_itself_oddly(value: float, kept: float, call: Call) -> None:
    """NumPy's numbers and enums are numbers: their value counts, not what they print."""
    app = an_app()

    @app.get("/adds")
    async def adds() -> None:
        current().observe(WEIGHT, value)
        current().observe(WEIGHT, value)
        current().count(BOXES)

    line = the_line_of(app, call)
    assert (line["Weight"], line["TelemetryFailures"]) == ([kept, kept], 0)


@pytest.mark.parametrize("metric", ["Boxes", None, Metric("Requests", Unit.COUNT, "the library's"), 7])
def test_a_metric_of_the_wrong_type(metric: Any, call: Call) -> None:
    """A name is no metric, and the library's own are not the service's to count."""
    app = an_app()

    @app.get("/adds")
    async def adds() -> None:
        current().count(metric, 5)
        current().count(BOXES)

    line = the_line_of(app, call)
    assert (line["Requests"], line["TelemetryFailures"]) == (1, 1)


class JumpingClock:
    """A wall clock that shows whatever is next, and a monotonic one that goes on."""

    def __init__(self, *shown: float) -> None:
        self._shown: Iterator[float] = iter(shown)
        self._steps = 0

    def wall(self) -> float:
        return next(self._shown)

    def monotonic(self) -> float:
        self._steps += 1
        return self._steps * 0.001


@pytest.mark.parametrize(
    ("shown", "timestamp", "failures"),
    [
        (0.0, "1970-01-01T00:00:00.005Z", 0),
        (-1.0, "1970-01-01T00:00:00.005Z", 1),
        (1e20, "1970-01-01T00:00:00.005Z", 1),
        (float("nan"), "1970-01-01T00:00:00.005Z", 1),
        (7_258_118_400.0, "2200-01-01T00:00:00.005Z", 0),
    ],
)
def test_a_clock_that_jumps(shown: float, timestamp: str, failures: int, call: Call) -> None:
    """The wall clock is read once and may show anything; durations are another clock's."""
    app = an_app()
    add(app)
    with capture(app, clock=JumpingClock(shown)) as seen:
        assert call(app, "GET", "/adds").status_code == 200
    (line,) = seen.lines
    assert (line["timestamp"], line["duration_ms"], line["beside"]) == (timestamp, 4.0, "intact")
    assert line["TelemetryFailures"] == failures
    assert len(line["xray_trace_id"]) == 35
    assert len(seen.documents) == 1


class BackwardsClock(JumpingClock):
    def monotonic(self) -> float:
        return 100.0 - super().monotonic()


def test_a_clock_that_runs_backwards(call: Call) -> None:
    """No duration is less than nothing."""
    app = an_app()
    add(app)
    clock: Clock = BackwardsClock(1_767_225_600.0)
    with capture(app, clock=clock) as seen:
        assert call(app, "GET", "/adds").status_code == 200
    (line,) = seen.lines
    assert (line["duration_ms"], line["Latency"], line["beside"]) == (0.0, 0.0, "intact")


def test_instruments_that_fail(call: Call) -> None:
    """The processor's time can't be told, memory neither: the line that could not be written is counted in the next."""
    seen = Capture()
    working = seen.instruments(SteppingClock(), CountingIds())
    fails = iter([True, False])

    def memory() -> int | None:
        if next(fails):
            raise OSError("no /proc")
        return None

    app = an_app(
        instruments=Instruments(
            working.clock, working.entropy, seen.text.append, seen.datagrams.append, float, memory=memory
        )
    )
    assert [call(app, "GET", f"/pack/{n}").status_code for n in range(2)] == [200, 200]
    (line,) = seen.lines
    assert (line["path"], line["TelemetryFailures"]) == ("/pack/1", 1)
    assert not {"memory_mb", "MemoryUsed"} & line.keys()


def test_messages_that_are_no_messages() -> None:
    """What an application sends is the server's to judge: the library counts what it can and passes it on as it is."""
    odd: list[dict[str, Any]] = [
        {"type": "http.response.start", "status": "200", "headers": None},
        {"type": "http.response.body", "body": 7},
    ]
    app = an_app()

    class Odd:
        def __init__(self, inner: Any) -> None: ...

        async def __call__(self, _scope: Any, receive: Any, send: Any) -> None:
            await receive()
            for message in odd:
                await send(message)

    app.add_middleware(Odd)
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": 5}

    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "root_path": "", "headers": []}
    with capture(app) as seen:
        asyncio.run(app(scope, receive, send))
    assert sent == odd
    assert (seen.lines[0]["status"], seen.lines[0]["response_bytes"]) == (500, 0)
    assert seen.lines[0]["TelemetryFailures"] == 1


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="only Linux has a device that is always full")  # noqa: PTH110 (a decorator: short)
def test_stdout_is_a_full_disk() -> None:
    """A file that takes no more loses the line, not the answer."""
    with open("/dev/full", "wb") as full:  # noqa: PTH123 (a device)
        done = in_a_process("print([ask('/a'), ask('/b')], file=sys.stderr)", stdout=full, stderr=subprocess.PIPE)
    assert done.stderr.startswith(b"[404, 404]\n")
