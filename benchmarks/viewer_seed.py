"""A million stored values of the service's metrics, over the last hours, for what draws them."""

import math
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from local.aws.composition import SCHEMAS, database_path
from local.cloudwatch.metrics import Metrics
from local.database import Database

VALUES = 1_000_000
HOURS = 3
AT_ONCE = 150  # values of a datum, PutMetricData's own limit
ROUTES = ("/api/items/", "/api/items/{item_id}", "/api/health", "/api/items/search")
NAMESPACE = "Glasshouse/dev"
SERVICE = {"Name": "service", "Value": "items"}


def seed(folder: Path, values: int = VALUES) -> int:
    """Writes them into the database of a LOCAL_DIR where nothing runs; says how many."""
    folder.mkdir(parents=True, exist_ok=True)
    metrics = Metrics(Database(database_path(folder), SCHEMAS), time.time)
    chance = random.Random(7)  # noqa: S311 - data to look at
    minutes = HOURS * 60
    a_minute = values // minutes
    written = 0
    for minute in range(minutes):
        at = time.time() - 60 * (minutes - minute)
        data = list(_minute(at, minute, a_minute, chance))
        metrics.put(NAMESPACE, data)
        written += sum(len(datum["Values"]) for datum in data)
    return written


def _minute(at_s: float, minute: int, values: int, chance: random.Random) -> Iterator[dict[str, Any]]:
    """Half of the values are latencies, each with its own; the others are counts."""
    latencies = values // 2
    slow = 1 + 0.4 * math.sin(minute / 20)
    for begin in range(0, latencies, AT_ONCE):
        times = [round(slow * chance.lognormvariate(2.4, 0.7), 3) for _ in range(min(AT_ONCE, latencies - begin))]
        route = {"Name": "route", "Value": ROUTES[begin // AT_ONCE % len(ROUTES)]}
        dimensions = [SERVICE] if begin % (2 * AT_ONCE) == 0 else [SERVICE, route]
        yield _datum("Latency", "Milliseconds", dimensions, at_s, times)
    for name, share in (("Requests", 0.7), ("Errors", 0.1), ("Faults", 0.1), ("ColdStarts", 0.1)):
        count = int((values - latencies) * share)
        for begin in range(0, count, AT_ONCE):
            wanted = min(AT_ONCE, count - begin)
            truth = 1.0 if name == "Requests" else float(chance.random() < 0.02)
            route = {"Name": "route", "Value": ROUTES[begin // AT_ONCE % len(ROUTES)]}
            dimensions = [SERVICE] if begin % (2 * AT_ONCE) == 0 else [SERVICE, route]
            yield _datum(name, "Count", dimensions, at_s, [truth] * wanted)


def _datum(name: str, unit: str, dimensions: list[dict[str, str]], at_s: float, values: list[float]) -> dict[str, Any]:
    from datetime import UTC, datetime

    return {
        "MetricName": name,
        "Unit": unit,
        "Dimensions": dimensions,
        "Timestamp": datetime.fromtimestamp(at_s, UTC),
        "Values": values,
    }
