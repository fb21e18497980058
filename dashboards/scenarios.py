"""What this service is put through so that each of its metrics moves: replace it with the service.

Each scenario is a process's environment, beyond Lambda's own, and what happens in it. The store's file stands for all
that others may do to it meanwhile.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Protocol

from observability.catalogue import THROTTLES, Metric

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ITEMS = "/api/items/"
LAMP = {"name": "Lamp", "price_cents": 4_900, "tags": ["light"]}
NOWHERE = "018bcfe5-6800-7000-8000-000000000000"
KEY = "a-key-of-the-contract"

STILL: dict[Metric, str] = {THROTTLES: "no route of this service answers 429: API Gateway does, before it"}
"""Metrics that no scenario can move, and why. They may be shown, not watched."""


class Service(Protocol):
    def call(self, method: str, path: str, expected: int, *, body: Any = None, **more: Any) -> dict[str, Any]: ...


def ordinary(service: Service, _database: Path) -> None:
    """The first request is a cold start."""
    for path in ("/", "/api/health", "/api/health/ready", "/api/aws-info", ITEMS):
        service.call("GET", path, 200)
    item = _made(service)
    service.call("GET", item, 200)
    service.call("GET", item, 304, headers={"If-None-Match": '"1"'})
    service.call("PUT", item, 200, body=LAMP)
    service.call("PATCH", item, 200, body={"name": "New"})
    service.call("DELETE", item, 204)
    service.call("GET", item, 404)
    service.call("GET", f"{ITEMS}{NOWHERE}", 404)
    service.call("GET", "/nothing/here", 404)
    service.call("POST", ITEMS, 422, body={"name": ""})


def repeated(service: Service, _database: Path) -> None:
    for _ in range(2):
        service.call("POST", ITEMS, 201, body=LAMP, headers={"Idempotency-Key": KEY})
    service.call("POST", ITEMS, 422, body=LAMP | {"name": "Other"}, headers={"Idempotency-Key": KEY})


def stale(service: Service, _database: Path) -> None:
    service.call("PUT", _made(service), 412, body=LAMP, headers={"If-Match": '"9"'})


def raced(service: Service, database: Path) -> None:
    """Somebody else is always faster: a trigger keeps every change from finding its row."""
    item = _made(service)
    _run(database, "CREATE TRIGGER faster BEFORE UPDATE ON items BEGIN SELECT RAISE(IGNORE); END")
    service.call("PATCH", item, 409, body={"name": "New"})
    _run(database, "DROP TRIGGER faster")


def broken(service: Service, database: Path) -> None:
    """A row that can't be read is a fault of ours; a table that is gone is a store that doesn't answer."""
    item = _made(service)
    _run(database, "UPDATE items SET tags = 'no JSON'")
    service.call("GET", item, 500)
    _run(database, "ALTER TABLE items RENAME TO gone")
    service.call("GET", item, 503)


def hanging(service: Service, database: Path) -> None:
    """Another writer keeps the store until the service has said that it is about to be killed."""
    _made(service)
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        service.call("POST", ITEMS, 201, body=LAMP, remaining_ms=600, when_hanging=lambda: _end(other))


def untraced(service: Service, _database: Path) -> None:
    """The daemon's address takes no datagram: telemetry fails, the request doesn't."""
    service.call("GET", "/api/health", 200, traced=False)


def keys_needed(service: Service, _database: Path) -> None:
    service.call("GET", ITEMS, 401)
    service.call("GET", ITEMS, 401, headers={"X-Api-Key": "wrong"})
    service.call("GET", ITEMS, 200, headers={"X-Api-Key": KEY})


def tokens_needed(service: Service, _database: Path) -> None:
    """Nobody serves the issuer's keys."""
    service.call("GET", ITEMS, 401, headers={"Authorization": "Bearer nonsense"})
    token = "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsxIn0.e30.c2ln"  # noqa: S105 ({"alg":"RS256","kid":"k1"}, nothing, no signature)
    service.call("GET", ITEMS, 503, headers={"Authorization": f"Bearer {token}"})


def claims_given(service: Service, _database: Path) -> None:
    service.call("GET", ITEMS, 401)
    service.call("GET", ITEMS, 200, about={"authorizer": {"claims": {"sub": "caller-1"}}})


ALL: tuple[tuple[dict[str, str], Callable[[Service, Path], None]], ...] = (
    ({}, ordinary),
    ({}, repeated),
    ({}, stale),
    ({}, raced),
    ({}, broken),
    ({}, hanging),
    ({"AWS_XRAY_DAEMON_ADDRESS": "255.255.255.255:2000"}, untraced),
    ({"AUTH_MODE": "required", "AUTH_API_KEYS_SHA256": sha256(KEY.encode()).hexdigest()}, keys_needed),
    (
        {
            "AUTH_MODE": "required",
            "AUTH_JWKS_URL": "http://127.0.0.1:9/keys",
            "AUTH_JWT_ISSUER": "https://issuer.example",
            "AUTH_JWT_AUDIENCE": "items",
        },
        tokens_needed,
    ),
    ({"AUTH_MODE": "required", "AUTH_GATEWAY_CLAIMS": "true"}, claims_given),
)


def _made(service: Service) -> str:
    """A new item's path."""
    answer = service.call("POST", ITEMS, 201, body=LAMP)
    return ITEMS + str(json.loads(answer["body"])["id"])


def _run(database: Path, statement: str) -> None:
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute(statement)


def _end(connection: sqlite3.Connection) -> None:
    connection.execute("ROLLBACK")
