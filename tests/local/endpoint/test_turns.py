"""Calls that come at the same time: one transaction, and each its own answer."""

import asyncio
import json
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from local.aws.composition import SCHEMAS
from local.cloudwatch.logs import Logs
from local.cloudwatch.metrics import EmfBatch, Metrics
from local.database import Database
from local.endpoint import Call, Operation, Operations
from local.endpoint.dispatch import Dispatcher
from local.endpoint.wire import WireAnswer, WireRequest
from local.errors import AwsError, Taken

SIGNED = "AWS4-HMAC-SHA256 Credential=any/20261126/us-east-1/logs/aws4_request, SignedHeaders=host, Signature=0"
EMF = {
    "_aws": {
        "Timestamp": 0,
        "CloudWatchMetrics": [{"Namespace": "N", "Dimensions": [[]], "Metrics": [{"Name": "Took"}]}],
    },
    "Took": 1,
}


def call(operation: str, body: Any) -> WireRequest:
    headers = {
        "authorization": SIGNED,
        "x-amz-target": f"Logs_20140328.{operation}",
        "content-type": "application/x-amz-json-1.1",
    }
    return WireRequest("POST", "/", "", headers, json.dumps(body).encode())


def put(message: str, stream: str = "s") -> WireRequest:
    event = {"timestamp": int(time.time() * 1000), "message": message}
    return call("PutLogEvents", {"logGroupName": "g", "logStreamName": stream, "logEvents": [event]})


def emf() -> str:
    event = json.loads(json.dumps(EMF))
    event["_aws"]["Timestamp"] = int(time.time() * 1000)
    return json.dumps(event)


def at_once(services: dict[str, Operations], requests: Sequence[WireRequest]) -> tuple[list[WireAnswer], list[str]]:
    """The answers to requests that come in one turn of the event loop, and what was told of bugs."""
    told: list[str] = []

    async def ask() -> list[WireAnswer]:
        dispatcher = Dispatcher(services, told.append)
        try:
            return list(await asyncio.gather(*(dispatcher.handle(request) for request in requests)))
        finally:
            dispatcher.close()

    return asyncio.run(ask()), told


class Room:
    """Logs and metrics over one database that counts its transactions."""

    def __init__(self, folder: Path) -> None:
        self.database = Database(folder / "aws.sqlite3", SCHEMAS)
        self.statements: list[str] = []
        metrics = Metrics(self.database, time.time)
        self.logs = Logs(
            self.database,
            time.time,
            metrics,
            lambda batches: metrics.put_emf_batches(EmfBatch(batch.group, batch.events) for batch in batches),
        )
        self.services: dict[str, Operations] = {"logs": self.logs.operations(), "cloudwatch": metrics.operations()}
        for operation, parameters in (
            ("CreateLogGroup", {"logGroupName": "g"}),
            ("CreateLogStream", {"logGroupName": "g", "logStreamName": "s"}),
        ):
            self.services["logs"][operation].run(Call("logs", operation, parameters))
        with self.database.write() as connection:
            self.writer = connection
        self.writer.set_trace_callback(self.statements.append)

    def messages(self) -> list[str]:
        with self.database.read() as connection:
            return [message for (message,) in connection.execute("SELECT message FROM log_events ORDER BY id")]

    def samples(self) -> float:
        with self.database.read() as connection:
            return float(connection.execute("SELECT coalesce(sum(samples), 0) FROM metric_points").fetchone()[0])


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    made = Room(tmp_path)
    yield made
    made.logs.close()
    made.database.close()


def test_calls_of_one_turn_are_one_transaction(room: Room) -> None:
    """Four calls are answered after one COMMIT, each with its own request id."""
    answers, told = at_once(room.services, [put(str(number)) for number in range(4)])
    assert told == []
    assert [answer.status for answer in answers] == [200] * 4
    assert len({answer.headers["x-amzn-RequestId"] for answer in answers}) == 4
    assert room.statements.count("COMMIT") == 1
    assert sorted(room.messages()) == ["0", "1", "2", "3"]


def test_one_that_is_refused_undoes_nothing_of_the_others(room: Room) -> None:
    """Of four calls one names a stream that is not there: it alone is refused, and the others' events and metrics are
    kept.
    """
    answers, told = at_once(room.services, [put(emf()), put(emf()), put(emf(), stream="none"), put(emf())])
    assert told == []
    assert [answer.status for answer in answers] == [200, 200, 400, 200]
    assert b"ResourceNotFoundException" in answers[2].body
    assert len(room.messages()) == room.samples() == 3


