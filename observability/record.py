"""What happened during one request: its facts, fields, metrics and spans."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol

from observability.catalogue import EMITTED, UNMATCHED, Metric
from observability.redaction import Redaction
from observability.spans import Span

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextvars import Token

    from observability.instruments import Clock
    from observability.logs import Buffer, Logs

_LARGEST = 2.0**360
"""CloudWatch takes values from -2^360 to 2^360 (PutMetricData); the comparison turns NaN away too."""

_LAST_MOMENT = 253_402_214_400.0
"""The last day of the year 9999, in seconds since the epoch."""

_OURS = frozenset(metric.name for metric in EMITTED)
_MOST_MESSAGES = 5


class Recorder(Protocol):
    """What a record needs from who opened it."""

    def span_id(self) -> str: ...
    def late(self) -> None:
        """Something came after the record had been written, and was lost."""


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

    # What most requests leave as it is stands here: a record is made for every one.
    request_id: str | None = None
    function_request_id: str | None = None
    trace_id: str | None = None
    correlation_id: str | None = None
    init_ms: float | None = None
    remaining_ms: int | None = None
    cpu_started = 0.0
    cpu_ms: float | None = None
    memory_mb: float | None = None
    near_timeout = False

    method = ""
    path = ""
    url = ""
    route = UNMATCHED
    route_dimension = UNMATCHED
    status: int | None = None
    request_bytes = 0
    response_bytes = 0
    client_ip: str | None = None
    user_agent: str | None = None
    client_disconnected = False

    answered: float | None = None
    ended: float | None = None
    closed = False
    in_lambda = False
    parent_id: str | None = None
    sampled = True
    bridge: Bridge | None = None
    find_route: Callable[[], str] | None = None
    redaction = Redaction()
    logs: Logs | None = None
    log_buffer: Buffer | None = None
    log_sampled: bool | None = None
    log_keys: dict[str, Any] | None = None
    failures = 0

    def __init__(self, recorder: Recorder, clock: Clock, service: str, *, cold_start: bool) -> None:
        self._recorder = recorder
        self._clock = clock
        self._lock = Lock()
        self.opened_at = clock.wall()
        self.started = clock.monotonic()
        self.cold_start = cold_start
        self.root = Span(service, recorder.span_id(), self.started)
        self.fields: dict[str, Any] = {}
        self.metrics: dict[str, tuple[Metric, list[float]]] = {}
        self.counts: dict[str, tuple[Metric, float]] = {}
        self.exceptions: list[BaseException] = []
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
        return self.route if self.find_route is None else self.find_route()

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


class NoRecord(Record):
    """Outside a request: every call does nothing."""

    def __init__(self) -> None:
        self.cold_start = False
        self._lock = Lock()

    def _open(self) -> bool:
        return False

    def failed(self, what: str, error: BaseException | None = None, *, times: int = 1) -> None: ...
