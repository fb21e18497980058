"""One application's telemetry: opens a record for each request, and sends what became of it.

The edge: whatever goes wrong in here is counted in TelemetryFailures and never reaches the request.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from observability.constants import Constants
from observability.deadline import Watchdog, last_words
from observability.dimensions import Dimensions
from observability.logs import Logs
from observability.record import Record
from observability.redaction import Redaction
from observability.tracing import backend
from observability.tracing.header import parse
from observability.tracing.traceparent import parse_traceparent
from observability.wide_event import lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from observability.after_answer import AfterAnswer
    from observability.deadline import NearTimeoutError
    from observability.instruments import Instruments
    from observability.invocation import Invocation
    from observability.settings import Settings

_PROVISIONED = "provisioned-concurrency"
_ON_DEMAND = "on-demand"


class Observer:
    """`instruments` may be exchanged between requests (observability.testing does)."""

    def __init__(self, settings: Settings, instruments: Instruments) -> None:
        self.settings = settings
        self.instruments = instruments
        self._constants = Constants.of(settings, instruments.machine)
        self._dimensions = Dimensions(settings.most_dimension_values)
        self._backend = backend(settings)
        self._w3c = settings.tracing.value == "otel"
        self._cold = settings.initialization_type != _PROVISIONED
        self._init_ms: float | None = None
        self._ready = False
        self._owed: list[str] = []
        self._redaction = Redaction(settings.redact)
        self.logs = Logs(settings, self._redaction, lambda: self.instruments)
        self._watchdog: Watchdog | None = None
        self.after_answer: AfterAnswer | None = None

    def ready(self) -> None:
        """The process can take its first request: what came before was its initialization. The first call counts."""
        # A restored snapshot's process began long before the user waited; init is not what they waited for.
        if not self._ready and self.settings.initialization_type == _ON_DEMAND:
            age = self.instruments.process_age()
            self._init_ms = None if age is None else round(age * 1000, 3)
        self._ready = True
        self._backend.install()

    @contextmanager
    def rehearsing(self) -> Iterator[None]:
        """The requests in here leave nothing, and the next one finds all as it was: cold, and not yet ready."""
        before = (self.instruments, self._cold, self._ready, self._init_ms, self._owed)
        self.instruments = replace(self.instruments, write_line=_nowhere, send_document=_nowhere, write_log=_nowhere)
        self._owed = []
        try:
            yield
        finally:
            self.instruments, self._cold, self._ready, self._init_ms, self._owed = before

    def disconnect(self) -> None:
        """Closes the connection that documents go through, if there is one; the next document makes a new one."""
        close = getattr(getattr(self.instruments.send_document, "__self__", None), "close", None)
        if close is not None:
            close()

    def restored(self) -> None:
        """The process is a copy of the one that was started: its first request is its own first."""
        self._cold = True
        self._init_ms = None
        self._owed = []

    def open(self, invocation: Invocation | None) -> Record:
        """A record with its ids; `invocation` is Lambda's, None elsewhere."""
        cold, self._cold = self._cold, False
        record = Record(self, self.instruments.clock, self.settings.service, cold_start=cold)
        record.init_ms = self._init_ms if cold else None
        record.cpu_started = self.instruments.cpu()
        record.bridge = self._backend.bridge
        record.redaction = self._redaction
        record.logs = self.logs
        if invocation is not None:
            record.in_lambda = True
            record.function_request_id = invocation.function_request_id
            record.request_id = invocation.gateway_request_id or invocation.function_request_id
            self._arm(record, invocation)
        if record.request_id is None:
            record.request_id = self._made_id()
        record.correlation_id = record.request_id
        return record

    def join(self, record: Record, trace_header: str | None, traceparent: str | None = None) -> None:
        """Makes the record part of the trace that X-Amzn-Trace-Id names, else traceparent (with the otel backend the
        other way round, outside of Lambda), else of a new one.
        """
        found = parse(trace_header)
        if traceparent is not None and (found.root is None or (self._w3c and not record.in_lambda)):
            w3c = parse_traceparent(traceparent)
            found = found if w3c.root is None else w3c
        record.trace_id = (
            found.root or f"1-{int(record.opened_at) & 0xFFFFFFFF:08x}-{self.instruments.entropy(12).hex()}"
        )
        record.parent_id = found.parent
        # Lambda owns the segment: without its id there is nothing to hang a subsegment on.
        record.sampled = found.sampled is not False and (found.parent is not None or not record.in_lambda)

    def close(self, record: Record) -> None:
        """The request has ended. In Lambda what there is to send goes when the answer is out."""
        if self._watchdog is not None:
            self._watchdog.disarm()
        if record.close():  # else the watchdog was first
            record.cpu_ms = (self.instruments.cpu() - record.cpu_started) * 1000
            if self.after_answer is None or not record.in_lambda:
                self._send(record)
            else:
                self.after_answer.do(partial(self._send, record))

    def _send(self, record: Record) -> None:
        """Sends the trace, then writes the line, which counts what went wrong with the trace too."""
        record.describe()
        self._pay(record)
        self._export(record)
        self._write(record)
        self._show_logs(record)

    def _pay(self, record: Record) -> None:
        if self._owed:
            for what in self._take_owed():
                record.failed(what)

    def _write(self, record: Record) -> None:
        try:
            self._measure(record)
            self._dimensions.settle(record)
            for line in lines(record, self._constants):
                self.instruments.write_line(line)
        except Exception as error:  # noqa: BLE001 (the telemetry edge; the next line counts it)
            self._owed.append(f"line not written: {type(error).__name__}")

    def _show_logs(self, record: Record) -> None:
        if record.log_buffer is not None:
            try:
                self.logs.settle(record)
            except Exception as error:  # noqa: BLE001 (the telemetry edge; the next line counts it)
                self._owed.append(f"log lines not written: {type(error).__name__}")

    def _measure(self, record: Record) -> None:
        held = self.instruments.memory()
        if held is not None:
            record.memory_mb = held / 1_048_576

    def gasp(self, record: Record, error: NearTimeoutError) -> None:
        """Sends what there is of a record whose request is about to be stopped. Called from the watchdog's thread."""
        try:
            last = last_words(record, error)
            if last is not None:
                last.cpu_ms = (self.instruments.cpu() - last.cpu_started) * 1000
                self._pay(last)
                self._write(last)  # first, because there may be no time for all of it
                self._export(last)
                self._show_logs(last)
        except Exception as broken:  # noqa: BLE001 (the telemetry edge; the next line counts it)
            self._owed.append(f"last gasp failed: {type(broken).__name__}")

    def _arm(self, record: Record, invocation: Invocation) -> None:
        if invocation.remaining_ms is None:
            return
        try:
            record.given_ms = given_ms = invocation.remaining_ms() + 0.0
            if self.settings.near_timeout_ms > 0:
                if self._watchdog is None:
                    self._watchdog = Watchdog(self.settings.near_timeout_ms, self.gasp)
                self._watchdog.arm(record, given_ms)
        except Exception as error:  # noqa: BLE001 (the telemetry edge: the context is the caller's, threads run out)
            record.failed("not watched for its timeout", error)

    def late(self) -> None:
        self._owed.append("after the end of its request")

    def span_id(self) -> str:
        return self.instruments.entropy(8).hex()

    def _export(self, record: Record) -> None:
        if not record.sampled:
            return
        try:
            record.redaction.spans(record.root)
            self._backend.export(record, self.instruments)
        except Exception as error:  # noqa: BLE001 (the telemetry edge)
            record.failed("trace not sent", error)

    def _take_owed(self) -> list[str]:
        taken = self._owed[:]
        del self._owed[: len(taken)]
        return taken

    def _made_id(self) -> str:
        """A random UUID (RFC 9562, version 4)."""
        raw = bytearray(self.instruments.entropy(16))
        raw[6] = raw[6] & 0x0F | 0x40
        raw[8] = raw[8] & 0x3F | 0x80
        text = raw.hex()
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _nowhere(_what: object) -> None: ...


def of(app: Any) -> Observer | None:
    """The observer that observe() gave the application, if it did."""
    found = getattr(getattr(app, "state", None), "observability", None)
    return found if isinstance(found, Observer) else None
