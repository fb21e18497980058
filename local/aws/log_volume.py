"""How much came into each log group, as the metrics that CloudWatch Logs publishes of it.

Source: CloudWatch Logs user guide, "Monitoring with CloudWatch metrics": IncomingBytes (uncompressed bytes, unit Bytes)
and IncomingLogEvents (unit None), valid dimension LogGroupName, valid statistic Sum; without the dimension, of all log
groups together.
"""

import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from local.cloudwatch.logs import StoredBatch
from local.cloudwatch.source import MetricSink

NAMESPACE = "AWS/Logs"


class LogVolume:
    """add() events in any thread; publish() what came since, one value a metric, group and minute."""

    def __init__(self, metrics: MetricSink) -> None:
        self._metrics = metrics
        self._adding = threading.Lock()
        self._came: dict[tuple[int, str | None], tuple[int, int]] = {}

    def add(self, batches: Sequence[StoredBatch], now_s: float) -> None:
        """They came at `now_s` (seconds since the epoch), whatever their own timestamps say."""
        minute = int(now_s) // 60 * 60
        with self._adding:
            for batch in batches:
                for group in (batch.group, None):
                    size, number = self._came.get((minute, group), (0, 0))
                    self._came[minute, group] = (size + batch.size, number + len(batch.events))

    def publish(self) -> None:
        data = [datum for (minute, group), sums in self._take().items() for datum in _data(minute, group, *sums)]
        if data:
            self._metrics.put(NAMESPACE, data)

    def reset(self) -> None:
        """Forgets what came and was not published."""
        self._take()

    def _take(self) -> Mapping[tuple[int, str | None], tuple[int, int]]:
        with self._adding:
            came, self._came = self._came, {}
        return came


def _data(minute: int, group: str | None, size: int, number: int) -> list[Mapping[str, Any]]:
    where = {
        "Dimensions": [] if group is None else [{"Name": "LogGroupName", "Value": group}],
        "Timestamp": datetime.fromtimestamp(minute, UTC),
    }
    return [
        {"MetricName": "IncomingBytes", "Unit": "Bytes", "Value": float(size), **where},
        {"MetricName": "IncomingLogEvents", "Unit": "None", "Value": float(number), **where},
    ]
