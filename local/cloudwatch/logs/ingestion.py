"""Events come in: PutLogEvents, and what the laptop's Lambda writes. They are kept in one transaction with what those
who listen make of them: there is no event whose metrics a kill has lost.
"""

import logging
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Sequence

from local.cloudwatch.logs.batch import check_batch
from local.cloudwatch.logs.errors import RegexTooSlow
from local.cloudwatch.logs.groups import make_group
from local.cloudwatch.logs.metric_filters import filters_of
from local.cloudwatch.logs.metric_values import MetricFilter, metric_data
from local.cloudwatch.logs.parameters import group_name, stream_name
from local.cloudwatch.logs.places import Places
from local.cloudwatch.logs.stored_batch import StoredBatch
from local.cloudwatch.logs.streams import SEQUENCE_TOKEN, make_stream
from local.cloudwatch.logs.texts import whole_text
from local.cloudwatch.logs.writing import Target, Writing
from local.cloudwatch.source import MetricSink
from local.database import Database
from local.endpoint import Answer, Call
from local.errors import AwsError
from local.logs import LogEvent

LAMBDA_GROUPS = "/aws/lambda/"

_log = logging.getLogger(__name__)


class Ingestion:
    def __init__(
        self,
        database: Database,
        now_ms: Callable[[], int],
        metrics: MetricSink,
        on_events: Callable[[Sequence[StoredBatch]], None],
    ) -> None:
        self._database = database
        self._now_ms = now_ms
        self._metrics = metrics
        self._on_events = on_events
        self._places = Places(database)
        self._writing = Writing(database)
        self._stored = database.at_end(self._end)

    def put_log_events(self, call: Call) -> Answer:
        given, now_ms = call.parameters, self._now_ms()
        name, stream = group_name(given), stream_name(given)
        with self._database.add() as connection:
            place = self._places.find(connection, name, stream)
            batch = check_batch(given["logEvents"], now_ms, place.retention_days)
            if batch.events:
                target = Target(place.group, place.stream, name.startswith(LAMBDA_GROUPS))
                size = self._writing.events(connection, target, batch.events, now_ms)
                if place.has_filters:
                    self._apply(filters_of(connection, place.group), batch.events)
                self._stored(StoredBatch(name, stream, batch.events, size))
            self._places.keep()
        rejected = {"rejectedLogEventsInfo": dict(batch.rejected)} if batch.rejected else {}
        return {"nextSequenceToken": SEQUENCE_TOKEN, **rejected}

    def put(self, events: Sequence[LogEvent]) -> None:
        """One transaction for all of them. Groups and streams are made when they are first written to."""
        now_ms = self._now_ms()
        batches: defaultdict[str, defaultdict[str, list[tuple[int, str]]]] = defaultdict(lambda: defaultdict(list))
        for event in events:
            batches[event.group][event.stream].append((event.timestamp_ms, whole_text(event.message)))
        with self._database.add() as connection:
            for name, streams in batches.items():
                group = _found_or_made_group(connection, name, now_ms)
                filters = filters_of(connection, group)
                for stream, written in streams.items():
                    into = _found_or_made_stream(connection, group, stream, now_ms)
                    size = self._writing.events(connection, Target(group, into, is_lambda=True), written, now_ms)
                    self._stored(StoredBatch(name, stream, written, size))
                self._apply(filters, [event for written in streams.values() for event in written])

    def _end(self, stored: Sequence[StoredBatch]) -> None:
        """Of all that is stored in one transaction."""
        only_events = self._places.are_known()
        self._on_events(stored)
        if only_events:
            self._places.keep()

    def _apply(self, filters: list[MetricFilter], events: Sequence[tuple[int, str]]) -> None:
        """What a filter cannot do is said in the log: the events are stored, and their sender did nothing wrong."""
        if not filters:
            return
        for namespace, data in metric_data(filters, events, _log_slow).items():
            try:
                self._metrics.put(namespace, data)
            except AwsError as error:
                _log.warning("metric filters of namespace %s: %s", namespace, error)


def _log_slow(metric_filter: MetricFilter, error: RegexTooSlow) -> None:
    _log.warning("metric filter %s: %s", metric_filter.name, error)


def _found_or_made_group(connection: sqlite3.Connection, name: str, now_ms: int) -> int:
    found = connection.execute("SELECT id FROM log_groups WHERE name = ?", (name,)).fetchone()
    return int(found[0]) if found else make_group(connection, name, now_ms)


def _found_or_made_stream(connection: sqlite3.Connection, group: int, name: str, now_ms: int) -> int:
    found = connection.execute("SELECT id FROM log_streams WHERE group_id = ? AND name = ?", (group, name)).fetchone()
    return int(found[0]) if found else make_stream(connection, group, name, now_ms)
