"""observe(): where the middleware goes, and which route template a request gets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.telemetry import _api
from opentelemetry._logs import NoOpLoggerProvider
from opentelemetry.metrics import NoOpMeterProvider
from opentelemetry.trace import NoOpTracer, TracerProvider
from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from observability import ObservabilityError, Settings, lambda_handler, observe
from observability.settings import misnamed, table
from observability.testing import capture

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import httpx
    from starlette.requests import Request

    Call = Callable[..., httpx.Response]


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    """Routes of every kind: direct, included twice over, mounted, mounted under a parameter, static, FastAPI's own."""
    (tmp_path / "a.txt").write_text("a")
    app = FastAPI()
    observe(app, service="items", settings=Settings())
    items = APIRouter(prefix="/items")

    @items.get("/{item_id}")
    async def item(item_id: str) -> str:
        return item_id

    version = APIRouter()
    version.include_router(items, prefix="/v1")
    app.include_router(version, prefix="/api")

    @app.get("/direct/{name:path}")
    async def direct(name: str) -> str:
        return name

    @app.get("/straße")
    async def street() -> str:
        return "street"

    @app.get("/slashed/")
    async def slashed() -> None: ...

    @app.get("/old")
    async def old() -> RedirectResponse:
        return RedirectResponse("/direct/new")

    sub = FastAPI()
    sub.include_router(items, prefix="/in")

    @sub.get("/x/{y}")
    async def inner(y: str) -> str:
        return y

    app.mount("/sub", sub)
    app.mount("/tenants/{tenant}", sub)
    app.mount("/static", StaticFiles(directory=tmp_path))
    return app


@pytest.mark.parametrize(
    ("method", "path", "status", "route"),
    [
        ("GET", "/api/v1/items/5", 200, "/api/v1/items/{item_id}"),
        ("POST", "/api/v1/items/5", 405, "/api/v1/items/{item_id}"),
        ("GET", "/direct/a/b", 200, "/direct/{name}"),
        ("GET", "/straße", 200, "/stra\\xdfe"),
        ("GET", "/sub/x/1", 200, "/sub/x/{y}"),
        ("GET", "/sub/in/items/3", 200, "/sub/in/items/{item_id}"),
        ("GET", "/sub/nowhere", 404, "(unmatched)"),
        ("GET", "/tenants/acme/x/1", 200, "/tenants/{tenant}/x/{y}"),
        ("GET", "/tenants/acme/in/items/3", 200, "/tenants/{tenant}/in/items/{item_id}"),
        ("GET", "/tenants/acme/nowhere", 404, "(unmatched)"),
        ("GET", "/static/a.txt", 200, "/static/{path}"),
        ("GET", "/static/b.txt", 404, "/static/{path}"),
        ("GET", "/docs", 200, "/docs"),
        ("GET", "/openapi.json", 200, "/openapi.json"),
        ("GET", "/nowhere/5", 404, "(unmatched)"),
        ("GET", "/api/v1/items/5/", 307, "/api/v1/items/{item_id}"),
        ("GET", "/slashed", 307, "/slashed/"),
        ("GET", "/old", 307, "/old"),
        ("GET", "/sub/x/1/", 307, "(unmatched)"),
    ],
)
@pytest.mark.parametrize("stage", ["", "/prod"])
def test_the_route_is_the_template(
    stage: str, method: str, path: str, status: int, route: str, *, app: FastAPI, call: Call
) -> None:
    """The template with its mounts and without the stage's prefix is the route: never a path, which anybody can make
    up, and each of which would be a billed metric."""
    with capture(app) as seen:
        assert call(app, method, stage + path, root_path=stage).status_code == status
    (line,) = seen.lines
    assert line["route"] == route
    assert line["message"] == f"{method} {route} {status}"


def test_a_middleware_that_copies_the_scope_hides_no_route(app: FastAPI, call: Call) -> None:
    """ASGI lets a middleware pass a changed copy of the scope on, a stage prefix added for example."""

    class Prefix:
        def __init__(self, inner: Any) -> None:
            self.inner = inner

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] == "http":
                scope = {**scope, "root_path": "/prod", "path": "/prod" + scope["path"]}
            await self.inner(scope, receive, send)

    app.add_middleware(Prefix)
    with capture(app) as seen:
        call(app, "GET", "/api/v1/items/5")
        call(app, "GET", "/sub/x/1")
    assert [line["route"] for line in seen.lines] == ["/api/v1/items/{item_id}", "/sub/x/{y}"]


def test_what_a_middleware_answers_has_a_line(app: FastAPI, call: Call) -> None:
    """A CORS preflight never reaches a route; it leaves its line, and its answer our headers."""
    app.add_middleware(CORSMiddleware, allow_origins=["https://a.example"], allow_methods=["GET"])
    with capture(app) as seen:
        answer = call(
            app,
            "OPTIONS",
            "/api/v1/items/5",
            headers={"Origin": "https://a.example", "Access-Control-Request-Method": "GET"},
        )
    assert answer.status_code == 200
    assert answer.headers["x-request-id"] == seen.lines[0]["request_id"]
    assert seen.lines[0]["message"] == "OPTIONS (unmatched) 200"


