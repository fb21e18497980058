"""Puts the service together from its settings: store, domain, routes, and the middleware around them."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from fastapi import Depends, FastAPI, Request

from observability import observe
from observability.snapshot import before_snapshot
from service import cors, openapi, problems
from service.auth import Authentication, Principal
from service.head import HeadMiddleware
from service.idempotency import Idempotency
from service.items import Items
from service.root_path import RootPathMiddleware
from service.routes import items, system
from service.store import ItemStore, open_store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from contextlib import AbstractAsyncContextManager

    from service.settings import Settings

VERSION = "0.1.0"


def create_app(settings: Settings, store: ItemStore | None = None) -> FastAPI:
    """The application. `store` is the one that the settings choose, unless a test brings its own."""
    kept = store or open_store(settings.store, settings.runtime.region)
    app = FastAPI(
        title="Items",
        version=VERSION,
        summary="A small shop's items: an example service to replace by your own.",
        lifespan=_closing(kept),
        # FastAPI's own metrics and logs would tell every request a second time, and its variable start an exporter.
        # Its spans are in the trace if OBSERVABILITY_FASTAPI_SPANS asks for them: observe() sees to that.
        telemetry={"metrics": False, "logs": False, "auto_configure": False},
    )
    app.state.settings = settings
    app.state.items = Items(kept, Idempotency(kept, settings.store.idempotency_wait_ms))
    _mount_routes(app, settings)
    _wrap(app, settings)
    before_snapshot(app, kept.close)  # it opens again when it is used
    return app


def _mount_routes(app: FastAPI, settings: Settings) -> None:
    auth = Authentication(settings.auth, realm=settings.app.name)
    app.include_router(system.router)
    app.include_router(items.reading, dependencies=[Depends(_remember(auth.reads))])
    app.include_router(items.writing, dependencies=[Depends(_remember(auth.writes))])
    problems.install(app)
    openapi.install(app)
    _build(app)


def _build(app: FastAPI) -> None:
    """Makes FastAPI build its routes now. It would with the first request, which then waits for it, and in threads
    pydantic is not ready for that; while a Lambda function starts, its processor is faster, too.
    """
    for route in app.routes:
        route.matches({"type": "http", "method": "GET", "path": "/", "headers": []})


def _wrap(app: FastAPI, settings: Settings) -> None:
    """Innermost first: a fault's answer passes through CORS, and every answer to a HEAD loses its body."""
    app.add_middleware(problems.FaultMiddleware)
    cors.install(app, settings.cors)
    app.add_middleware(HeadMiddleware)
    app.add_middleware(RootPathMiddleware, base_path=settings.app.base_path)
    observe(app, service=settings.app.name)


def _remember(identify: Callable[..., Awaitable[Principal]]) -> Callable[..., Awaitable[None]]:
    """A dependency that leaves the caller in `request.state.principal`, for the routes that need to know."""

    async def remember(request: Request, principal: Principal = Depends(identify)) -> None:  # noqa: B008 (FastAPI's way to depend on a value made at run time)
        request.state.principal = principal

    return remember


def _closing(store: ItemStore) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """The lifespan, which uvicorn has and Lambda has not: there the sandbox ends, and the store with it."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        store.close()

    return lifespan
