"""An account, or a laptop, through AWS's APIs: what a stack has, what its metrics and logs say."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from dashboards.errors import VerifyError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

NESTED = "AWS::CloudFormation::Stack"
_GONE = ("CREATE_FAILED", "DELETE_COMPLETE")
"""Statuses of what isn't there; what could not be updated is there as it was."""
_MOST_NAMES = 100
"""DescribeAlarms: "AlarmNames: array members: maximum number of 100 items"."""
_PAUSE_S, _LONGEST_PAUSE_S = 0.05, 1.0


@dataclass(frozen=True)
class Resource:
    """`reason`: why the stack lacks it; "" where it has it."""

    logical_id: str
    kind: str
    physical_id: str
    reason: str


@dataclass(frozen=True)
class Span:
    """From and to, in seconds since the epoch."""

    start_s: int
    end_s: int

    def aligned(self, period_s: int) -> Span:
        """Whole periods, so that the first and the last one count too."""
        return Span(self.start_s // period_s * period_s, (self.end_s // period_s + 1) * period_s)


class Account:
    """`session` is a boto3 session. Every method may raise botocore's ClientError or BotoCoreError, rows() VerifyError
    for a query that did not end well.
    """

    def __init__(self, session: Any, endpoint_url: str | None) -> None:
        self._stacks, self._metrics, self._logs = (
            session.client(name, endpoint_url=endpoint_url) for name in ("cloudformation", "cloudwatch", "logs")
        )

    def resources(self, stack: str) -> list[Resource]:
        """Those of the stacks that it nests too."""
        return list(self._resources(stack))

    def _resources(self, stack: str) -> Iterator[Resource]:
        # DescribeStackResources tells the first 100 only.
        for page in self._stacks.get_paginator("list_stack_resources").paginate(StackName=stack):
            for one in page["StackResourceSummaries"]:
                gone = one["ResourceStatus"] in _GONE
                reason = one.get("ResourceStatusReason", one["ResourceStatus"]) if gone else ""
                physical_id = one.get("PhysicalResourceId", "")
                yield Resource(one["LogicalResourceId"], one["ResourceType"], physical_id, reason)
                if one["ResourceType"] == NESTED and not gone:
                    yield from self._resources(physical_id)

    def dashboard(self, name: str) -> str:
        return str(self._metrics.get_dashboard(DashboardName=name)["DashboardBody"])

    def counts(self, queries: Sequence[Mapping[str, Any]], span: Span) -> Mapping[str, int]:
        """How many values each query has, by its id: a SEARCH's series together."""
        counted: dict[str, int] = {}
        pages = self._metrics.get_paginator("get_metric_data").paginate(
            MetricDataQueries=list(queries),
            StartTime=datetime.fromtimestamp(span.start_s, UTC),
            EndTime=datetime.fromtimestamp(span.end_s, UTC),
        )
        for page in pages:
            for result in page["MetricDataResults"]:
                counted[result["Id"]] = counted.get(result["Id"], 0) + len(result["Values"])
        return counted

    def rows(self, query: str, groups: Sequence[str], span: Span) -> list[Mapping[str, str]]:
        """A Logs Insights query's rows, by their fields."""
        started = self._logs.start_query(
            logGroupNames=list(groups), startTime=span.start_s, endTime=span.end_s, queryString=query
        )
        pause_s = _PAUSE_S
        while True:
            answer = self._logs.get_query_results(queryId=started["queryId"])
            if answer["status"] not in ("Scheduled", "Running", "Complete"):
                raise VerifyError(f"the query ended as {answer['status']}: {query}")
            if answer["status"] == "Complete":
                return [{cell["field"]: cell["value"] for cell in row} for row in answer["results"]]
            time.sleep(pause_s)
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)

    def alarms(self, names: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        """Metric alarms and composites by their names."""
        found: dict[str, Mapping[str, Any]] = {}
        for at in range(0, len(names), _MOST_NAMES):
            pages = self._metrics.get_paginator("describe_alarms").paginate(
                AlarmNames=list(names[at : at + _MOST_NAMES]), AlarmTypes=["MetricAlarm", "CompositeAlarm"]
            )
            for page in pages:
                for alarm in [*page["MetricAlarms"], *page["CompositeAlarms"]]:
                    found[alarm["AlarmName"]] = alarm
        return found

    def saved_queries(self) -> Mapping[str, Mapping[str, Any]]:
        """All of the account's, by their ids."""
        found: dict[str, Mapping[str, Any]] = {}
        token: dict[str, str] = {}
        while True:
            answer = self._logs.describe_query_definitions(maxResults=1000, **token)
            found |= {one["queryDefinitionId"]: one for one in answer["queryDefinitions"]}
            if "nextToken" not in answer:
                return found
            token = {"nextToken": answer["nextToken"]}
