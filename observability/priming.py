"""One request before the first: what Python and the frameworks do at a first call is then done while starting."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from observability.observer import Observer

_NO_ROUTE = "/.observability/prime"
"""No service has such a route; one that takes every path does, and then is asked for nothing."""


class _Context:
    """What Lambda gives with an event. It has no deadline: nothing is to be watched."""

    aws_request_id = None


def rehearse(handle: Callable[[dict[str, Any], Any], Any], app: Any, observer: Observer, path: str | None) -> bool:
    """Sends GET `path` through the handler, its middleware and the application, and says whether it did.

    Without a path it is a request that no route answers, so that no code of a route runs before it should. It leaves
    no line, trace, metric or log, and the next request is as cold as it would have been. Never raises.
    """
    if path is None and _routed(app):
        return False
    above = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with observer.rehearsing():
            handle(_event(path or _NO_ROUTE), _Context())
    except Exception:  # noqa: BLE001 (a rehearsal that fails must not fail the start: the real request will say why)
        return False
    finally:
        logging.disable(above)
    return True


def _routed(app: Any) -> bool:
    """Whether a route or mount takes the path that none should."""
    scope = {"type": "http", "method": "GET", "path": _NO_ROUTE, "root_path": "", "headers": []}
    return any(route.matches(dict(scope))[0].value for route in app.routes)  # Starlette's Match: NONE is 0


def _event(path: str) -> dict[str, Any]:
    """A REST API's event ("Input format of a Lambda function for proxy integration"), as far as Mangum reads it."""
    return {
        "resource": "/{proxy+}",
        "path": path,
        "httpMethod": "GET",
        "headers": {"host": "localhost", "user-agent": "observability/prime", "accept": "application/json"},
        "queryStringParameters": None,
        "requestContext": {"path": path, "identity": {"sourceIp": "127.0.0.1"}},
        "body": None,
        "isBase64Encoded": False,
    }
