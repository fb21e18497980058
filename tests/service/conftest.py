"""What the service's tests stand on: both stores, and the API over each, driven without a socket."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import boto3
import httpx
import pytest
from botocore.config import Config
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

from observability.testing import capture
from service.app import create_app
from service.dynamodb_store import DynamoDBStore
from service.settings import Settings
from service.sqlite_store import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from fastapi import FastAPI
    from mypy_boto3_dynamodb import DynamoDBClient

    from service.store import ItemStore

TABLE: dict[str, Any] = {
    "AttributeDefinitions": [
        {"AttributeName": "id", "AttributeType": "S"},
        {"AttributeName": "kind", "AttributeType": "S"},
    ],
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "listing",
            "KeySchema": [
                {"AttributeName": "kind", "KeyType": "HASH"},
                {"AttributeName": "id", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "ALL"},
        }
    ],
    "BillingMode": "PAY_PER_REQUEST",
}
"""The items table, as the template must declare it."""

AWS_ENVIRON = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "eu-central-1"}


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 (werkzeug's name)
        pass


@pytest.fixture(scope="session")
def dynamodb_url() -> Iterator[str]:
    """A moto server on a free port. One request at a time: conditional writes are then atomic, as DynamoDB's are."""
    server = make_server(
        "127.0.0.1", 0, DomainDispatcherApplication(create_backend_app), threaded=False, request_handler=_Quiet
    )
    thread = threading.Thread(target=server.serve_forever, name="moto")
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def dynamodb_client(dynamodb_url: str) -> Callable[[], DynamoDBClient]:
    """Makes real boto3 clients of that server."""
    session = boto3.Session("test", "test", region_name="eu-central-1")
    config = Config(connect_timeout=1, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 1})
    return lambda: session.client("dynamodb", endpoint_url=dynamodb_url, config=config)


@pytest.fixture
def table(dynamodb_client: Callable[[], DynamoDBClient]) -> Iterator[str]:
    """A fresh items table."""
    client, name = dynamodb_client(), f"items-{uuid4()}"
    client.create_table(TableName=name, **TABLE)
    yield name
    client.delete_table(TableName=name)
    client.close()


@pytest.fixture
def sqlite_stores(tmp_path: Path) -> Iterator[Callable[[], ItemStore]]:
    """Makes stores on one SQLite file, as processes that share it would."""
    stores: list[SqliteStore] = []

    def make() -> ItemStore:
        stores.append(SqliteStore(str(tmp_path / "items.sqlite3"), 86_400))
        return stores[-1]

    yield make
    for store in stores:
        store.close()


@pytest.fixture
def dynamodb_stores(table: str, dynamodb_client: Callable[[], DynamoDBClient]) -> Iterator[Callable[[], ItemStore]]:
    """Makes stores on one DynamoDB table."""
    stores: list[DynamoDBStore] = []

    def make() -> ItemStore:
        stores.append(DynamoDBStore(table, 86_400, dynamodb_client()))
        return stores[-1]

    yield make
    for store in stores:
        store.close()


@pytest.fixture(params=["sqlite", "dynamodb"])
def stores(request: pytest.FixtureRequest) -> Callable[[], ItemStore]:
    """Makes stores on one place that keeps items: every test that asks for it runs over both kinds."""
    make: Callable[[], ItemStore] = request.getfixturevalue(f"{request.param}_stores")
    return make


@pytest.fixture
def store(stores: Callable[[], ItemStore]) -> ItemStore:
    return stores()


class Client:
    """An HTTP client of an observed application, in process. Exceptions become the answers that a server would send.

    `seen` is the telemetry that its requests leave behind.
    """

    def __init__(self, app: FastAPI) -> None:
        self.app = app
        self._capture = capture(app)
        self.seen = self._capture.__enter__()
        self._runner = asyncio.Runner()
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        self._client = httpx.AsyncClient(transport=transport, base_url="http://items.test")

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        return self._runner.run(self._client.request(method, path, **options))

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        return self.request("POST", path, **options)

    def put(self, path: str, **options: Any) -> httpx.Response:
        return self.request("PUT", path, **options)

    def patch(self, path: str, **options: Any) -> httpx.Response:
        return self.request("PATCH", path, **options)

    def delete(self, path: str, **options: Any) -> httpx.Response:
        return self.request("DELETE", path, **options)

    def close(self) -> None:
        self._runner.run(self._client.aclose())
        self._runner.close()
        self._capture.__exit__(None, None, None)


@pytest.fixture
def client_of() -> Iterator[Callable[..., Client]]:
    """Makes clients of the application with the given environment and store."""
    clients: list[Client] = []

    def make(store: ItemStore, **environ: str) -> Client:
        clients.append(Client(create_app(Settings.from_env(environ), store)))
        return clients[-1]

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def client(store: ItemStore, client_of: Callable[..., Client]) -> Client:
    """The API over each store in turn."""
    return client_of(store)


@pytest.fixture
def sqlite_client(sqlite_stores: Callable[[], ItemStore], client_of: Callable[..., Client]) -> Client:
    """The API over SQLite, for what has nothing to do with the store."""
    return client_of(sqlite_stores())
