"""A million stored values of the service's metrics, over the last hours, for what draws them."""

import math
import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime
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
# A counter, its share of the counts, how often it is 1.
COUNTS = (("Requests", 0.7, 1.0), ("Errors", 0.1, 0.04), ("Faults", 0.1, 0.002), ("ColdStarts", 0.1, 0.01))


def seed(folder: Path, values: int = VALUES) -> int:
    """Writes them into the database of a LOCAL_DIR where nothing runs; says how many."""
    folder.mkdir(parents=True, exist_ok=True)
    database = Database(database_path(folder), SCHEMAS)
    metrics = Metrics(database, time.time)
    chance = random.Random(7)  # noqa: S311 - data to look at
    minutes = HOURS * 60
    a_minute = values // minutes
    written = 0
    for minute in range(minutes):
        at = time.time() - 60 * (minutes - minute)
        data = list(_minute(at, minute, a_minute, chance))
        metrics.put(NAMESPACE, data)
        written += sum(len(datum["Values"]) for datum in data)
    database.close()
    return written


def _minute(at_s: float, minute: int, values: int, chance: random.Random) -> Iterator[dict[str, Any]]:
    """Half of the values are latencies, each with its own; the others are counts."""
    latencies = values // 2
    slow = 1 + 0.4 * math.sin(minute / 20)
    for dimensions, count in _parts(latencies):
        times = [round(slow * chance.lognormvariate(2.4, 0.7), 3) for _ in range(count)]
        yield _datum("Latency", "Milliseconds", dimensions, at_s, times)
    for name, share, likely in COUNTS:
        for dimensions, count in _parts(int((values - latencies) * share)):
            yield _datum(name, "Count", dimensions, at_s, [float(chance.random() < likely) for _ in range(count)])


def _parts(count: int) -> Iterator[tuple[list[dict[str, str]], int]]:
    """A datum's values at a time: one of the service as a whole, one of a route, and so on."""
    for number, begin in enumerate(range(0, count, AT_ONCE)):
        route = {"Name": "route", "Value": ROUTES[number // 2 % len(ROUTES)]}
        yield [SERVICE, route] if number % 2 else [SERVICE], min(AT_ONCE, count - begin)


def _datum(name: str, unit: str, dimensions: list[dict[str, str]], at_s: float, values: list[float]) -> dict[str, Any]:
    return {
        "MetricName": name,
        "Unit": unit,
        "Dimensions": dimensions,
        "Timestamp": datetime.fromtimestamp(at_s, UTC),
        "Values": values,
    }
