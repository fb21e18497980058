"""One ASGI request, run to its end on an event loop, and its whole answer. In the place of Mangum's HTTPCycle, which
does the same with a queue, a second task and a log line for each request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from asyncio import Event
    from collections.abc import Iterable

    from observability.event_loop import EventLoop
    from observability.middleware import App, Message, Scope

_FAULT = b"Internal Server Error"
_TEXT = [(b"content-type", b"text/plain; charset=utf-8")]


class Cycle:
    """`body`: the request's. Lambda answers at once: what isn't complete when the application is done becomes a 500."""

    __slots__ = ("_asked", "_body", "_gone", "body", "complete", "headers", "status")

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._asked = False
        self._gone: Event | None = None
        self.status: int | None = None
        self.headers: Iterable[tuple[bytes, bytes]] = ()
        self.body = bytearray()
        self.complete = False

    def run(self, app: App, scope: Scope, loop: EventLoop) -> dict[str, Any]:
        """The answer: status, headers, body. An exception of the application is its own line's to tell."""
        loop.run(self._run(app, scope))
        if not self.complete:
            return {"status": 500, "headers": _TEXT, "body": _FAULT}
        return {"status": self.status, "headers": self.headers, "body": bytes(self.body)}

    async def _run(self, app: App, scope: Scope) -> None:
        try:  # noqa: SIM105 (suppress() takes its time)
            await app(scope, self.receive, self.send)
        except BaseException:  # noqa: BLE001, S110 (whatever it is: the middleware has told it, the client gets an answer)
            pass

    async def receive(self) -> Message:
        """The request, then, once the answer is complete, that the client has gone."""
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": self._body, "more_body": False}
        if not self.complete:
            await self._disconnected()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """Raises RuntimeError for a message out of its order."""
        kind = message["type"]
        if kind == "http.response.start" and self.status is None:
            self.status = message["status"]
            self.headers = message.get("headers", ())
        elif kind == "http.response.body" and self.status is not None and not self.complete:
            self.body += message.get("body", b"")
            if not message.get("more_body", False):
                self.complete = True
                if self._gone is not None:
                    self._gone.set()
        else:
            raise RuntimeError(f"the application sent {kind!r} out of its order")

    async def _disconnected(self) -> None:
        from asyncio import Event  # noqa: PLC0415 (only a process that serves Lambda needs it here)

        if self._gone is None:
            self._gone = Event()
        await self._gone.wait()
