"""The request that lambda_handler() makes of itself while the function starts: useful, and not to be seen."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest
from fastapi import FastAPI

from observability import Metric, Settings, Unit, current, lambda_handler, observe, span
from observability.testing import FakeContext, capture

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from observability.testing import Capture

SOLD = Metric("Sold", Unit.COUNT, "lamps sold")
ON = Settings(service="lamps", function_name="lamps")
TRACE = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"

EVENT: dict[str, Any] = {
    "resource": "/{proxy+}",
    "path": "/lamps",
    "httpMethod": "GET",
    "headers": {"Host": "abc.execute-api.eu-central-1.amazonaws.com"},
    "queryStringParameters": None,
    "requestContext": {"requestId": "c6af9ac6", "path": "/prod/lamps", "identity": {"sourceIp": "192.0.2.7"}},
    "body": None,
    "isBase64Encoded": False,
}


def shop(settings: Settings = ON) -> tuple[FastAPI, list[str]]:
    """An application, and the paths that its middleware and its route have been asked for."""
    app, asked = FastAPI(), list[str]()

    @app.get("/lamps")
    async def lamps() -> dict[str, int]:
        asked.append("route")
        logging.getLogger("shop").error("sold one")
        current().count(SOLD)
        with span("shelf"):
            return {"lamps": 1}

    @app.middleware("http")
    async def watch(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        asked.append(request.url.path)
        return await call_next(request)

    observe(app, settings=settings)
    return app, asked


def started(app: FastAPI, prime: str | None = None) -> tuple[Capture, Capture]:
    """What starting leaves, and what the first request leaves."""
    with capture(app) as starting:
        handler = lambda_handler(app, prime=prime, environ={"_X_AMZN_TRACE_ID": TRACE})
    with capture(app) as first:
        assert handler(EVENT, FakeContext())["statusCode"] == 200
    handler.close()
    return starting, first


@pytest.mark.parametrize("prime", [None, "/lamps"])
def test_leaves_nothing(prime: str | None, caplog: pytest.LogCaptureFixture) -> None:
    """No line, no metric, no trace and no log line comes of it, and the first request is as cold as without it."""
    app, _ = shop()
    starting, first = started(app, prime)
    assert (starting.text, starting.datagrams, starting.log_text) == ([], [], [])
    assert caplog.messages == ["sold one"]  # the real request's
    (line,) = first.lines
    assert line["cold_start"] is True
    assert line["init_ms"] == 250.0
    assert line["TelemetryFailures"] == 0
    assert line["Sold"] == 1
    assert [one["name"] for one in first.spans] == ["lamps", "shelf"]


def test_asks_for_the_path() -> None:
    """The named path goes through everything: the application's middleware and the route."""
    app, asked = shop()
    handler = lambda_handler(app, prime="/lamps")
    handler.close()
    assert asked == ["/lamps", "route"]


def test_runs_no_route_unasked() -> None:
    """Without a path no route runs; what a first request would have built is there all the same."""
    app, asked = shop()
    lambda_handler(app).close()
    assert asked == ["/.observability/prime"]
    assert app.middleware_stack is not None


@pytest.mark.parametrize("mounted", [True, False])
def test_takes_every_path(mounted: bool) -> None:  # noqa: FBT001 (pytest gives it)
    """An application that answers every path, by a route or a mount, is asked for nothing that wasn't named."""
    app, asked = shop()
    if mounted:
        app.mount("/", FastAPI())
    else:
        app.add_api_route("/{path:path}", lambda path: path)
    lambda_handler(app).close()
    assert asked == []


@pytest.mark.parametrize(
    "settings",
    [
        Settings(service="lamps"),
        Settings(service="lamps", function_name="lamps", cold_start=("none",)),
        Settings(service="lamps", function_name="lamps", cold_start=("collector", "openapi")),
    ],
    ids=["outside Lambda", "none", "others"],
)
def test_left_out(settings: Settings) -> None:
    """It happens in Lambda only, and not when OBSERVABILITY_COLD_START leaves it out."""
    app, asked = shop(settings)
    lambda_handler(app, prime="/lamps").close()
    assert asked == []


def test_a_failing_route(caplog: pytest.LogCaptureFixture) -> None:
    """A route that fails then is not heard of: the function starts, and logs as before."""
    app, _ = shop()

    @app.get("/broken")
    async def broken() -> None:
        raise ValueError("not yet")

    starting, first = started(app, "/broken")
    assert starting.text == []
    assert caplog.messages == ["sold one"]
    assert first.lines[0]["cold_start"] is True
    assert first.lines[0]["Faults"] == 0


def test_a_real_first_request_is_not_slowed_by_building() -> None:
    """With it the first request finds its route's dependencies and middleware built; without it, it builds them."""
    app, _ = shop(Settings(service="lamps", function_name="lamps", cold_start=("none",)))
    lambda_handler(app).close()
    assert app.middleware_stack is None
    app, _ = shop()
    lambda_handler(app).close()
    assert app.middleware_stack is not None


def test_provisioned_concurrency_stays_warm() -> None:
    """Where nobody waits for the start, the first request is not cold, primed or not."""
    app, _ = shop(Settings(service="lamps", function_name="lamps", initialization_type="provisioned-concurrency"))
    _, first = started(app, "/lamps")
    assert first.lines[0]["cold_start"] is False
