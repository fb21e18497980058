"""What is added often and read seldom: kept as it comes, a row for all of a transaction, and put where it belongs
before anybody looks there. Sums and indexes that each of thousands of calls a second would change are changed once.
"""

import secrets
import sqlite3
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

import msgspec

T = TypeVar("T")

MOST_BYTES = 2 * 1024 * 1024  # that wait; what is read of them takes a few times as much of memory

SCHEMA = "CREATE TABLE IF NOT EXISTS deferred (id INTEGER PRIMARY KEY, name TEXT NOT NULL, items BLOB NOT NULL)"
_INSERT = "INSERT INTO deferred VALUES (?, ?, ?)"
_SELECT = "SELECT items FROM deferred WHERE name = ? ORDER BY id"
_DELETE = "DELETE FROM deferred WHERE name = ? AND id BETWEEN ? AND ?"
_IS_ANY = "SELECT EXISTS (SELECT 1 FROM deferred WHERE name = ?)"
_ALL = (0, (1 << 63) - 1)


class Elsewhere(Exception):
    """Another process has done what waits here, or has added to it. The file knows what is left."""


class _Kind(Generic[T]):
    """`new` were given in the transaction that is open, `waiting` in those before it: so many `rows`."""

    def __init__(self, name: str, of: type[T], do: Callable[[sqlite3.Connection, Sequence[T]], None]) -> None:
        self.name = name
        self.do = do
        self.new: list[T] = []
        self.waiting: list[T] = []
        self.rows = 0
        self.is_known = False  # what is in the file is still to be read: a process before this one may have left it
        self._decoder = msgspec.msgpack.Decoder(list[of])  # type: ignore[valid-type]  # a type at run time only

    def settle(self, connection: sqlite3.Connection, own_ids: tuple[int, int]) -> None:
        """`own_ids` are from the first to the last that this process has given rows. Raises Elsewhere."""
        if not self.is_known:
            rows = connection.execute(_SELECT, (self.name,))
            items: Sequence[T] = [item for (items,) in rows for item in self._decoder.decode(items)]
            connection.execute(_DELETE, (self.name, *_ALL))
        else:
            items = self.waiting
            own = connection.execute(_DELETE, (self.name, *own_ids)).rowcount if self.rows else 0
            if own != self.rows or connection.execute(_IS_ANY, (self.name,)).fetchone()[0]:
                self.is_known = False
                raise Elsewhere
        if items:
            self.do(connection, items)


class Deferred:
    """To be used by whoever holds the writer's lock. The connection's file has the table."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._kinds: list[_Kind[Any]] = []
        self._bytes = 0
        self._first_id = self._next_id = secrets.randbits(62)  # no other process has these
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
                self._connection.execute(_INSERT, (self._next_id, kind.name, items))
                self._next_id += 1
                self._bytes += len(items)

    def is_kept(self) -> None:
        """The transaction has ended."""
        for kind in self._kinds:
            if kind.new:
                kind.waiting += kind.new
                kind.new.clear()
                kind.rows += 1
                self.is_any = True

    def is_undone(self) -> None:
        """The transaction was undone."""
        for kind in self._kinds:
            kind.new.clear()

    def settle(self) -> None:
        """Within a transaction that does nothing else but keep() what this has given; is_settled(), and is_kept(), when
        that has ended. Raises Elsewhere.
        """
        self._bytes = 0
        for kind in self._kinds:
            kind.settle(self._connection, (self._first_id, self._next_id - 1))

    def is_settled(self) -> None:
        for kind in self._kinds:
            kind.waiting.clear()
            kind.rows = 0
            kind.is_known = True
        self.is_any = False
