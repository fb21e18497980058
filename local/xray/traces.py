"""X-Ray's store and its API, together."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from local.database import Database
from local.endpoint.call import Answer, Call, Operation, Operations
from local.xray.configuration import Configuration
from local.xray.datagrams import Rejected
from local.xray.graphs import Graphs
from local.xray.groups import Groups
from local.xray.opentelemetry import documents_of
from local.xray.reading import Reading
from local.xray.records import Records
from local.xray.rules import Rules
from local.xray.sampling import Sampling
from local.xray.schema import TABLES
from local.xray.tags import Tags
from local.xray.validation import reason_against
from local.xray.writing import Writing

_FRAME = ("StartTime", "EndTime", "NextToken")
_GROUP = ("GroupName", "GroupARN")


class Traces:
    """`database` has SCHEMA; `clock` gives seconds since the epoch. From any thread."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock
        self._records = Records(database, clock)

    def put(self, document: Mapping[str, Any]) -> None:
        self.put_many([document])

    def put_many(self, documents: Iterable[Mapping[str, Any]]) -> None:
        """Segments and subsegments that reason_against() has nothing against, in one transaction; in any order."""
        self._records.put_many(documents)

    def put_otlp(self, request: Mapping[str, Any], *, sampled: bool) -> None:
        """As put_spans(), but raises Rejected where spans can't be converted. X-Ray keeps no trace of what was not
        sampled: such spans are sent for other uses (Application Signals).
        """
        if sampled and (reasons := self.put_spans(request)):
            raise Rejected(f"otlp: {len(reasons)} of {len(documents_of(request))} spans, the first for {reasons[0]}")

    def put_spans(self, request: Mapping[str, Any]) -> list[str]:
        """An ExportTraceServiceRequest in OTLP's JSON encoding, ids in hexadecimal. The spans that can be converted are
        kept; of each other one the reason is returned.
        """
        spans = documents_of(request)
        found = [next(filter(None, map(reason_against, documents)), None) for documents in spans]
        self.put_many(
            document for documents, reason in zip(spans, found, strict=True) if reason is None for document in documents
        )
        return [reason for reason in found if reason is not None]

    def settle(self) -> None:
        """Makes now what the next question would make first: the facts of the traces that have got documents."""
        self._records.settle()

    def add_up(self) -> None:
        """Makes some of the sums that graphs are read from; without it they are read from the traces."""
        self._records.add_up()

    def expire(self) -> int:
        """Removes the traces that came more than 30 days ago; how many."""
        return self._records.expire()

    def reset(self) -> None:
        """Forgets all: traces, groups, rules, what was sampled."""
        self._records.empty(TABLES)

    def operations(self) -> Operations:
        """What botocore's `xray` has and this has not is refused by name: Insights, resource policies, indexing rules,
        trace retrieval, encryption by a key, and destinations other than X-Ray.
        """
        groups = Groups(kept_groups := Configuration(self._database, "group"))
        rules = Rules(kept_rules := Configuration(self._database, "rule"), self._clock)
        writing, reading = Writing(self._records), Reading(self._records, groups)
        graphs, sampling = Graphs(self._records, groups), Sampling(self._database, rules, self._clock)
        tags = Tags([(groups.all, kept_groups), (rules.all, kept_rules)])
        return {
            "PutTraceSegments": _operation(writing.put_trace_segments, "TraceSegmentDocuments"),
            "PutTelemetryRecords": _operation(
                writing.put_telemetry_records, "TelemetryRecords", "EC2InstanceId", "Hostname", "ResourceARN"
            ),
            "GetTraceSummaries": _operation(
                reading.get_trace_summaries,
                *_FRAME,
                *("TimeRangeType", "Sampling", "SamplingStrategy", "FilterExpression"),
            ),
            "BatchGetTraces": _operation(reading.batch_get_traces, "TraceIds", "NextToken"),
            "GetServiceGraph": _operation(graphs.get_service_graph, *_FRAME, *_GROUP),
            "GetTraceGraph": _operation(graphs.get_trace_graph, "TraceIds", "NextToken"),
            "GetTimeSeriesServiceStatistics": _operation(
                graphs.get_time_series_service_statistics,
                *_FRAME,
                *_GROUP,
                *("EntitySelectorExpression", "Period", "ForecastStatistics"),
            ),
            "CreateGroup": _operation(groups.create, "GroupName", "FilterExpression", "InsightsConfiguration", "Tags"),
            "GetGroup": _operation(groups.get, *_GROUP),
            "GetGroups": _operation(groups.get_all, "NextToken"),
            "UpdateGroup": _operation(groups.update, *_GROUP, "FilterExpression", "InsightsConfiguration"),
            "DeleteGroup": _operation(groups.delete, *_GROUP),
            "CreateSamplingRule": _operation(rules.create, "SamplingRule", "Tags"),
            "GetSamplingRules": _operation(rules.get_all, "NextToken"),
            "UpdateSamplingRule": _operation(rules.update, "SamplingRuleUpdate"),
            "DeleteSamplingRule": _operation(rules.delete, "RuleName", "RuleARN"),
            "GetSamplingTargets": _operation(sampling.get_targets, "SamplingStatisticsDocuments"),
            "GetSamplingStatisticSummaries": _operation(sampling.get_summaries, "NextToken"),
            "GetEncryptionConfig": _operation(_encryption),
            "TagResource": _operation(tags.tag, "ResourceARN", "Tags"),
            "UntagResource": _operation(tags.untag, "ResourceARN", "TagKeys"),
            "ListTagsForResource": _operation(tags.list, "ResourceARN", "NextToken"),
        }


def _operation(run: Callable[[Call], Answer], *takes: str) -> Operation:
    return Operation(run, frozenset(takes))


def _encryption(call: Call) -> Answer:
    """The default of an account: X-Ray's own key (AWS page "Configuring sampling, groups, and encryption settings")."""
    del call
    return {"EncryptionConfig": {"Status": "ACTIVE", "Type": "NONE"}}
