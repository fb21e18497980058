"""AWS/Logs' IncomingBytes and IncomingLogEvents."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from local.aws.log_volume import LogVolume
from local.cloudwatch.logs import StoredBatch

NOON_S = 1_790_000_000 // 60 * 60
NOON = datetime.fromtimestamp(NOON_S, UTC)


class Kept:
    """A MetricSink that remembers."""

    def __init__(self) -> None:
        self.put_calls: list[tuple[str, Sequence[Mapping[str, Any]]]] = []

    def put(self, namespace: str, data: Sequence[Mapping[str, Any]]) -> None:
        self.put_calls.append((namespace, data))


def event(group: str, message: str) -> StoredBatch:
    return StoredBatch(group, "stream", [(0, message)], len(message.encode()))


def datum(name: str, unit: str, value: float, group: str | None, at: datetime = NOON) -> dict[str, Any]:
    dimensions = [] if group is None else [{"Name": "LogGroupName", "Value": group}]
    return {"MetricName": name, "Unit": unit, "Value": value, "Dimensions": dimensions, "Timestamp": at}


def by_name(data: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return sorted(data, key=lambda one: (one["Timestamp"], str(one["Dimensions"]), one["MetricName"]))


def test_what_came_is_told_by_group_and_for_all() -> None:
    """CloudWatch Logs user guide, "Monitoring with CloudWatch metrics": uncompressed bytes (unit Bytes) and events
    (unit None) by LogGroupName, and without a dimension of all groups; once for what came since the last time.
    """
    kept = Kept()
    volume = LogVolume(kept)
    volume.add([event("/a", "four"), event("/b", "grün")], NOON_S + 59.9)
    volume.add([event("/a", "ten bytes.")], NOON_S + 30.0)
    volume.publish()
    ((namespace, data),) = kept.put_calls
    assert namespace == "AWS/Logs"
    assert by_name(data) == [
        datum("IncomingBytes", "Bytes", 19.0, None),
        datum("IncomingLogEvents", "None", 3.0, None),
        datum("IncomingBytes", "Bytes", 14.0, "/a"),
        datum("IncomingLogEvents", "None", 2.0, "/a"),
        datum("IncomingBytes", "Bytes", 5.0, "/b"),
        datum("IncomingLogEvents", "None", 1.0, "/b"),
    ]
    volume.publish()
    assert len(kept.put_calls) == 1


def test_the_minute_is_that_of_the_arrival() -> None:
    """Events of two minutes are two values, whatever their own timestamps are."""
    kept = Kept()
    volume = LogVolume(kept)
    volume.add([event("/a", "x")], NOON_S + 59.0)
    volume.add([event("/a", "xy")], NOON_S + 60.0)
    volume.publish()
    found = [one for one in by_name(kept.put_calls[0][1]) if one["Dimensions"] and one["Unit"] == "Bytes"]
    later = datetime.fromtimestamp(NOON_S + 60, UTC)
    assert found == [datum("IncomingBytes", "Bytes", 1.0, "/a"), datum("IncomingBytes", "Bytes", 2.0, "/a", later)]


def test_reset_forgets_what_was_not_published() -> None:
    """After a reset of the store nothing of before comes into it."""
    kept = Kept()
    volume = LogVolume(kept)
    volume.add([event("/a", "x")], NOON_S)
    volume.reset()
    volume.publish()
    assert kept.put_calls == []
