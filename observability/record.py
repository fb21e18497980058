"""What happened during one request: its facts, fields, metrics and spans."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol

from observability.catalogue import EMITTED, UNMATCHED, Metric
from observability.redaction import Redaction
from observability.spans import Span

if TYPE_CHECKING:
    from contextvars import Token

    from observability.instruments import Clock
    from observability.logs import Buffer, Logs

_LARGEST = 2.0**360
"""CloudWatch takes values from -2^360 to 2^360 (PutMetricData); the comparison turns NaN away too."""

_LAST_MOMENT = 253_402_214_400.0
"""The last day of the year 9999, in seconds since the epoch."""

_OURS = frozenset(metric.name for metric in EMITTED)
_NO_NAMES = Redaction()
"""Hides what is always hidden."""
_MOST_MESSAGES = 5


class Recorder(Protocol):
    """What a record needs from who opened it."""

    def span_id(self) -> str: ...
    def late(self) -> None:
        """Something came after the record had been written, and was lost."""


class Source(Protocol):
    """Where the request's facts come from."""

    def route(self) -> str:
        """The route template, as far as the request has come."""

    def describe(self) -> None:
        """Completes the record's facts."""


class Bridge(Protocol):
    """Where spans that other APIs start and those of span() meet: one current span for all of them."""

    def enter(self, record: Record, span: Span) -> Token[Any]:
        """Makes the span the current one. The token, reset, takes it back."""

    def parent(self, record: Record) -> tuple[Span | None, str | None]:
        """The current span; or the id of one that isn't ours; neither: the request itself."""


