"""What surrounds the items: welcome, health, where it runs, HEAD, CORS, and what a request leaves behind."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.store import ItemStore
    from tests.service.conftest import Client

LAMP = {"name": "Lamp", "price_cents": 4900}
ORIGIN = {"Origin": "https://app.example.com"}


def test_welcome(sqlite_client: Client) -> None:
    """The root says what this is and where to go; every link is there."""
    answer = sqlite_client.get("/").json()
    assert answer == {
        "service": "items",
        "version": "0.1.0",
        "links": {
            "docs": "/docs",
            "redoc": "/redoc",
            "openapi": "/openapi.json",
            "health": "/api/health",
            "items": "/api/items/",
        },
    }
    assert {sqlite_client.get(link).status_code for link in answer["links"].values()} == {200}


def test_health(client: Client) -> None:
    """Alive needs no store; ready needs one that answers."""
    assert client.get("/api/health").json() == {"status": "alive"}
    assert client.get("/api/health/ready").json() == {"status": "ready"}


def test_where_it_runs_locally(sqlite_client: Client) -> None:
    """Outside Lambda it says local, and nothing that there isn't."""
    answer = sqlite_client.get("/api/aws-info")
    assert answer.json() == {
        "environment": "local",
        "function": None,
        "version": None,
        "memory_mb": None,
        "region": None,
        "stage": "dev",
        "request_id": answer.headers["x-request-id"],
        "cold_start": True,
        "python": platform.python_version(),
    }
    assert sqlite_client.get("/api/aws-info").json()["cold_start"] is False


LAMBDA = {
    "AWS_LAMBDA_FUNCTION_NAME": "items-fn",
    "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
    "AWS_REGION": "eu-central-1",
    "STAGE": "prod",
    "AWS_ACCESS_KEY_ID": "marker-id",
    "AWS_SECRET_ACCESS_KEY": "marker-secret",
    "AWS_SESSION_TOKEN": "marker-token",
}


@pytest.mark.parametrize(("more", "expected"), [({}, "lambda"), ({"AWS_SAM_LOCAL": "true"}, "local")])
def test_where_it_runs_in_lambda(
    store: ItemStore, client_of: Callable[..., Client], more: dict[str, str], expected: str
) -> None:
    """In Lambda it names the function, and no credential; a Lambda on a laptop says that it is local."""
    answer = client_of(store, **LAMBDA, **more).get("/api/aws-info")
    info = answer.json()
    assert info["environment"] == expected
    assert (info["function"], info["version"], info["memory_mb"]) == ("items-fn", "$LATEST", 512)
    assert (info["region"], info["stage"]) == ("eu-central-1", "prod")
    assert "marker" not in answer.text


