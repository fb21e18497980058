"""What every ItemStore promises, held over SQLite and over DynamoDB (a real moto server, through real boto3)."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from service.errors import KeyInUseError, KeyReusedError, StoreConflictError
from service.models import Item

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.store import ItemStore


def _id(number: int) -> str:
    return f"018bcfe5-6800-7000-8000-{number:012x}"


def _item(number: int, version: int = 1, name: str = "Lamp") -> Item:
    moment = datetime(2026, 1, 2, 3, 4, 5, 678_000, tzinfo=UTC)
    return Item(
        id=_id(number),
        name=name,
        description="Grün 'glass'; DROP TABLE items;--",
        price_cents=4_900,
        tags=["a", "ö"],
        version=version,
        created_at=moment,
        updated_at=moment,
    )


def _remaining_ms() -> int:
    return 20_000


def test_add_then_get(store: ItemStore) -> None:
    """What was added comes back, member for member, text unharmed and times to the millisecond."""
    store.add(_item(1))
    found = store.get(_id(1))
    assert found is not None
    assert found.description == "Grün 'glass'; DROP TABLE items;--"
    assert found.tags == ["a", "ö"]
    assert found.created_at == datetime(2026, 1, 2, 3, 4, 5, 678_000, tzinfo=UTC)
    assert found == _item(1)


def test_empty_members(store: ItemStore) -> None:
    """An empty description and no tags are kept as such."""
    store.add(_item(1).model_copy(update={"description": "", "tags": []}))
    found = store.get(_id(1))
    assert found is not None
    assert (found.description, found.tags) == ("", [])


def test_get_what_is_not_there(store: ItemStore) -> None:
    """There is no item where none was added."""
    assert store.get(_id(9)) is None


def test_another_store_sees_it(stores: Callable[[], ItemStore]) -> None:
    """What one process has added, the next one reads."""
    stores().add(_item(1))
    assert stores().get(_id(1)) == _item(1)


def test_pages_are_newest_first(store: ItemStore) -> None:
    """A page is by id, descending, and goes on behind the id it is told."""
    for number in (2, 5, 1, 4, 3):
        store.add(_item(number))
    assert [item.id for item in store.page(2, None)] == [_id(5), _id(4)]
    assert [item.id for item in store.page(2, _id(4))] == [_id(3), _id(2)]
    assert [item.id for item in store.page(2, _id(2))] == [_id(1)]
    assert store.page(2, _id(1)) == []


def test_page_behind_an_item_that_is_gone(store: ItemStore) -> None:
    """A page can go on behind an item that was deleted meanwhile."""
    for number in (1, 2, 3):
        store.add(_item(number))
    store.remove(_id(2), None)
    assert [item.id for item in store.page(10, _id(2))] == [_id(1)]


def test_page_of_large_items(store: ItemStore) -> None:
    """A page is full even where the store's own answers stop earlier (a DynamoDB Query stops at 1 MB)."""
    large = {"description": "\U0001f4a1" * 2_000, "tags": ["\U0001f4a1" * 50] * 20}
    for number in range(101):
        store.add(_item(number).model_copy(update=large))
    page = store.page(101, None)
    assert [item.id for item in page] == [_id(number) for number in range(100, -1, -1)]


def test_replace(store: ItemStore) -> None:
    """An item is replaced when it is at the expected version."""
    store.add(_item(1))
    store.replace(_item(1, version=2, name="Lantern"), 1)
    assert store.get(_id(1)) == _item(1, version=2, name="Lantern")


def test_replace_of_another_version(store: ItemStore) -> None:
    """A replacement that expects another version changes nothing and says so."""
    store.add(_item(1, version=2))
    with pytest.raises(StoreConflictError):
        store.replace(_item(1, version=2, name="Lantern"), 1)
    assert store.get(_id(1)) == _item(1, version=2)


