"""The one connection that writes to the laptop's database: transactions, and several writes in one of them."""

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

from local.errors import NotKept

T = TypeVar("T")


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
        self._writing = threading.RLock()
        self._depth = 0
        self._is_shared = self._is_broken = False
        self._undone: list[Callable[[], None]] = []
        self._at_end: list[_AtEnd[Any]] = []

    def __enter__(self) -> sqlite3.Connection:
        self._writing.acquire()
        try:
            if not self._depth:
                self._connection.execute("BEGIN IMMEDIATE")
            elif self._is_shared and self._depth == 1:
                self._check_whole()
        except BaseException:  # an interrupt's too: nobody would ever write again
            self._writing.release()
            raise
        self._depth += 1
        return self._connection

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if self._depth == 1:
                self._keep() if kind is None else self._undo()
            elif kind is not None and self._is_shared and self._depth == 2:  # one of those together
                self._is_broken = True
        finally:
            self._depth -= 1
            self._writing.release()

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is written within the block is one transaction. Raises NotKept where one of the writes has raised."""
        with self:
            self._is_shared, self._is_broken = True, False
            try:
                yield
                self._check_whole()
            finally:
                self._is_shared = False

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

    def _check_whole(self) -> None:
        """SQLite itself may have undone it: where the disk was full, for one. What came then would be kept alone."""
        if self._is_broken or not self._connection.in_transaction:
            raise NotKept("a write of those together has raised: none of them is kept")

    def _keep(self) -> None:
        try:
            for one in self._at_end:
                if one.items:
                    items, one.items = one.items, []
                    one.do(items)
            self._connection.execute("COMMIT")
        except BaseException:  # an interrupt's too: half a transaction must not stay open
            self._undo()
            raise

    def _undo(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
        for one in self._at_end:
            one.items.clear()
        for forget in self._undone:
            forget()
