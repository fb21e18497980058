"""local.database: one file, one writer, readers that see one moment."""

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, nullcontext
from pathlib import Path

import pytest

from local.database import Database
from local.errors import NotKept, StartError, Taken

SCHEMA = "CREATE TABLE IF NOT EXISTS points (value INTEGER)"
WRITER = """
import os, signal, sys
from pathlib import Path
from local.database import Database
database = Database(Path(sys.argv[1]), ["CREATE TABLE IF NOT EXISTS points (value INTEGER)"])
for first in range(0, 100, 4):
    with database.together():
        for value in range(first, first + 4):
            with database.write() as connection:
                connection.execute("INSERT INTO points VALUES (?)", (value,))
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(tmp_path / "new" / "aws.sqlite3", [SCHEMA])
    yield opened
    opened.close()


def test_what_is_written_is_read(database: Database) -> None:
    """A write is seen by the next read, from another thread too."""
    with database.write() as connection:
        connection.execute("INSERT INTO points VALUES (7)")
    seen: list[list[tuple[int]]] = []

    def look() -> None:
        with database.read() as connection:
            seen.append(connection.execute("SELECT value FROM points").fetchall())

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert seen == [[(7,)]]


def test_a_block_that_raises_leaves_nothing(database: Database) -> None:
    """A write that fails in the middle is undone as a whole, and the next one works."""

    def fail() -> None:
        with database.write() as connection:
            connection.execute("INSERT INTO points VALUES (1)")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    with database.write() as connection:
        connection.execute("INSERT INTO points VALUES (2)")
    with database.read() as connection:
        assert connection.execute("SELECT value FROM points").fetchall() == [(2,)]


def test_a_write_inside_of_another_is_part_of_it(database: Database) -> None:
    """Both are kept or neither; who remembers what was written is told that it was undone, once."""
    forgotten: list[bool] = []
    database.when_undone(lambda: forgotten.append(True))

    def write(*values: int, fails: bool) -> None:
        with database.write() as outer:
            outer.execute("INSERT INTO points VALUES (?)", values[:1])
            with database.write() as inner:
                inner.execute("INSERT INTO points VALUES (?)", values[1:])
            if fails:
                raise KeyError

    with pytest.raises(KeyError):
        write(1, 2, fails=True)
    assert forgotten == [True]
    write(3, 4, fails=False)
    with database.read() as connection:
        assert connection.execute("SELECT value FROM points").fetchall() == [(3,), (4,)]
    assert forgotten == [True]


def insert(database: Database, value: int, *, fails: bool = False) -> None:
    with database.write() as outer, database.write():
        outer.execute("INSERT INTO points VALUES (?)", (value,))
        if fails:
            raise KeyError


def values(database: Database) -> list[int]:
    with database.read() as connection:
        return [value for (value,) in connection.execute("SELECT value FROM points")]


def test_what_is_written_together_is_kept_at_once(database: Database) -> None:
    """Readers see nothing of it before the block has ended, and all of it after; the next write is on its own."""
    with database.together():
        insert(database, 1)
        insert(database, 2)
        assert values(database) == []
    assert values(database) == [1, 2]
    insert(database, 3)
    assert values(database) == [1, 2, 3]


def test_where_one_of_several_fails_none_is_kept(database: Database) -> None:
    """The block says so, the writes after it too, and who remembers what was undone is told, once."""
    forgotten: list[bool] = []
    database.when_undone(lambda: forgotten.append(True))

    def write() -> None:
        with database.together():
            insert(database, 1)
            with pytest.raises(KeyError):
                insert(database, 2, fails=True)
            with pytest.raises(NotKept):
                insert(database, 3)

    with pytest.raises(NotKept):
        write()
    assert values(database) == []
    assert forgotten == [True]
    insert(database, 4)
    assert values(database) == [4]


def test_a_block_of_several_that_raises_leaves_nothing(database: Database) -> None:
    """What raises between the writes undoes them all."""

    def fail() -> None:
        with database.together():
            insert(database, 1)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    insert(database, 2)
    assert values(database) == [2]


def test_what_is_to_be_done_at_the_end_is_done_once(database: Database) -> None:
    """In the transaction of those that gave something to do, with all that they gave."""
    done: list[list[int]] = []

    def do(given: Sequence[int]) -> None:
        done.append(list(given))
        insert(database, sum(given))

    give = database.at_end(do)

    def write(value: int, *, fails: bool = False) -> None:
        with database.write():
            give(value)
            insert(database, value, fails=fails)

    write(1)
    assert values(database) == [1, 1]
    with database.together():
        write(10)
        write(30)
        assert done == [[1]]
    with pytest.raises(KeyError):
        write(100, fails=True)
    insert(database, 2)
    assert values(database) == [1, 1, 10, 30, 40, 2]
    assert done == [[1], [10, 30]]


@pytest.mark.parametrize("together", [False, True])
def test_what_fails_at_the_end_keeps_nothing(database: Database, together: bool) -> None:  # noqa: FBT001
    """Neither what was written before it nor what it was given: the next transaction begins anew."""
    done: list[list[int]] = []

    def do(given: Sequence[int]) -> None:
        done.append(list(given))
        if 1 in given:
            raise KeyError

    give = database.at_end(do)

    def write(value: int) -> None:
        with database.together() if together else nullcontext(), database.write():
            give(value)
            insert(database, value)

    with pytest.raises(KeyError):
        write(1)
    write(2)
    assert values(database) == [2]
    assert done == [[1], [2]]


def test_what_sqlite_has_undone_is_not_taken_for_kept(database: Database) -> None:
    """A full disk ends the whole transaction: no later write of the block is kept, and the block says so."""

    def fail() -> None:
        with database.together():
            insert(database, 1)
            with database.write() as connection:
                connection.execute("ROLLBACK")
            insert(database, 2)

    with pytest.raises(NotKept):
        fail()
    assert values(database) == []
    insert(database, 3)
    assert values(database) == [3]


def test_a_hurry_waits_for_no_thread(database: Database) -> None:
    """It raises at once while another thread writes; the thread that writes needn't wait for itself."""

    def hurry() -> None:
        with database.at_once():
            insert(database, 1)

    def elsewhere() -> BaseException | None:
        with ThreadPoolExecutor(1) as other:
            return other.submit(hurry).exception()

    for block in (database.write, database.add, database.together):
        with block():
            assert isinstance(elsewhere(), Taken)
            hurry()
    assert values(database) == [1, 1, 1]
    assert elsewhere() is None