def test_replace_of_nothing(store: ItemStore) -> None:
    """An item that was deleted meanwhile does not come back by a replacement."""
    with pytest.raises(StoreConflictError):
        store.replace(_item(1, version=2), 1)
    assert store.get(_id(1)) is None


def test_remove(store: ItemStore) -> None:
    """An item is removed once; the second time there is none."""
    store.add(_item(1))
    assert store.remove(_id(1), None) is True
    assert store.get(_id(1)) is None
    assert store.page(5, None) == []
    assert store.remove(_id(1), None) is False
    assert store.remove(_id(1), 1) is False


def test_remove_of_another_version(store: ItemStore) -> None:
    """A removal that expects another version removes nothing."""
    store.add(_item(1, version=2))
    with pytest.raises(StoreConflictError):
        store.remove(_id(1), 1)
    assert store.get(_id(1)) == _item(1, version=2)
    assert store.remove(_id(1), 2) is True


def test_ping(store: ItemStore) -> None:
    """A store that answers can be pinged, empty or not."""
    store.ping()
    store.add(_item(1))
    store.ping()


def test_one_of_two_racing_replacements_wins(stores: Callable[[], ItemStore]) -> None:
    """Of eight replacements of one version at once, exactly one is kept; the others hear of it."""
    stores().add(_item(1))
    racers = [stores() for _ in range(8)]
    start = threading.Barrier(8)

    def race(number: int) -> bool:
        start.wait()
        try:
            racers[number].replace(_item(1, version=2, name=f"racer {number}"), 1)
        except StoreConflictError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(race, range(8)))
    assert won.count(True) == 1
    found = stores().get(_id(1))
    assert found is not None
    assert found.name == f"racer {won.index(True)}"


def test_once_keeps_the_answer(stores: Callable[[], ItemStore]) -> None:
    """The second call with a key, from another process too, gets the first one's answer and makes nothing."""
    first = stores().once("key", "body", lambda: '{"made": 1}', _remaining_ms)
    second = stores().once("key", "body", lambda: '{"made": 2}', _remaining_ms)
    assert first == ('{"made": 1}', False)
    assert second == ('{"made": 1}', True)


def test_once_with_another_body(store: ItemStore) -> None:
    """A key that came with another body before is refused, and nothing is made."""
    store.once("key", "body", lambda: "1", _remaining_ms)
    with pytest.raises(KeyReusedError):
        store.once("key", "other body", lambda: pytest.fail("made"), _remaining_ms)


def test_once_by_another_key(store: ItemStore) -> None:
    """Another key is another request."""
    assert store.once("key", "body", lambda: "1", _remaining_ms) == ("1", False)
    assert store.once("other", "body", lambda: "2", _remaining_ms) == ("2", False)


def test_once_frees_the_key_of_a_failure(store: ItemStore) -> None:
    """A first request that failed leaves its key free, for another body even."""

    def fail() -> str:
        raise LookupError("no")

    with pytest.raises(LookupError, match="no"):
        store.once("key", "body", fail, _remaining_ms)
    assert store.once("key", "other", lambda: "2", _remaining_ms) == ("2", False)


def test_once_and_the_items(store: ItemStore) -> None:
    """Rows that remember keys are no items: they are in no page and cannot be read as one."""
    store.once("key", "body", lambda: "1", _remaining_ms)
    assert store.page(10, None) == []


def test_once_makes_one_of_many(stores: Callable[[], ItemStore]) -> None:
    """Eight calls with one key at once make one item; every call that gets an answer gets that item's."""
    racers = [stores() for _ in range(8)]
    start = threading.Barrier(8)

    def make(number: int) -> str:
        racers[number].add(_item(number))
        return str(number)

    def race(number: int) -> str:
        start.wait()
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                return racers[number].once("key", "body", lambda: make(number), _remaining_ms)[0]
            except KeyInUseError:
                time.sleep(0.02)
        pytest.fail("the first call never ended")

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(race, range(8)))
    (item,) = stores().page(10, None)
    assert answers == {str(int(item.id[-12:], 16))}
