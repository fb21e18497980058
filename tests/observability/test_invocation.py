"""The Lambda handler, driven with API Gateway's events through the real Mangum."""

from __future__ import annotations

import asyncio
import gc
import logging
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fastapi import BackgroundTasks, FastAPI
from starlette.responses import Response, StreamingResponse

from observability import Settings, current, lambda_handler, observe, span
from observability.errors import NotObservedError, UnsupportedEventError
from observability.testing import FakeContext, capture

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from observability.invocation import LambdaHandler

ROOT = Path(__file__).parents[2]

TRACE = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1;Lineage=a87bd80c:0"


def rest_event(path: str = "/items/5", **more: Any) -> dict[str, Any]:
    """API Gateway developer guide, "Input format of a Lambda function for proxy integration", what matters here."""
    return {
        "resource": "/{proxy+}",
        "path": path,
        "httpMethod": "GET",
        "headers": {"Host": "abc.execute-api.eu-central-1.amazonaws.com", "User-Agent": "curl/8"},
        "multiValueHeaders": {"Host": ["abc.execute-api.eu-central-1.amazonaws.com"], "User-Agent": ["curl/8"]},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "requestContext": {
            "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
            "stage": "prod",
            "path": f"/prod{path}",
            "identity": {"sourceIp": "192.0.2.7"},
        },
        "body": None,
        "isBase64Encoded": False,
        **more,
    }


HTTP_EVENT: dict[str, Any] = {
    "version": "2.0",
    "routeKey": "$default",
    "rawPath": "/items/5",
    "rawQueryString": "",
    "headers": {"host": "abc.lambda-url.eu-central-1.on.aws"},
    "requestContext": {
        "requestId": "JKJaXmPLvHcESHA=",
        "http": {"method": "GET", "path": "/items/5", "sourceIp": "192.0.2.7"},
    },
    "isBase64Encoded": False,
}
"""API Gateway developer guide, "Payload format version"; a function URL's event is of the same form."""

ALB_EVENT: dict[str, Any] = {
    "requestContext": {"elb": {"targetGroupArn": "arn:aws:elasticloadbalancing:eu-central-1:1:targetgroup/a/b"}},
    "httpMethod": "GET",
    "path": "/items/5",
    "queryStringParameters": {},
    "headers": {"host": "lb.example.com", "x-forwarded-for": "192.0.2.7"},
    "body": "",
    "isBase64Encoded": False,
}
"""Elastic Load Balancing user guide, "Receive events from the load balancer"."""


@pytest.fixture
def app() -> FastAPI:
    app = FastAPI()
    observe(
        app,
        service="items",
        settings=Settings.from_env({"AWS_LAMBDA_FUNCTION_NAME": "items-fn", "AWS_LAMBDA_FUNCTION_VERSION": "7"}),
    )

    @app.get("/items/{item_id}")
    async def item(item_id: str) -> dict[str, str]:
        with span("look"):
            return {"id": item_id}

    @app.get("/boom")
    async def boom() -> None:
        raise ValueError("boom")

    @app.get("/midway")
    async def midway() -> StreamingResponse:
        async def body() -> AsyncIterator[bytes]:
            yield b"half"
            raise ValueError("midway")

        return StreamingResponse(body())

    @app.get("/later")
    async def later(tasks: BackgroundTasks) -> dict[str, str]:
        tasks.add_task(lambda: current().add(later="yes"))
        return {}

    return app


@pytest.fixture
def environ() -> dict[str, str]:
    return {"_X_AMZN_TRACE_ID": TRACE}


@pytest.fixture
def handler(app: FastAPI, environ: dict[str, str]) -> Iterator[LambdaHandler]:
    with capture(app):  # so that the time since the process began is the kit's
        handler = lambda_handler(app, environ=environ)
    yield handler
    handler.close()


