"""The default backend: the request's spans as X-Ray documents, sent to the daemon by UDP."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from observability.tracing.documents import documents

if TYPE_CHECKING:
    from observability.instruments import Instruments
    from observability.record import Bridge, Record
    from observability.settings import Settings

_HEADER = b'{"format":"json","version":1}\n'
"""What each datagram to the daemon starts with (X-Ray developer guide, "Sending trace data to X-Ray")."""


class Native:
    def __init__(self, settings: Settings) -> None:
        self._fastapi_spans = settings.fastapi_spans
        self.bridge: Bridge | None = None

    def install(self) -> None:
        """Nobody can use OpenTelemetry's API without having imported it; then it costs nothing to import here."""
        if self.bridge is None and "opentelemetry.trace" in sys.modules:
            from observability.tracing.installed import bridge  # noqa: PLC0415 (see above)

            self.bridge = bridge(fastapi_spans=self._fastapi_spans)

    def export(self, record: Record, instruments: Instruments) -> None:
        """Sends every document, whatever became of the one before."""
        found, repairs = documents(record, instruments.entropy)
        if repairs:
            record.failed(f"{repairs} value(s) that a trace can't hold", times=repairs)
        for document in found:
            try:
                instruments.send_document(_HEADER + document.encode("ascii"))
            except OSError as error:
                record.failed("trace document not sent", error)
