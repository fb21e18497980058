"""local.database: what is deferred is kept with what it belongs to, and done before anybody looks."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import pytest

from local import database_deferred
from local.database import Database

SCHEMA = "CREATE TABLE IF NOT EXISTS sums (number INTEGER, total INTEGER)"


class Item(NamedTuple):
    value: int
    data: bytes = b""


class Sums:
    """A room that writes the number and the sum of what it was given, each time that it has to."""

    def __init__(self, database: Database, name: str = "items") -> None:
        self.database = database
        self.fails = False
        self.give = database.defer(name, Item, self._do)

    def _do(self, connection: sqlite3.Connection, items: Sequence[Item]) -> None:
        connection.execute("INSERT INTO sums VALUES (?, ?)", (len(items), sum(item.value for item in items)))
        if self.fails:
            raise OSError("the disk is full")

    def add(self, *values: int, data: bytes = b"", fails: bool = False) -> None:
        with self.database.add():
            for value in values:
                self.give(Item(value, data))
            if fails:
                raise KeyError

    def read(self) -> list[tuple[int, int]]:
        with self.database.read() as connection:
            return connection.execute("SELECT * FROM sums").fetchall()


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[[], Database]]:
    made: list[Database] = []

    def make() -> Database:
        made.append(Database(tmp_path / "aws.sqlite3", [SCHEMA]))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def sums(opened: Callable[[], Database]) -> Sums:
    return Sums(opened())


def undeferred(database: Database) -> list[tuple[int, int]]:
    """What is where it belongs at this moment."""
    with database.add() as connection:
        return connection.execute("SELECT * FROM sums").fetchall()


def test_it_is_done_before_a_read(sums: Sums) -> None:
    """All that was given since the last one, at once, and from any thread."""
    sums.add(1, 2)
    sums.add(4)
    assert undeferred(sums.database) == []
    with ThreadPoolExecutor(1) as other:
        assert other.submit(sums.read).result() == [(3, 7)]
    assert sums.read() == [(3, 7)]
    sums.add(8)
    assert sums.read() == [(3, 7), (1, 8)]


def test_it_is_done_before_a_write(sums: Sums) -> None:
    """Which may look at it, or take away what it would go to; not before one that only adds."""
    sums.add(1)
    with sums.database.add() as connection:
        assert connection.execute("SELECT * FROM sums").fetchall() == []
        with sums.database.write():  # it is part of that one
            assert connection.execute("SELECT * FROM sums").fetchall() == []
    with sums.database.write() as connection:
        assert connection.execute("SELECT * FROM sums").fetchall() == [(1, 1)]


def test_it_is_kept_with_its_transaction(sums: Sums) -> None:
    """What is given in a transaction that is undone is not done, and what was given before it is."""
    sums.add(1)
    with pytest.raises(KeyError):
        sums.add(2, fails=True)
    with sums.database.together():
        sums.add(4)
        sums.add(8)
    assert sums.read() == [(3, 13)]


def test_what_cannot_be_done_stays(sums: Sums) -> None:
    """Who reads or writes is told; nothing is done by half, nobody is kept from adding, and it is done later."""
    sums.add(1)
    sums.fails = True
    for block in (sums.database.read, sums.database.write):
        with pytest.raises(OSError, match="full"), block():
            pass
    sums.add(2)
    assert undeferred(sums.database) == []
    sums.fails = False
    assert sums.read() == [(2, 3)]


def test_a_block_that_raises_after_it(sums: Sums) -> None:
    """A write that fails undoes no more than itself."""

    def fail() -> None:
        with sums.database.write() as connection:
            connection.execute("DELETE FROM sums")
            raise KeyError

    sums.add(1)
    with pytest.raises(KeyError):
        fail()
    assert sums.read() == [(1, 1)]


def test_not_too_much_of_it(sums: Sums, monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits has a limit; whoever adds beyond it does it all first."""
    monkeypatch.setattr(database_deferred, "MOST_BYTES", 5_000)
    for value in range(12):
        sums.add(value, data=b"x" * 1_000)
    assert undeferred(sums.database) == [(5, 10), (5, 35)]
    assert sums.read() == [(5, 10), (5, 35), (2, 21)]


