"""Every error is an RFC 9457 problem document, and none says more than it should."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.store import ItemStore
    from tests.service.conftest import Client

_JSON = {"Content-Type": "application/json"}


def test_not_found(sqlite_client: Client) -> None:
    """A path that isn't there: the whole document, with the ids that find its line and its trace."""
    answer = sqlite_client.get("/nowhere?token=secret")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "There is nothing at this path.",
        "instance": "/nowhere",
        "trace_id": answer.headers["x-amzn-trace-id"].removeprefix("Root="),
        "request_id": answer.headers["x-request-id"],
    }
    (line,) = sqlite_client.seen.lines
    assert line["request_id"] == answer.json()["request_id"]
    assert line["xray_trace_id"] == answer.json()["trace_id"]


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("DELETE", "/api/items/", "GET, HEAD, POST"),
        ("POST", "/api/items/x", "GET, HEAD, PUT, PATCH, DELETE"),
        ("POST", "/api/health", "GET, HEAD"),
        ("TRACE", "/", "GET, HEAD"),
    ],
)
def test_method_not_allowed(sqlite_client: Client, method: str, path: str, allow: str) -> None:
    """A method that a path doesn't have is 405, and Allow names all that it has (RFC 9110, section 15.5.6)."""
    answer = sqlite_client.request(method, path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allow)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 405


@pytest.mark.parametrize(
    "body", [b"{", b"nonsense", b"\xff\xfe", b'{"name": "x"', b"[" * 100_000, b'{"price_cents": ' + b"9" * 5_000 + b"}"]
)
def test_body_that_is_no_json(sqlite_client: Client, body: bytes) -> None:
    """A body that can't be read as JSON is 400: the request's syntax is wrong, not what it says."""
    answer = sqlite_client.post("/api/items/", content=body, headers=_JSON)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"5", b'"text"'])
def test_json_that_is_no_object(sqlite_client: Client, body: bytes) -> None:
    """A body that is JSON and no item is 422."""
    answer = sqlite_client.post("/api/items/", content=body, headers=_JSON)
    assert answer.status_code == 422
    assert [one["in"] for one in answer.json()["errors"]] == ["body"]


def test_body_of_another_type(sqlite_client: Client) -> None:
    """A form is no item."""
    assert sqlite_client.post("/api/items/", data={"name": "x"}).status_code == 422


def test_values_are_not_repeated(sqlite_client: Client) -> None:
    """A validation error says where and what, never the value: it may be a secret in the wrong place."""
    body = {"name": ["marker-77"], "description": {"a": "marker-77"}, "price_cents": "marker-77", "tags": "marker-77"}
    answer = sqlite_client.post("/api/items/", json=body, headers={"Authorization": "Bearer marker-77"})
    assert answer.status_code == 422
    assert len(answer.json()["errors"]) == 4
    assert "marker-77" not in answer.text + "".join(sqlite_client.seen.text)


def test_hostile_member_names(sqlite_client: Client) -> None:
    """A member's name that UTF-8 can't carry, or that is very long, makes neither a fault nor a long answer."""
    body = b'{"name": "x", "price_cents": 1, "\\ud800": 1, "' + b"y" * 100_000 + b'": 1}'
    answer = sqlite_client.post("/api/items/", content=body, headers=_JSON)
    assert answer.status_code == 422
    assert len(answer.content) < 2_000


def test_many_errors(sqlite_client: Client) -> None:
    """A body that is wrong in a thousand places gets an answer of bounded length."""
    body = {f"member{number}": 1 for number in range(1_000)}
    answer = sqlite_client.post("/api/items/", json=body)
    assert answer.status_code == 422
    assert len(answer.json()["errors"]) == 50


class _Broken:
    """A store that fails as no store should, whenever it is asked for anything."""

    def close(self) -> None: ...

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError("marker-secret-detail")


def test_fault(client_of: Callable[..., Client]) -> None:
    """An exception is a 500 that shows nothing of it, carries the CORS headers, and is a fault in the line."""
    client = client_of(_Broken(), CORS_ORIGINS="https://app.example.com")
    answer = client.get("/api/items/", headers={"Origin": "https://app.example.com"})
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["access-control-allow-origin"] == "https://app.example.com"
    assert answer.json()["title"] == "Internal Server Error"
    assert answer.json()["request_id"] == answer.headers["x-request-id"]
    assert "marker-secret-detail" not in answer.text
    (line,) = client.seen.lines
    assert (line["status"], line["error_type"], line["Faults"]) == (500, "RuntimeError", 1)


def test_unreachable_store(tmp_path: Any, client_of: Callable[..., Client]) -> None:
    """A store that doesn't answer is 503 with Retry-After, on every items route; the line says what failed."""
    from service.sqlite_store import SqliteStore  # noqa: PLC0415 (for this test alone)

    client = client_of(SqliteStore(str(tmp_path / "missing" / "items.sqlite3"), 60))
    item = "/api/items/018bcfe5-6800-7000-8000-000000000000"
    lamp = {"name": "Lamp", "price_cents": 1}
    answers = [
        client.get("/api/items/"),
        client.post("/api/items/", json=lamp),
        client.post("/api/items/", json=lamp, headers={"Idempotency-Key": "key"}),
        client.get(item),
        client.put(item, json=lamp),
        client.patch(item, json={"name": "x"}),
        client.delete(item),
        client.get("/api/health/ready"),
    ]
    assert [answer.status_code for answer in answers] == [503] * 8
    assert {answer.headers["retry-after"] for answer in answers} == {"1"}
    assert {answer.json()["type"] for answer in answers} == {"urn:glasshouse:problem:store-unavailable"}
    assert str(tmp_path) not in "".join(answer.text for answer in answers)
    assert [line["Faults"] for line in client.seen.lines] == [1] * 8
    assert "unable to open database file" in client.seen.lines[0]["error_stack"]
    assert client.get("/api/health").status_code == 200


def test_path_that_is_not_utf8(store: ItemStore, client_of: Callable[..., Client]) -> None:
    """A path with bytes that are no UTF-8 is 404 and its instance is a URI reference."""
    answer = client_of(store).get("/api/%ff%20%0a")
    assert answer.status_code == 404
    assert answer.json()["instance"] == "/api/%EF%BF%BD%20%0A"
