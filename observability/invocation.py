"""A Lambda handler around an observed application."""

from __future__ import annotations

import os
import weakref
from typing import TYPE_CHECKING, Any, NamedTuple

from observability.after_answer import AfterAnswer
from observability.cycle import Cycle
from observability.errors import NotObservedError, UnsupportedEventError
from observability.observer import of
from observability.tricks import Trick

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from observability.event_loop import EventLoop
    from observability.observer import Observer

_TEXT_TOO = ("+json", "+xml", "+yaml", "application/yaml", "application/x-ndjson")
"""Parts of content types that are text. Anything else is answered in Base64, which a REST API hands to its client as
it is unless told otherwise: a problem document (RFC 9457, application/problem+json) must not be."""

__all__ = ["INVOCATION", "Invocation", "LambdaHandler", "lambda_handler"]


class Invocation(NamedTuple):
    """What Lambda says about one invocation. `remaining_ms()` is the time it still has."""

    function_request_id: str | None
    gateway_request_id: str | None
    trace_header: str | None
    remaining_ms: Callable[[], int] | None


INVOCATION = "observability.invocation"
"""The scope's member that holds it."""


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
    if not observer.settings.fastapi_spans:
        from observability.fastapi import without_idle_telemetry  # noqa: PLC0415 (which imports this file)

        without_idle_telemetry(app)
    handler = LambdaHandler(app, base_path, os.environ if environ is None else environ)
    if Trick.PRIME in observer.settings.tricks and observer.settings.function_name is not None:
        from observability.priming import rehearse  # noqa: PLC0415 (only a process that serves Lambda needs it)

        rehearse(handler, app, observer, prime)
    if observer.settings.after_answer:
        handler.put_off(observer)
    if observer.settings.initialization_type == "snap-start":
        from observability.snapshot import protect  # noqa: PLC0415 (few functions use SnapStart)

        protect(observer)
    observer.ready()
    return handler


class LambdaHandler:
    """Answers HTTP events. Raises UnsupportedEventError for any other."""

    def __init__(self, app: Any, base_path: str, environ: Mapping[str, str]) -> None:
        self._app = app
        self._environ = environ
        self._loop = _new_event_loop(self)
        self._mangum = _adapter(app, base_path)
        self._after_answer = AfterAnswer()

    def put_off(self, observer: Observer) -> None:
        """Has the observer send when an answer is out, if this process runs a runtime client that says when."""
        if self._after_answer.watch():
            observer.after_answer = self._after_answer

    def __call__(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        self._after_answer.settle()
        _refuse_unsupported(event)
        adapted = self._mangum.infer(event, context)
        scope = adapted.scope
        scope[INVOCATION] = _invocation(event, context, self._environ)
        answer: dict[str, Any] = adapted(Cycle(adapted.body).run(self._app, scope, self._loop))
        return answer

    def close(self) -> None:
        """Sends what is owed, and closes the event loop. Lambda never needs it."""
        self._after_answer.settle()
        self._loop.close()


def _new_event_loop(owner: LambdaHandler) -> EventLoop:
    """A loop of our own, whatever other code does to the thread's; Mangum wants that one to be there, too."""
    import asyncio  # noqa: PLC0415 (only a process that serves Lambda needs it here)

    from observability.event_loop import EventLoop  # noqa: PLC0415 (the same)

    loop = EventLoop()
    weakref.finalize(owner, loop.close)
    asyncio.set_event_loop(loop)
    return loop


def _adapter(app: Any, base_path: str) -> Any:
    """Mangum, for what it knows about events: it makes them scopes, and answers theirs."""
    try:
        from mangum import Mangum  # noqa: PLC0415 (the library must import without it)
        from mangum.adapter import DEFAULT_TEXT_MIME_TYPES  # noqa: PLC0415
    except ImportError as error:
        raise ImportError("lambda_handler() needs mangum: pip install mangum") from error
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
    """An id that may be shown in a header: at most 200 printable ASCII characters, no space."""
    if type(value) is str and value.isascii() and value.isprintable() and " " not in value and 0 < len(value) <= 200:
        return value
    return None
