"""CloudWatch Logs on a laptop."""

from collections.abc import Callable, Sequence

from local.cloudwatch.logs.expiry import expire_events
from local.cloudwatch.logs.filtering import Filtering
from local.cloudwatch.logs.groups import Groups
from local.cloudwatch.logs.ingestion import Ingestion
from local.cloudwatch.logs.metric_filters import MetricFilters
from local.cloudwatch.logs.parameters import refuse_broken_texts
from local.cloudwatch.logs.queries import Queries
from local.cloudwatch.logs.query_definitions import QueryDefinitions
from local.cloudwatch.logs.reading import Reading
from local.cloudwatch.logs.records import Records
from local.cloudwatch.logs.schema import TABLES
from local.cloudwatch.logs.stored_batch import StoredBatch
from local.cloudwatch.logs.streams import Streams
from local.cloudwatch.source import MetricSink
from local.database import Database
from local.endpoint import Answer, Call, Operation, Operations, Store
from local.logs import LogEvent

_GROUP = "logGroupName"
_EITHER = "logGroupName logGroupIdentifier"
_PAGE = "nextToken limit"


class Logs:
    """`clock` gives seconds since the epoch. `on_events` hears of batches in the transaction that stores them, in
    the thread that does. The database has SCHEMA.
    """

    def __init__(
        self,
        database: Database,
        clock: Callable[[], float],
        metrics: MetricSink,
        on_events: Callable[[Sequence[StoredBatch]], None],
    ) -> None:
        def now_ms() -> int:
            return int(clock() * 1000)

        self._database = database
        self._now_ms = now_ms
        self._ingestion = Ingestion(database, now_ms, metrics, on_events)
        self._queries = Queries(database, now_ms)
        self._operations = {
            **_groups(Groups(database, now_ms), Streams(database, now_ms)),
            **_events(self._ingestion, Reading(database), Filtering(database), database),
            **_filters(MetricFilters(database, now_ms)),
            **_insights(self._queries, QueryDefinitions(database, now_ms), Records(database)),
        }

    def operations(self) -> Operations:
        """The operations of botocore's service `logs`. All others, StartLiveTail among them, are refused by name."""
        return self._operations

    def put(self, events: Sequence[LogEvent]) -> None:
        """What Lambda writes, in one transaction. Raises AwsError for a timestamp that is none."""
        self._ingestion.put(events)

    def expire(self) -> int:
        """Deletes what the groups' retention has let go, and tells how many events that were."""
        return expire_events(self._database, self._now_ms())

    def reset(self) -> None:
        """Forgets all: groups and their events, filters, saved queries, the answers of queries."""
        self._queries.forget()
        with self._database.write() as connection:
            for table in TABLES:
                connection.execute(f"DELETE FROM {table}")  # noqa: S608

    def close(self) -> None:
        """Ends the queries that run. Before the database is closed."""
        self._queries.close()


def _operation(run: Callable[[Call], Answer], takes: str, store: Store | None = None) -> Operation:
    def checked(call: Call) -> Answer:
        for key in call.parameters.keys() - {"logEvents"}:  # events are mended, not refused
            refuse_broken_texts(key, call.parameters[key])
        return run(call)

    return Operation(checked, frozenset(takes.split()), store)


def _groups(groups: Groups, streams: Streams) -> dict[str, Operation]:
    described = f"{_PAGE} logGroupNamePrefix logGroupNamePattern logGroupClass logGroupIdentifiers"
    return {
        "CreateLogGroup": _operation(groups.create, f"{_GROUP} tags logGroupClass deletionProtectionEnabled"),
        "DeleteLogGroup": _operation(groups.delete, _GROUP),
        "DescribeLogGroups": _operation(groups.describe, described),
        "ListLogGroups": _operation(groups.list_names, f"{_PAGE} logGroupClass"),
        "PutLogGroupDeletionProtection": _operation(groups.protect, "logGroupIdentifier deletionProtectionEnabled"),
        "PutRetentionPolicy": _operation(groups.put_retention, f"{_GROUP} retentionInDays"),
        "DeleteRetentionPolicy": _operation(groups.delete_retention, _GROUP),
        "TagResource": _operation(groups.tag, "resourceArn tags"),
        "UntagResource": _operation(groups.untag, "resourceArn tagKeys"),
        "ListTagsForResource": _operation(groups.list_tags, "resourceArn"),
        "CreateLogStream": _operation(streams.create, f"{_GROUP} logStreamName"),
        "DeleteLogStream": _operation(streams.delete, f"{_GROUP} logStreamName"),
        "DescribeLogStreams": _operation(streams.describe, f"{_EITHER} {_PAGE} logStreamNamePrefix orderBy descending"),
    }


def _events(ingestion: Ingestion, reading: Reading, filtering: Filtering, store: Store) -> dict[str, Operation]:
    times = "startTime endTime startFromHead"
    put = f"{_GROUP} logStreamName logEvents sequenceToken"
    filtered = f"{_EITHER} {_PAGE} {times} logStreamNames logStreamNamePrefix filterPattern interleaved"
    return {
        "PutLogEvents": _operation(ingestion.put_log_events, put, store),
        "GetLogEvents": _operation(reading.get_log_events, f"{_EITHER} {_PAGE} {times} logStreamName"),
        "FilterLogEvents": _operation(filtering.filter_log_events, filtered),
    }


def _filters(filters: MetricFilters) -> dict[str, Operation]:
    described = f"{_GROUP} {_PAGE} filterNamePrefix metricName metricNamespace"
    return {
        "PutMetricFilter": _operation(filters.put, f"{_GROUP} filterName filterPattern metricTransformations"),
        "DescribeMetricFilters": _operation(filters.describe, described),
        "DeleteMetricFilter": _operation(filters.delete, f"{_GROUP} filterName"),
        "TestMetricFilter": _operation(filters.test, "filterPattern logEventMessages"),
    }


def _insights(queries: Queries, definitions: QueryDefinitions, records: Records) -> dict[str, Operation]:
    started = f"{_GROUP} logGroupNames logGroupIdentifiers startTime endTime queryString limit queryLanguage"
    described = "queryLanguage queryDefinitionNamePrefix maxResults nextToken"
    return {
        "StartQuery": _operation(queries.start, started),
        "GetQueryResults": _operation(queries.results, "queryId nextToken maxItems"),
        "StopQuery": _operation(queries.stop, "queryId"),
        "DescribeQueries": _operation(queries.describe, f"{_GROUP} status maxResults nextToken queryLanguage"),
        "GetLogRecord": _operation(records.get, "logRecordPointer"),
        "PutQueryDefinition": _operation(
            definitions.put, "queryLanguage name queryDefinitionId logGroupNames queryString clientToken"
        ),
        "DescribeQueryDefinitions": _operation(definitions.describe, described),
        "DeleteQueryDefinition": _operation(definitions.delete, "queryDefinitionId"),
    }
