"""python -m benchmarks.soak [--rate 500] [--minutes 10]: does anything get lost? It ends by itself.

Each request is what one leaves on the laptop: a wide line with its metrics (EMF), in a log group, and a trace. As the
stack does, the sender gathers what came in a tenth of a second. At the end the sender's counts are the store's. (`make
soak` is another: users of the service, through the whole stack.)
"""

import argparse
import json
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

from benchmarks import figures
from benchmarks.aws.rates import samples
from benchmarks.aws.requests import GROUP, STREAM, event, stamped
from benchmarks.aws.servers import Server, glasshouse

TICKS = 10  # a second
MOST_DOCUMENTS = 50  # in a PutTraceSegments
PAGE_S = 60  # summaries are asked for minute by minute: no answer has more pages than it must


@dataclass(frozen=True, slots=True)
class Counts:
    """Of requests sent, or of what is kept of them."""

    events: int
    samples: int
    traces: int


@dataclass(frozen=True, slots=True)
class Soak:
    sent: Counts
    kept: Counts
    seconds: float
    late_s: float
    """The longest that a tick began after its time."""
    peak_mb: float

    @property
    def is_whole(self) -> bool:
        return self.sent == self.kept


def soak(rate: int, seconds: float) -> Soak:
    """`rate` requests a second for `seconds`, on an AWS process of its own."""
    with tempfile.TemporaryDirectory(prefix="soak-") as folder, glasshouse(Path(folder) / "glasshouse") as server:
        logs = server.client("logs")
        logs.create_log_group(logGroupName=GROUP)
        logs.create_log_stream(logGroupName=GROUP, logStreamName=STREAM)
        began_s = time.time()
        sent, late_s = _send(server, rate, seconds)
        took_s = time.time() - began_s
        return Soak(Counts(sent, sent, sent), _kept(server, began_s), took_s, late_s, server.peak_mb())


def _send(server: Server, rate: int, seconds: float) -> tuple[int, float]:
    """How many requests were acknowledged, and how late the latest tick was. What isn't acknowledged raises."""
    logs, xray = server.client("logs"), server.client("xray")
    began, sent, late_s = time.perf_counter(), 0, 0.0
    for tick in range(round(seconds * TICKS)):
        due = began + tick / TICKS
        time.sleep(max(0.0, due - time.perf_counter()))
        late_s = max(late_s, time.perf_counter() - due)
        until = (tick + 1) * rate // TICKS
        _put(logs, xray, range(sent, until))
        sent = until
    return sent, late_s


def _put(logs: Any, xray: Any, numbers: range) -> None:
    """Raises RuntimeError where a part of it was not taken."""
    now_ms = int(time.time() * 1000)
    message = stamped(event().encode(), now_ms).decode()
    answer = logs.put_log_events(
        logGroupName=GROUP, logStreamName=STREAM, logEvents=[{"timestamp": now_ms, "message": message}] * len(numbers)
    )
    if "rejectedLogEventsInfo" in answer:
        raise RuntimeError(f"log events were refused: {answer['rejectedLogEventsInfo']}")
    documents = [_document(number, now_ms / 1000) for number in numbers]
    for begin in range(0, len(documents), MOST_DOCUMENTS):
        answer = xray.put_trace_segments(TraceSegmentDocuments=documents[begin : begin + MOST_DOCUMENTS])
        if answer["UnprocessedTraceSegments"]:
            raise RuntimeError(f"trace segments were refused: {answer['UnprocessedTraceSegments']}")


def _document(number: int, now_s: float) -> str:
    segment = {
        "trace_id": f"1-{int(now_s):08x}-{number:024x}",
        "id": f"{number + 1:016x}",
        "name": "items",
        "start_time": now_s - 0.0125,
        "end_time": now_s,
        "http": {"request": {"method": "GET", "url": "/api/items/"}, "response": {"status": 200}},
        "annotations": {"route": "/api/items/"},
    }
    return json.dumps(segment)


def _kept(server: Server, began_s: float) -> Counts:
    """What the store has, asked as anyone would: by Logs Insights, GetMetricStatistics and GetTraceSummaries."""
    return Counts(_events(server, began_s), int(samples(server, "Latency")), _traces(server, began_s))


def _events(server: Server, began_s: float) -> int:
    logs = server.client("logs")
    query = logs.start_query(
        logGroupName=GROUP,
        startTime=int(began_s) - 1,
        endTime=int(time.time()) + 1,
        queryString="stats count(*) as events",
    )
    answer = _until(
        lambda: logs.get_query_results(queryId=query["queryId"]),
        lambda found: found["status"] not in ("Scheduled", "Running"),
    )
    return int(answer["results"][0][0]["value"])


def _until(ask: Callable[[], Any], is_done: Callable[[Any], bool]) -> Any:
    while not is_done(answer := ask()):
        time.sleep(0.05)
    return answer


def _traces(server: Server, began_s: float) -> int:
    pages, found, start = server.client("xray").get_paginator("get_trace_summaries"), set[str](), int(began_s) - 1
    while start <= time.time():
        times = {
            "StartTime": datetime.fromtimestamp(start, UTC),
            "EndTime": datetime.fromtimestamp(start + PAGE_S, UTC),
        }
        for page in pages.paginate(**times):
            found.update(summary["Id"] for summary in page["TraceSummaries"])
        start += PAGE_S
    return len(found)


def main(arguments: list[str]) -> int:
    """0 where all that was sent is there, 1 where it isn't."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--rate", type=int, default=500, help="requests a second (%(default)s)")
    parser.add_argument("--minutes", type=float, default=10.0, help="how long (%(default)s)")
    options = parser.parse_args(arguments)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end)
    try:
        found = soak(options.rate, options.minutes * 60)
    except RuntimeError as error:
        sys.stderr.write(f"benchmarks: {error}\n")
        return 1
    rows = [(name, f"{count}", f"{asdict(found.kept)[name]}") for name, count in asdict(found.sent).items()]
    print(figures.table(("what", "sent", "kept"), rows))
    print(
        f"\n{found.sent.events / found.seconds:.0f} requests/s for {found.seconds:.1f} s, a tick at most"
        f" {found.late_s * 1000:.0f} ms late; the AWS process had at most {found.peak_mb:.0f} MB"
    )
    return 0 if found.is_whole else 1


def _end(number: int, _frame: object) -> NoReturn:
    """By an exception, so that each `with` ends what it started."""
    sys.exit(128 + number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
