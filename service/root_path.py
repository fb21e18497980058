"""Where the API is mounted: the part of the path that is the gateway's, not ours. Pure ASGI.

Behind `https://x.execute-api.<region>.amazonaws.com/prod/`, /docs, Location headers and redirects must say /prod,
and the routes must not see it. The raw event says what the prefix is (Mangum leaves it in scope["aws.event"]).
Plain dictionary reads, not Powertools' event data classes: those take 20 ms of a cold start to import.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Receive, Scope, Send


class RootPathMiddleware:
    """Sets `root_path` and `path` as the ASGI specification has them: path begins with root_path.

    `base_path` is that of a custom domain's mapping ("/shop"), or "".
    """

    def __init__(self, app: ASGIApp, base_path: str = "") -> None:
        self.app = app
        self._base_path = base_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            mounted, path = split(scope.get("aws.event") or {}, scope["path"], self._base_path)
            root = scope.get("root_path", "") + mounted
            scope["root_path"] = root
            scope["path"] = root + path
        await self.app(scope, receive, send)


def split(event: Mapping[str, Any], path: str, base_path: str) -> tuple[str, str]:
    """(what the gateway put before our path, our path) for a request's decoded `path`.

    REST API: the stage is in requestContext.path alone. HTTP API: it is in the path, unless the stage is $default or
    the request came by a custom domain. Function URL and ALB: there is none. A custom domain's base path is in the
    path, but for an HTTP API's format 2.0, which leaves it out. Source: "Set up Lambda proxy integrations in API
    Gateway" and "Create AWS Lambda proxy integrations for HTTP APIs", API Gateway developer guide.
    """
    context = event.get("requestContext") or {}
    if "version" not in event:
        stage = _rest_api(context, event.get("path") or "")
    elif _is_own_domain(context):
        stage, path = _http_api(context, path)
    else:
        stage = base_path if event["version"] == "2.0" and not _is_below(path, base_path) else ""
    if base_path and _is_below(path, base_path):
        return stage + base_path, path[len(base_path) :] or "/"
    return stage, path


def _is_own_domain(context: Mapping[str, Any]) -> bool:
    """Whether the request came by x.execute-api...: the domain's prefix is the API's id there."""
    return context.get("domainPrefix") in (None, context.get("apiId"))


def _rest_api(context: Mapping[str, Any], path: str) -> str:
    """What requestContext.path has before the event's own path: "/prod" of "/prod/api/items/"."""
    whole, own = unquote(context.get("path") or ""), unquote(path)
    prefix = whole.removesuffix("/") if own == "/" else whole.removesuffix(own) if whole.endswith(own) else ""
    return prefix if prefix.startswith("/") else ""


def _http_api(context: Mapping[str, Any], path: str) -> tuple[str, str]:
    stage = "/" + context.get("stage", "$default")
    if stage != "/$default" and _is_below(path, stage):
        return stage, path[len(stage) :] or "/"
    return "", path


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder + "/")
