"""A Lambda handler around an observed application."""

from __future__ import annotations

import os
import re
import weakref
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from observability.errors import NotObservedError, UnsupportedEventError
from observability.observer import of
from observability.tricks import Trick

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop
    from collections.abc import Callable, Mapping

_TEXT_TOO = ("+json", "+xml", "+yaml", "application/yaml", "application/x-ndjson")
"""Parts of content types that are text. Anything else is answered in Base64, which a REST API hands to its client as
it is unless told otherwise: a problem document (RFC 9457, application/problem+json) must not be."""

_USABLE_ID = re.compile(r"[\x21-\x7e]{1,200}")

__all__ = ["Invocation", "LambdaHandler", "active", "lambda_handler"]


@dataclass(frozen=True)
class Invocation:
    """What Lambda says about one invocation. `remaining_ms()` is the time it still has."""

    function_request_id: str | None
    gateway_request_id: str | None
    trace_header: str | None
    remaining_ms: Callable[[], int] | None


_ACTIVE: ContextVar[Invocation | None] = ContextVar("observability_invocation", default=None)


def active() -> Invocation | None:
    """The invocation that this code runs in; None outside Lambda."""
    return _ACTIVE.get()


def lambda_handler(
    app: Any, *, base_path: str = "/", prime: str | None = None, environ: Mapping[str, str] | None = None
) -> LambdaHandler:
    """What Lambda is to call, made at the end of the handler's module, after observe(app).

    `base_path`: of the API's custom domain mapping, taken off the path. `prime`: a path that may be asked for, by
    GET, while the function starts, so that the first request finds all in place; it must change nothing (None: one
    that no route has). `environ`: where Lambda puts each invocation's trace header (os.environ). Raises
    NotObservedError, and ImportError if mangum isn't installed.
    """
    observer = of(app)
    if observer is None:
        raise NotObservedError("lambda_handler()")
    handler = LambdaHandler(app, base_path, os.environ if environ is None else environ)
    if Trick.PRIME in observer.settings.tricks and observer.settings.function_name is not None:
        from observability.priming import rehearse  # noqa: PLC0415 (only a process that serves Lambda needs it)

        rehearse(handler, app, observer, prime)
    observer.ready()
    return handler


class LambdaHandler:
    """Answers HTTP events. Raises UnsupportedEventError for any other."""

    def __init__(self, app: Any, base_path: str, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._loop, self._set_event_loop = _new_event_loop(self)
        self._mangum = _adapter(app, base_path)

    def __call__(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        _refuse_unsupported(event)
        self._set_event_loop(self._loop)
        token = _ACTIVE.set(_invocation(event, context, self._environ))
        try:
            answer: dict[str, Any] = self._mangum(event, context)
            return answer
        finally:
            _ACTIVE.reset(token)

    def close(self) -> None:
        """Closes the event loop. Lambda never needs it."""
        self._loop.close()


def _new_event_loop(owner: LambdaHandler) -> tuple[AbstractEventLoop, Callable[[AbstractEventLoop], None]]:
    """A loop of our own, and what makes it the thread's: Mangum takes that one, which from Python 3.12 on isn't made
    for it without a warning.
    """
    import asyncio  # noqa: PLC0415 (only a process that serves Lambda needs it here)

    loop = asyncio.new_event_loop()
    weakref.finalize(owner, loop.close)
    asyncio.set_event_loop(loop)
    return loop, asyncio.set_event_loop


def _adapter(app: Any, base_path: str) -> Any:
    import logging  # noqa: PLC0415 (loaded by mangum anyway)

    try:
        from mangum import Mangum  # noqa: PLC0415 (the library must import without it)
        from mangum.adapter import DEFAULT_TEXT_MIME_TYPES  # noqa: PLC0415
    except ImportError as error:
        raise ImportError("lambda_handler() needs mangum: pip install mangum") from error
    # Its line for every request would be a second one.
    logging.getLogger("mangum.http").setLevel(logging.WARNING)
    return Mangum(
        app,
        lifespan="off",
        api_gateway_base_path=base_path,
        text_mime_types=[*DEFAULT_TEXT_MIME_TYPES, *_TEXT_TOO],
    )


def _refuse_unsupported(event: Any) -> None:
    """The events that Mangum's handlers take, by the members they look at."""
    if not isinstance(event, dict):
        raise UnsupportedEventError(f"a {type(event).__name__}")
    about = event.get("requestContext")
    if isinstance(about, dict) and ("elb" in about or "resource" in event or "version" in event):
        return
    records = event.get("Records")
    if isinstance(records, list) and records and isinstance(records[0], dict) and "cf" in records[0]:
        return
    raise UnsupportedEventError("its members: " + (", ".join(sorted(map(str, event))[:10])[:200] or "none"))


def _invocation(event: dict[str, Any], context: Any, environ: Mapping[str, str]) -> Invocation:
    about = event.get("requestContext") or {}
    return Invocation(
        _id(getattr(context, "aws_request_id", None)),
        _id(about.get("requestId")),
        environ.get("_X_AMZN_TRACE_ID"),
        getattr(context, "get_remaining_time_in_millis", None),
    )


def _id(value: Any) -> str | None:
    """An id that may be shown in a header."""
    return value if isinstance(value, str) and _USABLE_ID.fullmatch(value) else None
