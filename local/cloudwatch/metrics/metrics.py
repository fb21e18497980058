"""CloudWatch's metrics on a laptop, over one database."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from local.cloudwatch.metrics import listing, metric_data, metric_statistics
from local.cloudwatch.metrics.datum import Datum, invalid, is_in_time, parse_data
from local.cloudwatch.metrics.emf import Extraction, Wrong
from local.cloudwatch.metrics.identity import Metric
from local.cloudwatch.metrics.retention import drop_expired, roll_up
from local.cloudwatch.metrics.schema import TABLES
from local.cloudwatch.metrics.writing import Writer
from local.cloudwatch.source import Series
from local.database import Database
from local.endpoint.call import Answer, Call, Operation, Operations
from local.errors import NotSupported


class EmfBatch(NamedTuple):
    """Log events of a group that may be in the embedded metric format: milliseconds since the epoch, and message."""

    log_group: str
    events: Sequence[tuple[int, str]]


class Metrics:
    """`clock` gives seconds since the epoch. All methods may be called from any thread."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock
        self._writer = Writer(database)

    def operations(self) -> Operations:
        """Of the service `cloudwatch`."""
        taken = {"Namespace", "MetricData", "EntityMetricData", "StrictEntityValidation"}
        return {
            "PutMetricData": Operation(self._put_metric_data, frozenset(taken), self._database),
            "ListMetrics": self._reading(listing.list_metrics, listing.TAKES),
            "GetMetricStatistics": self._reading(metric_statistics.get_metric_statistics, metric_statistics.TAKES),
            "GetMetricData": self._reading(metric_data.get_metric_data, metric_data.TAKES),
        }

    def put(self, namespace: str, data: Sequence[Mapping[str, Any]]) -> None:
        """`data` in the shape of PutMetricData's MetricData; AWS/... namespaces are taken. Raises AwsError."""
        now_s = self._clock()
        self._write(parse_data(namespace, data, now_s), now_s)

    def put_emf_batches(self, batches: Iterable[EmfBatch]) -> None:
        """Takes the metrics from log events, in one transaction. Does nothing, quickly, where none of them is in the
        embedded metric format. What is wrong with them is counted in AWS/Logs.
        """
        now_s = self._clock()
        extraction = Extraction[tuple[str, int]](now_s)
        for log_group, events in batches:
            for timestamp_ms, message in events:
                extraction.add(message, (log_group, timestamp_ms))
        data, wrong = extraction.result()
        for (log_group, timestamp_ms), errors in wrong:
            data += _errors(log_group, timestamp_ms / 1_000, errors, now_s)
        if data:
            self._write(data, now_s)

    def evaluate(self, queries: Sequence[Mapping[str, Any]], start_s: int, end_s: int) -> list[Series]:
        """As local.cloudwatch.source.MetricSource says."""
        return metric_data.evaluate_queries(self._database, queries, start_s, end_s, self._clock())

    def expire(self) -> None:
        """Rolls up and drops what CloudWatch would. To be called every minute or so."""
        now_s = self._clock()
        with self._database.write() as connection:
            roll_up(connection, now_s)
            drop_expired(connection, now_s)
            self._writer.forget()

    def reset(self) -> None:
        """Forgets all metrics."""
        with self._database.write() as connection:
            for table in TABLES:
                connection.execute(f"DELETE FROM {table}")  # noqa: S608 - the names are constants
            self._writer.forget()

    def _reading(self, run: Callable[[Database, Call, float], Answer], takes: frozenset[str]) -> Operation:
        return Operation(lambda call: run(self._database, call, self._clock()), takes)

    def _put_metric_data(self, call: Call) -> Answer:
        given = call.parameters
        for name in ("EntityMetricData", "StrictEntityValidation"):
            if name in given:
                raise NotSupported(f"PutMetricData's {name} is not supported on the laptop: metrics have no entities")
        if given["Namespace"].startswith("AWS/"):
            raise invalid("The value AWS/ for parameter Namespace is invalid.")
        self.put(given["Namespace"], given.get("MetricData", ()))
        return {}

    def _write(self, data: Sequence[Datum], now_s: float) -> None:
        with self._database.add() as connection:
            self._writer.write(connection, data, now_s)


def _errors(log_group: str, at_s: float, wrong: Wrong, now_s: float) -> Iterator[Datum]:
    """As the page "Monitoring with CloudWatch metrics" of CloudWatch Logs has them: by LogGroupName, unit None."""
    counted = {"EMFParsingErrors": wrong.parsing_errors, "EMFValidationErrors": wrong.validation_errors}
    for name, number in counted.items():
        if number:
            metric = Metric("AWS/Logs", name, (("LogGroupName", log_group),))
            yield Datum(metric, "None", 60, at_s if is_in_time(at_s, now_s) else now_s, (float(number), 1.0))
