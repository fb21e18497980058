"""The one connection that writes to the laptop's database: transactions, and several writes in one of them."""

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class _Block:
    """What is written within it is kept or undone as a whole: a transaction, or one of several writes within one."""

    __slots__ = ("_begin", "_connection", "_keep", "_undo")

    def __init__(self, connection: sqlite3.Connection, begin: str, keep: str, undo: str) -> None:
        self._connection = connection
        self._begin, self._keep, self._undo = begin, keep, undo

    def begin(self) -> None:
        self._connection.execute(self._begin)

    def keep(self) -> None:
        self._connection.execute(self._keep)

    def undo(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute(self._undo)


class _AtEnd(Generic[T]):
    """What is to be done at the end of the transaction, and what it is to be done with."""

    def __init__(self, do: Callable[[Sequence[T]], None]) -> None:
        self.do = do
        self.items: list[T] = []


class Writer:
    """A context manager for each write, from any thread: its block is kept when it ends and undone when it raises.
    Inside of another of the same thread it is part of that one.
    """

    # One object for all: a generator for each write would take a tenth of what a call of PutLogEvents takes.

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._whole = _Block(connection, "BEGIN IMMEDIATE", "COMMIT", "ROLLBACK")
        self._part = _Block(connection, "SAVEPOINT one", "RELEASE one", "ROLLBACK TO one")
        self._block = self._whole  # what a write is
        self._writing = threading.RLock()
        self._depth = 0
        self._undone: list[Callable[[], None]] = []
        self._at_end: list[_AtEnd[Any]] = []
        self._before: list[int] = []  # how many items each of them had when the write began

    def __enter__(self) -> sqlite3.Connection:
        self._writing.acquire()
        if not self._depth:
            try:
                self._begin()
            except BaseException:
                self._writing.release()
                raise
            self._before = [len(one.items) for one in self._at_end]
        self._depth += 1
        return self._connection

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if self._depth > 1:
                return
            if kind is None:
                self._keep()
            else:
                self._undo()
        finally:
            self._depth -= 1
            self._writing.release()

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is written within the block is one transaction; a write of it that raises is undone alone."""
        with self._writing:
            self._whole.begin()
            self._block, self._before = self._part, []
            try:
                yield
                self._depth += 1  # what is done at the end is no write of its own
                try:
                    self._end()
                finally:
                    self._depth -= 1
                self._whole.keep()
            except BaseException:
                self._block, self._before = self._whole, [0] * len(self._at_end)
                self._undo()
                raise
            finally:
                self._block = self._whole

    def at_end(self, do: Callable[[Sequence[T]], None]) -> Callable[[T], None]:
        made = _AtEnd(do)
        self._at_end.append(made)
        return lambda item: made.items.append(item)  # noqa: PLW0108 (the list is another one after each transaction)

    def when_undone(self, forget: Callable[[], None]) -> None:
        self._undone.append(forget)

    def is_free(self) -> bool:
        free = self._writing.acquire(blocking=False)
        if free:
            self._writing.release()
        return free

    def _begin(self) -> None:
        if self._block is self._part and not self._connection.in_transaction:  # a full disk, for one
            raise sqlite3.OperationalError("SQLite has undone what was written together")
        self._block.begin()

    def _keep(self) -> None:
        try:
            if self._block is self._whole:
                self._end()
            self._block.keep()
        except BaseException:  # an interrupt's too: half a transaction must not stay open
            self._undo()
            raise

    def _end(self) -> None:
        for one in self._at_end:
            if one.items:
                items, one.items = one.items, []
                one.do(items)

    def _undo(self) -> None:
        self._block.undo()
        for one, count in zip(self._at_end, self._before, strict=True):
            del one.items[count:]
        for forget in self._undone:
            forget()
