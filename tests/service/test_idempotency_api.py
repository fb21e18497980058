"""`Idempotency-Key` on POST /api/items/, over both stores."""

from __future__ import annotations

import hashlib
import os
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from service.errors import KeyInUseError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from service.store import ItemStore
    from tests.service.conftest import Client

LAMP = {"name": "Lamp", "price_cents": 4900}


def _post(client: Client, key: str, body: dict[str, Any] | None = None, **headers: str) -> httpx.Response:
    return client.post("/api/items/", json=body or LAMP, headers={"Idempotency-Key": key, **headers})


def _count(client: Client) -> int:
    return len(client.get("/api/items/?limit=100").json()["items"])


def test_repeated_request(client: Client) -> None:
    """The same key and body get the first answer again, marked as such, and make nothing."""
    first, second = _post(client, "key"), _post(client, "key")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert (first.headers["location"], first.headers["etag"]) == (second.headers["location"], second.headers["etag"])
    assert "idempotency-replayed" not in first.headers
    assert second.headers["idempotency-replayed"] == "true"
    assert _count(client) == 1


def test_answer_of_the_first_time(client: Client) -> None:
    """The repeated answer is the first one, although the item was changed and deleted meanwhile."""
    first = _post(client, "key")
    client.patch(first.headers["location"], json={"name": "New"})
    assert _post(client, "key").json() == first.json()
    client.delete(first.headers["location"])
    assert _post(client, "key").json() == first.json()
    assert _count(client) == 0


def test_same_body_written_otherwise(client: Client) -> None:
    """A body that says the same in other bytes is the same: order, white space, a default written out."""
    first = _post(client, "key")
    headers = {"Idempotency-Key": "key", "Content-Type": "application/json"}
    content = b'{ "price_cents":4900, "description":"",\n "name":"Lamp" }'
    assert client.post("/api/items/", content=content, headers=headers).json() == first.json()


def test_other_body(client: Client) -> None:
    """The same key with another body is 422 and makes nothing."""
    _post(client, "key")
    answer = _post(client, "key", LAMP | {"price_cents": 1})
    assert answer.status_code == 422
    assert answer.json()["type"] == "urn:glasshouse:problem:idempotency-key-reused"
    assert _count(client) == 1


def test_other_key(client: Client) -> None:
    """Another key is another request, with the same body too; so is a request without a key."""
    ids = {_post(client, "a").json()["id"], _post(client, "b").json()["id"]}
    ids.add(client.post("/api/items/", json=LAMP).json()["id"])
    assert len(ids) == 3


@pytest.mark.parametrize("key", ["", " ", "two words", "é", "x" * 256, "tab\t"])
def test_malformed_key(client: Client, key: str) -> None:
    """A key is 1 to 255 visible ASCII characters; anything else is 400."""
    answer = client.post("/api/items/", json=LAMP, headers=[(b"Idempotency-Key", key.encode("latin-1"))])
    assert answer.status_code == 400
    assert answer.json()["type"] == "urn:glasshouse:problem:bad-idempotency-key"
    assert _count(client) == 0


@pytest.mark.parametrize("key", ["x", "!~", "x" * 255])
def test_extreme_keys(client: Client, key: str) -> None:
    """The shortest and the longest key, and the first and last visible characters, are keys."""
    assert _post(client, key).status_code == 201


def test_invalid_body_takes_no_key(client: Client) -> None:
    """A request that was refused leaves its key free."""
    assert _post(client, "key", {"name": ""}).status_code == 422
    assert _post(client, "key").status_code == 201


class _Failing:
    """A store that fails to add, the first time."""

    def __init__(self, store: ItemStore) -> None:
        self._store = store
        self._failed = False

    def add(self, item: Any) -> None:
        if not self._failed:
            self._failed = True
            raise UnavailableError("down")
        self._store.add(item)

    def once(self, *arguments: Any) -> Any:
        return self._store.once(*arguments)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def test_failed_first_attempt(store: ItemStore, client_of: Callable[..., Client]) -> None:
    """A first attempt that failed is not replayed: the next one is made in earnest."""
    client = client_of(_Failing(store))
    assert _post(client, "key").status_code == 503
    answer = _post(client, "key")
    assert answer.status_code == 201
    assert "idempotency-replayed" not in answer.headers
    assert _count(client) == 1