def test_a_rest_api_request_leaves_line_and_subsegment(app: FastAPI, handler: LambdaHandler) -> None:
    """The line has Lambda's and API Gateway's ids and the time left; the trace is a subsegment of Lambda's segment
    (X-Ray developer guide, "AWS Lambda": the service owns the segments)."""
    context = FakeContext(aws_request_id="fn-1", remaining_ms=2500)
    with capture(app) as seen:
        answer = handler(rest_event(), context)
    assert (answer["statusCode"], answer["body"]) == (200, '{"id":"5"}')
    assert answer["headers"]["x-request-id"] == "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"
    assert answer["headers"]["x-amzn-trace-id"] == "Root=1-5759e988-bd862e3fe1be46a994272793"
    (line,) = seen.lines
    assert line["request_id"] == "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"
    assert line["function_request_id"] == "fn-1"
    assert line["xray_trace_id"] == "1-5759e988-bd862e3fe1be46a994272793"
    assert (line["function_name"], line["function_version"]) == ("items-fn", "7")
    assert line["remaining_ms"] == 2495  # five steps of the clock later
    assert (line["route"], line["path"], line["client_ip"]) == ("/items/{item_id}", "/items/5", "192.0.2.7")
    assert (line["cold_start"], line["init_ms"]) == (True, 250.0)
    (document,) = seen.documents
    assert document["type"] == "subsegment"
    assert document["parent_id"] == "53995c3f42cd8ad8"
    assert document["trace_id"] == "1-5759e988-bd862e3fe1be46a994272793"
    assert document["http"]["request"]["url"] == "https://abc.execute-api.eu-central-1.amazonaws.com/items/5"
    assert [one["name"] for one in document["subsegments"]] == ["look"]


@pytest.mark.parametrize(
    ("event", "request_id"), [(HTTP_EVENT, "JKJaXmPLvHcESHA="), (ALB_EVENT, "fn-1")], ids=["http", "alb"]
)
def test_other_event_sources_leave_the_same_line(
    event: dict[str, Any], request_id: str, app: FastAPI, handler: LambdaHandler
) -> None:
    """HTTP APIs and function URLs have an id of their own; a load balancer's request has Lambda's."""
    with capture(app) as seen:
        assert handler(event, FakeContext(aws_request_id="fn-1"))["statusCode"] == 200
    line = seen.lines[0]
    assert (line["message"], line["request_id"], line["client_ip"]) == (
        "GET /items/{item_id} 200",
        request_id,
        "192.0.2.7",
    )


def test_the_trace_header_is_read_at_every_invocation(
    app: FastAPI, handler: LambdaHandler, environ: dict[str, str]
) -> None:
    """The runtime sets _X_AMZN_TRACE_ID anew for each invocation; a request header of that name is not asked."""
    with capture(app) as seen:
        handler(rest_event(), FakeContext())
        environ["_X_AMZN_TRACE_ID"] = "Root=1-00000000-aaaaaaaaaaaaaaaaaaaaaaaa;Parent=bbbbbbbbbbbbbbbb;Sampled=1"
        handler(rest_event(multiValueHeaders={"X-Amzn-Trace-Id": [TRACE]}), FakeContext())
    assert [document["parent_id"] for document in seen.documents] == ["53995c3f42cd8ad8", "bbbbbbbbbbbbbbbb"]
    assert [line["cold_start"] for line in seen.lines] == [True, False]


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "nonsense",
        "Root=1-5759e988-bd862e3fe1be46a994272793",
        "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0",
    ],
)
def test_without_a_parent_or_sampling_nothing_is_sent(
    header: str | None, app: FastAPI, handler: LambdaHandler, environ: dict[str, str]
) -> None:
    """A subsegment needs Lambda's segment to hang on, and Sampled=0 says that there will be none."""
    environ.clear()
    if header is not None:
        environ["_X_AMZN_TRACE_ID"] = header
    with capture(app) as seen:
        handler(rest_event(), FakeContext())
    assert seen.datagrams == []
    assert seen.lines[0]["xray_trace_id"].startswith("1-")


def test_an_exception_is_one_line_and_mangum_is_silent(
    app: FastAPI, handler: LambdaHandler, caplog: pytest.LogCaptureFixture
) -> None:
    """Starlette has answered 500 and the line says why: Mangum's log of the same exception would be a second line."""
    with capture(app) as seen, caplog.at_level(logging.INFO):
        answer = handler(rest_event("/boom"), FakeContext())
    assert answer["statusCode"] == 500
    assert (seen.lines[0]["status"], seen.lines[0]["error_type"], seen.metrics["Faults"]) == (500, "ValueError", [1])
    assert seen.documents[0]["fault"] is True
    assert [record.getMessage() for record in caplog.records if record.name.startswith("mangum")] == []


