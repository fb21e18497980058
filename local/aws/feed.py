"""What the stack sends, to those that take it."""

import asyncio
import json
import threading
import traceback
from collections.abc import Callable, Sequence
from itertools import groupby

from local.aws.channel import Channel
from local.aws.gathered import Gathered
from local.aws.messages import (
    CONFIGURATION,
    DOCUMENT,
    INVOCATION,
    LOG,
    OTLP,
    REQUEST,
    Configuration,
    read_configuration,
    read_invocation,
    read_log,
    read_request,
)
from local.aws.parts import Parts
from local.aws.published import (
    API_GATEWAY,
    LAMBDA,
    gateway_dimensions,
    gateway_measurements,
    lambda_dimensions,
    lambda_measurements,
    provisioned_dimensions,
    provisioned_measurements,
)

MOST_WAITING = 10_000  # lines that are read ahead of the takers; the rest waits in the channel

Tell = Callable[[str], None]


class Feed:
    """Takes batches of lines, in one thread at a time. A taker that fails is told of once for each kind of failure."""

    def __init__(self, parts: Parts, tell: Tell) -> None:
        self.configuration = Configuration("", "", "", "")
        self._parts = parts
        self._tell = tell
        self._told: set[str] = set()
        self._gateway, self._lambda = Gathered(), Gathered()
        self._gathering = threading.Lock()

    def take(self, lines: Sequence[bytes]) -> None:
        """What is of one kind goes as one batch, in its order: a transaction each would be most of the work."""
        for _, part in groupby(lines, key=lambda line: line[:1] == CONFIGURATION):  # it holds for what follows
            kinds: dict[bytes, list[bytes]] = {}
            for line in part:
                kinds.setdefault(line[:1], []).append(line[1:])
            for kind, messages in kinds.items():
                try:
                    self._take_run(kind, messages)
                except Exception as error:  # noqa: BLE001 - the feed goes on whatever a taker makes of one batch
                    self._failed(error, len(messages))

    def publish(self, _now: float) -> None:
        """The metrics that were gathered since the last time, to the metric sinks."""
        with self._gathering:
            taken = ((API_GATEWAY, self._gateway.take()), (LAMBDA, self._lambda.take()))
        for namespace, data in taken:
            for sink in self._parts.metrics if data else ():
                try:
                    sink.put(namespace, data)
                except Exception as error:  # noqa: BLE001 - the same
                    self._failed(error, len(data))

    def _take_run(self, kind: bytes, messages: list[bytes]) -> None:
        if kind == LOG:
            events = [read_log(message) for message in messages]
            for logs in self._parts.logs:
                logs.put(events)
        elif kind == DOCUMENT:
            documents = [json.loads(message) for message in messages]
            for traces in self._parts.traces:
                traces.put_many(documents)
        elif kind == OTLP:
            for message in messages:
                self._spans(message)
        elif kind == CONFIGURATION:
            self.configuration = read_configuration(messages[-1])
        else:
            with self._gathering:
                for message in messages:
                    self._measure(kind, message)

    def _spans(self, message: bytes) -> None:
        request = json.loads(message)
        sampled = request.pop("sampled")
        for traces in self._parts.traces:
            traces.put_otlp(request, sampled=sampled)

    def _measure(self, kind: bytes, message: bytes) -> None:
        if kind == REQUEST:
            request = read_request(message)
            every = gateway_dimensions(request, self.configuration)
            self._gateway.add(gateway_measurements(request), every, request.time_ms)
        elif kind == INVOCATION:
            invocation = read_invocation(message)
            every, named = lambda_dimensions(invocation), [provisioned_dimensions(invocation)]
            self._lambda.add(lambda_measurements(invocation), every, invocation.time_ms)
            self._lambda.add(provisioned_measurements(invocation), named, invocation.time_ms)

    def _failed(self, error: Exception, count: int) -> None:
        kind = f"{type(error).__name__} in {traceback.extract_tb(error.__traceback__)[-1].name}"
        if kind not in self._told:
            self._told.add(kind)
            self._tell(f"AWS: {count} messages were not taken: {error!r} ({kind}; told once)")


class Inbox:
    """Between the channel and the feed: reads ahead, and no further than it should."""

    def __init__(self, feed: Feed, channel: Channel) -> None:
        self._feed = feed
        self._channel = channel
        self._lines: list[bytes] = []
        self._came = asyncio.Event()
        self._ended = False

    def put(self, line: bytes) -> None:
        self._lines.append(line)
        self._came.set()
        if len(self._lines) > MOST_WAITING:
            self._channel.pause()

    def end(self) -> None:
        self._ended = True
        self._came.set()

    async def run(self) -> None:
        """Until end(), and until all that came before it is taken."""
        while self._lines or not self._ended:
            await self._came.wait()
            self._came.clear()
            lines, self._lines = self._lines, []
            self._channel.resume()
            if lines:
                await asyncio.to_thread(self._feed.take, lines)
