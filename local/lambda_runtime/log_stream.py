"""The log stream of one sandbox."""

import os
import time
from collections.abc import Iterable

from local.lambda_runtime.environment import log_group
from local.lambda_runtime.function import FunctionConfig
from local.logs import LogEvent, LogSink, LogSource

TAIL_BYTES = 4096  # "the last 4 KB of the execution log": API reference, Invoke, LogResult


class LogStream:
    """Puts lines into the sink, each with its group, stream, instant and the request that is at hand, if one is."""

    def __init__(self, config: FunctionConfig, sink: LogSink) -> None:
        self.group = log_group(config)
        self.name = stream_name(time.time(), config.version, os.urandom(16))
        self.request_id: str | None = None
        self._sink = sink
        self._tail: str | None = None

    def begin(self, request_id: str, *, tail: bool = False) -> None:
        """From now on lines belong to the request; with `tail` the end of them is remembered."""
        self.request_id = request_id
        self._tail = "" if tail else None

    def end(self) -> bytes:
        """The request is done: the last 4 KB of its lines, as Invoke's LogResult has them."""
        tail, self._tail, self.request_id = self._tail or "", None, None
        return tail.encode("utf-8", "replace")[-TAIL_BYTES:]

    def put_platform(self, lines: Iterable[str]) -> None:
        for line in lines:
            self._put(line, LogSource.PLATFORM)

    def put_function(self, line: str) -> None:
        self._put(line, LogSource.FUNCTION)

    def _put(self, line: str, source: LogSource) -> None:
        if self._tail is not None:
            self._tail = f"{self._tail}{line}\n"[-TAIL_BYTES:]
        self._sink.put(LogEvent(self.group, self.name, int(time.time() * 1000), line, source, self.request_id))


def stream_name(epoch_s: float, version: str, unique: bytes) -> str:
    """Lambda's form: 2026/11/23/[$LATEST]<32 hexadecimal digits>, the day in UTC."""
    return f"{time.strftime('%Y/%m/%d', time.gmtime(epoch_s))}/[{version}]{unique.hex()}"
