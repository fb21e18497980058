"""A laptop's X-Ray and Logs behind a real endpoint, and the viewer of it: real sockets, real boto3."""

import asyncio
import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.cloudwatch.logs import SCHEMA as LOGS
from local.cloudwatch.logs import Logs
from local.database import Database
from local.endpoint import Answer, Call, Operation
from local.endpoint.server import Endpoint
from local.errors import AwsError
from local.logs import LogEvent
from local.ports import bind_tcp
from local.viewer.place import Place
from local.viewer.server import ViewerServer
from local.xray import SCHEMA as XRAY
from local.xray import Traces
from tests.local.viewer.observed import telemetry


class Nowhere:
    """Metrics are not what is looked at here."""

    def put(self, namespace: str, data: Any) -> None:
        del namespace, data


@dataclass
class Laptop:
    traces: Traces
    logs: Logs
    url: str
    aws_url: str
    now_s: float
    told: list[str] = field(default_factory=list)

    def get(self, path: str, *, data: bool = False, headers: Mapping[str, str] | None = None) -> tuple[int, str]:
        accept = "application/json" if data else "text/html"
        request = urllib.request.Request(self.url + path, headers={"Accept": accept, **(headers or {})})  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
                return int(answer.status), answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return int(error.code), error.read().decode()

    def data(self, path: str) -> Any:
        return json.loads(self.get(path, data=True)[1])

    def requests(self, count: int, over_s: float = 1800.0) -> None:
        """So many requests, evenly over the time until a minute ago; the first is number 0."""
        starts = [self.now_s - 60 - over_s + number * over_s / count for number in range(count)]
        self.traces.put_many(
            document for number, start in enumerate(starts) for document in telemetry.documents(number, start)
        )
        self.logs.put([line for number, start in enumerate(starts) for line in telemetry.lines(number, start)])
        self.traces.settle()

    def trace_id(self, number: int, count: int, over_s: float = 1800.0) -> str:
        return telemetry.trace_id(number, self.now_s - 60 - over_s + number * over_s / count)

    def write(self, *messages: str, group: str = telemetry.GROUP, at_s: float | None = None) -> None:
        at = int((time.time() if at_s is None else at_s) * 1000)
        source = next(telemetry.lines(1, 0.0)).source
        self.logs.put([LogEvent(group, "stream", at, message, source) for message in messages])


def lambda_operations() -> dict[str, Operation]:
    """What AWS's API answers of one function, in the shapes of its pages ListFunctions and GetFunctionConfiguration."""
    configuration = {
        "FunctionName": telemetry.FUNCTION,
        "FunctionArn": telemetry.ARN,
        "Runtime": "python3.12",
        "Handler": "service.handler.handler",
        "CodeSize": 1_234_567,
        "Description": "The shop",
        "Timeout": 30,
        "MemorySize": 512,
        "LastModified": "2026-11-26T01:02:03.000+0000",
        "Version": "$LATEST",
        "Environment": {"Variables": {"TABLE": "items", "SECRET": "hush-hush"}},
        "TracingConfig": {"Mode": "Active"},
        "State": "Active",
        "Architectures": ["arm64"],
        "LoggingConfig": {"LogFormat": "Text", "LogGroup": telemetry.GROUP},
    }

    def one(call: Call) -> Answer:
        if call.parameters["FunctionName"] != telemetry.FUNCTION:
            raise AwsError("ResourceNotFoundException", "Function not found", status=404)
        return configuration

    return {
        "ListFunctions": Operation(lambda _: {"Functions": [configuration]}, frozenset({"Marker", "MaxItems"})),
        "GetFunctionConfiguration": Operation(one, frozenset({"FunctionName", "Qualifier"})),
    }


@contextmanager
def laptop(folder: Path) -> Iterator[Laptop]:
    """Both servers in a thread with a loop of their own; they are gone when the block ends."""
    database = Database(folder / "aws.sqlite3", (LOGS, XRAY))
    clock: Callable[[], float] = time.time
    traces, logs = Traces(database, clock), Logs(database, clock, Nowhere(), lambda _: None)
    told: list[str] = []
    endpoint = Endpoint(
        {"xray": traces.operations(), "logs": logs.operations(), "lambda": lambda_operations()}, tell=told.append
    )
    with bind_tcp(0, "AWS's") as aws, bind_tcp(0, "the viewer's") as own:
        aws_url = f"http://127.0.0.1:{aws.getsockname()[1]}"
        viewer = ViewerServer(Place(endpoint_url=aws_url), tell=told.append)
        with _loop() as run:
            run(endpoint.start(aws))
            run(viewer.start(own))
            try:
                yield Laptop(traces, logs, f"http://127.0.0.1:{own.getsockname()[1]}", aws_url, time.time(), told)
            finally:
                run(viewer.stop())
                run(endpoint.stop(0.1))
        logs.close()
        database.close()


@contextmanager
def _loop() -> Iterator[Callable[[Coroutine[Any, Any, None]], None]]:
    """In its own thread from its start to its end: Playwright has a loop that runs in the main one."""
    loop = asyncio.new_event_loop()

    def serve() -> None:
        loop.run_forever()
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield lambda work: asyncio.run_coroutine_threadsafe(work, loop).result(30)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
