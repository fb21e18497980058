"""One SQLite file for all that the laptop's AWS keeps: one writer at a time, readers that never wait for it."""

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from local.errors import StartError

BUSY_S = 10.0  # another process may hold the file for a moment: sqlite3's shell, a backup


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
        self._undone: list[Callable[[], None]] = []
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
            self._writer.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield self._writer
                self._writer.execute("COMMIT")
            except BaseException:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                for forget in self._undone:
                    forget()
                raise
            finally:
                self._depth -= 1

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
        self._all.append(connection)
        return connection
