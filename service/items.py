"""What can be done with items, between the routes and the store: ids, versions, times, and who wins a race."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from observability import current, logger
from service import cursor as cursors
from service.errors import ConflictError, NotFoundError, PreconditionFailedError, StoreConflictError
from service.ids import TimeOrderedIds, is_id
from service.metrics import ITEMS_CHANGED, ITEMS_CREATED, ITEMS_DELETED, STALE_EDITS, STORE_CONFLICTS
from service.models import Item, ItemIn, ItemPage, ItemPatch

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.etag import Preconditions
    from service.idempotency import Idempotency
    from service.store import ItemStore

_ATTEMPTS = 10
"""How often a change is tried when others change the same item meanwhile; then the client hears 409."""


def now() -> datetime:
    """The time, to the millisecond."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1_000 * 1_000)


@dataclass(frozen=True)
class Created:
    item: Item
    replayed: bool


class Items:
    """Raises NotFoundError, PreconditionFailedError, ConflictError, and the store's UnavailableError."""

    def __init__(
        self,
        store: ItemStore,
        idempotency: Idempotency,
        ids: TimeOrderedIds | None = None,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._store = store
        self._idempotency = idempotency
        self._ids = ids or TimeOrderedIds()
        self._clock = clock

    def create(self, new: ItemIn) -> Item:
        moment = self._clock()
        item = Item(id=self._ids.next(), **new.model_dump(), version=1, created_at=moment, updated_at=moment)
        self._store.add(item)
        logger.debug("created", item_id=item.id)
        return item

    async def create_once(
        self, new: ItemIn, key: str | None, *, scope: str, remaining_ms: Callable[[], int]
    ) -> Created:
        """With an Idempotency-Key, at most one item is made for it (service/idempotency.py)."""
        if key is None:
            created = Created(self.create(new), replayed=False)
        else:
            answer, replayed = await self._idempotency.once(
                key,
                scope=scope,
                body=new.model_dump_json(),
                make=lambda: self.create(new).model_dump_json(),
                remaining_ms=remaining_ms,
            )
            created = Created(Item.model_validate_json(answer), replayed)
        current().count(ITEMS_CREATED, int(not created.replayed))
        return created

    def read(self, item_id: str) -> Item:
        item = self._store.get(item_id) if is_id(item_id) else None
        if item is None:
            raise NotFoundError("There is no such item.", kind="no-such-item")
        return item

    def page(self, limit: int, cursor: str | None) -> ItemPage:
        """Newest first. One item more than `limit` is read, to know whether there is a next page."""
        found = self._store.page(limit + 1, None if cursor is None else cursors.read(cursor))
        items, more = found[:limit], len(found) > limit
        return ItemPage(items=items, next_cursor=cursors.write(items[-1].id) if more else None)

    def replace(self, item_id: str, new: ItemIn, conditions: Preconditions) -> Item:
        return self._change(item_id, new.model_dump(), conditions)

    def patch(self, item_id: str, change: ItemPatch, conditions: Preconditions) -> Item:
        return self._change(item_id, change.model_dump(exclude_unset=True), conditions)

    def remove(self, item_id: str, conditions: Preconditions) -> None:
        if not conditions.given:
            if not is_id(item_id) or not self._store.remove(item_id, None):
                raise NotFoundError("There is no such item.", kind="no-such-item")
        else:
            self._race(lambda: self._remove_checked(item_id, conditions))
        logger.debug("removed", item_id=item_id)
        current().count(ITEMS_DELETED)

    def ping(self) -> None:
        self._store.ping()

    def _remove_checked(self, item_id: str, conditions: Preconditions) -> Item:
        item = self._read_to_write(item_id, conditions)
        if not self._store.remove(item_id, item.version):
            raise StoreConflictError(f"item {item_id} is gone")
        return item

    def _change(self, item_id: str, members: dict[str, object], conditions: Preconditions) -> Item:
        def attempt() -> Item:
            old = self._read_to_write(item_id, conditions)
            # A clock that was set back must not make an item older than its last change.
            fresh = {"version": old.version + 1, "updated_at": max(self._clock(), old.updated_at)}
            item = old.model_copy(update=members | fresh)
            self._store.replace(item, old.version)
            logger.debug("changed", item_id=item_id, version=item.version, members=", ".join(sorted(members)))
            return item

        changed = self._race(attempt)
        current().count(ITEMS_CHANGED)
        return changed

    def _read_to_write(self, item_id: str, conditions: Preconditions) -> Item:
        item = self.read(item_id)
        try:
            conditions.check_write(item.version)
        except PreconditionFailedError:
            current().count(STALE_EDITS)
            raise
        return item

    def _race(self, attempt: Callable[[], Item]) -> Item:
        """attempt(), again when others changed the item meanwhile: each try reads it afresh, so no change is lost."""
        for number in range(1, _ATTEMPTS + 1):
            try:
                return attempt()
            except StoreConflictError as error:
                logger.debug("somebody else was faster", attempt=number, reason=str(error))
                current().count(STORE_CONFLICTS)
        logger.warning("gave up: others change this item all the time", attempts=_ATTEMPTS)
        raise ConflictError("The item is being changed by others: try again.", retry_after=1, kind="busy-item")