def test_an_answer_cut_short_is_the_500_that_the_client_gets(
    app: FastAPI, handler: LambdaHandler, caplog: pytest.LogCaptureFixture
) -> None:
    """Mangum sends whole answers only: half of one becomes a 500, and that is the status in line and trace."""
    with capture(app) as seen, caplog.at_level(logging.CRITICAL):
        answer = handler(rest_event("/midway"), FakeContext())
    assert answer["statusCode"] == 500
    assert (seen.lines[0]["status"], seen.lines[0]["error_message"]) == (500, "midway")


def test_the_line_is_written_before_the_handler_returns(app: FastAPI, handler: LambdaHandler) -> None:
    """After that Lambda may freeze the process. Background tasks are over by then, and within the duration."""
    with capture(app) as seen:
        handler(rest_event("/later"), FakeContext())
        assert seen.lines[0]["later"] == "yes"
    # Started, one step for Server-Timing, one for the end of the answer, one for the end of it all.
    assert seen.lines[0]["duration_ms"] == 3.0


@pytest.mark.parametrize(
    ("event", "named"),
    [
        ({"Records": [{"eventSource": "aws:sqs"}]}, "its members: Records"),
        ({"version": "0", "source": "aws.events"}, "its members: source, version"),
        ({"requestContext": {"routeKey": "$connect"}}, "its members: requestContext"),
        ({}, "its members: none"),
        ([1], "a list"),
        ("text", "a str"),
    ],
)
def test_an_event_that_is_no_request_is_refused_by_name(
    event: Any, named: str, app: FastAPI, handler: LambdaHandler
) -> None:
    """The error says what came, by its members' names only, and what could have come."""
    with capture(app) as seen, pytest.raises(UnsupportedEventError) as caught:
        handler(event, FakeContext())
    assert named in str(caught.value)
    assert "API Gateway REST APIs" in str(caught.value)
    assert seen.lines == []


def test_a_context_with_nothing_in_it_will_do(app: FastAPI, handler: LambdaHandler) -> None:
    """Test invocations give any object, or none, as the context."""
    event = rest_event()
    del event["requestContext"]["requestId"]
    with capture(app) as seen:
        assert handler(event, None)["statusCode"] == 200
    line = seen.lines[0]
    assert line["request_id"] == "00000000-0000-4000-8000-000000000002"
    assert not {"remaining_ms", "function_request_id"} & line.keys()


def test_the_handler_has_an_event_loop_of_its_own(app: FastAPI, handler: LambdaHandler) -> None:
    """Whatever other code did to the thread's event loop, and in whichever thread it is called, the handler works."""

    async def nothing() -> None: ...

    with capture(app) as seen, ThreadPoolExecutor(1) as pool:
        asyncio.run(nothing())  # leaves the thread without a loop
        assert handler(rest_event(), FakeContext())["statusCode"] == 200
        assert pool.submit(handler, rest_event(), FakeContext()).result()["statusCode"] == 200
    assert len(seen.lines) == 2


def test_a_custom_domains_base_path_is_taken_off(app: FastAPI) -> None:
    """`base_path` is where a custom domain maps the API; the route doesn't have it."""
    handler = lambda_handler(app, base_path="/shop", environ={})
    with capture(app) as seen:
        assert handler(rest_event("/shop/items/5"), FakeContext())["statusCode"] == 200
    handler.close()
    assert (seen.lines[0]["route"], seen.lines[0]["path"]) == ("/items/{item_id}", "/items/5")


@pytest.mark.parametrize(
    ("content_type", "encoded"),
    [
        ("application/json", False),
        ("application/problem+json", False),
        ("image/svg+xml", False),
        ("application/x-ndjson", False),
        ("text/plain", False),
        ("image/png", True),
    ],
)
def test_text_is_answered_as_text(content_type: str, *, encoded: bool, app: FastAPI, handler: LambdaHandler) -> None:
    """A REST API without binary media types hands Base64 to its client as it is: only what isn't text is encoded."""

    @app.get("/typed")
    async def typed() -> Response:
        return Response("{}", media_type=content_type)

    with capture(app):
        answer = handler(rest_event("/typed"), FakeContext())
    assert (answer["isBase64Encoded"], answer["body"]) == (encoded, "e30=" if encoded else "{}")


def test_an_application_that_is_not_observed_is_refused() -> None:
    """A handler without telemetry is a mistake that would show only when somebody looks for the lines."""
    with pytest.raises(NotObservedError, match=r"call observe\(app\) first"):
        lambda_handler(FastAPI())


