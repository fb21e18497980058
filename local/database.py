"""One SQLite file for all that the laptop's AWS keeps: one writer at a time, and readers that wait for it only where
something is deferred.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TypeVar

from local.database_deferred import SCHEMA
from local.database_writer import Writer
from local.errors import StartError

T = TypeVar("T")

LOG_PAGES = 4_000  # of 4 KB, in the log before they go into the file: whoever writes then waits for the disk
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
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            connection = self._connect()
            for schema in (SCHEMA, *schemas):
                connection.executescript(schema)
        except (OSError, sqlite3.Error) as error:
            raise StartError(f"{path}: {error}; LOCAL_DIR names another folder") from None
        # No patience of SQLite's: the writer has its own, which a hurry can do without.
        connection.execute("PRAGMA busy_timeout = 0")
        self._writer = Writer(connection, BUSY_S)

    def write(self) -> AbstractContextManager[sqlite3.Connection]:
        """A transaction that is kept when the block ends and undone when it raises. From any thread. Inside of another
        of the same thread it is part of that one.
        """
        return self._writer.settled

    def add(self) -> AbstractContextManager[sqlite3.Connection]:
        """As write(), for a block that doesn't look at what others have deferred: it may still wait."""
        return self._writer

    def defer(
        self, name: str, of: type[T], do: Callable[[sqlite3.Connection, Sequence[T]], None]
    ) -> Callable[[T], None]:
        """What gives `do` something to do later, to be called within add() or write(). It is kept with that; all of it
        is done at once, in its order, before the next read() and the next write(), in another process where this one
        is killed before. `name` is what it is kept by, `of` a type that msgspec writes.
        """
        return self._writer.defer(name, of, do)

    def changes(self) -> int:
        """How many rows were changed so far, but for what was deferred. Within a write."""
        return self._writer.changes()

    def together(self) -> AbstractContextManager[None]:
        """What add() keeps within the block is on its way to the disk when the block has ended, all at once. Where the
        block raises nothing of it is kept; it raises NotKept where one of them has. Not inside of a write.
        """
        return self._writer.together()

    def at_end(self, do: Callable[[Sequence[T]], None]) -> Callable[[T], None]:
        """What gives `do` something to do, to be called within write(). It is done once for all that was given, in the
        same transaction and before that is kept: with what writes together have given, all at once.
        """
        return self._writer.at_end(do)

    def when_undone(self, forget: Callable[[], None]) -> None:
        """`forget` is called where a transaction was undone: what it remembers of it was never there."""
        self._writer.when_undone(forget)

    def at_once(self) -> AbstractContextManager[None]:
        """Within the block this thread waits for nobody: at the latest its first write raises Taken where another
        thread or process writes.
        """
        return self._writer.at_once()

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """The thread's own connection, in a transaction: the block sees one moment of the file, and may not write."""
        connection = getattr(self._own, "connection", None)
        if connection is None:
            connection = self._own.connection = self._connect()
            connection.execute("PRAGMA query_only = ON")
        if not self._writer.is_settled():
            self._writer.settle()
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
        # autocommit: transactions are said, not guessed. check_same_thread: the writer's lock keeps it to one.
        connection = sqlite3.connect(self._path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA wal_autocheckpoint = {LOG_PAGES}")
        self._all.append(connection)
        return connection
