"""The default backend: the request's spans as X-Ray documents, sent to the daemon by UDP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from observability.tracing.documents import documents

if TYPE_CHECKING:
    from observability.instruments import Instruments
    from observability.record import Record

_HEADER = b'{"format":"json","version":1}\n'
"""X-Ray developer guide, "Sending trace data to X-Ray", the daemon."""


class Native:
    def export(self, record: Record, instruments: Instruments) -> int:
        """Sends every document, whatever became of the one before; counts the failures in the record."""
        failures = 0
        for document in documents(record, instruments.entropy):
            try:
                instruments.send_document(_HEADER + document.encode("ascii"))
            except OSError as error:
                failures += 1
                record.failed("trace document not sent", error)
        return failures
