"""OTLP over HTTP: POST of protobuf to a collector (OpenTelemetry protocol specification, "OTLP/HTTP").

In Lambda a request is sent at once, for afterwards the process may stand still; anywhere else a thread sends, so that
no request waits. What can't be sent raises OSError, whose text holds no secrets: there and then, or, from the thread,
with the next one.
"""

from __future__ import annotations

import threading
import weakref
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from queue import Full, Queue
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from observability.errors import SettingError
from observability.tracing.otlp_answer import rejected
from observability.tracing.signing import signer

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["OtlpHttp", "headers_of"]

_MOST_WAITING = 512
"""Requests that wait for the thread; some seconds of a busy service. The next is lost, and counted."""


class OtlpHttp:
    """`url`: the whole one, http or https. Raises SettingError."""

    def __init__(self, variable: str, url: str, headers: Mapping[str, str], timeout_s: float, *, at_once: bool) -> None:
        self._post = _Post(variable, url, headers, timeout_s)
        self._at_once = at_once
        self._waiting: Queue[bytes | None] = Queue(_MOST_WAITING)
        self._lost: list[str] = []
        self._threads: list[threading.Thread] = []
        # With its owner, or with the process: what was taken is sent first.
        weakref.finalize(self, _finish, self._waiting, self._threads, timeout_s)

    def send(self, request: bytes) -> None:
        """Takes an ExportTraceServiceRequest. Raises OSError."""
        if self._at_once:
            self._post(request)
            return
        self._start()
        try:
            self._waiting.put_nowait(request)
        except Full:
            self._lost.append("too many wait")
        lost = self._lost[:]
        del self._lost[: len(lost)]
        if lost:
            raise OSError(f"{len(lost)} request(s) not taken, the last: {lost[-1]}")

    def drain(self) -> None:
        """Waits until all that was taken is sent, or lost."""
        self._waiting.join()

    def _start(self) -> None:
        """A fork loses the thread."""
        if not self._threads or not self._threads[0].is_alive():
            thread = threading.Thread(
                target=_work, args=(self._waiting, self._post, self._lost), name="otlp", daemon=True
            )
            self._threads[:] = [thread]
            thread.start()


def _work(waiting: Queue[bytes | None], post: _Post, lost: list[str]) -> None:
    """The thread: ends with its owner, which it doesn't hold."""
    while (request := waiting.get()) is not None:
        try:
            post(request)
        except OSError as error:
            lost.append(str(error))
        finally:
            waiting.task_done()


def _finish(waiting: Queue[bytes | None], threads: list[threading.Thread], timeout_s: float) -> None:
    if threads and threads[0].is_alive() and threads[0] is not threading.current_thread():
        with suppress(Full):
            waiting.put(None, timeout=timeout_s)
        threads[0].join(timeout_s)


class _Post:
    """Keeps its connection."""

    def __init__(self, variable: str, url: str, headers: Mapping[str, str], timeout_s: float) -> None:
        place = urlsplit(url)
        if place.scheme not in ("http", "https") or not place.hostname:
            raise SettingError(variable, url, "a URL such as http://127.0.0.1:4318")
        made = HTTPSConnection if place.scheme == "https" else HTTPConnection
        self._connection = made(place.hostname, place.port, timeout=timeout_s)
        weakref.finalize(self, self._connection.close)
        self._path = (place.path or "/") + (f"?{place.query}" if place.query else "")
        self._headers = {**headers, "Content-Type": "application/x-protobuf", "User-Agent": "glasshouse-otlp"}
        self._sign = signer(variable, url, headers)

    def __call__(self, request: bytes) -> None:
        status, body = self._answer(request, {**self._headers, **self._sign(request)} if self._sign else self._headers)
        if status >= 300:
            raise OSError(f"status {status}")
        if count := rejected(body):
            raise OSError(f"{count} span(s) rejected")

    def _answer(self, request: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        """A connection that was kept may have been closed by the other side meanwhile: once more, then."""
        kept = self._connection.sock is not None
        try:
            self._connection.request("POST", self._path, request, headers)
            answer = self._connection.getresponse()
            return answer.status, answer.read()
        except (OSError, HTTPException) as error:
            self._connection.close()
            if not kept:
                raise OSError(type(error).__name__) from error
        return self._answer(request, headers)


def headers_of(text: str) -> dict[str, str]:
    """OTEL_EXPORTER_OTLP_HEADERS: name=value,name=value, the values URL-encoded (OpenTelemetry, "OTLP exporter")."""
    pairs = (one.partition("=") for one in text.split(",") if one.strip())
    found = {name.strip(): unquote(value.strip()) for name, sign, value in pairs if sign and name.strip()}
    if len(found) != len([one for one in text.split(",") if one.strip()]):
        raise SettingError("OTEL_EXPORTER_OTLP_HEADERS", "(not shown)", "name=value,name=value")
    return found
