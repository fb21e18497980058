"""Calls by httpx as spans that take their trace along: instrument(client). Imports nothing of it."""

from __future__ import annotations

from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Any

from observability.context import current, span
from observability.tracing.outgoing import outgoing

if TYPE_CHECKING:
    from observability.spans import Span

__all__ = ["instrument"]

_DONE = "observed"


def instrument(client: Any) -> None:
    """From now on every request of the httpx.Client or AsyncClient is a span of the request that makes it: named
    after the host, with method, URL (without its query, which may hold secrets) and status, redirects included; and
    carries X-Amzn-Trace-Id and traceparent, unless they are set already. Once or more: the same.
    """
    send = client.send
    if hasattr(send, _DONE):
        return
    traced = _async(send) if iscoroutinefunction(send) else _sync(send)
    setattr(traced, _DONE, True)
    client.send = traced


def _sync(send: Any) -> Any:
    def traced(request: Any, **options: Any) -> Any:
        with _call(request) as remote:
            _carry(request, remote)
            response = send(request, **options)
            _answer(remote, response)
        return response

    return traced


def _async(send: Any) -> Any:
    async def traced(request: Any, **options: Any) -> Any:
        with _call(request) as remote:
            _carry(request, remote)
            response = await send(request, **options)
            _answer(remote, response)
        return response

    return traced


def _call(request: Any) -> span:
    url = request.url
    place = f"{url.scheme}://{url.netloc.decode('ascii')}{url.path}"
    return span(url.host or "-", namespace="remote", http={"request": {"method": request.method, "url": place}})


def _carry(request: Any, remote: Span) -> None:
    record = current()
    if remote.id and record.trace_id is not None:
        for name, value in outgoing(record.trace_id, remote.id, sampled=record.sampled).items():
            request.headers.setdefault(name, value)


def _answer(remote: Span, response: Any) -> None:
    length = response.headers.get("content-length", "")
    remote.http["response"] = {"status": response.status_code} | (
        {"content_length": int(length)} if length.isdecimal() else {}
    )
