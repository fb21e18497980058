"""What only the DynamoDB store has to promise: how errors are told, lost answers, and which operations it uses."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from service.dynamodb_store import DynamoDBStore
from service.errors import KeyInUseError, StoreConflictError, UnavailableError
from service.models import Item

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mypy_boto3_dynamodb import DynamoDBClient

    from service.store import ItemStore

_ID = "018bcfe5-6800-7000-8000-000000000001"


def _item(version: int = 1) -> Item:
    moment = datetime(2026, 1, 2, tzinfo=UTC)
    return Item(
        id=_ID,
        name="n",
        description="",
        price_cents=1,
        tags=["t"],
        version=version,
        created_at=moment,
        updated_at=moment,
    )


def _client(url: str) -> DynamoDBClient:
    config = Config(connect_timeout=1, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 1})
    session = boto3.Session("test", "test", region_name="eu-central-1")
    return session.client("dynamodb", endpoint_url=url, config=config)


class _Failing(BaseHTTPRequestHandler):
    """A DynamoDB that answers everything with the server's error code."""

    code = ""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        body = json.dumps({"__type": f"com.amazonaws.dynamodb.v20120810#{self.code}", "message": "secret-table"})
        self.send_response(400)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (http.server's name)
        pass


@pytest.fixture
def failing() -> Iterator[Callable[[str], DynamoDBStore]]:
    """Makes stores on a DynamoDB that fails with an error code."""
    servers: list[HTTPServer] = []
    threads: list[threading.Thread] = []
    stores: list[DynamoDBStore] = []

    def make(code: str) -> DynamoDBStore:
        servers.append(HTTPServer(("127.0.0.1", 0), type("Handler", (_Failing,), {"code": code})))
        threads.append(threading.Thread(target=servers[-1].serve_forever))
        threads[-1].start()
        stores.append(DynamoDBStore("items", 60, _client(f"http://127.0.0.1:{servers[-1].server_port}")))
        return stores[-1]

    yield make
    for store in stores:
        store.close()
    for server, thread in zip(servers, threads, strict=True):
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(
    "code", ["ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded"]
)
def test_throttled(failing: Callable[[str], DynamoDBStore], code: str) -> None:
    """A throttled request is 503 and says when to come back."""
    store = failing(code)
    calls: list[Callable[[], object]] = [
        lambda: store.add(_item()),
        lambda: store.get(_ID),
        lambda: store.page(1, None),
        lambda: store.remove(_ID, None),
        lambda: store.once("key", "body", lambda: "1", lambda: 1_000),
    ]
    for call in calls:
        with pytest.raises(UnavailableError) as caught:
            call()
        assert caught.value.status == 503
        assert caught.value.headers == {"Retry-After": "2"}
        assert caught.value.kind == "store-busy"


@pytest.mark.parametrize("code", ["ResourceNotFoundException", "AccessDeniedException", "InternalServerError"])
def test_other_errors(failing: Callable[[str], DynamoDBStore], code: str) -> None:
    """Any other error of the store is 503, and what the client is told doesn't repeat it."""
    store = failing(code)
    with pytest.raises(UnavailableError) as caught:
        store.replace(_item(2), 1)
    assert caught.value.kind == "store-unavailable"
    assert "secret-table" not in caught.value.detail


def test_nobody_there() -> None:
    """A DynamoDB that can't be reached is 503."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: a connection is refused
        store = DynamoDBStore("items", 60, _client(f"http://127.0.0.1:{taken.getsockname()[1]}"))
        with pytest.raises(UnavailableError):
            store.ping()
        store.close()


def test_a_write_whose_answer_got_lost(table: str, dynamodb_client: Callable[[], DynamoDBClient]) -> None:
    """A write that boto3 sends again, as the first answer got lost, is not taken for a conflict with itself."""
    store = DynamoDBStore(table, 60, dynamodb_client())
    store.add(_item())
    store.add(_item())
    store.replace(_item(2), 1)
    store.replace(_item(2), 1)
    with pytest.raises(StoreConflictError):
        store.add(_item(3))
    store.close()


def test_a_row_that_is_no_item(table: str, dynamodb_client: Callable[[], DynamoDBClient]) -> None:
    """A row without the items' kind can be neither read nor removed as an item."""
    client = dynamodb_client()
    store = DynamoDBStore(table, 60, client)
    client.put_item(TableName=table, Item={"id": {"S": _ID}, "status": {"S": "COMPLETED"}})
    assert store.get(_ID) is None
    assert store.remove(_ID, None) is False
    assert "Item" in client.get_item(TableName=table, Key={"id": {"S": _ID}})
    store.close()


def test_a_dead_owner_s_key(dynamodb_stores: Callable[[], ItemStore]) -> None:
    """A key whose first request died is taken until that invocation would have timed out, and free afterwards."""
    store = dynamodb_stores()

    def die() -> str:
        raise SystemExit  # no Exception: Powertools cleans nothing up, as with a killed process

    for key, remaining_ms in (("long", 600_000), ("short", 50)):
        with pytest.raises(SystemExit):
            store.once(key, "body", die, lambda remaining_ms=remaining_ms: remaining_ms)  # type: ignore[misc] # bound now
    with pytest.raises(KeyInUseError):
        store.once("long", "body", lambda: "2", lambda: 50)
    deadline, answer = time.monotonic() + 30, None
    while answer is None and time.monotonic() < deadline:
        try:
            answer = store.once("short", "body", lambda: "3", lambda: 600_000)
        except KeyInUseError:
            time.sleep(0.05)
    assert answer == ("3", False)


def test_a_slow_first_request(dynamodb_stores: Callable[[], ItemStore]) -> None:
    """While the first request is at work its key is in use; then it has the first answer."""
    first, second = dynamodb_stores(), dynamodb_stores()
    at_work, go_on = threading.Event(), threading.Event()

    def slowly() -> str:
        at_work.set()
        go_on.wait(30)
        return "first"

    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(first.once, "key", "body", slowly, lambda: 20_000)
        assert at_work.wait(30)
        with pytest.raises(KeyInUseError):
            second.once("key", "body", lambda: "second", lambda: 20_000)
        go_on.set()
        assert answer.result(timeout=30) == ("first", False)
    assert second.once("key", "body", lambda: "second", lambda: 20_000) == ("first", True)


def test_what_a_key_leaves_behind(table: str, dynamodb_client: Callable[[], DynamoDBClient]) -> None:
    """The row of a key has Powertools' TTL attribute, `expiration`, a day ahead, and not the key itself."""
    client = dynamodb_client()
    store = DynamoDBStore(table, 86_400, client)
    store.once("my-secret-key", "body", lambda: '{"id": 1}', lambda: 1_000)
    (row,) = client.scan(TableName=table)["Items"]
    assert row["id"]["S"].startswith("idempotency#")
    assert "my-secret-key" not in str(row)
    assert abs(int(row["expiration"]["N"]) - time.time() - 86_400) < 60
    store.close()


def test_operations(table: str, dynamodb_client: Callable[[], DynamoDBClient]) -> None:
    """Listing is a Query on the index and nothing scans; every write has a condition."""
    client = dynamodb_client()
    used: list[tuple[str, dict[str, Any]]] = []
    client.meta.events.register(
        "provide-client-params.dynamodb.*", lambda params, model, **_: used.append((model.name, params))
    )
    store = DynamoDBStore(table, 60, client)
    store.add(_item())
    store.replace(_item(2), 1)
    store.page(5, None)
    store.page(5, _ID)
    store.once("key", "body", lambda: "1", lambda: 1_000)
    store.remove(_ID, None)
    names = [name for name, _ in used]
    assert names == ["PutItem", "PutItem", "Query", "Query", "PutItem", "UpdateItem", "DeleteItem"]
    assert {params["IndexName"] for name, params in used if name == "Query"} == {"listing"}
    writes = [params for name, params in used if name in ("PutItem", "DeleteItem")]
    assert all("ConditionExpression" in params for params in writes)
    store.close()


def test_endpoint_override(table: str, dynamodb_url: str) -> None:
    """With ITEMS_TABLE set, the service talks to the DynamoDB that AWS_ENDPOINT_URL_DYNAMODB names."""
    code = (
        "import os; from service.settings import Settings; from service.store import open_store;"
        "store = open_store(Settings.from_env(os.environ).store, os.environ['AWS_REGION']); store.ping();"
        "print(type(store).__name__)"
    )
    environ = os.environ | {
        "ITEMS_TABLE": table,
        "AWS_ENDPOINT_URL_DYNAMODB": dynamodb_url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "eu-central-1",
    }
    run = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout, run.stderr) == (0, "DynamoDBStore\n", "")


def test_moto_is_conditional(table: str, dynamodb_client: Callable[[], DynamoDBClient]) -> None:
    """The DynamoDB that these tests stand on does check conditions."""
    client = dynamodb_client()
    client.put_item(TableName=table, Item={"id": {"S": "1"}}, ConditionExpression="attribute_not_exists(id)")
    with pytest.raises(ClientError, match="ConditionalCheckFailedException"):
        client.put_item(TableName=table, Item={"id": {"S": "1"}}, ConditionExpression="attribute_not_exists(id)")
    client.close()
