"""CloudWatch Logs behind a real boto3 client: what it sends goes straight to the operations, without a wire."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse, HTTPHeaders
from botocore.validate import ParamValidator

from local.cloudwatch.logs import SCHEMA, Logs, StoredBatch
from local.database import Database
from local.endpoint import Call
from local.errors import AwsError
from tests.local.cloudwatch.logs.asking import NOW_MS, finished


@dataclass
class Recorded:
    """What the operations told the rest of the laptop, and the time that they see."""

    now_ms: int = NOW_MS
    metrics: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    batches: list[StoredBatch] = field(default_factory=list)

    def put(self, namespace: str, data: Sequence[Mapping[str, Any]]) -> None:
        self.metrics += [(namespace, datum) for datum in data]

    def clock(self) -> float:
        return self.now_ms / 1000

    def hear(self, batches: Sequence[StoredBatch]) -> None:
        self.batches += batches

    @property
    def events(self) -> list[tuple[int, str]]:
        return [event for batch in self.batches for event in batch.events]


@pytest.fixture
def recorded() -> Recorded:
    return Recorded()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(tmp_path / "aws.sqlite3", [SCHEMA])
    yield opened
    opened.close()


@pytest.fixture
def logs(database: Database, recorded: Recorded) -> Iterator[Logs]:
    made = Logs(database, recorded.clock, recorded, recorded.hear)
    yield made
    made.close()


@pytest.fixture(scope="session")
def aws() -> boto3.session.Session:
    """One session for all: it reads the model of the service once."""
    return boto3.session.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")


@pytest.fixture
def client(logs: Logs, aws: boto3.session.Session) -> Any:
    """A boto3 client: its parameters are checked, its answers have to have the shapes of the model."""
    made: Any = aws.client("logs")

    def remember(params: Mapping[str, Any], context: dict[str, Any], **_: Any) -> None:
        context["given"] = dict(params)

    def answer(model: Any, context: Mapping[str, Any], **_: Any) -> tuple[Any, Mapping[str, Any]]:
        operation = logs.operations()[model.name]
        assert set(context["given"]) <= operation.takes
        try:
            answered: Any = operation.run(Call("logs", model.name, context["given"]))
        except AwsError as error:
            wrong = {"Error": {"Code": error.code, "Message": error.message}, **error.members}
            return AWSResponse("http://x", error.status, HTTPHeaders(), None), wrong
        if model.output_shape is not None:
            problems = ParamValidator().validate(answered, model.output_shape)
            assert not problems.has_errors(), problems.generate_report()
        return AWSResponse("http://x", 200, HTTPHeaders(), None), {**answered, "ResponseMetadata": {}}

    made.meta.events.register("before-parameter-build.logs", remember)
    made.meta.events.register("before-call.logs", answer)
    return made


@pytest.fixture
def stream(client: Any) -> Callable[..., None]:
    """Puts messages into the stream s of the group g, a second apart, the last now; makes both when needed."""
    client.create_log_group(logGroupName="g")
    client.create_log_stream(logGroupName="g", logStreamName="s")

    def put(*messages: str, start_ms: int = NOW_MS) -> None:
        events = [{"timestamp": start_ms + number * 1000, "message": text} for number, text in enumerate(messages)]
        client.put_log_events(logGroupName="g", logStreamName="s", logEvents=events)

    return put


@pytest.fixture
def ask(client: Any) -> Callable[..., list[dict[str, str]]]:
    """The rows of a query over the group g, without @ptr."""

    def run(text: str, **given: Any) -> list[dict[str, str]]:
        return [
            {cell["field"]: cell["value"] for cell in row if cell["field"] != "@ptr"}
            for row in finished(client, text, **given)["results"]
        ]

    return run
