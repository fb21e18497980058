"""Turns every error into a problem document (RFC 9457): the one place that knows both FastAPI and service/errors.py."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match

from observability import current
from service.cors import METHODS
from service.errors import PROBLEM_MEDIA_TYPE, BadRequestError, ProblemError, UnprocessableError, document, from_status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_MOST_ERRORS = 50
"""Members of `errors` at most: a body can be wrong in more places than an answer should have lines."""


class ProblemResponse(Response):
    media_type = PROBLEM_MEDIA_TYPE


def answer(problem: ProblemError, path: str, errors: Sequence[Mapping[str, str]] = ()) -> ProblemResponse:
    """The response for a problem on `path`; trace and request id are those of the current request."""
    record = current()
    body = document(problem, path=path, trace_id=record.trace_id, request_id=record.request_id, errors=errors)
    # ASCII escapes: a member name sent by the client may hold a lone surrogate, which UTF-8 cannot carry.
    return ProblemResponse(json.dumps(body, separators=(",", ":")), problem.status, problem.headers)


def install(app: FastAPI) -> None:
    """Answers HTTP errors (404, 405 and its Allow header ...), validation errors and ProblemErrors as documents."""
    app.add_exception_handler(ProblemError, _on_problem)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)


async def _on_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, ProblemError)  # noqa: S101 (registered for this type; Starlette's signature says Exception)
    if error.status >= 500:
        current().fault(error)  # it is answered here, so nobody further out would see what failed
    return answer(error, request.scope["path"])


async def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 (as above)
    if error.status_code < 400:
        return Response(status_code=error.status_code, headers=error.headers)
    headers = {"Allow": _allowed(request)} if error.status_code == 405 else error.headers
    return answer(from_status(error.status_code, headers), request.scope["path"])


def _allowed(request: Request) -> str:
    """The path's methods (RFC 9110, section 15.5.6). Starlette names those of the first route alone."""
    return ", ".join(method for method in METHODS if _is_served(request, "GET" if method == "HEAD" else method))


def _is_served(request: Request, method: str) -> bool:
    scope = {**request.scope, "method": method}
    return any(route.matches(scope)[0] is Match.FULL for route in request.app.routes)


async def _on_invalid_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 (as above)
    found = error.errors()
    if found and found[0]["type"] == "json_invalid":
        place = found[0]["loc"][1]
        return answer(
            BadRequestError(f"The body is not JSON, from character {place} on.", kind="not-json"), request.scope["path"]
        )
    problem = UnprocessableError("The request is not valid: see errors.", kind="invalid-request")
    return answer(problem, request.scope["path"], [_invalid(one) for one in found[:_MOST_ERRORS]])


def _invalid(error: Mapping[str, Any]) -> dict[str, str]:
    """One thing that is wrong: where, as a JSON pointer (RFC 6901), and what. Never the value: it may be a secret."""
    place, *members = error["loc"]
    pointer = "#" + "".join("/" + _pointer_token(member) for member in members)
    return {"in": str(place), "pointer": pointer, "code": str(error["type"]), "detail": str(error["msg"])}


def _pointer_token(member: object) -> str:
    """A member's name, cut: it is the client's own, and could be a megabyte long."""
    return str(member)[:100].replace("~", "~0").replace("/", "~1")


class FaultMiddleware:
    """Answers an unhandled exception with a 500 problem, then raises it again for whoever watches further out.

    Starlette's own handler for this sits outside every other middleware, so its 500 has no CORS headers and a
    browser shows the page's author a CORS error in place of the fault. The document never shows the exception.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watch)
        except Exception:
            if not started:
                fault = ProblemError(500, "Internal Server Error", "The service failed. The trace id finds the reason.")
                await answer(fault, scope["path"])(scope, receive, send)
            raise