def test_in_a_process_of_its_own(tmp_path: Path) -> None:
    """With the runtime's own way of calling, the process's stdout has the line and nothing else, warnings included."""
    (tmp_path / "function.py").write_text(
        """
import os
from fastapi import FastAPI
from observability import lambda_handler, observe
app = FastAPI()
observe(app, service="items")
handler = lambda_handler(app)
"""
    )
    event = rest_event("/nowhere")
    code = f"import function; print(function.handler({event!r}, None)['statusCode'])"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "OBSERVABILITY_TRACING": "off", "AWS_LAMBDA_FUNCTION_NAME": "items-fn"},
    )
    line, status = done.stdout.splitlines()
    assert status == "404"
    assert '"message":"GET (unmatched) 404"' in line
    assert '"cold_start":true' in line
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("messages", "status", "body"),
    [
        ([], 500, "Internal Server Error"),
        ([{"type": "http.response.start", "status": 200}], 500, "Internal Server Error"),
        ([{"type": "http.response.body", "body": b"x"}], 500, "Internal Server Error"),
        (
            [
                {"type": "http.response.start", "status": 201, "headers": [(b"content-type", b"text/plain")]},
                {"type": "http.response.body", "body": b"a", "more_body": True},
                {"type": "http.response.body", "body": b"b"},
                {"type": "http.response.body", "body": b"c"},
            ],
            201,
            "ab",
        ),
        (
            [
                {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]},
                {"type": "http.response.body", "body": "no bytes"},
            ],
            500,
            "Internal Server Error",
        ),
    ],
    ids=["nothing", "half", "disorder", "too much", "no bytes"],
)
def test_whatever_an_application_sends_lambda_gets_an_answer(
    messages: list[dict[str, Any]], status: int, body: str
) -> None:
    """A whole answer is the client's; nothing, half of one, or one out of order is a 500, and one line says so."""
    app = FastAPI()
    observe(app, settings=Settings())

    class Odd:
        def __init__(self, inner: Any) -> None: ...

        async def __call__(self, _scope: Any, _receive: Any, send: Any) -> None:
            for message in messages:
                await send(message)

    app.add_middleware(Odd)
    handler = lambda_handler(app, environ={})
    with capture(app) as seen:
        answer = handler(rest_event(), FakeContext())
    handler.close()
    assert (answer["statusCode"], answer["body"]) == (status, body)
    assert [line["status"] for line in seen.lines] == [status]


def test_an_answer_ends_the_request_for_who_listens() -> None:
    """Whoever waits for the client to go away, as Starlette does while it streams, hears of it once the answer is over,
    and later too."""
    app = FastAPI()
    observe(app, settings=Settings())
    heard: list[str] = []

    class Listening:
        def __init__(self, inner: Any) -> None: ...

        async def __call__(self, _scope: Any, receive: Any, send: Any) -> None:
            heard.append((await receive())["type"])
            waiting = asyncio.create_task(receive())
            await asyncio.sleep(0)
            heard.append(f"answered: {waiting.done()}")
            await send({"type": "http.response.start", "status": 204})
            await send({"type": "http.response.body"})
            heard.append((await waiting)["type"])
            heard.append((await receive())["type"])

    app.add_middleware(Listening)
    handler = lambda_handler(app, environ={})
    with capture(app) as seen:
        assert handler(rest_event(), FakeContext())["statusCode"] == 204
    handler.close()
    assert heard == ["http.request", "answered: False", "http.disconnect", "http.disconnect"]
    assert "client_disconnected" not in seen.lines[0]


def test_a_request_leaves_nothing_for_the_garbage_collector(app: FastAPI, handler: LambdaHandler) -> None:
    """What refers to itself stays until the collector finds it: its runs, and memory that is always new, take longer
    than the rest of the library."""
    with capture(app):
        handler(rest_event(), FakeContext())
        gc.collect()
        gc.disable()
        try:
            found = [_garbage_of(20, handler) for _ in range(3)]
        finally:
            gc.enable()
    assert min(found) < 20  # other tests' threads leave some now and then


def _garbage_of(requests: int, handler: LambdaHandler) -> int:
    for _ in range(requests):
        handler(rest_event(), FakeContext())
    return gc.collect()
