"""observe(app): the only file that knows FastAPI and Starlette. Both are imported when the application already has."""

from __future__ import annotations

import dataclasses
import os
import re
import sys
from typing import TYPE_CHECKING, Any

from observability.catalogue import UNMATCHED
from observability.errors import AlreadyObservedError
from observability.instruments import Instruments
from observability.logs import logger
from observability.middleware import Middleware, RouteWatch
from observability.observer import Observer, of
from observability.settings import Settings, misnamed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from observability.middleware import App, Scope

__all__ = ["observe", "without_idle_telemetry"]

_PREFIX = "OBSERVABILITY_"
"""Of the settings that are this library's alone; the others' names are OpenTelemetry's, Powertools' and AWS's."""


def observe(
    app: Any,
    *,
    service: str | None = None,
    settings: Settings | None = None,
    instruments: Instruments | None = None,
) -> None:
    """Makes every request to the FastAPI (or Starlette) application leave its line and its trace.

    `service` names it in logs, metrics and traces (else POWERTOOLS_SERVICE_NAME does). `settings` default to the
    environment's, `instruments` to the real ones. Call it anywhere before the first request: the middleware is put
    outside all others, Starlette's own for errors included. Raises AlreadyObservedError and SettingError.
    """
    if of(app) is not None:
        raise AlreadyObservedError
    lost = misnamed(Settings, os.environ, _PREFIX) if settings is None else []
    settings = Settings.from_env(os.environ) if settings is None else settings
    if service is not None:
        settings = dataclasses.replace(settings, service=service)
    observer = Observer(settings, Instruments.real(settings) if instruments is None else instruments)
    app.state.observability = observer
    logger.use(observer.logs)
    for name in lost:
        logger.warning("%s is no setting and does nothing; docs/settings.md has them", name)
    if settings.capture_logging and "logging" in sys.modules:
        from observability.log_handler import take_over  # noqa: PLC0415 (costs nothing where nobody logs)

        take_over(in_lambda=settings.function_name is not None)
    if not settings.fastapi_spans:
        _without_own_spans(app)
    _surround(app, observer)


def _without_own_spans(app: Any) -> None:
    """FastAPI starts four spans a request wherever there is a tracer provider: a third of a request's time for spans
    that nobody asked for. One given to the application itself (`telemetry=`) is asked for.
    """
    telemetry = getattr(app, "_telemetry", None)
    if isinstance(telemetry, dict) and telemetry.get("tracer_provider") is None:
        telemetry["tracing"] = False


def without_idle_telemetry(app: Any) -> None:
    """FastAPI looks at every request whether OpenTelemetry's providers of metrics and logs have been set. One that
    isn't there when the function has started is not looked for again; one that is, or is the application's own, stays.
    """
    telemetry = getattr(app, "_telemetry", None)
    is_idle = getattr(sys.modules.get("fastapi.telemetry._api"), "_unconfigured", None)
    if not isinstance(telemetry, dict) or is_idle is None or telemetry.get("auto_configure"):
        return
    for kind, given, module, provider in _PROVIDERS:
        api = sys.modules.get(module)  # FastAPI has loaded it
        if api is not None and telemetry.get(given) is None and is_idle(getattr(api, provider)()):
            telemetry[kind] = False


_PROVIDERS = (
    ("metrics", "meter_provider", "opentelemetry.metrics", "get_meter_provider"),
    ("logs", "logger_provider", "opentelemetry._logs", "get_logger_provider"),
)


def _surround(app: Any, observer: Observer) -> None:
    """Starlette builds its stack at the first call, through this method: the one place outside its error handler."""
    from starlette.middleware import Middleware as Entry  # noqa: PLC0415 (loaded with the application)

    build = app.build_middleware_stack

    def build_observed() -> App:
        inner = app.user_middleware
        if inner:  # else the scope that arrives is the one that the router fills in
            app.user_middleware = [*inner, Entry(RouteWatch)]
        try:
            stack: App = build()
        finally:
            app.user_middleware = inner
        observer.ready()
        return Middleware(stack, observer, Templates(app).template, is_watched=bool(inner))

    app.build_middleware_stack = build_observed


