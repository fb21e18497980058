"""What the rooms of the AWS process are to it: services that it serves, takers that it feeds, clocks that it winds."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from local.cloudwatch.source import MetricSink
from local.endpoint.call import Operations
from local.endpoint.wire import PathAction
from local.logs import LogEvent

NICE = 5  # of the AWS process: where the processor is short, requests go first and queries wait


class LogTaker(Protocol):
    """Where log events go: they are kept, and their EMF and metric filters make metrics."""

    def put(self, events: Sequence[LogEvent]) -> None: ...


class TraceTaker(Protocol):
    """Where X-Ray documents and OTLP requests go."""

    def put_many(self, documents: Iterable[Mapping[str, Any]]) -> None: ...
    def put_otlp(self, request: Mapping[str, Any], *, sampled: bool) -> None: ...


@dataclass(frozen=True, slots=True)
class Place:
    """Where the AWS process works: the folder of its database, the template, and the port that it is reached at; and
    where people reach the API and the viewer. `region` is where the template's stack is.
    """

    folder: Path
    template: Path
    parameters: Mapping[str, str]
    port: int
    api_url: str = ""
    viewer_url: str = ""
    region: str = "us-east-1"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@dataclass(slots=True)
class Parts:
    """Fill it, and the process is what is in it.

    The takers are called in one thread, one after the other, in the order in which things happened. `each_second` and
    `each_minute` are called in another, with the time in seconds since the epoch. `starts` are called in a thread
    before anything is served or fed, and again after a reset: they load what a template says. `resets` empty what a
    room keeps, `closes` end what it does beside. `local_actions` answer POST /_local/<name>, with a JSON object;
    `paths` answer what botocore's models don't have.
    """

    services: dict[str, Operations] = field(default_factory=dict)
    logs: list[LogTaker] = field(default_factory=list)
    traces: list[TraceTaker] = field(default_factory=list)
    metrics: list[MetricSink] = field(default_factory=list)
    each_second: list[Callable[[float], None]] = field(default_factory=list)
    each_minute: list[Callable[[float], None]] = field(default_factory=list)
    starts: list[Callable[[], None]] = field(default_factory=list)
    resets: list[Callable[[], None]] = field(default_factory=list)
    closes: list[Callable[[], None]] = field(default_factory=list)
    local_actions: dict[str, Callable[[], Any]] = field(default_factory=dict)
    paths: dict[str, PathAction] = field(default_factory=dict)

    def start(self) -> None:
        for start in self.starts:
            start()

    def reset(self) -> None:
        for reset in self.resets:
            reset()
        self.start()

    def offer(self, service: str, operations: Operations) -> None:
        """Several rooms may have operations of one service."""
        self.services[service] = {**self.services.get(service, {}), **operations}
