"""The test kit: what a request left behind, as objects, with a clock and ids that are the same in every run.

app = FastAPI()
observe(app, service="items", settings=Settings())
with capture(app) as seen:
TestClient(app).get("/items/5")
assert seen.lines[0]["status"] == 404
assert seen.metrics["Errors"] == [1]
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from observability.context import entered
from observability.errors import NotObservedError
from observability.instruments import Instruments
from observability.observer import Observer, of
from observability.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from observability.instruments import Clock

__all__ = ["Capture", "CountingIds", "FakeContext", "SteppingClock", "capture"]


class SteppingClock:
    """Starts at 2026-01-01T00:00:00Z and goes on by `step` seconds each time the monotonic clock is read."""

    def __init__(self, start: float = 1_767_225_600.0, step: float = 0.001) -> None:
        self._start = start
        self._step = step
        self._steps = 0

    def wall(self) -> float:
        return self._start + self._steps * self._step

    def monotonic(self) -> float:
        self._steps += 1
        return self._steps * self._step


class CountingIds:
    """Randomness that counts: the n-th call answers n, in as many bytes as were asked for."""

    def __init__(self) -> None:
        self._calls = 0

    def __call__(self, size: int) -> bytes:
        self._calls += 1
        return self._calls.to_bytes(size, "big")


@dataclass
class FakeContext:
    """A Lambda context (Lambda developer guide, "Using the Lambda context object ... in Python functions")."""

    aws_request_id: str = "00000000-0000-4000-8000-000000000000"
    function_name: str = "function"
    function_version: str = "$LATEST"
    invoked_function_arn: str = "arn:aws:lambda:eu-central-1:123456789012:function:function"
    memory_limit_in_mb: str = "128"
    log_group_name: str = "/aws/lambda/function"
    log_stream_name: str = "2026/01/01/[$LATEST]0"
    remaining_ms: int = 3000

    def get_remaining_time_in_millis(self) -> int:
        return self.remaining_ms


@dataclass
class Capture:
    """What was sent, in its order. `text`: the lines as written; `datagrams`: those to the X-Ray daemon;
    `log_text`: the application's log lines.
    """

    text: list[str] = field(default_factory=list)
    datagrams: list[bytes] = field(default_factory=list)
    log_text: list[str] = field(default_factory=list)

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text]

    @property
    def logs(self) -> list[dict[str, Any]]:
        """The lines of the application's logger that were written."""
        return [json.loads(line) for line in self.log_text]

    @property
    def metrics(self) -> dict[str, list[float]]:
        """Every value of every metric, as CloudWatch would take them from the lines."""
        found: dict[str, list[float]] = {}
        for line in self.lines:
            for directive in line["_aws"]["CloudWatchMetrics"]:
                for metric in directive["Metrics"]:
                    value = line[metric["Name"]]
                    found.setdefault(metric["Name"], []).extend(value if isinstance(value, list) else [value])
        return found

    @property
    def documents(self) -> list[dict[str, Any]]:
        """The X-Ray documents."""
        return [json.loads(datagram.partition(b"\n")[2]) for datagram in self.datagrams]

    @property
    def spans(self) -> list[dict[str, Any]]:
        """Every segment and subsegment, parents before their children."""
        return [span for document in self.documents for span in _flat(document)]

    def span(self, name: str) -> dict[str, Any]:
        """The first span of this name. Raises LookupError, naming those that there are."""
        for span in self.spans:
            if span["name"] == name:
                return span
        raise LookupError(f"no span {name!r}; there are {[span['name'] for span in self.spans]}")

    def instruments(self, clock: Clock, entropy: Callable[[int], bytes]) -> Instruments:
        """Instruments that write into this capture."""
        return Instruments(
            clock,
            entropy,
            self.text.append,
            self.datagrams.append,
            process_age=lambda: 0.25,
            cpu=lambda: 0.0,
            memory=lambda: 50 * 1_048_576,
            write_log=self.log_text.append,
        )


def _flat(span: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield span
    for child in span.get("subsegments", ()):
        yield from _flat(child)


@contextmanager
def capture(
    app: Any = None, *, clock: Clock | None = None, entropy: Callable[[int], bytes] | None = None
) -> Iterator[Capture]:
    """Captures what an observed application sends meanwhile, instead of sending it. Raises NotObservedError.

    Without an application there is one record around the whole block: for code that uses current() and span() and is
    tested by itself. Its line and trace are there once the block has ended.
    """
    seen = Capture()
    instruments = seen.instruments(clock or SteppingClock(), entropy or CountingIds())
    if app is None:
        with _alone(Observer(Settings(service="test"), instruments)):
            yield seen
        return
    observer = of(app)
    if observer is None:
        raise NotObservedError("capture()")
    before, observer.instruments = observer.instruments, instruments
    try:
        yield seen
    finally:
        observer.instruments = before


@contextmanager
def _alone(observer: Observer) -> Iterator[None]:
    record = observer.open(None)
    observer.join(record, None)
    try:
        with entered(record):
            yield
    except BaseException as error:
        record.fault(error)
        raise
    finally:
        observer.close(record)