_REDIRECT = 307
"""What Starlette answers to a path that has a slash too many or too few."""


class Templates:
    """Finds the route template of a request that has been routed, from what the routers left in its scope."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._index: _Index | None = None

    def template(self, scope: Scope, root_path: str, status: int | None = None) -> str:
        """Such as /items/{item_id}, mounts included, `root_path` (a stage, a base path) not; ASCII.

        A redirect to the path with or without a slash at its end has the route that it leads to.
        """
        found = self._own(scope)
        if status == _REDIRECT and "endpoint" not in scope:
            found = self._redirected(scope)
        mounted = scope.get("root_path", "")[len(root_path) :]
        if found is not None and mounted:
            found = self._mounts().prefix(mounted) + found
        found = UNMATCHED if found is None else found
        return found if found.isascii() else found.encode("ascii", "backslashreplace").decode()

    def _redirected(self, scope: Scope) -> str | None:
        """The template of the route that takes the other path, found as the router finds it."""
        path = scope["path"]
        other = {**scope, "path": path.rstrip("/") if path.endswith("/") else path + "/"}
        for route, template in _flat(self._app.routes):
            if route.matches(other)[0].value:  # Starlette's Match: NONE is 0
                return None if hasattr(route, "routes") else template
        return None

    def _own(self, scope: Scope) -> str | None:
        """The template below the last mount."""
        if "endpoint" not in scope:
            return None
        route = scope.get("route")
        # FastAPI keeps the prefix of include_router() beside the route, not in it.
        context = scope.get("fastapi", {}).get("effective_route_context")
        if context is not None and context.original_route is route:
            route = context
        if route is None or hasattr(route, "routes"):  # FastAPI names only its own routes; a mount is no answer
            return self._mounts().endpoints.get(id(scope["endpoint"]))
        path: str | None = getattr(route, "path_format", None)
        return path

    def _mounts(self) -> _Index:
        if self._index is None:
            self._index = _Index(self._app)
        return self._index


class _Index:
    """What the scope doesn't tell: the templates of mounts, and of routes that aren't FastAPI's own (/docs)."""

    def __init__(self, app: Any) -> None:
        self.endpoints: dict[int, str] = {}
        self._literal: set[str] = set()
        self._patterns: list[tuple[re.Pattern[str], str]] = []
        self._walk(app.routes, "")

    def prefix(self, mounted: str) -> str:
        """The template of the mounts that a path went through."""
        if mounted in self._literal:
            return mounted
        found = (template for pattern, template in self._patterns if pattern.fullmatch(mounted))
        return next(found, "/(mounted)")

    def _walk(self, routes: Any, above: str) -> None:
        for route, path in _flat(routes):
            below = getattr(route, "routes", None)
            if below is None:
                self.endpoints[id(getattr(route, "endpoint", None))] = path
                continue
            prefix = path.removesuffix("/{path}")
            self._mount(above + prefix)
            if below:
                self._walk(below, above + prefix)
            else:  # an application without routes of its own, such as StaticFiles
                self.endpoints[id(route.app)] = "/{path}"

    def _mount(self, template: str) -> None:
        if "{" in template:
            pattern = re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(template))
            self._patterns.append((re.compile(pattern), template))
        else:
            self._literal.add(template)


def _flat(routes: Any) -> Iterator[tuple[Any, str]]:
    """Routes and their templates, those of included routers in place of the routers."""
    for route in routes:
        contexts = getattr(route, "effective_route_contexts", None)
        if contexts is None:
            yield route, getattr(route, "path_format", "")
            continue
        for context in contexts():
            inner = context.starlette_route or context
            yield inner, inner.path_format
