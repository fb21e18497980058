"""Where items are kept: what every store promises. One contract test suite holds them to it.

A listing is newest first: by id, descending, for ids are ordered by time. Writes are conditional, so that of two
that race one wins and the other hears of it. What a store has acknowledged is on disk.

The calls are synchronous inside `async def` endpoints, on purpose: in Lambda a sandbox has one request at a time, so
there is nobody to make room for, and a thread for each call costs more (some 700 µs) than most of the calls do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.models import Item
    from service.settings import StoreSettings


class ItemStore(Protocol):
    """Every call raises UnavailableError when the store doesn't answer."""

    def add(self, item: Item) -> None:
        """Keeps a new item."""

    def get(self, item_id: str) -> Item | None: ...

    def page(self, limit: int, after: str | None) -> list[Item]:
        """At most `limit` items, newest first, those behind the id `after`."""

    def replace(self, item: Item, expected: int) -> None:
        """Keeps `item` in place of its version `expected`; raises StoreConflictError when that isn't there any more."""

    def remove(self, item_id: str, expected: int | None) -> bool:
        """Removes the item, if it is at version `expected` (None: at any); False when there is none.

        Raises StoreConflictError when it is at another version.
        """

    def ping(self) -> None:
        """Returns when the store answers."""

    def once(
        self, key: str, fingerprint: str, make: Callable[[], str], remaining_ms: Callable[[], int]
    ) -> tuple[str, bool]:
        """make()'s answer, and whether it is the one kept from the first call with this key.

        `key` is the caller's, scoped; `fingerprint` stands for the request's body; `remaining_ms` says how long the
        caller may still be at it, after which a key whose owner died is free again. An exception from `make` frees
        the key. Raises KeyInUseError and KeyReusedError.
        """

    def close(self) -> None: ...


def open_store(settings: StoreSettings, region: str | None) -> ItemStore:
    """The store that the settings choose. Nothing is opened before its first use."""
    if settings.table is not None:
        # Lazy: boto3 takes 100 ms of a cold start and belongs to this store alone.
        from service.dynamodb_store import DynamoDBStore, connect  # noqa: PLC0415 (see above)

        return DynamoDBStore(settings.table, settings.idempotency_expiry_s, connect(region))
    from service.sqlite_store import SqliteStore  # noqa: PLC0415 (not loaded, nor sqlite3, where there is a table)

    return SqliteStore(settings.database, settings.idempotency_expiry_s)
