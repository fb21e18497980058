"""What is added often and read seldom: kept as it comes, a row for all of a transaction, and put where it belongs
before anybody looks there. Sums and indexes that each of thousands of calls a second would change are changed once.
"""

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

import msgspec

T = TypeVar("T")

MOST_BYTES = 2 * 1024 * 1024  # that wait; what is read of them takes a few times as much of memory

SCHEMA = "CREATE TABLE IF NOT EXISTS deferred (id INTEGER PRIMARY KEY, name TEXT NOT NULL, items BLOB NOT NULL)"
_INSERT = "INSERT INTO deferred (name, items) VALUES (?, ?)"
_SELECT = "SELECT items FROM deferred WHERE name = ? ORDER BY id"
_DELETE = "DELETE FROM deferred WHERE name = ?"


class _Kind(Generic[T]):
    """`new` were given in the transaction that is open, `waiting` in those before it."""

    def __init__(self, name: str, of: type[T], do: Callable[[sqlite3.Connection, Sequence[T]], None]) -> None:
        self.name = name
        self.do = do
        self.new: list[T] = []
        self.waiting: list[T] = []
        self.is_known = False  # what a process before this one has left is still to be read
        self._decoder = msgspec.msgpack.Decoder(list[of])  # type: ignore[valid-type]

    def all_of_it(self, connection: sqlite3.Connection) -> Sequence[T]:
        if self.is_known:
            return self.waiting
        return [item for (items,) in connection.execute(_SELECT, (self.name,)) for item in self._decoder.decode(items)]


class Deferred:
    """By the one who holds the writer's lock. Of one connection, which has the table."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._kinds: list[_Kind[Any]] = []
        self._bytes = 0
        self.is_any = False

    def kind(
        self, name: str, of: type[T], do: Callable[[sqlite3.Connection, Sequence[T]], None]
    ) -> Callable[[T], None]:
        """What gives `do` something to do later. `of` is a type that msgspec writes."""
        made = _Kind(name, of, do)
        self._kinds.append(made)
        self.is_any = True  # perhaps
        return made.new.append

    def is_too_much(self) -> bool:
        return self._bytes > MOST_BYTES

    def keep(self) -> None:
        """What was given in the open transaction, as its last."""
        for kind in self._kinds:
            if kind.new:
                items = msgspec.msgpack.encode(kind.new)
                self._connection.execute(_INSERT, (kind.name, items))
                self._bytes += len(items)

    def is_kept(self) -> None:
        """The transaction has ended."""
        for kind in self._kinds:
            if kind.new:
                kind.waiting += kind.new
                kind.new.clear()
                self.is_any = True

    def is_undone(self) -> None:
        """The transaction was undone."""
        for kind in self._kinds:
            kind.new.clear()

    def settle(self) -> None:
        """Within a transaction that does nothing else; is_settled() when that is kept."""
        for kind in self._kinds:
            if items := kind.all_of_it(self._connection):
                kind.do(self._connection, items)
                self._connection.execute(_DELETE, (kind.name,))

    def is_settled(self) -> None:
        for kind in self._kinds:
            kind.waiting.clear()
            kind.is_known = True
        self._bytes, self.is_any = 0, False