def test_callers_have_keys_of_their_own(store: ItemStore, client_of: Callable[..., Client]) -> None:
    """One caller's key doesn't get another caller's answer."""
    digests = [hashlib.sha256(key.encode()).hexdigest() for key in ("alice-key", "bobby-key")]
    client = client_of(store, AUTH_MODE="writes", AUTH_API_KEYS_SHA256=",".join(digests))
    alice = _post(client, "key", LAMP, **{"X-Api-Key": "alice-key"})
    bobby = _post(client, "key", LAMP | {"name": "Vase"}, **{"X-Api-Key": "bobby-key"})
    assert (alice.status_code, bobby.status_code) == (201, 201)
    assert alice.json()["id"] != bobby.json()["id"]
    assert _post(client, "key").status_code == 401


class _Busy:
    """A store whose key is in use for the first `times` calls."""

    def __init__(self, store: ItemStore, times: int) -> None:
        self._store = store
        self._times = times

    def once(self, *arguments: Any) -> Any:
        self._times -= 1
        if self._times >= 0:
            raise KeyInUseError
        return self._store.once(*arguments)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def test_duplicate_waits(store: ItemStore, client_of: Callable[..., Client]) -> None:
    """A duplicate that comes while the first request is at work waits for its answer."""
    assert _post(client_of(_Busy(store, 2), IDEMPOTENCY_WAIT_MS="60000"), "key").status_code == 201


def test_duplicate_does_not_wait_for_ever(store: ItemStore, client_of: Callable[..., Client]) -> None:
    """A duplicate that waited long enough gets 409 and hears when to come back."""
    answer = _post(client_of(_Busy(store, 1_000_000), IDEMPOTENCY_WAIT_MS="60"), "key")
    assert answer.status_code == 409
    assert answer.headers["retry-after"] == "1"
    assert answer.json()["type"] == "urn:glasshouse:problem:idempotency-key-in-use"


def test_duplicates_at_once(stores: Callable[[], ItemStore], client_of: Callable[..., Client]) -> None:
    """Six requests with one key at once make one item, and all get it."""
    clients = [client_of(stores(), IDEMPOTENCY_WAIT_MS="60000") for _ in range(6)]
    start = threading.Barrier(6)

    def post(client: Client) -> httpx.Response:
        start.wait()
        return _post(client, "key")

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(post, clients))
    assert [answer.status_code for answer in answers] == [201] * 6
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert [answer.headers.get("idempotency-replayed") for answer in answers].count(None) == 1
    assert _count(clients[0]) == 1


def test_keys_are_not_logged(client: Client) -> None:
    """A key is in no line, no trace and no problem document."""
    marker = "marker-5e1c77"
    _post(client, marker)
    _post(client, marker)
    problem = _post(client, marker, LAMP | {"name": "x"})
    malformed = _post(client, marker + " x")
    sent = "".join(client.seen.text) + b"".join(client.seen.datagrams).decode() + problem.text + malformed.text
    assert marker not in sent


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[list[str]]:
    """Two uvicorn processes that serve the service from one SQLite file; their addresses."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    environ = os.environ | {"ITEMS_DATABASE": str(tmp_path / "items.sqlite3"), "OBSERVABILITY_TRACING": "off"}
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "uvicorn", "service.handler:app", "--fd", str(one.fileno()), "--log-level", "error"],
            pass_fds=[one.fileno()],
            env=environ,
            stdout=subprocess.DEVNULL,
        )
        for one in sockets
    ]
    yield [f"http://127.0.0.1:{one.getsockname()[1]}" for one in sockets]
    for process in processes:
        process.terminate()
    codes = [process.wait(timeout=30) for process in processes]
    for one in sockets:
        one.close()
    assert codes in ([0, 0], [-15, -15])


def test_duplicates_to_two_processes(servers: list[str]) -> None:
    """Duplicates that reach two real server processes at once make one item."""
    with httpx.Client(timeout=60) as http:
        deadline = time.monotonic() + 60
        for server in servers:
            while http.get(f"{server}/api/health").status_code != 200:
                assert time.monotonic() < deadline

        def post(number: int) -> httpx.Response:
            return http.post(f"{servers[number % 2]}/api/items/", json=LAMP, headers={"Idempotency-Key": "key"})

        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(post, range(8)))
        assert [answer.status_code for answer in answers] == [201] * 8
        assert len({answer.json()["id"] for answer in answers}) == 1
        assert len(http.get(f"{servers[0]}/api/items/").json()["items"]) == 1
