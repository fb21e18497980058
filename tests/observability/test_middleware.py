"""Every request leaves one right line, whatever becomes of it; and nothing of the library shows to it."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest
from fastapi import BackgroundTasks, Depends, FastAPI, HTTPException
from starlette.requests import Request  # noqa: TC002 (FastAPI reads the annotations)
from starlette.responses import JSONResponse, StreamingResponse

from observability import Metric, Settings, Unit, current, observe, span
from observability.instruments import Instruments
from observability.middleware import Middleware
from observability.observer import Observer
from observability.testing import Capture, CountingIds, SteppingClock, capture

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    import httpx

    Call = Callable[..., httpx.Response]

BOXES = Metric("Boxes", Unit.COUNT, "boxes packed")


@pytest.fixture
def app() -> FastAPI:
    app = FastAPI()
    observe(app, service="items", settings=Settings())
    return app


def test_a_request_leaves_its_line_and_its_trace(app: FastAPI, call: Call) -> None:
    """One line and one trace, with the same ids, and the facts of the request and its answer."""

    @app.post("/items/{item_id}")
    async def pack(item_id: str, request: Request) -> dict[str, str]:
        await request.body()
        current().add(customer="c-9")
        current().count(BOXES)
        with span("pack"):
            return {"id": item_id}

    with capture(app) as seen:
        answer = call(app, "POST", "/items/5?token=secret", content=b"12345", headers={"user-agent": "curl/8"})
    assert answer.status_code == 200
    (line,) = seen.lines
    assert line["timestamp"] == "2026-01-01T00:00:00.005Z"
    assert line["message"] == "POST /items/{item_id} 200"
    assert (line["method"], line["route"], line["path"], line["status"]) == (
        "POST",
        "/items/{item_id}",
        "/items/5",
        200,
    )
    assert (line["request_bytes"], line["response_bytes"]) == (5, 10)
    assert (line["client_ip"], line["user_agent"], line["customer"]) == ("192.0.2.7", "curl/8", "c-9")
    assert line["request_id"] == "00000000-0000-4000-8000-000000000002"
    assert line["xray_trace_id"] == "1-6955b900-000000000000000000000003"
    assert (line["duration_ms"], line["cold_start"], line["Boxes"]) == (4.0, True, 1)
    assert "secret" not in seen.text[0]
    (document,) = seen.documents
    assert document == {
        "trace_id": "1-6955b900-000000000000000000000003",
        "id": "0000000000000001",
        "name": "items",
        "start_time": 1767225600.0,
        "end_time": 1767225600.005,
        "subsegments": [
            {
                "id": "0000000000000004",
                "name": "pack",
                "start_time": 1767225600.001,
                "end_time": 1767225600.002,
            }
        ],
        "annotations": {
            "route": "/items/{item_id}",
            "cold_start": True,
            "request_id": "00000000-0000-4000-8000-000000000002",
            "correlation_id": "00000000-0000-4000-8000-000000000002",
        },
        "http": {
            "request": {
                "method": "POST",
                "url": "http://test/items/5",
                "client_ip": "192.0.2.7",
                "user_agent": "curl/8",
            },
            "response": {"status": 200, "content_length": 10},
        },
    }


def test_the_answer_carries_the_ids(app: FastAPI, call: Call) -> None:
    """A client can name its request to whoever looks for it, and a browser shows how long it took."""
    with capture(app):
        first = call(app, "GET", "/")
        second = call(app, "GET", "/")
    assert first.headers["x-request-id"] == "00000000-0000-4000-8000-000000000002"
    assert first.headers["x-correlation-id"] == "00000000-0000-4000-8000-000000000002"
    assert first.headers["x-amzn-trace-id"] == "Root=1-6955b900-000000000000000000000003"
    assert first.headers["server-timing"] == "app;dur=1.000, init;dur=250.0"
    assert second.headers["server-timing"] == "app;dur=1.000"


def test_a_header_that_the_application_sets_stays_its_own(app: FastAPI, call: Call) -> None:
    """Where the application has an id of its own to show, there are not two."""

    @app.get("/")
    async def root() -> JSONResponse:
        return JSONResponse({}, headers={"X-Request-Id": "mine"})

    with capture(app):
        answer = call(app, "GET", "/")
    assert answer.headers.get_list("x-request-id") == ["mine"]


def test_only_the_first_request_is_a_cold_start(app: FastAPI, call: Call) -> None:
    """The first request waited for the process; the others didn't."""
    with capture(app) as seen:
        for _ in range(3):
            call(app, "GET", "/")
    assert [line["cold_start"] for line in seen.lines] == [True, False, False]
    assert [line.get("init_ms") for line in seen.lines] == [250.0, None, None]
    assert seen.metrics["ColdStarts"] == [1, 0, 0]
    assert seen.metrics["InitDuration"] == [250.0]