@pytest.mark.parametrize(
    "path", ["/", "/docs", "/redoc", "/openapi.json", "/api/health", "/api/items/", "/api/aws-info"]
)
def test_head(sqlite_client: Client, path: str) -> None:
    """HEAD is wherever GET is: status and headers of GET, no body, and a HEAD in the line."""
    whole, head = sqlite_client.get(path), sqlite_client.request("HEAD", path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"] == whole.headers["content-type"]
    assert int(head.headers["content-length"]) > 0
    assert [line["method"] for line in sqlite_client.seen.lines] == ["GET", "HEAD"]


def test_head_where_there_is_nothing(sqlite_client: Client) -> None:
    """HEAD of what isn't there is 404 without a body."""
    answer = sqlite_client.request("HEAD", "/nowhere")
    assert (answer.status_code, answer.content) == (404, b"")


def test_no_cors_by_default(sqlite_client: Client) -> None:
    """Without CORS_ORIGINS no page of another origin may read an answer."""
    assert "access-control-allow-origin" not in sqlite_client.get("/api/health", headers=ORIGIN).headers


def test_cors(store: ItemStore, client_of: Callable[..., Client]) -> None:
    """An allowed page may read the answer and the headers that matter; another page may not."""
    client = client_of(store, CORS_ORIGINS="https://app.example.com,https://b.example.com", CORS_CREDENTIALS="true")
    answer = client.get("/api/items/", headers=ORIGIN)
    assert answer.headers["access-control-allow-origin"] == "https://app.example.com"
    assert answer.headers["access-control-allow-credentials"] == "true"
    exposed = set(answer.headers["access-control-expose-headers"].split(", "))
    assert {"ETag", "Location", "X-Request-Id", "X-Correlation-Id", "X-Amzn-Trace-Id"} <= exposed
    assert {"Idempotency-Replayed", "Server-Timing"} <= exposed
    other = client.get("/api/items/", headers={"Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in other.headers


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
def test_preflight(store: ItemStore, client_of: Callable[..., Client], method: str) -> None:
    """A preflight lets through every method and request header that the API has, and leaves a line of its own."""
    client = client_of(store, CORS_ORIGINS="https://app.example.com", CORS_MAX_AGE_S="77")
    asked = "authorization,content-type,idempotency-key,if-match,if-none-match,x-api-key,x-correlation-id"
    headers = ORIGIN | {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": asked}
    answer = client.request("OPTIONS", "/api/items/", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "https://app.example.com"
    assert answer.headers["access-control-max-age"] == "77"
    assert method in answer.headers["access-control-allow-methods"]
    (line,) = client.seen.lines
    assert (line["method"], line["status"]) == ("OPTIONS", 200)


@pytest.mark.parametrize("header", ["X-Other", "Cookie"])
def test_preflight_refused(store: ItemStore, client_of: Callable[..., Client], header: str) -> None:
    """A preflight for a header that the API doesn't have, or by another page, is refused."""
    client = client_of(store, CORS_ORIGINS="https://app.example.com")
    asked = {"Access-Control-Request-Method": "POST"}
    refused = client.request(
        "OPTIONS", "/api/items/", headers=ORIGIN | asked | {"Access-Control-Request-Headers": header}
    )
    assert refused.status_code == 400
    other = client.request("OPTIONS", "/api/items/", headers={"Origin": "https://evil.example"} | asked)
    assert other.status_code == 400
    assert "access-control-allow-origin" not in other.headers


def test_metrics(client: Client) -> None:
    """Each of the service's metrics is counted where the thing happens."""
    place = client.post("/api/items/", json=LAMP, headers={"Idempotency-Key": "key"}).headers["location"]
    client.post("/api/items/", json=LAMP, headers={"Idempotency-Key": "key"})
    client.patch(place, json={"name": "New"})
    client.put(place, json=LAMP, headers={"If-Match": '"1"'})
    client.put(place, json=LAMP, headers={"If-Match": '"2"'})
    client.delete(place)
    seen = client.seen.metrics
    assert seen["ItemsCreated"] == [1, 0]
    assert seen["IdempotentReplays"] == [0, 1]
    assert seen["ItemsChanged"] == [1, 1]
    assert seen["StaleEdits"] == [1]
    assert seen["ItemsDeleted"] == [1]
    assert "StoreConflicts" not in seen
    assert set(seen["TelemetryFailures"]) == {0}


def test_conflicts_are_counted(store: ItemStore, client_of: Callable[..., Client]) -> None:
    """A write that lost its race is counted and tried again, ten times at most; then the client hears 409."""

    class Racing:
        def __init__(self) -> None:
            self.lost = 0

        def replace(self, *_: object) -> None:
            from service.errors import StoreConflictError  # noqa: PLC0415 (for this test alone)

            self.lost += 1
            raise StoreConflictError

        def __getattr__(self, name: str) -> object:
            return getattr(store, name)

    racing = Racing()
    client = client_of(racing)
    place = client.post("/api/items/", json=LAMP).headers["location"]
    answer = client.patch(place, json={"name": "New"})
    assert (answer.status_code, answer.headers["retry-after"]) == (409, "1")
    assert answer.json()["type"] == "urn:glasshouse:problem:busy-item"
    assert client.seen.metrics["StoreConflicts"] == [10]
    (told,) = client.seen.logs
    assert (told["level"], told["attempts"], told["route"]) == ("WARNING", 10, "/api/items/{item_id}")
    assert racing.lost == 10


def test_sqlite_spans(sqlite_client: Client) -> None:
    """A call to SQLite is a remote subsegment with the statement, and without its values."""
    sqlite_client.post("/api/items/", json={"name": "marker-name", "price_cents": 1})
    span = sqlite_client.seen.span("sqlite")
    assert span["namespace"] == "remote"
    assert span["sql"]["database_type"] == "SQLite"
    assert span["sql"]["sanitized_query"].startswith("INSERT INTO items (id, name, ")
    assert b"marker-name" not in b"".join(sqlite_client.seen.datagrams)


def test_dynamodb_spans(dynamodb_stores: Callable[[], ItemStore], client_of: Callable[..., Client]) -> None:
    """A call to DynamoDB is an aws subsegment with operation, table, request id and retries."""
    client = client_of(dynamodb_stores())
    client.post("/api/items/", json=LAMP)
    span = client.seen.span("DynamoDB")
    assert span["namespace"] == "aws"
    assert span["aws"]["operation"] == "PutItem"
    assert span["aws"]["table_name"].startswith("items-")
    assert span["aws"]["retries"] == 0
    assert len(span["aws"]["request_id"]) > 10
    assert not span.get("fault", False)


def test_a_failed_condition_is_no_fault(
    dynamodb_stores: Callable[[], ItemStore], client_of: Callable[..., Client]
) -> None:
    """A conditional write that DynamoDB refuses is an answer, not a fault, in the trace."""
    client = client_of(dynamodb_stores())
    assert client.delete("/api/items/018bcfe5-6800-7000-8000-000000000000").status_code == 404
    span = client.seen.span("DynamoDB")
    assert span["aws"]["operation"] == "DeleteItem"
    assert not span.get("fault", False)


def test_routes_are_built_at_start(client_of: Callable[..., Client], store: ItemStore, monkeypatch: Any) -> None:
    """No request waits for FastAPI to build its routes, the first one included: by then all is built."""
    client = client_of(store)

    def build(*_: object, **__: object) -> None:
        pytest.fail("a route was built by a request")

    monkeypatch.setattr("fastapi.routing._EffectiveRouteContext.from_api_route", build)
    assert [client.get(path).status_code for path in ("/", "/api/items/", "/api/health")] == [200, 200, 200]
    assert client.post("/api/items/", json=LAMP).status_code == 201