def test_several_rooms(opened: Callable[[], Database]) -> None:
    """Each gets its own."""
    database = opened()
    first, second = Sums(database, "first"), Sums(database, "second")
    with database.add():
        first.give(Item(1))
        second.give(Item(2))
        first.give(Item(4))
    assert sorted(first.read()) == [(1, 2), (2, 5)]


@pytest.mark.parametrize("giver_first", [True, False])
def test_what_is_done_may_give_others_something_to_do(opened: Callable[[], Database], giver_first: bool) -> None:  # noqa: FBT001 - pytest passes parameters by name
    """Both are done before anybody looks; what fails keeps both."""
    database = opened()
    fails = False

    def do(connection: sqlite3.Connection, items: Sequence[Item]) -> None:
        del connection
        with database.add():
            room.give(Item(sum(item.value for item in items)))
        if fails:
            raise OSError("the disk is full")

    if giver_first:
        give, room = database.defer("giver", Item, do), Sums(database)
    else:
        room, give = Sums(database), database.defer("giver", Item, do)
    with database.add():
        give(Item(1))
        give(Item(2))
        room.give(Item(4))
    fails = True
    with pytest.raises(OSError, match="full"):
        room.read()
    fails = False
    assert room.read() == [(1, 4), (1, 3)]


def test_changes_are_the_others(sums: Sums) -> None:
    """Who counts the rows that were changed doesn't count those that are changed for what is deferred."""
    database = sums.database
    with database.add() as connection:
        before = database.changes()
        connection.execute("INSERT INTO sums VALUES (0, 0)")
        sums.give(Item(1))
    sums.add(2)
    sums.read()
    with database.add():
        assert database.changes() == before + 1


WRITER = """
import os, signal, sys
from pathlib import Path
from tests.local.test_database_deferred import SCHEMA, Sums
from local.database import Database
sums = Sums(Database(Path(sys.argv[1]), [SCHEMA]))
for value in range(5):
    sums.add(value)
    if value == 1:
        sums.read()
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_kill_9_loses_nothing_of_it(opened: Callable[[], Database], tmp_path: Path) -> None:
    """The process that comes next does what was left, also what it gets to know of later than of other things."""
    command = [sys.executable, "-c", WRITER, str(tmp_path / "aws.sqlite3")]
    ended = subprocess.run(command, check=False, timeout=60, env={**os.environ, "PYTHONPATH": ""})
    assert ended.returncode == -signal.SIGKILL
    database = opened()
    other = Sums(database, "others")
    other.add(100)
    assert other.read() == [(2, 1), (1, 100)]
    sums = Sums(database)
    sums.add(200)
    assert sums.read() == [(2, 1), (1, 100), (4, 209)]
    assert sums.read() == [(2, 1), (1, 100), (4, 209)]


def test_two_processes(opened: Callable[[], Database]) -> None:
    """As where the stack was killed, and what it has sent is still being kept when the next one starts: each item is
    done once, by whichever comes first.
    """
    first, second = Sums(opened()), Sums(opened())
    others = Sums(first.database, "others")
    first.add(1, 2)
    assert second.read() == [(2, 3)]
    first.add(4)
    assert first.read() == [(2, 3), (1, 4)]
    second.add(8)
    first.add(16)
    others.add(32)
    assert sorted(first.read()) == [(1, 4), (1, 32), (2, 3), (2, 24)]
    second.add(64)
    assert sorted(second.read()) == [(1, 4), (1, 32), (1, 64), (2, 3), (2, 24)]
    first.add(128)
    second.add(256)
    assert second.read()[-1] == (2, 384)
    second.add(512)  # as many rows as the first one takes for its own
    assert first.read()[-1] == (1, 512)
    assert second.read() == first.read()


def test_many_at_once(sums: Sums) -> None:
    """Threads that add while others read: each item is done once."""
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            sums.read()

    def add() -> None:
        for _ in range(200):
            sums.add(1)

    with ThreadPoolExecutor(4) as threads:
        readers = [threads.submit(read) for _ in range(2)]
        for each in [threads.submit(add) for _ in range(2)]:
            each.result()
        done.set()
        for reader in readers:
            reader.result()
    assert sum(number for number, _ in sums.read()) == sum(total for _, total in sums.read()) == 400