@pytest.mark.parametrize(
    ("kind", "cold", "init_ms"),
    [("on-demand", True, 250.0), ("provisioned-concurrency", False, None), ("snap-start", True, None)],
)
def test_how_lambda_started_the_process_decides_what_is_cold(
    kind: str, *, cold: bool, init_ms: float | None, call: Call
) -> None:
    """Nobody waits for provisioned concurrency. A snapshot's process began long before its restore: no init time."""
    app = FastAPI()
    seen = Capture()
    settings = Settings.from_env({"AWS_LAMBDA_INITIALIZATION_TYPE": kind})
    observe(app, settings=settings, instruments=seen.instruments(SteppingClock(), CountingIds()))
    call(app, "GET", "/")
    assert (seen.lines[0]["cold_start"], seen.lines[0].get("init_ms")) == (cold, init_ms)


@pytest.mark.parametrize("sent", ["order-7", "a/b:c+d=e@f_g.h-1", "x" * 128])
def test_a_usable_correlation_id_is_taken_over(sent: str, app: FastAPI, call: Call) -> None:
    """The caller's id goes through everything: line, trace and answer."""
    with capture(app) as seen:
        answer = call(app, "GET", "/", headers={"X-Correlation-Id": sent})
    assert seen.lines[0]["correlation_id"] == sent
    assert seen.documents[0]["annotations"]["correlation_id"] == sent
    assert answer.headers["x-correlation-id"] == sent


@pytest.mark.parametrize("sent", ["", "x" * 129, "a b", 'a"b', "a;b", "ä"])
def test_an_unusable_correlation_id_is_replaced(sent: str, app: FastAPI, call: Call) -> None:
    """An id from the network is shown again: it gets no characters that could mean something there."""
    with capture(app) as seen:
        call(app, "GET", "/", headers={"X-Correlation-Id": sent.encode()})
    assert seen.lines[0]["correlation_id"] == "00000000-0000-4000-8000-000000000002"


def test_the_callers_trace_goes_on(app: FastAPI, call: Call) -> None:
    """X-Amzn-Trace-Id names the trace and the segment to hang on (X-Ray developer guide, "Tracing header")."""
    header = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"
    with capture(app) as seen:
        answer = call(app, "GET", "/", headers={"X-Amzn-Trace-Id": header})
    assert seen.lines[0]["xray_trace_id"] == "1-5759e988-bd862e3fe1be46a994272793"
    assert seen.documents[0]["parent_id"] == "53995c3f42cd8ad8"
    assert "type" not in seen.documents[0]
    assert answer.headers["x-amzn-trace-id"] == "Root=1-5759e988-bd862e3fe1be46a994272793"


def test_a_trace_that_is_not_sampled_is_not_sent(app: FastAPI, call: Call) -> None:
    """Sampled=0 is somebody's decision about the whole trace. The line is written all the same."""
    with capture(app) as seen:
        call(app, "GET", "/", headers={"X-Amzn-Trace-Id": "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0"})
    assert seen.datagrams == []
    assert seen.lines[0]["xray_trace_id"] == "1-5759e988-bd862e3fe1be46a994272793"


def test_tracing_can_be_switched_off(call: Call) -> None:
    """OBSERVABILITY_TRACING=off sends no trace; ids and lines stay."""
    app = FastAPI()
    observe(app, settings=Settings.from_env({"OBSERVABILITY_TRACING": "off"}))
    with capture(app) as seen:
        call(app, "GET", "/")
    assert seen.datagrams == []
    assert seen.lines[0]["xray_trace_id"] == "1-6955b900-000000000000000000000003"


def test_an_exception_is_a_fault_everywhere_and_goes_on(app: FastAPI, call: Call) -> None:
    """Line, metric and trace say fault; the client gets Starlette's 500; the server still sees the exception."""

    @app.get("/boom")
    async def boom() -> None:
        raise ValueError("boom")

    with capture(app) as seen:
        answer = call(app, "GET", "/boom")
        with pytest.raises(ValueError, match="boom"):
            call(app, "GET", "/boom", raise_errors=True)
    assert answer.status_code == 500
    assert answer.headers["x-request-id"] == "00000000-0000-4000-8000-000000000002"
    line = seen.lines[0]
    assert (line["level"], line["status"], line["route"]) == ("ERROR", 500, "/boom")
    assert (line["error_type"], line["error_message"]) == ("ValueError", "boom")
    assert 'raise ValueError("boom")' in line["error_stack"]
    assert seen.metrics["Faults"] == [1, 1]
    assert seen.documents[0]["fault"] is True
    assert seen.documents[0]["cause"]["exceptions"][0]["message"] == "boom"
    assert len(seen.lines) == 2