def test_an_observed_application_mounted_in_another_leaves_one_line(call: Call) -> None:
    """The outer one's: the request is one, so the line is one."""
    inner, outer = FastAPI(), FastAPI()
    observe(inner, service="inner", settings=Settings())
    observe(outer, service="outer", settings=Settings())

    @inner.get("/x")
    async def x() -> None: ...

    outer.mount("/in", inner)
    with capture(outer) as seen, capture(inner) as unseen:
        call(outer, "GET", "/in/x")
    assert [(line["service"], line["route"]) for line in seen.lines] == [("outer", "/in/x")]
    assert unseen.lines == []


def test_a_starlette_application_is_observed_too(call: Call) -> None:
    """FastAPI isn't needed: Starlette's own routes and mounts give their templates."""

    async def one(_request: Request) -> PlainTextResponse:
        return PlainTextResponse("one")

    app = Starlette(routes=[Route("/a/{b}", one), Mount("/m/{n}", routes=[Route("/c/{d}", one)])])
    observe(app, settings=Settings())
    with capture(app) as seen:
        for path in ("/a/1", "/m/2/c/3", "/m/2/nowhere"):
            call(app, "GET", path)
    assert [line["route"] for line in seen.lines] == ["/a/{b}", "/m/{n}/c/{d}", "(unmatched)"]


def test_observing_twice_is_refused() -> None:
    """Two middlewares would write two lines: the second call says that it is one too many."""
    app = FastAPI()
    observe(app, settings=Settings())
    with pytest.raises(ObservabilityError, match="called twice"):
        observe(app, settings=Settings())


def test_the_service_names_itself_or_is_named_by_its_setting(call: Call) -> None:
    """What observe() is told goes before POWERTOOLS_SERVICE_NAME."""
    for told, name in (("shop", "shop"), (None, "from-env")):
        app = FastAPI()
        observe(app, service=told, settings=Settings.from_env({"POWERTOOLS_SERVICE_NAME": "from-env"}))
        with capture(app) as seen:
            call(app, "GET", "/")
        assert seen.lines[0]["service"] == name
        assert seen.lines[0]["_aws"]["CloudWatchMetrics"][0]["Namespace"] == name


class OwnProvider(TracerProvider):
    """An application's own."""

    def get_tracer(self, *_about: Any, **_more: Any) -> NoOpTracer:
        return NoOpTracer()


def test_fastapi_measures_nothing_by_itself(call: Call) -> None:
    """FastAPI's own telemetry doesn't run in a request, unless OBSERVABILITY_FASTAPI_SPANS asks for its spans or the
    application was given a tracer provider of its own.
    """

    def runs(app: FastAPI, settings: Settings) -> bool:
        observe(app, settings=settings)

        def scope(request: Request) -> PlainTextResponse:
            return PlainTextResponse(str("fastapi.telemetry" in request.scope))

        app.add_route("/scope", scope)
        with capture(app):
            return call(app, "GET", "/scope").text == "True"

    assert runs(FastAPI(), Settings(service="test")) is False
    assert runs(FastAPI(), Settings(service="test", fastapi_spans=True)) is True
    own = FastAPI(telemetry={"tracer_provider": OwnProvider()})
    assert runs(own, Settings(service="test")) is True


def test_fastapi_looks_once_for_providers() -> None:
    """When the function has started, FastAPI no longer asks OpenTelemetry for providers that nobody has set; one that
    was given to the application keeps its measurements, one that has been set by then does too.
    """

    def enabled(**telemetry: Any) -> bool:
        app = FastAPI(telemetry=telemetry)  # type: ignore[arg-type] # some of its keys
        observe(app, settings=Settings(service="test"))
        lambda_handler(app, environ={}).close()
        with pytest.MonkeyPatch.context() as later:
            later.setattr("opentelemetry.metrics._internal._METER_PROVIDER", NoOpMeterProvider())
            return bool(app._native_telemetry.enabled())  # noqa: SLF001 (what FastAPI asks with every request)

    assert enabled() is False
    assert enabled(meter_provider=NoOpMeterProvider()) is True
    assert enabled(logger_provider=NoOpLoggerProvider()) is True
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("opentelemetry.metrics._internal._METER_PROVIDER", NoOpMeterProvider())
        assert enabled() is True


def test_what_fastapi_looks_for_is_known() -> None:
    """Notices a FastAPI with another telemetry: then every request would pay for the look again."""
    assert callable(_api._unconfigured)  # noqa: SLF001 (what without_idle_telemetry() calls)
    known = FastAPI()._telemetry.keys()  # noqa: SLF001 (what without_idle_telemetry() reads)
    assert {"metrics", "logs", "meter_provider", "logger_provider", "auto_configure"} <= known


def test_a_variable_that_is_none_is_told_of(
    call: Call, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slip of the pen is one warning at the start, and no error: others may have variables of such names."""
    monkeypatch.setenv("OBSERVABILITY_TRACNG", "otel")
    monkeypatch.setenv("OBSERVABILITY_SLOW_MS", "500")
    app = FastAPI()
    observe(app, service="items")
    (line,) = [json.loads(text) for text in capfd.readouterr().out.splitlines()]
    said = "OBSERVABILITY_TRACNG is no setting and does nothing; docs/settings.md has them"
    assert (line["level"], line["service"], line["message"]) == ("WARNING", "items", said)
    assert call(app, "GET", "/").status_code == 404


def test_no_setting_is_taken_for_a_slip() -> None:
    """All that the table has are known, whatever section they are in."""
    known = {row.variable: "" for row in table(Settings)}
    assert misnamed(Settings, known, "") == []
