"""One application, three backends, one trace: the same requests leave the same trees, whoever writes them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from local.xray.datagrams import OtlpTraces, read_datagram
from local.xray.opentelemetry import documents_of
from observability.compare_traces.recording import read
from observability.compare_traces.trees import trees

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.observability.conftest import ListeningDaemon
    from tests.observability.tracing.conftest import Answering

HERE = Path(__file__).parent
ROOT = HERE.parents[2]


@pytest.fixture
def places(server: Answering, table: str, dynamodb_url: str) -> list[str]:
    """What the application calls: an HTTP server, a table, its DynamoDB."""
    return [server.url, table, dynamodb_url]


def datagrams(daemon: ListeningDaemon) -> list[bytes]:
    """All that has arrived: on the loopback a datagram is there once it was sent."""
    found: list[bytes] = []
    daemon.socket.setblocking(False)
    while True:
        try:
            found.append(daemon.socket.recv(70_000))
        except BlockingIOError:
            return found


def record(backend: str, where: str, daemon: ListeningDaemon, places: list[str], path: Path) -> list[bytes]:
    """Runs the application in a process of its own; its traces are in the file, as lines of JSON."""
    environ = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "OBSERVABILITY_TRACING": backend,
        "OBSERVABILITY_FASTAPI_SPANS": "on",
        "AWS_XRAY_DAEMON_ADDRESS": daemon.address,
    }
    if where == "lambda":
        environ |= {"AWS_LAMBDA_FUNCTION_NAME": "traced", "AWS_REGION": "eu-central-1"}
    command = [sys.executable, str(HERE / "traced_app.py"), where, *places]
    run = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    assert [line.get("telemetry_errors") for line in lines] == [None] * 9
    sent = datagrams(daemon)
    read_as = [read_datagram(one) for one in sent]
    values = [one.request if isinstance(one, OtlpTraces) else one.document for one in read_as]
    path.write_text("".join(json.dumps(value) + "\n" for value in values))
    return sent


def compare(*arguments: str | Path) -> tuple[int, str]:
    command = [sys.executable, "-m", "observability", "compare-traces", *map(str, arguments)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return run.returncode, run.stdout + run.stderr


@pytest.mark.parametrize("where", ["lambda", "outside"])
def test_the_trees_are_the_same(where: str, daemon: ListeningDaemon, places: list[str], tmp_path: Path) -> None:
    """Names, nesting, annotations, http, aws and sql blocks, error and fault flags: native writes them, the X-Ray SDK's
    recorder and OpenTelemetry's SDK the same. An unsampled request leaves nothing with any of them."""
    sent: dict[str, list[bytes]] = {}
    for backend in ("native", "xray-sdk", "otel"):
        sent[backend] = record(backend, where, daemon, places, tmp_path / backend)
    assert compare(tmp_path / "native", tmp_path / "xray-sdk") == (0, "")
    assert compare(tmp_path / "native", tmp_path / "otel") == (0, "")
    assert all(one.startswith(b'{"format":"json","version":1}\nT1S') for one in sent["otel"])
    assert len(sent["otel"]) == 8
    documents = [json.loads(one.partition(b"\n")[2]) for one in sent["native"]]
    assert {one.get("type") for one in documents} == {"subsegment" if where == "lambda" else None}
    assert list(map(indexed, segments(sent["otel"]))) == list(map(indexed, documents))


def segments(sent: list[bytes]) -> Iterator[dict[str, Any]]:
    """What X-Ray makes of the requests' own spans: a server's span is a segment, wherever it is."""
    for datagram in sent:
        taken = read_datagram(datagram)
        assert isinstance(taken, OtlpTraces)
        yield from (one for of_span in documents_of(taken.request) for one in of_span if "type" not in one)


def indexed(document: dict[str, Any]) -> set[str]:
    """What filters find it by: of OTLP that is only what aws.xray.annotations lists."""
    return set(document["annotations"])


def shape(node: Any) -> Any:
    """Names and nesting."""
    return {node.name: [shape(child) for child in node.children]} if node.children else node.name


def test_the_trees_are_right(daemon: ListeningDaemon, places: list[str], tmp_path: Path) -> None:
    """What the trees hold, in OpenTelemetry's words here: with every kind of span in its place."""
    record("otel", "lambda", daemon, places, tmp_path / "otel")
    found = trees(read("otel", (tmp_path / "otel").read_text().splitlines()))
    assert {one.name for one in found} == {"traced"}
    nested, threads, stores, calls, refused, broken, nowhere, library = found
    around = ["fastapi.dependencies", "fastapi.endpoint", "fastapi.serialization"]
    assert [child.name for child in nested.children] == around
    assert shape(nested.children[1]) == {"fastapi.endpoint": [{"outer": [{"middle": ["inner"]}]}]}
    assert nested.children[1].children[0].facts == {"annotations.n": 7}
    (in_a_thread,) = threads.children[1].children
    assert sorted(map(str, map(shape, in_a_thread.children))) == [
        "{'left': ['left-thread']}",
        "{'right': ['right-thread']}",
    ]
    sqlite, dynamodb = stores.children[1].children
    assert sqlite.children[0].facts == {
        "namespace": "remote",
        "sql.database_type": "SQLite",
        "sql.sanitized_query": "SELECT 1",
    }
    put, again = dynamodb.children
    assert put.facts | {"aws.request_id": ""} == {
        "namespace": "aws",
        "aws.operation": "PutItem",
        "aws.region": "eu-central-1",
        "aws.table_name": places[1],
        "aws.request_id": "",
        "aws.retries": 0,
        "http.response.status": 200,
    }
    assert (again.facts["error"], again.facts["http.response.status"]) == (True, 400)
    assert calls.children[1].children[0].children[0].facts == {
        "namespace": "remote",
        "http.request.method": "GET",
        "http.request.url": f"{places[0]}/a",
        "http.response.status": 200,
        "http.response.content_length": 2,
    }
    assert (refused.facts["error"], refused.facts["http.response.status"]) == (True, 404)
    assert (broken.facts["fault"], broken.facts["exception.message"]) == (True, "broken")
    assert nowhere.facts["annotations.route"] == "(unmatched)"
    (ask,) = library.children[1].children
    assert ask.facts["fault"] is True
    assert ask.children[0].facts == {"annotations.via_api": 1}