def test_an_exception_handled_by_the_application_is_a_fault_if_it_says_so(app: FastAPI, call: Call) -> None:
    """current().fault(exc) is for handlers that answer in place of the exception."""

    @app.exception_handler(KeyError)
    async def handled(_request: Request, error: KeyError) -> JSONResponse:
        current().fault(error)
        return JSONResponse({}, 503)

    @app.get("/boom")
    async def boom() -> None:
        raise KeyError("box")

    with capture(app) as seen:
        assert call(app, "GET", "/boom").status_code == 503
    assert (seen.lines[0]["status"], seen.lines[0]["error_type"], seen.lines[0]["Faults"]) == (503, "KeyError", 1)


def test_an_http_exception_is_no_fault(app: FastAPI, call: Call) -> None:
    """A 404 that the application answers is the client's error, in line, metrics and trace."""

    @app.get("/items/{item_id}")
    async def missing(item_id: str) -> None:
        raise HTTPException(404, item_id)

    with capture(app) as seen:
        call(app, "GET", "/items/5")
    line = seen.lines[0]
    assert (line["level"], line["route"], line["Errors"], line["Faults"]) == ("WARNING", "/items/{item_id}", 1, 0)
    assert (seen.documents[0]["error"], "fault" in seen.documents[0]) == (True, False)


def test_an_exception_after_the_answer_began_is_a_fault(app: FastAPI, call: Call) -> None:
    """The client has its 200 already, and half a body: the request is a fault nevertheless."""

    async def body() -> AsyncIterator[bytes]:
        yield b"half"
        raise ValueError("midway")

    @app.get("/stream")
    async def stream() -> StreamingResponse:
        return StreamingResponse(body())

    with capture(app) as seen:
        call(app, "GET", "/stream")
    line = seen.lines[0]
    assert (line["status"], line["Faults"], line["error_message"], line["response_bytes"]) == (200, 1, "midway", 4)


def test_a_streaming_answer_counts_all_its_bytes(app: FastAPI, call: Call) -> None:
    """The line is written once, at the end, with the sum of the chunks; spans in the generator are in the trace."""

    async def body() -> AsyncIterator[bytes]:
        for _ in range(3):
            with span("chunk"):
                yield b"abcd"

    @app.get("/stream")
    async def stream() -> StreamingResponse:
        return StreamingResponse(body())

    with capture(app) as seen:
        assert call(app, "GET", "/stream").content == b"abcdabcdabcd"
    assert [line["response_bytes"] for line in seen.lines] == [12]
    assert [one["name"] for one in seen.documents[0]["subsegments"]] == ["chunk", "chunk", "chunk"]


def test_a_background_task_belongs_to_its_request(app: FastAPI, call: Call) -> None:
    """What it adds is in the line; it doesn't lengthen the answer's duration; its failure is a fault."""

    def later() -> None:
        current().add(later="yes")
        with span("later"):
            pass
        raise ValueError("too late")

    @app.get("/")
    async def root(tasks: BackgroundTasks) -> dict[str, str]:
        tasks.add_task(later)
        return {}

    with capture(app) as seen:
        assert call(app, "GET", "/").status_code == 200
    (line,) = seen.lines
    assert (line["later"], line["status"], line["Faults"], line["error_message"]) == ("yes", 200, 1, "too late")
    answered = 2.0  # the clock steps once for Server-Timing and once for the end of the answer
    assert line["duration_ms"] == answered
    assert seen.span("later")["start_time"] > 1767225600.002


def test_sync_endpoints_and_dependencies_share_the_record(app: FastAPI, call: Call) -> None:
    """The thread pool runs in copies of the context: record and spans are the request's there too."""

    def dependency() -> Iterator[str]:
        with span("dependency"):
            yield "d"

    @app.get("/")
    def root(_given: str = Depends(dependency)) -> dict[str, str]:  # noqa: FAST002 (it is local: no annotation finds it)
        with span("endpoint"):
            current().count(BOXES)
        return {}

    with capture(app) as seen:
        assert call(app, "GET", "/").status_code == 200
    assert seen.metrics["Boxes"] == [1]
    assert {one["name"] for one in seen.spans} == {"items", "dependency", "endpoint"}


