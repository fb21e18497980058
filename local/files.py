"""What is kept below LOCAL_DIR: log streams, traces, requests, rejected datagrams. One line each, written at once."""

import json
from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol, Self
from urllib.parse import quote

from local.api_gateway.record import RequestRecord
from local.errors import StartError
from local.logs import LogEvent
from local.plain_text import one_line

Tell = Callable[[str], None]
OPEN_STREAMS = 64  # log files held open; the longest unused one is closed first
TRACES, OTLP, REQUESTS, REJECTED = "traces.jsonl", "otlp.jsonl", "requests.jsonl", "rejected.jsonl"
LOGS = "logs"
# What `reset` removes: our own files and the databases that `make run` puts beside them. Nothing else, so that a
# LOCAL_DIR that points at the wrong folder costs nothing.
DATA = (TRACES, OTLP, REQUESTS, REJECTED)
DATABASES = ("*.sqlite3", "*.sqlite3-wal", "*.sqlite3-shm", "*.sqlite3-journal")


class Appended:
    """A file that grows by whole lines, each on its way to the disk when write() returns.

    A full disk costs lines, never a request: the first loss is told, the rest are not.
    """

    def __init__(self, path: Path, tell: Tell) -> None:
        self._path = path
        self._tell = tell
        self._lost = False
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # Unbuffered: one system call a line, and nothing that a kill -9 could lose.
            self._file = path.open("ab", buffering=0)
        except OSError as error:
            raise StartError(f"{path}: {error.strerror}; LOCAL_DIR names another folder") from None

    def write(self, line: bytes) -> None:
        try:
            self._file.write(line + b"\n")
        except OSError as error:
            if not self._lost:
                self._tell(f"{self._path}: {error.strerror}; lines are lost")
            self._lost = True

    def close(self) -> None:
        self._file.close()


class JsonLines:
    """A file of JSON documents, one a line. ValueError or RecursionError for one that is no JSON."""

    def __init__(self, path: Path, tell: Tell) -> None:
        self._file = Appended(path, tell)
        self.count = 0

    def write(self, document: Mapping[str, Any]) -> bytes:
        """Returns the line, so that nobody writes it twice as JSON."""
        # ASCII only: no newline of any alphabet can break a line in two.
        line = json.dumps(document, separators=(",", ":"), allow_nan=False).encode()
        self._file.write(line)
        self.count += 1
        return line

    def close(self) -> None:
        self._file.close()


class TraceCopy(Protocol):
    """Who gets the traces beside the files, as the lines that the files have."""

    def put_document(self, line: bytes) -> None: ...
    def put_otlp(self, line: bytes) -> None: ...


class TraceFiles:
    """Keeps what the X-Ray daemon takes and what it rejects (a TraceStore and a DocumentSink)."""

    def __init__(self, root: Path, on_reject: Tell, tell: Tell, copy: TraceCopy | None = None) -> None:
        self._copy = copy
        self._on_reject = on_reject
        self._traces = JsonLines(root / TRACES, tell)
        self._otlp = JsonLines(root / OTLP, tell)
        self._rejected = JsonLines(root / REJECTED, tell)

    @property
    def rejected(self) -> int:
        return self._rejected.count

    def put(self, document: Mapping[str, Any]) -> None:
        line = self._traces.write(document)
        if self._copy is not None:
            self._copy.put_document(line)

    def put_otlp(self, request: Mapping[str, Any], *, sampled: bool) -> None:
        line = self._otlp.write({"sampled": sampled, **request})
        if self._copy is not None:
            self._copy.put_otlp(line)

    def reject(self, reason: str, excerpt: str, size: int) -> None:
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        self._rejected.write({"time": now, "reason": reason, "bytes": size, "excerpt": excerpt})
        self._on_reject(reason)

    def close(self) -> None:
        for file in (self._traces, self._otlp, self._rejected):
            file.close()


class LogFiles:
    """Log streams as CloudWatch would hold them (a LogSink): logs/<group>/<stream>.log, `<time> <message>` a line."""

    def __init__(self, root: Path, tell: Tell) -> None:
        self._root = root / LOGS
        self._tell = tell
        self._open: OrderedDict[tuple[str, str], Appended] = OrderedDict()

    def put(self, event: LogEvent) -> None:
        at = datetime.fromtimestamp(event.timestamp_ms / 1000, UTC).isoformat(timespec="milliseconds")
        line = f"{at.replace('+00:00', 'Z')} {one_line(event.message)}"
        try:
            self._file(event.group, event.stream).write(line.encode("utf-8", "replace"))
        except StartError as error:  # a stream's file cannot be made any more: the disk is full, the folder gone
            self._tell(str(error))

    def close(self) -> None:
        while self._open:
            self._open.popitem()[1].close()

    def _file(self, group: str, stream: str) -> Appended:
        key = (group, stream)
        if key in self._open:
            self._open.move_to_end(key)
            return self._open[key]
        if len(self._open) >= OPEN_STREAMS:
            self._open.popitem(last=False)[1].close()
        self._open[key] = Appended(stream_path(self._root, group, stream), self._tell)
        return self._open[key]


class Files:
    """All of a run's files. `on_reject` hears each rejected datagram's reason, `tell` what goes wrong with a file;
    `copy` gets the traces too.

    Raises StartError naming LOCAL_DIR when they cannot be opened.
    """

    def __init__(self, root: Path, on_reject: Tell, tell: Tell, copy: TraceCopy | None = None) -> None:
        self.logs = LogFiles(root, tell)
        self.traces = TraceFiles(root, on_reject, tell, copy)
        self._requests = JsonLines(root / REQUESTS, tell)

    def put_request(self, record: RequestRecord) -> None:
        self._requests.write(record.document())

    @property
    def requests(self) -> int:
        return self._requests.count

    def close(self) -> None:
        self.logs.close()
        self.traces.close()
        self._requests.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def stream_path(root: Path, group: str, stream: str) -> Path:
    """PURE: where a log stream lies. Different names give different paths, and none leads out of `root`."""
    parts = [_safe(part) for name in (group, stream) for part in name.split("/") if part]
    return root.joinpath(*parts[:-1], f"{parts[-1]}.log")


def _safe(part: str) -> str:
    # quote() leaves letters, digits and _.-~; brackets and $ are common in stream names and harmless in file names.
    return part.replace(".", "%2E") if set(part) == {"."} else quote(part, safe="[]$")


def count_lines(path: Path) -> int:
    """How many lines a file has; 0 when there is none."""
    try:
        with path.open("rb") as file:
            return sum(1 for _ in file)
    except FileNotFoundError:
        return 0
