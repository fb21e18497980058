"""The OpenAPI document against the service: what it promises is kept, and nothing that comes makes a 5xx."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from observability.testing import capture
from service.app import create_app
from service.idempotency import Idempotency
from service.ids import TimeOrderedIds
from service.items import Items
from service.settings import Settings
from service.sqlite_store import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from schemathesis import Case

# The same examples in every run; no deadlines, for the machine may be busy.
BOUNDED = settings(
    max_examples=50, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
STATEFUL = settings(BOUNDED, max_examples=15, stateful_step_count=8)

UNSAYABLE = {"bad-cursor", "bad-etag", "idempotency-key-reused", "version-mismatch"}
"""Refusals of a request that fits the schema: it can't say which cursors and versions there are, or who used a key.
(Conditions have a pattern, which schemathesis's boundary values for headers don't look at.)"""


# pytest collects a test for each operation, so the document is needed before the tests run; the store is not.
APP = create_app(Settings.from_env({}), SqliteStore("/nowhere", 60))
with capture(APP):
    schema = schemathesis.openapi.from_asgi("/openapi.json", APP)


@pytest.fixture(scope="module", autouse=True)
def _store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A SQLite file under the application."""
    store = SqliteStore(str(tmp_path_factory.mktemp("openapi") / "items.sqlite3"), 86_400)
    APP.state.items = Items(store, Idempotency(store, 2_000))
    with capture(APP):
        yield
    store.close()


def _excluded(answer: Any) -> list[Any]:
    unsayable = answer.status_code in (400, 412, 422) and answer.json()["type"].rpartition(":")[2] in UNSAYABLE
    return [positive_data_acceptance] if unsayable else []


@schema.parametrize()
@BOUNDED
def test_operation(case: Case[Any]) -> None:
    """Each operation, with data that fits the schema and data that doesn't: no 5xx, no undocumented status, type or
    header, each answer fits its schema, what doesn't fit is refused, and what fits is not.
    """
    answer = case.call()
    case.validate_response(answer, excluded_checks=_excluded(answer))


def test_sequences(tmp_path: Path) -> None:
    """Operations after one another, on the items that earlier ones made: the same holds; what was deleted is gone."""
    numbers = count()

    class Sequences(schema.as_state_machine()):  # type: ignore[misc] # its base is made from the document
        def setup(self) -> None:
            """An empty store, the same ids, the same time: what is asked depends only on what was answered."""
            self.store = SqliteStore(str(tmp_path / f"{next(numbers)}.sqlite3"), 86_400)
            ids = TimeOrderedIds(clock_ms=lambda: 1_767_225_600_000, randomness=bytes)
            idempotency = Idempotency(self.store, 2_000)
            APP.state.items = Items(self.store, idempotency, ids, lambda: datetime(2026, 1, 1, tzinfo=UTC))
            super().setup()

        def teardown(self) -> None:
            super().teardown()
            self.store.close()

        def validate_response(self, response: Any, case: Case[Any], **_: Any) -> None:
            recorder = getattr(self, "recorder", None)
            case.validate_response(response, excluded_checks=_excluded(response), recorder=recorder)

    Sequences.run(settings=STATEFUL)


def test_operations() -> None:
    """The document has these operations, and no other."""
    found = {(path, method.upper()) for path, operations in schema.items() for method in operations}
    assert found == {
        ("/", "GET"),
        ("/api/health", "GET"),
        ("/api/health/ready", "GET"),
        ("/api/aws-info", "GET"),
        ("/api/items/", "GET"),
        ("/api/items/", "POST"),
        ("/api/items/{item_id}", "GET"),
        ("/api/items/{item_id}", "PUT"),
        ("/api/items/{item_id}", "PATCH"),
        ("/api/items/{item_id}", "DELETE"),
    }


def test_problems_are_documented() -> None:
    """Every error that an operation documents is a problem document, and every operation documents some."""
    raw: dict[str, Any] = schema.raw_schema
    for operations in raw["paths"].values():
        for operation in operations.values():
            errors = {status: one for status, one in operation["responses"].items() if int(status) >= 400}
            assert "500" in errors
            for error in errors.values():
                (media_type,) = error["content"]
                assert media_type == "application/problem+json"
                assert error["content"][media_type]["schema"] == {"$ref": "#/components/schemas/Problem"}
    assert set(raw["components"]["schemas"]["Problem"]["properties"]) == {
        "type",
        "title",
        "status",
        "detail",
        "instance",
        "trace_id",
        "request_id",
        "errors",
    }


@pytest.mark.parametrize("mode", ["off", "writes", "required"])
def test_authentication_is_documented(mode: str) -> None:
    """The document shows which credential can be used, when one is asked for."""
    environ = {} if mode == "off" else {"AUTH_MODE": mode, "AUTH_API_KEYS_SHA256": "0" * 64}
    app = create_app(Settings.from_env(environ), SqliteStore("/nowhere", 60))
    found = app.openapi()
    assert ("securitySchemes" in found["components"]) is (mode != "off")
    assert ("security" in found["paths"]["/api/items/"]["post"]) is (mode != "off")