class Record:
    """One request. Everything may be called from any thread or task that the request started, and never raises:
    what can't be kept is counted as a TelemetryFailure.
    """

    # Slots: for an object of more than thirty attributes Python would build, and a cache hold, a dictionary each time.
    __slots__ = (
        "_clock",
        "_lock",
        "_recorder",
        "answered",
        "bridge",
        "client_disconnected",
        "client_ip",
        "closed",
        "cold_start",
        "correlation_id",
        "counts",
        "cpu_ms",
        "cpu_started",
        "ended",
        "exceptions",
        "failure_messages",
        "failures",
        "fields",
        "function_request_id",
        "given_ms",
        "in_lambda",
        "init_ms",
        "log_buffer",
        "log_keys",
        "log_sampled",
        "logs",
        "memory_mb",
        "method",
        "metrics",
        "near_timeout",
        "opened_at",
        "parent_id",
        "path",
        "redaction",
        "remaining_ms",
        "request_bytes",
        "request_id",
        "response_bytes",
        "root",
        "route",
        "route_dimension",
        "sampled",
        "source",
        "started",
        "status",
        "trace_id",
        "url",
        "user_agent",
    )

    def __init__(self, recorder: Recorder, clock: Clock, service: str, *, cold_start: bool) -> None:  # noqa: PLR0915 (a line each)
        self._recorder = recorder
        self._clock = clock
        self._lock = Lock()
        self.opened_at = clock.wall()
        self.started = clock.monotonic()
        self.answered: float | None = None
        self.ended: float | None = None
        self.closed = False

        self.in_lambda = False
        self.cold_start = cold_start
        self.init_ms: float | None = None
        self.given_ms: float | None = None
        """What Lambda gave it when it began."""
        self.remaining_ms: int | None = None
        self.near_timeout = False
        self.cpu_started = 0.0
        self.cpu_ms: float | None = None
        self.memory_mb: float | None = None

        self.request_id: str | None = None
        self.function_request_id: str | None = None
        self.correlation_id: str | None = None
        self.trace_id: str | None = None
        self.parent_id: str | None = None
        self.sampled = True

        self.source: Source | None = None
        self.method = ""
        self.path = ""
        self.url = ""
        self.route = UNMATCHED
        self.route_dimension = UNMATCHED
        self.status: int | None = None
        self.request_bytes = 0
        self.response_bytes = 0
        self.client_ip: str | None = None
        self.user_agent: str | None = None
        self.client_disconnected = False

        self.root = Span(service, recorder.span_id(), self.started)
        self.bridge: Bridge | None = None
        self.fields: dict[str, Any] = {}
        self.metrics: dict[str, tuple[Metric, list[float]]] = {}
        self.counts: dict[str, tuple[Metric, float]] = {}
        self.exceptions: list[BaseException] = []

        self.redaction = _NO_NAMES
        self.logs: Logs | None = None
        self.log_buffer: Buffer | None = None
        self.log_sampled: bool | None = None
        self.log_keys: dict[str, Any] | None = None

        self.failures = 0
        self.failure_messages: list[str] = []
        if not 0 <= self.opened_at < _LAST_MOMENT:  # a clock may jump anywhere: this is no time of any calendar
            self.opened_at = 0.0
            self.failed("the clock shows no time")

    def add(self, **fields: Any) -> None:
        """Adds the request's own fields to its line. A name that the line uses itself is kept under fields.<name>."""
        with self._lock:
            if self._open():
                self.fields.update(fields)

    def count(self, metric: Metric, n: float = 1) -> None:
        """Adds n to the metric's sum for this request."""
        with self._lock:
            if self._open() and (number := self._taken(metric, n)) is not None:
                total = _number(self.counts.get(metric.name, (metric, 0))[1] + number)
                if total is None:
                    self.failed(f"too large a sum for the metric {metric.name}")
                else:
                    self.counts[metric.name] = (metric, total)

    def observe(self, metric: Metric, value: float) -> None:
        """Adds one value of the metric, in the metric's unit. All of a request's values are kept, for percentiles."""
        with self._lock:
            if self._open() and (number := self._taken(metric, value)) is not None:
                self.metrics.setdefault(metric.name, (metric, []))[1].append(number)

    def fault(self, exception: BaseException) -> None:
        """Makes this request a fault, whatever its status, because of the exception. The first one is the line's."""
        with self._lock:
            if self._open() and not any(exception is known for known in self.exceptions):
                self.exceptions.append(exception)

    def failed(self, what: str, error: BaseException | None = None, *, times: int = 1) -> None:
        """Counts a failure of telemetry itself."""
        self.failures += times
        if len(self.failure_messages) < _MOST_MESSAGES:
            kind = f": {type(error).__name__}" if error is not None else ""
            self.failure_messages.append(what[:200] + kind)

    def has_more(self) -> bool:
        """Whether there are fields or metrics of the service."""
        return bool(self.fields or self.metrics or self.counts)

    def is_fault(self) -> bool:
        return bool(self.exceptions) or (self.status or 0) >= 500

    def duration_ms(self) -> float:
        """Until the answer was complete; in Lambda until all was done, because the client waits for that."""
        end = self.ended if self.in_lambda or self.answered is None else self.answered
        took = (self.now() if end is None else end) - self.started
        return int(took * 1_000_000 + 0.5) / 1000 if took > 0 else 0.0

    def route_now(self) -> str:
        """The route template, as far as the request has come."""
        return self.route if self.source is None else self.source.route()

    def describe(self) -> None:
        """Completes the facts, which nobody asked for while the request ran."""
        if self.given_ms is not None and self.ended is not None:
            self.remaining_ms = max(0, int(self.given_ms - (self.ended - self.started) * 1000))
        source, self.source = self.source, None  # it refers to this record
        if source is not None:
            source.describe()

    def now(self) -> float:
        """The monotonic clock, in seconds."""
        return self._clock.monotonic()

    def wall(self, monotonic: float) -> float:
        """The time of day, in seconds since the epoch, at a moment of this request."""
        return self.opened_at + (monotonic - self.started)

    def start(self, name: str, parent: Span | None) -> Span | None:
        """Starts a span under the parent (None: the request itself). None once the record is written."""
        if not self._open():
            return None
        child = Span(name, self._recorder.span_id(), self._clock.monotonic())
        (parent or self.root).children.append(child)
        return child

    def end(self, ended: Span) -> None:
        ended.ended = self._clock.monotonic()

    def close(self, *, near_timeout: bool = False) -> bool:
        """Nothing changes any more: what still comes is late, and lost. False if it was closed already: the watchdog
        (`near_timeout`) and the request's own end may come at the same time.
        """
        with self._lock:
            if self.closed:
                return False
            self.near_timeout = near_timeout
            self.ended = self.root.ended = self.now()
            self.closed = True
            return True

    def _open(self) -> bool:
        if self.closed and not self.near_timeout:  # after the last gasp nothing is expected, so nothing is lost
            self._recorder.late()
        return not self.closed

    def _taken(self, metric: Metric, value: float) -> float | None:
        """The value as a number that CloudWatch takes, or None, which is counted."""
        if not isinstance(metric, Metric) or metric.name in _OURS:
            self.failed(f"no declared metric of the service: {_name(metric)}")
            return None
        number = _number(value)
        if number is None:
            self.failed(f"no value for the metric {metric.name}: {type(value).__name__}")
        return number


def _number(value: object) -> float | None:
    """A plain number. A subclass (NumPy's, an enum) may print and compare itself as it likes."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    plain = int.__int__(value) if isinstance(value, int) else float.__float__(value)
    return plain if -_LARGEST <= plain <= _LARGEST else None


def _name(thing: object) -> str:
    """A short, safe name of a thing that should have been something else."""
    return thing.name if isinstance(thing, Metric) else type(thing).__name__
