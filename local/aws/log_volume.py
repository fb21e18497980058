"""How much came into each log group, as the metrics that CloudWatch Logs publishes of it.

Source: CloudWatch Logs user guide, "Monitoring with CloudWatch metrics": IncomingBytes (uncompressed bytes, unit Bytes)
and IncomingLogEvents (unit None), valid dimension LogGroupName, valid statistic Sum; without the dimension, of all log
groups together.
"""

import logging
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any, NamedTuple

from local.cloudwatch.logs import StoredBatch
from local.cloudwatch.source import MetricSink
from local.database import Database
from local.errors import AwsError

NAMESPACE = "AWS/Logs"
MOST_AT_ONCE = 500  # of the 1,000 that a call of PutMetricData may have

_log = logging.getLogger(__name__)


class Came(NamedTuple):
    """Into a group, in a minute: its first second since the epoch. `size` is in bytes."""

    minute: int
    group: str
    size: int
    number: int


class LogVolume:
    """Counts what is stored, in the same transaction: it is published, one value a metric, group and minute, before
    somebody reads metrics.
    """

    def __init__(self, database: Database, metrics: MetricSink) -> None:
        self._metrics = metrics
        self._came = database.defer("log volume", Came, self._publish)

    def add(self, batches: Sequence[StoredBatch], now_s: float) -> None:
        """They came at `now_s` (seconds since the epoch), whatever their own timestamps say. Within Database.add()."""
        minute = int(now_s) // 60 * 60
        for batch in batches:
            self._came(Came(minute, batch.group, batch.size, len(batch.events)))

    def _publish(self, connection: sqlite3.Connection, came: Sequence[Came]) -> None:
        del connection  # the metrics' is the same
        sums: dict[tuple[int, str | None], tuple[int, int]] = {}
        for one in came:
            for group in (one.group, None):
                size, number = sums.get((one.minute, group), (0, 0))
                sums[one.minute, group] = (size + one.size, number + one.number)
        data = iter([datum for (minute, group), both in sums.items() for datum in _data(minute, group, *both)])
        while some := list(islice(data, MOST_AT_ONCE)):
            self._put(some)

    def _put(self, data: Sequence[Mapping[str, Any]]) -> None:
        """What is refused is weeks old: this process was gone in between."""
        try:
            self._metrics.put(NAMESPACE, data)
        except AwsError as error:
            _log.warning("%s: %s", NAMESPACE, error)


def _data(minute: int, group: str | None, size: int, number: int) -> list[Mapping[str, Any]]:
    where = {
        "Dimensions": [] if group is None else [{"Name": "LogGroupName", "Value": group}],
        "Timestamp": datetime.fromtimestamp(minute, UTC),
    }
    return [
        {"MetricName": "IncomingBytes", "Unit": "Bytes", "Value": float(size), **where},
        {"MetricName": "IncomingLogEvents", "Unit": "None", "Value": float(number), **where},
    ]
