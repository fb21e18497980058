"""The one connection that writes to the laptop's database: transactions, and several writes in one of them."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Any, Generic, TypeVar

from local.database_deferred import Deferred, Elsewhere
from local.errors import NotKept, Taken

T = TypeVar("T")

BUSY_EVERY_S = 0.01  # SQLite tells nobody when another process is done: it is asked again


class _AtEnd(Generic[T]):
    """What is to be done at the end of the transaction, and what it is to be done with."""

    def __init__(self, do: Callable[[Sequence[T]], None]) -> None:
        self.do = do
        self.items: list[T] = []


class Writer:
    """A context manager for each write, from any thread: its block is kept when it ends and undone when it raises.
    Inside of another of the same thread it is part of that one. What is deferred may wait meanwhile; where it may not,
    `settled` is the context manager.
    """

    # One object for all: a generator for each write would take a tenth of what a call of PutLogEvents takes.

    def __init__(self, connection: sqlite3.Connection, busy_s: float) -> None:
        """Waits so many seconds for other processes; the connection itself waits for none."""
        self._connection = connection
        self._busy_s = busy_s
        self._is_in_hurry = False
        self.lock = threading.RLock()
        self._depth = 0
        self._is_shared = self._is_broken = False
        self._undone: list[Callable[[], None]] = []
        self._at_end: list[_AtEnd[Any]] = []
        self._deferred = Deferred(connection)
        self._own_changes = 0
        self.settled = _Settled(self)

    def __enter__(self) -> sqlite3.Connection:
        self.lock.acquire()
        try:
            if not self._depth:
                if self._deferred.is_too_much():
                    self._settle()
                self._begin()
            elif self._is_shared and self._depth == 1:
                self._check_whole()
        except BaseException:  # an interrupt's too: nobody would ever write again
            self.lock.release()
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
            self.lock.release()

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

    def defer(
        self, name: str, of: type[T], do: Callable[[sqlite3.Connection, Sequence[T]], None]
    ) -> Callable[[T], None]:
        return self._deferred.kind(name, of, do)

    def is_settled(self) -> bool:
        """Whether nothing waits."""
        return not self._deferred.is_any

    def settle(self) -> None:
        """What is deferred is where it belongs, but where this thread is in the middle of a write."""
        with self.lock:
            if not self._depth and self._deferred.is_any:
                self._settle()

    def changes(self) -> int:
        """How many rows were changed so far, but for what was deferred."""
        return self._connection.total_changes - self._own_changes

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Raises Taken where another thread has the lock, or at the first transaction of the block where another
        process has it.
        """
        if not self.lock.acquire(blocking=False):
            raise Taken("another thread writes")
        self._is_in_hurry = not self._depth
        try:
            yield
        finally:
            self._is_in_hurry = False
            self.lock.release()

    def _begin(self) -> None:
        """Waits for another process, but in a hurry."""
        end_s = time.monotonic() + self._busy_s
        while True:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:  # of which there are several kinds
                    raise
                if self._is_in_hurry:
                    raise Taken("another process writes") from None
                if time.monotonic() > end_s:
                    raise
                time.sleep(BUSY_EVERY_S)
            else:
                self._is_in_hurry = False  # what has begun is brought to its end
                return

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
            before = self._connection.total_changes
            self._deferred.keep()
            self._own_changes += self._connection.total_changes - before
            self._connection.execute("COMMIT")
        except BaseException:  # an interrupt's too: half a transaction must not stay open
            self._undo()
            raise
        self._deferred.is_kept()

    def _settle(self) -> None:
        """Until nothing waits: what is done may give others something to do."""
        while self._deferred.is_any:
            with suppress(Elsewhere):  # once for each kind, at the most
                self._try_to_settle()

    def _try_to_settle(self) -> None:
        before = self._connection.total_changes
        self._begin()
        self._depth = 1  # a write within is part of this
        try:
            self._deferred.settle()
            self._deferred.keep()
            self._connection.execute("COMMIT")
        except BaseException:  # as in _keep()
            self._undo()
            raise
        finally:
            self._depth = 0
            self._own_changes += self._connection.total_changes - before
        self._deferred.is_settled()
        self._deferred.is_kept()

    def _undo(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
        for one in self._at_end:
            one.items.clear()
        self._deferred.is_undone()
        for forget in self._undone:
            forget()


class _Settled:
    """As the writer itself, but that nothing waits when the block begins: for those who look at what is deferred."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def __enter__(self) -> sqlite3.Connection:
        with self._writer.lock:
            self._writer.settle()
            return self._writer.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.__exit__(kind, error, trace)
