"""One SQLite file for all that the laptop's AWS keeps: one writer at a time, readers that never wait for it."""

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Generic, TypeVar

from local.errors import StartError

T = TypeVar("T")

LOG_PAGES = 4_000  # of 4 KB, in the log before they go into the file: whoever writes then waits for the disk
BUSY_S = 10.0  # another process may hold the file for a moment: sqlite3's shell, a backup
# How a block begins, is kept and is undone: a transaction, and one of several writes within one.
_ALL = ("BEGIN IMMEDIATE", "COMMIT", "ROLLBACK")
_ONE = ("SAVEPOINT one", "RELEASE one", "ROLLBACK TO one")


class _Block:
    """What is written within it is kept or undone as a whole. A class: a generator takes twice as long."""

    __slots__ = ("_statements", "_undone", "_writer")

    def __init__(
        self, writer: sqlite3.Connection, statements: tuple[str, str, str], undone: Iterable[Callable[[], None]]
    ) -> None:
        self._writer = writer
        self._statements = statements
        self._undone = undone

    def __enter__(self) -> None:
        if self._statements is _ONE and not self._writer.in_transaction:
            raise sqlite3.OperationalError("SQLite has undone what was written together")  # a full disk, for one
        self._writer.execute(self._statements[0])

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            self._undo()
            return
        try:
            self._writer.execute(self._statements[1])
        except BaseException:  # an interrupt's too: half a transaction must not stay open
            self._undo()
            raise

    def _undo(self) -> None:
        if self._writer.in_transaction:
            self._writer.execute(self._statements[2])
        for forget in self._undone:
            forget()


class _AtEnd(Generic[T]):
    """What is to be done at the end of the transaction, and what it is to be done with."""

    def __init__(self, do: Callable[[Sequence[T]], None]) -> None:
        self.do = do
        self.items: list[T] = []


class Database:
    """`schemas` are scripts of CREATE ... IF NOT EXISTS, one a room. Raises StartError where the file can't be opened.

    What write() has left is on its way to the disk: a kill -9 of this process loses none of it (SQLite, "Write-Ahead
    Logging"; with synchronous=NORMAL a power cut may lose the last transactions, and never corrupts).
    """

    def __init__(self, path: Path, schemas: Iterable[str]) -> None:
        self._path = path
        self._own = threading.local()
        self._all: list[sqlite3.Connection] = []
        self._writing = threading.RLock()
        self._depth = 0
        self._together = False
        self._undone: list[Callable[[], None]] = []
        self._at_end: list[_AtEnd[Any]] = []
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._writer = self._connect()
            for schema in schemas:
                self._writer.executescript(schema)
        except (OSError, sqlite3.Error) as error:
            raise StartError(f"{path}: {error}; LOCAL_DIR names another folder") from None

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """A transaction that is kept when the block ends and undone when it raises. From any thread. Inside of another
        of the same thread it is part of that one.
        """
        with self._writing:
            if self._depth:
                yield self._writer
                return
            self._depth += 1
            before = [len(one.items) for one in self._at_end]
            try:
                with _Block(self._writer, _ONE if self._together else _ALL, self._undone):
                    yield self._writer
                    if not self._together:
                        self._end()
            except BaseException:
                for one, count in zip(self._at_end, before, strict=True):
                    del one.items[count:]
                raise
            finally:
                self._depth -= 1

    @contextmanager
    def together(self) -> Iterator[None]:
        """What write() keeps within the block is on its way to the disk when the block has ended, all at once. A write
        that raises is undone alone. Where the block raises nothing of it is kept. Not inside of a write.
        """
        with self._writing, _Block(self._writer, _ALL, self._undone):
            self._together = True
            try:
                yield
                self._depth += 1  # what is done at the end is no write of its own
                try:
                    self._end()
                finally:
                    self._depth -= 1
            finally:
                self._together = False
                for one in self._at_end:
                    one.items.clear()

    def at_end(self, do: Callable[[Sequence[T]], None]) -> Callable[[T], None]:
        """What gives `do` something to do, to be called within write(). It is done once for all that was given, in the
        same transaction and before that is kept: with what writes together have given, all at once. What a write has
        given that was undone is not there.
        """
        made = _AtEnd(do)
        self._at_end.append(made)
        return lambda item: made.items.append(item)  # noqa: PLW0108 (the list is another one after each transaction)

    def _end(self) -> None:
        for one in self._at_end:
            if one.items:
                items, one.items = one.items, []
                one.do(items)

    def when_undone(self, forget: Callable[[], None]) -> None:
        """`forget` is called where a transaction was undone: what it remembers of it was never there."""
        self._undone.append(forget)

    def is_free(self) -> bool:
        """Whether nobody writes at this moment."""
        free = self._writing.acquire(blocking=False)
        if free:
            self._writing.release()
        return free

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """The thread's own connection, in a transaction: the block sees one moment of the file, and may not write."""
        connection = getattr(self._own, "connection", None)
        if connection is None:
            connection = self._own.connection = self._connect()
            connection.execute("PRAGMA query_only = ON")
        connection.execute("BEGIN")
        try:
            yield connection
        finally:
            connection.execute("ROLLBACK")

    def close(self) -> None:
        """After the last call of the others."""
        for connection in self._all:
            connection.close()

    def _connect(self) -> sqlite3.Connection:
        # autocommit: transactions are said, not guessed. check_same_thread: the lock above keeps the writer to one.
        connection = sqlite3.connect(self._path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA wal_autocheckpoint = {LOG_PAGES}")
        self._all.append(connection)
        return connection
