"""Items in a SQLite file: the embedded store. Several processes may share the file."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from observability import span
from service.errors import KeyReusedError, StoreConflictError, UnavailableError
from service.models import Item

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_BUSY_TIMEOUT_MS = 5_000
"""How long a write waits for another process's: far longer than any of ours takes."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS items (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, description TEXT NOT NULL, price_cents INTEGER NOT NULL,
    tags TEXT NOT NULL, version INTEGER NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS idempotency (
    key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, answer TEXT NOT NULL, expires_s INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS idempotency_expiry ON idempotency (expires_s);
"""

_COLUMNS = "id, name, description, price_cents, tags, version, created_at, updated_at"
_GET = f"SELECT {_COLUMNS} FROM items WHERE id = ?"  # noqa: S608 (a constant)
_FIRST_PAGE = f"SELECT {_COLUMNS} FROM items ORDER BY id DESC LIMIT ?"  # noqa: S608 (a constant)
_NEXT_PAGE = f"SELECT {_COLUMNS} FROM items WHERE id < ? ORDER BY id DESC LIMIT ?"  # noqa: S608 (a constant)
_ADD = f"INSERT INTO items ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 (a constant)
_REPLACE = (
    "UPDATE items SET name = ?, description = ?, price_cents = ?, tags = ?, version = ?, updated_at = ?"
    " WHERE id = ? AND version = ?"
)
_VERSION = "SELECT version FROM items WHERE id = ?"
_REMOVE = "DELETE FROM items WHERE id = ?"
_KEY_GET = "SELECT fingerprint, answer FROM idempotency WHERE key = ? AND expires_s > ?"
_KEY_SET = "INSERT OR REPLACE INTO idempotency (key, fingerprint, answer, expires_s) VALUES (?, ?, ?, ?)"
_KEY_SWEEP = "DELETE FROM idempotency WHERE expires_s <= ?"


class SqliteStore:
    """An ItemStore (service/store.py) in the file `path`, which is made, with its tables, on first use."""

    def __init__(self, path: str, idempotency_expiry_s: int, now_s: Callable[[], float] = time.time) -> None:
        self._path = path
        self._expiry_s = idempotency_expiry_s
        self._now_s = now_s
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._owner = 0
        self._inherited: list[sqlite3.Connection] = []

    def add(self, item: Item) -> None:
        with self._writing():
            self._run(_ADD, _row(item))

    def get(self, item_id: str) -> Item | None:
        with self._reading():
            row = self._run(_GET, (item_id,)).fetchone()
        return None if row is None else _item(row)

    def page(self, limit: int, after: str | None) -> list[Item]:
        with self._reading():
            rows = self._run(_FIRST_PAGE, (limit,)) if after is None else self._run(_NEXT_PAGE, (after, limit))
            return [_item(row) for row in rows.fetchall()]

    def replace(self, item: Item, expected: int) -> None:
        _, name, description, price, tags, version, _, updated = _row(item)
        with self._writing():
            changed = self._run(_REPLACE, (name, description, price, tags, version, updated, item.id, expected))
            if changed.rowcount == 0:
                raise StoreConflictError(f"item {item.id} is not at version {expected}")

    def remove(self, item_id: str, expected: int | None) -> bool:
        with self._writing():
            row = self._run(_VERSION, (item_id,)).fetchone()
            if row is None:
                return False
            if expected is not None and row[0] != expected:
                raise StoreConflictError(f"item {item_id} is not at version {expected}")
            self._run(_REMOVE, (item_id,))
            return True

    def ping(self) -> None:
        with self._reading():
            self._run("SELECT count(*) FROM (SELECT 1 FROM items LIMIT 1)", ())

    def once(
        self,
        key: str,
        fingerprint: str,
        make: Callable[[], str],
        remaining_ms: Callable[[], int],  # noqa: ARG002 (a dead owner's transaction is rolled back: the key is free at once)
    ) -> tuple[str, bool]:
        """As ItemStore says. make() runs inside the transaction that keeps its answer: both are written, or neither.

        A duplicate waits at the transaction's door until the first is through, so KeyInUseError is never raised.
        """
        with self._writing():
            now = int(self._now_s())
            row = self._run(_KEY_GET, (key, now)).fetchone()
            if row is not None:
                if row[0] != fingerprint:
                    raise KeyReusedError
                return str(row[1]), True
            self._run(_KEY_SWEEP, (now,))
            answer = make()
            self._run(_KEY_SET, (key, fingerprint, answer, now + self._expiry_s))
            return answer, False

    def close(self) -> None:
        with self._lock:
            if self._connection is not None and self._owner == os.getpid():
                self._connection.close()
            self._connection = None

    def _run(self, statement: str, values: tuple[object, ...]) -> sqlite3.Cursor:
        with span("sqlite", namespace="remote", sql={"database_type": "SQLite", "sanitized_query": statement}):
            return self._open().execute(statement, values)

    @contextmanager
    def _reading(self) -> Iterator[None]:
        with self._lock, _errors_named():
            yield

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """A transaction, or the one that is open already. IMMEDIATE: it waits for its turn before it reads."""
        with self._lock, _errors_named():
            connection = self._open()
            if connection.in_transaction:
                yield
                return
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                connection.execute("COMMIT")
            except BaseException:
                _roll_back(connection)
                raise

    def _open(self) -> sqlite3.Connection:
        """The connection of this process. One inherited by a fork stays open: closing it drops its parent's locks."""
        if self._connection is not None and self._owner == os.getpid():
            return self._connection
        if self._connection is not None:
            self._inherited.append(self._connection)
            self._connection = None
        self._connection = _connect(self._path)
        self._owner = os.getpid()
        return self._connection


def _connect(path: str) -> sqlite3.Connection:
    """WAL, so that readers don't wait for writers; synchronous FULL, so that what is acknowledged survives kill -9."""
    # One connection for all threads: the store's lock lets one in at a time.
    connection = sqlite3.connect(path, timeout=_BUSY_TIMEOUT_MS / 1_000, isolation_level=None, check_same_thread=False)
    try:
        connection.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}")
        _switch_to_wal(connection)
        connection.execute("PRAGMA synchronous = FULL")
        connection.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} COMMIT;")
    except BaseException:
        connection.close()
        raise
    return connection


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    """Several processes may do this to a new file at once, and here SQLite does not always wait by itself.

    (busy_timeout is not honoured where waiting could be a deadlock, as when two want to upgrade their locks.)
    """
    deadline = time.monotonic() + _BUSY_TIMEOUT_MS / 1_000
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.005)
        else:
            return


def _roll_back(connection: sqlite3.Connection) -> None:
    """SQLite has done it by itself after some errors (a full disk, say), and refuses to do it twice."""
    if connection.in_transaction:
        connection.execute("ROLLBACK")


@contextmanager
def _errors_named() -> Iterator[None]:
    try:
        yield
    except (sqlite3.OperationalError, sqlite3.DatabaseError) as error:
        if isinstance(error, sqlite3.ProgrammingError | sqlite3.IntegrityError):
            raise  # a mistake of ours, not the store's state
        raise UnavailableError("The item store does not answer.", kind="store-unavailable") from error


def _row(item: Item) -> tuple[str, str, str, int, str, int, str, str]:
    return (
        item.id,
        item.name,
        item.description,
        item.price_cents,
        json.dumps(item.tags),
        item.version,
        item.created_at.isoformat(),
        item.updated_at.isoformat(),
    )


def _item(row: tuple[object, ...]) -> Item:
    names = ("id", "name", "description", "price_cents", "tags", "version", "created_at", "updated_at")
    members = dict(zip(names, row, strict=True))
    return Item.model_validate(members | {"tags": json.loads(str(members["tags"]))})