def test_requests_at_the_same_time_keep_apart(app: FastAPI, call: Call) -> None:
    """Each of many concurrent requests has its own record."""

    @app.get("/{n}")
    async def one(n: int) -> None:
        with span(f"span-{n}"):
            await asyncio.sleep(0)
            current().add(n=n)
            await asyncio.sleep(0)

    async def many() -> None:
        await asyncio.gather(*(asyncio.to_thread(call, app, "GET", f"/{n}") for n in range(8)))

    with capture(app) as seen:
        asyncio.run(many())
    assert sorted((line["path"], line["n"]) for line in seen.lines) == [(f"/{n}", n) for n in range(8)]
    paths = {document["http"]["request"]["url"]: document["subsegments"][0]["name"] for document in seen.documents}
    assert paths == {f"http://test/{n}": f"span-{n}" for n in range(8)}


def scope(**more: Any) -> dict[str, Any]:
    """A scope as a server would make it."""
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/",
        "raw_path": b"/",
        "query_string": b"",
        "root_path": "",
        "headers": [],
        "client": ("192.0.2.7", 1),
        "server": ("test", 80),
        **more,
    }


async def no_body() -> dict[str, Any]:
    return {"type": "http.request", "body": b"", "more_body": False}


async def nowhere(_message: Any) -> None: ...


def test_a_client_that_goes_away_is_no_fault(app: FastAPI) -> None:
    """A server's OSError on send says that the client has gone (ASGI, HTTP spec 2.4): noted, but nobody's fault."""

    async def body() -> AsyncIterator[bytes]:
        while True:
            yield b"x"

    @app.get("/")
    async def root() -> StreamingResponse:
        return StreamingResponse(body())

    async def gone(message: Any) -> None:
        if message["type"] == "http.response.body":
            raise OSError("gone")

    async def request() -> None:
        await app(scope(), no_body, gone)

    with capture(app) as seen, pytest.raises(Exception, match=r"^$"):
        asyncio.run(request())
    line = seen.lines[0]
    assert (line["client_disconnected"], line["status"], line["Faults"]) == (True, 200, 0)
    assert "error_type" not in line


def test_a_client_that_goes_before_its_answer_gets_499(app: FastAPI) -> None:
    """There is no status for an answer that nobody waited for; 499 is what proxies log. It is no fault."""

    @app.get("/")
    async def root(request: Request) -> None:
        async for _ in request.stream():
            pass

    async def disconnected() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    with capture(app) as seen, pytest.raises(Exception, match=r"^$"):
        asyncio.run(app(scope(), disconnected, nowhere))
    line = seen.lines[0]
    assert (line["client_disconnected"], line["status"], line["Faults"], line["Errors"]) == (True, 499, 0, 1)


def test_a_cancelled_request_is_a_fault_with_a_line(app: FastAPI) -> None:
    """A server that shuts down cancels what still runs: that request didn't get its answer."""
    entered = asyncio.Event()

    @app.get("/")
    async def root() -> None:
        entered.set()
        await asyncio.Event().wait()

    async def run() -> None:
        task = asyncio.create_task(app(scope(), no_body, nowhere))
        await entered.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    with capture(app) as seen:
        asyncio.run(run())
    line = seen.lines[0]
    assert (line["status"], line["Faults"], line["error_type"]) == (500, 1, "CancelledError")


def test_an_application_that_never_answers_is_a_fault() -> None:
    """A server makes that a 500, and so does the line."""
    app = FastAPI()
    observe(app, settings=Settings())

    class Silent:
        def __init__(self, inner: Any) -> None: ...
        async def __call__(self, *_: Any) -> None: ...

    app.add_middleware(Silent)
    with capture(app) as seen:
        asyncio.run(app(scope(), no_body, nowhere))
    assert (seen.lines[0]["status"], seen.lines[0]["Faults"]) == (500, 1)