@pytest.mark.parametrize("together", [False, True])
def test_a_hurry_waits_for_no_process(database: Database, tmp_path: Path, together: bool) -> None:  # noqa: FBT001
    """As sqlite3's shell is one; nothing is done, and who is in no hurry waits."""
    with closing(sqlite3.connect(tmp_path / "new/aws.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Taken), database.at_once(), database.together() if together else nullcontext():
            insert(database, 1)
        with ThreadPoolExecutor(1) as threads:
            waiting = threads.submit(insert, database, 2)
            with pytest.raises(TimeoutError):
                waiting.result(0.05)
            assert values(database) == []
            other.execute("COMMIT")
            waiting.result()
    with database.at_once():
        insert(database, 3)
    assert values(database) == [2, 3]


def test_a_hurry_ends_what_it_has_begun(database: Database, tmp_path: Path) -> None:
    """Only its first write is not waited for: what comes after that may be the other half of what it does."""
    with closing(sqlite3.connect(tmp_path / "new/aws.sqlite3", isolation_level=None, check_same_thread=False)) as other:

        def hold() -> None:
            other.execute("BEGIN IMMEDIATE")
            threading.Timer(0.05, other.execute, ["COMMIT"]).start()

        with database.at_once():
            insert(database, 1)
            hold()
            insert(database, 2)
    assert values(database) == [1, 2]


def test_another_process_is_not_waited_for_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who waits is told what SQLite says, and others may write after it."""
    monkeypatch.setattr("local.database.BUSY_S", 0.03)
    database = Database(tmp_path / "aws.sqlite3", [SCHEMA])
    with closing(sqlite3.connect(tmp_path / "aws.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            insert(database, 1)
        other.execute("COMMIT")
    insert(database, 2)
    assert values(database) == [2]
    database.close()


def test_a_reader_sees_one_moment(database: Database) -> None:
    """What is written while a reader reads does not show in the middle of its answer."""
    with database.read() as reader:
        assert reader.execute("SELECT count(*) FROM points").fetchone() == (0,)
        with database.write() as connection:
            connection.execute("INSERT INTO points VALUES (1)")
        assert reader.execute("SELECT count(*) FROM points").fetchone() == (0,)


def test_a_reader_may_not_write(database: Database) -> None:
    """The connection of read() refuses to write."""
    with database.read() as connection, pytest.raises(sqlite3.OperationalError, match="readonly"):
        connection.execute("INSERT INTO points VALUES (1)")


def test_kill_9_loses_nothing(tmp_path: Path) -> None:
    """A process that is killed has lost no transaction that had ended."""
    path = tmp_path / "aws.sqlite3"
    ended = subprocess.run([sys.executable, "-c", WRITER, str(path)], check=False, timeout=60)
    assert ended.returncode == -9
    database = Database(path, [SCHEMA])
    with database.read() as connection:
        assert connection.execute("SELECT count(*), max(value) FROM points").fetchone() == (100, 99)
    database.close()


def test_a_file_that_cannot_be_opened(tmp_path: Path) -> None:
    """The error names the file and the setting."""
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StartError, match=r"file/aws\.sqlite3: .*LOCAL_DIR"):
        Database(tmp_path / "file" / "aws.sqlite3", [SCHEMA])
