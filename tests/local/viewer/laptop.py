"""All of the laptop's AWS behind a real endpoint, and the viewer of it: real sockets, real boto3, in one thread."""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import boto3
import httpx

from local.aws.composition import SCHEMAS, compose, database_path
from local.aws.parts import Place as AwsPlace
from local.database import Database
from local.endpoint import Answer, Call
from local.endpoint.server import Endpoint
from local.errors import NotSupported
from local.ports import bind_tcp
from local.viewer import Place, ViewerServer

if TYPE_CHECKING:
    from local.aws.asking import StackCalls

ROOT = Path(__file__).resolve().parents[3]
NAMESPACE = "Glasshouse/dev"


class NoStack:
    """Lambda's API is the stack's, and there is none here: it has no function."""

    async def ask(self, call: Call) -> Answer:
        if call.operation == "ListFunctions":
            return {"Functions": []}
        raise NotSupported(f"{call.operation}: there is no stack in this test")


@dataclass
class Laptop:
    url: str
    aws_url: str
    told: list[str] = field(default_factory=list)

    def client(self, service: str) -> Any:
        return boto3.client(  # type: ignore[call-overload]
            service,
            endpoint_url=self.aws_url,
            region_name="us-east-1",
            aws_access_key_id="a",
            aws_secret_access_key="b",
        )

    def put_alarms(self, names: Iterable[str]) -> Any:
        """As they are at first: without enough data. The client that put them."""
        client = self.client("cloudwatch")
        for name in names:
            client.put_metric_alarm(
                AlarmName=name,
                Namespace="A",
                MetricName="M",
                Statistic="Sum",
                Period=60,
                EvaluationPeriods=1,
                Threshold=1,
                ComparisonOperator="GreaterThanThreshold",
            )
        return client

    def get(self, path: str, **headers: str) -> tuple[int, str, Mapping[str, str]]:
        named = {key.replace("_", "-"): value for key, value in headers.items()}
        answer = httpx.get(self.url + path, headers=named, timeout=60)
        return answer.status_code, answer.text, answer.headers

    def data(self, path: str) -> Any:
        return json.loads(self.get(path, Accept="application/json")[1])

    def put(
        self, name: str, values: list[float], *, unit: str = "Count", space: str = NAMESPACE, **dimensions: str
    ) -> None:
        """A value for each of the last minutes, the newest two minutes ago."""
        now = time.time()
        data = [
            {
                "MetricName": name,
                "Unit": unit,
                "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions.items()],
                "Timestamp": datetime.fromtimestamp(now - 60 * (len(values) - index + 1), UTC),
                "Value": value,
            }
            for index, value in enumerate(values)
        ]
        self.client("cloudwatch").put_metric_data(Namespace=space, MetricData=data)

    def dashboard(self, name: str, *widgets: dict[str, Any], **body: Any) -> str:
        """Its path."""
        text = json.dumps({"widgets": list(widgets), **body})
        self.client("cloudwatch").put_dashboard(DashboardName=name, DashboardBody=text)
        return f"/dashboards/{name}"


@contextmanager
def laptop(folder: Path, *, loaded: bool = False) -> Iterator[Laptop]:
    """`loaded`: with what the project's own template says."""
    database = Database(database_path(folder), SCHEMAS)
    told: list[str] = []
    with bind_tcp(0, "AWS's") as aws, bind_tcp(0, "the viewer's") as own, _loop() as run:
        port = aws.getsockname()[1]
        parts = compose(
            AwsPlace(folder, ROOT / "sam_template.yaml", {}, port), database, cast("StackCalls", NoStack()), told.append
        )
        if loaded:
            parts.start()
        endpoint = Endpoint(parts.services, tell=told.append)
        viewer = ViewerServer(Place(endpoint_url=f"http://127.0.0.1:{port}", root=ROOT), tell=told.append)
        run(endpoint.start(aws))
        run(viewer.start(own))
        yield Laptop(f"http://127.0.0.1:{own.getsockname()[1]}", f"http://127.0.0.1:{port}", told)
        run(viewer.stop())
        run(endpoint.stop(0.1))
        for close in parts.closes:
            close()
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