def test_hostile_requests_get_their_answer_and_their_line(app: FastAPI) -> None:
    """300 kB headers, no client, a path that is no UTF-8, a hostile trace header: each is repaired or cut."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [
        (b"user-agent", b"\xff\n" * 150_000),
        (b"x-amzn-trace-id", b"Root=1-zz;Parent=;;==;Sampled=9" * 10_000),
        (b"x-correlation-id", b"\r\nSet-Cookie: a=b"),
        (b"host", b"evil\r\nhost"),
    ]
    with capture(app) as seen:
        asyncio.run(app(scope(path="/\udcff\n{}" * 1000, client=None, headers=headers), no_body, send))
    (line,) = seen.lines
    assert sent[0]["status"] == 404
    assert len(line["user_agent"]) == 256
    assert len(line["path"]) == 1024
    assert line["correlation_id"] == "00000000-0000-4000-8000-000000000002"
    assert line["xray_trace_id"] == "1-6955b900-000000000000000000000003"
    assert "client_ip" not in line
    assert line["TelemetryFailures"] >= 1
    assert len(seen.text[0].splitlines()) == 1
    assert all(b"\r" not in value and b"\n" not in value for _, value in sent[0]["headers"])


@pytest.mark.parametrize("broken", ["line", "trace", "age"])
def test_broken_telemetry_never_breaks_the_request(broken: str, call: Call) -> None:
    """Stdout closed, the daemon's socket full: the client gets its answer, and the next line counts the failure."""
    app = FastAPI()
    seen = Capture()
    working = seen.instruments(SteppingClock(), CountingIds())
    fails = iter([True, False])

    def write(line: str) -> None:
        if broken == "line" and next(fails):
            raise BrokenPipeError("stdout is gone")
        seen.text.append(line)

    def send(datagram: bytes) -> None:
        if broken == "trace" and next(fails):
            raise BlockingIOError("full")
        seen.datagrams.append(datagram)

    def age() -> float | None:
        return None if broken == "age" else 0.25

    observe(app, settings=Settings(), instruments=Instruments(working.clock, working.entropy, write, send, age))
    assert call(app, "GET", "/").status_code == 404
    assert call(app, "GET", "/").status_code == 404
    failures = [(line["TelemetryFailures"], line.get("telemetry_errors")) for line in seen.lines]
    assert (
        failures
        == {
            "line": [(1, ["line not written: BrokenPipeError"])],
            "trace": [(1, ["trace document not sent: BlockingIOError"]), (0, None)],
            "age": [(0, None), (0, None)],
        }[broken]
    )


def test_what_comes_after_the_line_is_counted_in_the_next(app: FastAPI) -> None:
    """A task that outlives its request loses what it records; the loss is a TelemetryFailure, not a silence."""
    finished: list[str] = []

    async def afterwards(go: asyncio.Event) -> None:
        await go.wait()
        current().count(BOXES)
        with span("late"):
            finished.append("yes")

    async def run() -> None:
        go = asyncio.Event()
        tasks = []

        @app.get("/")
        async def root() -> None:
            tasks.append(asyncio.create_task(afterwards(go)))

        await app(scope(), no_body, nowhere)
        go.set()
        await tasks[0]
        await app(scope(path="/nowhere"), no_body, nowhere)

    with capture(app) as seen:
        asyncio.run(run())
    assert finished == ["yes"]
    assert seen.metrics["TelemetryFailures"] == [0, 2]
    assert "Boxes" not in seen.metrics


def test_websockets_and_lifespan_pass_by(app: FastAPI) -> None:
    """Only HTTP requests have lines."""
    messages = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])
    sent: list[str] = []

    async def receive() -> Any:
        return next(messages)

    async def send(message: Any) -> None:
        sent.append(message["type"])

    with capture(app) as seen:
        asyncio.run(app({"type": "lifespan", "state": {}}, receive, send))
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert seen.text == []


def test_the_lines_are_json_objects_on_stdout(app: FastAPI, call: Call, capfd: pytest.CaptureFixture[str]) -> None:
    """Without a capture the line goes to the process's standard output, where Lambda takes it from."""
    app2 = FastAPI()
    observe(app2, service="items", settings=Settings.from_env({"OBSERVABILITY_TRACING": "off"}))
    call(app2, "GET", "/")
    (line,) = capfd.readouterr().out.splitlines()
    assert json.loads(line)["message"] == "GET (unmatched) 404"


def test_a_path_that_is_no_text_costs_only_itself() -> None:
    """What can't be described is counted; the rest of the line is there, and the application gets its request."""
    asked: list[object] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        asked.append(scope["path"])
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def nowhere(*_: object) -> None: ...

    seen = Capture()
    observer = Observer(Settings(service="items"), seen.instruments(SteppingClock(), CountingIds()))
    scope = {"type": "http", "method": "GET" * 20, "path": 7, "headers": []}
    asyncio.run(Middleware(app, observer, lambda *_: "/items")(scope, nowhere, nowhere))  # type: ignore[arg-type] # no text
    (line,) = seen.lines
    assert asked == [7]
    assert (line["status"], line["path"], line["method"]) == (204, "", "GETGETGETGETGETGETGETGETGETGETGE")
    assert line["TelemetryFailures"] == 1
    assert line["telemetry_errors"] == ["request half described: TypeError"]