def test_one_that_fails_in_the_middle_of_its_writing_leaves_nothing(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of ours after the events are written, and before their metrics are: each call is done again by itself.
    Of the one whose fault it is nothing is kept, of the others nothing is lost, and the series that it was the first to
    write to is not taken for there.
    """
    kept = Metrics.put_emf_batches
    failing = iter([True, True, False, False, True])  # all of them together first

    def fail(self: Metrics, batches: Any) -> None:
        kept(self, batches)
        if next(failing):
            raise ZeroDivisionError

    monkeypatch.setattr(Metrics, "put_emf_batches", fail)
    answers, told = at_once(room.services, [put(emf()) for _ in range(4)])
    assert [answer.status for answer in answers] == [500, 200, 200, 500]
    assert len(told) == 2
    assert len(room.messages()) == room.samples() == 2
    with room.database.read() as connection:
        of_no_series = "SELECT count(*) FROM metric_points WHERE series NOT IN (SELECT id FROM metric_series)"
        assert connection.execute(of_no_series).fetchone() == (0,)


class Store:
    """One that can be taken by another, and that can fail to keep all of a block."""

    def __init__(self, *, free: bool = True, fails: bool = False) -> None:
        self.free = free
        self.fails = fails
        self.blocks: list[list[str]] = []

    @contextmanager
    def at_once(self) -> Iterator[None]:
        if not self.free:
            raise Taken("another writes")
        yield

    @contextmanager
    def together(self) -> Iterator[None]:
        self.blocks.append([])
        try:
            yield
        finally:
            if self.fails:
                self.blocks.append([])  # what is done next is done alone
        if self.fails:
            raise OSError("the disk is full")

    def run(self, given: Call) -> dict[str, Any]:
        name = given.parameters["logGroupName"]
        self.blocks[-1].append(name)
        if name == "refused":
            raise AwsError("ResourceNotFoundException", "not there")
        if name == "full":
            raise OSError("the disk is full")
        self.thread = threading.current_thread()
        return {}


def operations(store: Store) -> dict[str, Operations]:
    return {"logs": {"DeleteLogGroup": Operation(store.run, frozenset({"logGroupName"}), store)}}


def delete(name: str) -> WireRequest:
    return call("DeleteLogGroup", {"logGroupName": name})


@pytest.mark.parametrize(("last", "status"), [("b", 200), ("full", 500)])
def test_what_cannot_be_kept_together_is_done_again_alone(last: str, status: int) -> None:
    """Nobody is told yes of what was not kept: each is done by itself, and has the answer that this has. What went
    wrong is told once.
    """
    store = Store(fails=True)
    answers, told = at_once(operations(store), [delete("a"), delete("refused"), delete(last)])
    assert [answer.status for answer in answers] == [200, 400, status]
    assert store.blocks == [["a", "refused", last], ["a", "refused", last]]
    assert ["the disk is full" in text for text in told] == [True] * (status == 500)


def test_one_alone_is_a_write_of_its_own() -> None:
    """It is not done within together(), and so never twice."""
    store = Store(fails=True)
    store.blocks.append([])
    answers, _ = at_once(operations(store), [delete("a")])
    assert [answer.status for answer in answers] == [200]
    assert store.blocks == [["a"]]


@pytest.mark.parametrize(("free", "thread"), [(True, True), (False, False)])
def test_where_another_writes_they_wait_in_a_thread(free: bool, thread: bool) -> None:  # noqa: FBT001
    """The event loop does what is done at once, and waits for nobody."""
    store = Store(free=free)
    answers, _ = at_once(operations(store), [delete("a"), delete("b")])
    assert [answer.status for answer in answers] == [200, 200]
    assert store.blocks == [["a", "b"]]
    assert (store.thread is threading.main_thread()) == thread


@pytest.mark.parametrize("number", [1, 3])
def test_another_process_is_waited_for_in_a_thread(room: Room, tmp_path: Path, number: int) -> None:
    """The event loop answers others meanwhile; each is done once."""
    requests = [put(f"{each}") for each in range(number)]

    async def ask() -> list[int]:
        dispatcher = Dispatcher(room.services, print)
        with closing(sqlite3.connect(tmp_path / "aws.sqlite3", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            waiting = asyncio.gather(*(dispatcher.handle(request) for request in requests))
            described = await dispatcher.handle(call("DescribeLogGroups", {}))
            assert not waiting.done()
            other.execute("COMMIT")
            answers = [described, *await waiting]
        dispatcher.close()
        return [answer.status for answer in answers]

    assert asyncio.run(ask()) == [200] * (1 + number)
    assert room.messages() == [f"{each}" for each in range(number)]


def test_large_requests_are_not_all_done_together(room: Room) -> None:
    """The loop turns after 64 KB of them: three of 30 KB are two transactions."""
    answers, _ = at_once(room.services, [put("x" * 30_000) for _ in range(3)])
    assert [answer.status for answer in answers] == [200] * 3
    assert room.statements.count("COMMIT") == 2


KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from tests.local.endpoint.test_turns import Room, at_once, emf, put
room = Room(Path(sys.argv[1]))
answers, told = at_once(room.services, [put(emf()) for _ in range(20)])
assert [answer.status for answer in answers] == [200] * 20, told
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_kill_9_after_the_answers_loses_nothing(tmp_path: Path) -> None:
    """Every event that was acknowledged is there, with its metrics."""
    ended = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False, timeout=60)
    assert ended.returncode == -signal.SIGKILL
    database = Database(tmp_path / "aws.sqlite3", SCHEMAS)
    Metrics(database, time.time)
    with database.read() as connection:
        assert connection.execute("SELECT count(*) FROM log_events").fetchone() == (20,)
        assert connection.execute("SELECT sum(samples) FROM metric_points").fetchone() == (20.0,)
    database.close()
