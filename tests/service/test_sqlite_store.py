"""What only the SQLite store has to promise: processes on one file, crashes, forks, and a file that can't be used."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from service.errors import UnavailableError
from service.sqlite_store import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_WRITER = """
import sys
from datetime import datetime, UTC
from service.ids import TimeOrderedIds
from service.models import Item
from service.sqlite_store import SqliteStore

store, ids = SqliteStore(sys.argv[1], 60), TimeOrderedIds()
print("ready", flush=True)
sys.stdin.readline()
for number in range(int(sys.argv[2])):
    moment = datetime.now(UTC)
    item = Item(id=ids.next(), name="n", description="", price_cents=number, tags=[], version=1,
                created_at=moment, updated_at=moment)
    if number % 2:
        store.add(item)
    else:
        store.once(item.id, "body", lambda: store.add(item) or item.id, lambda: 1000)
    print(item.id, flush=True)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "items.sqlite3"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(str(path), 60)
    yield store
    store.close()


def _writer(path: Path, items: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", _WRITER, str(path), str(items)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _start(writer: subprocess.Popen[str]) -> None:
    assert writer.stdin is not None
    assert writer.stdout is not None
    assert writer.stdout.readline() == "ready\n"
    writer.stdin.write("go\n")
    writer.stdin.flush()


def _ids(store: SqliteStore) -> set[str]:
    return {item.id for item in store.page(10_000, None)}


def test_processes_share_a_new_file(path: Path, store: SqliteStore) -> None:
    """Four processes that open a file which isn't there yet, and write at once, lose nothing and fail at nothing."""
    writers = [_writer(path, 25) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(_start, writers))
        written = "".join(pool.map(lambda writer: writer.communicate(timeout=60)[0], writers)).split()
    assert [writer.returncode for writer in writers] == [0, 0, 0, 0]
    assert len(written) == 100
    assert _ids(store) == set(written)


def test_kill_in_the_middle_of_writes(path: Path, store: SqliteStore) -> None:
    """kill -9 loses no acknowledged item, and the file goes on working."""
    writer = _writer(path, 100_000)
    _start(writer)
    assert writer.stdout is not None
    acknowledged = [writer.stdout.readline().strip() for _ in range(40)]
    writer.send_signal(signal.SIGKILL)
    with writer:
        rest = writer.stdout.read()  # not communicate(): it passes over what readline() has buffered already
    # The last line may be cut: what is whole was acknowledged.
    acknowledged += [line.strip() for line in rest.splitlines(keepends=True) if line.endswith("\n")]
    kept = _ids(store)
    assert set(acknowledged) <= kept
    assert len(kept) <= len(acknowledged) + 1
    assert store.once("afterwards", "body", lambda: "made", lambda: 1_000) == ("made", False)


def test_kill_inside_a_keyed_request(path: Path, store: SqliteStore) -> None:
    """A process that dies between writing an item and keeping its answer leaves neither, and the key free."""
    code = """
import os, signal, sys
from datetime import datetime, UTC
from service.models import Item
from service.sqlite_store import SqliteStore
store = SqliteStore(sys.argv[1], 60)
def make():
    moment = datetime.now(UTC)
    store.add(Item(id="018bcfe5-6800-7000-8000-000000000001", name="n", description="", price_cents=1, tags=[],
                   version=1, created_at=moment, updated_at=moment))
    os.kill(os.getpid(), signal.SIGKILL)
store.once("key", "body", make, lambda: 1000)
"""
    died = subprocess.run([sys.executable, "-c", code, str(path)], check=False)
    assert died.returncode == -signal.SIGKILL
    assert _ids(store) == set()
    assert store.once("key", "body", lambda: "made", lambda: 1_000) == ("made", False)


def test_acknowledged_means_on_disk(store: SqliteStore) -> None:
    """A commit waits for the disk (synchronous FULL is 2), and readers don't wait for writers (WAL)."""
    store.ping()
    connection = store._open()  # noqa: SLF001 (a pragma can only be asked of the connection that has it)
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_fork_has_a_connection_of_its_own(store: SqliteStore) -> None:
    """A child of fork doesn't use its parent's connection: both can go on writing, and both see it."""
    store.once("parent", "body", lambda: "1", lambda: 1_000)
    child = os.fork()
    if child == 0:
        try:
            kept = store.once("parent", "body", lambda: "2", lambda: 1_000)
            store.once("child", "body", lambda: "3", lambda: 1_000)
            os._exit(0 if kept == ("1", True) else 1)
        except BaseException:  # noqa: BLE001 (a child of fork must not run the parent's test session on)
            os._exit(2)
    assert os.waitpid(child, 0)[1] == 0
    assert store.once("child", "body", lambda: "4", lambda: 1_000) == ("3", True)


def test_keys_expire(path: Path) -> None:
    """A key is forgotten after its time, and its row is gone with the next new key."""
    moment = [1_000.0]
    store = SqliteStore(str(path), 60, lambda: moment[0])
    assert store.once("key", "body", lambda: "1", lambda: 1_000) == ("1", False)
    moment[0] = 1_059.0
    assert store.once("key", "body", lambda: "2", lambda: 1_000) == ("1", True)
    moment[0] = 1_060.0
    assert store.once("key", "other body", lambda: "3", lambda: 1_000) == ("3", False)
    moment[0] = 2_000.0
    store.once("new", "body", lambda: "4", lambda: 1_000)
    store.close()
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT key FROM idempotency").fetchall() == [("new",)]
    connection.close()


def test_no_folder(tmp_path: Path) -> None:
    """A file that can't be made is a store that doesn't answer (503), and it answers once the folder is there."""
    store = SqliteStore(str(tmp_path / "missing" / "items.sqlite3"), 60)
    with pytest.raises(UnavailableError):
        store.ping()
    (tmp_path / "missing").mkdir()
    store.ping()
    store.close()


def test_no_database(path: Path) -> None:
    """A file that is no database is a store that doesn't answer, not a fault of the request."""
    path.write_bytes(b"this is a shopping list, not a database" * 100)
    store = SqliteStore(str(path), 60)
    with pytest.raises(UnavailableError) as caught:
        store.page(1, None)
    assert caught.value.status == 503
    store.close()


def test_a_write_waits_for_its_turn(path: Path, store: SqliteStore) -> None:
    """A write that meets another process's transaction waits for it to end."""
    store.ping()
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(store.once, "key", "body", lambda: "1", lambda: 1_000)
        time.sleep(0.05)  # enough to meet the lock; were it not met, the test would pass all the same
        other.execute("COMMIT")
        assert waiting.result(timeout=30) == ("1", False)
    other.close()
