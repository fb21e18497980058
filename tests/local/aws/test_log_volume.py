"""AWS/Logs' IncomingBytes and IncomingLogEvents."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from local.aws.log_volume import LogVolume
from local.cloudwatch.logs import StoredBatch
from local.database import Database
from local.errors import AwsError

NOON_S = 1_790_000_000 // 60 * 60
NOON = datetime.fromtimestamp(NOON_S, UTC)


class Kept:
    """A MetricSink that remembers, and a volume that publishes to it."""

    def __init__(self, database: Database) -> None:
        self.put_calls: list[tuple[str, Sequence[Mapping[str, Any]]]] = []
        self.database = database
        self.volume = LogVolume(database, self)

    def put(self, namespace: str, data: Sequence[Mapping[str, Any]]) -> None:
        self.put_calls.append((namespace, data))

    def add(self, batches: Sequence[StoredBatch], now_s: float) -> None:
        with self.database.add():
            self.volume.add(batches, now_s)

    def read(self) -> Sequence[Mapping[str, Any]]:
        """What is published before somebody reads."""
        self.put_calls.clear()
        with self.database.read():
            return [datum for _, data in self.put_calls for datum in data]


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    database = Database(tmp_path / "aws.sqlite3", [])
    yield Kept(database)
    database.close()


def event(group: str, message: str) -> StoredBatch:
    return StoredBatch(group, "stream", [(0, message)], len(message.encode()))


def datum(name: str, unit: str, value: float, group: str | None, at: datetime = NOON) -> dict[str, Any]:
    dimensions = [] if group is None else [{"Name": "LogGroupName", "Value": group}]
    return {"MetricName": name, "Unit": unit, "Value": value, "Dimensions": dimensions, "Timestamp": at}


def by_name(data: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return sorted(data, key=lambda one: (one["Timestamp"], str(one["Dimensions"]), one["MetricName"]))


def test_what_came_is_told_by_group_and_for_all(kept: Kept) -> None:
    """CloudWatch Logs user guide, "Monitoring with CloudWatch metrics": uncompressed bytes (unit Bytes) and events
    (unit None) by LogGroupName, and without a dimension of all groups; once for what came since the last time.
    """
    kept.add([event("/a", "four"), event("/b", "grün")], NOON_S + 59.9)
    kept.add([event("/a", "ten bytes.")], NOON_S + 30.0)
    assert by_name(kept.read()) == [
        datum("IncomingBytes", "Bytes", 19.0, None),
        datum("IncomingLogEvents", "None", 3.0, None),
        datum("IncomingBytes", "Bytes", 14.0, "/a"),
        datum("IncomingLogEvents", "None", 2.0, "/a"),
        datum("IncomingBytes", "Bytes", 5.0, "/b"),
        datum("IncomingLogEvents", "None", 1.0, "/b"),
    ]
    assert [namespace for namespace, _ in kept.put_calls] == ["AWS/Logs"]
    assert kept.read() == []


def test_the_minute_is_that_of_the_arrival(kept: Kept) -> None:
    """Events of two minutes are two values, whatever their own timestamps are."""
    kept.add([event("/a", "x")], NOON_S + 59.0)
    kept.add([event("/a", "xy")], NOON_S + 60.0)
    found = [one for one in by_name(kept.read()) if one["Dimensions"] and one["Unit"] == "Bytes"]
    later = datetime.fromtimestamp(NOON_S + 60, UTC)
    assert found == [datum("IncomingBytes", "Bytes", 1.0, "/a"), datum("IncomingBytes", "Bytes", 2.0, "/a", later)]


def test_what_was_not_kept_is_not_counted(kept: Kept) -> None:
    """A transaction that is undone and done again is counted once."""

    def fail() -> None:
        with kept.database.add():
            kept.volume.add([event("/a", "x")], NOON_S)
            raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        fail()
    kept.add([event("/a", "x")], NOON_S)
    assert [one["Value"] for one in by_name(kept.read())] == [1.0] * 4


def test_what_was_counted_before_a_kill_is_published(tmp_path: Path, kept: Kept) -> None:
    """By the process that comes next."""
    kept.add([event("/a", "xy")], NOON_S)
    database = Database(tmp_path / "aws.sqlite3", [])
    assert [one["Value"] for one in by_name(Kept(database).read())] == [2.0, 1.0] * 2
    database.close()


def test_many_groups(kept: Kept) -> None:
    """No call of PutMetricData has more than it may."""
    kept.add([event(f"/{number}", "x") for number in range(600)], NOON_S)
    assert len(kept.read()) == 2 * 601
    assert max(len(data) for _, data in kept.put_calls) <= 1_000


def test_what_is_refused_is_told(kept: Kept, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """Nobody's read fails for it."""

    def refuse(namespace: str, data: object) -> None:
        raise AwsError("InvalidParameterValue", f"{namespace}: too old")

    kept.add([event("/a", "x")], NOON_S)
    monkeypatch.setattr(kept, "put", refuse)
    assert kept.read() == []
    assert "AWS/Logs: too old" in caplog.text
    monkeypatch.undo()
    assert kept.read() == []
