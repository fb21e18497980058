"""The metrics that AWS itself publishes and this board relies on. PURE data, each with its page.

Namespaces, names, dimensions, units and statistics are those of the named pages; one that a board uses and that isn't
here fails the contract.
"""

from __future__ import annotations

from dataclasses import dataclass

from observability.catalogue import Unit

LAMBDA = 'Lambda developer guide, "Types of metrics for Lambda functions"'
GATEWAY = 'API Gateway developer guide, "Amazon API Gateway dimensions and metrics"'
DYNAMODB = 'DynamoDB developer guide, "DynamoDB Metrics and dimensions"'
LOGS = 'CloudWatch Logs user guide, "Monitoring with CloudWatch metrics"'

COUNTED = ("Sum",)
RATED = ("Sum", "Average", "SampleCount")
TIMED = ("Average", "Minimum", "Maximum", "SampleCount", "p", "PR", "TM")
"""Lambda: "Duration also supports percentile statistics". `p`, `PR`, `TM`: with any bounds."""
CONCURRENT = ("Maximum",)
"""The same page: view concurrency metrics with Max."""
CONSUMED = ("Sum", "Average", "Minimum", "Maximum", "SampleCount")
TABLE_TIMED = ("Average", "Minimum", "Maximum", "SampleCount")
"""DynamoDB's page lists no percentile."""


@dataclass(frozen=True)
class PlatformMetric:
    """A metric of AWS's. `dimensions`: the sets it comes in. `statistics`: those that its page gives a meaning."""

    namespace: str
    name: str
    unit: Unit
    dimensions: tuple[tuple[str, ...], ...]
    statistics: tuple[str, ...]
    source: str


_FUNCTION = (("FunctionName",), ("FunctionName", "Resource"), ("ExecutedVersion", "FunctionName", "Resource"))
_ALIAS = (("FunctionName", "Resource"),)
_API = (("ApiName",), ("ApiName", "Stage"), ("ApiName", "Method", "Resource", "Stage"))
_TABLE = (("TableName",), ("GlobalSecondaryIndexName", "TableName"))
_OPERATION = (("Operation", "TableName"),)
_GROUP = (("LogGroupName",),)


def _lambda(name: str, unit: Unit, statistics: tuple[str, ...]) -> PlatformMetric:
    return PlatformMetric("AWS/Lambda", name, unit, _FUNCTION, statistics, LAMBDA)


def _api(name: str, unit: Unit, statistics: tuple[str, ...]) -> PlatformMetric:
    return PlatformMetric("AWS/ApiGateway", name, unit, _API, statistics, GATEWAY)


def _table(
    name: str, sets: tuple[tuple[str, ...], ...] = _TABLE, statistics: tuple[str, ...] = CONSUMED
) -> PlatformMetric:
    return PlatformMetric("AWS/DynamoDB", name, Unit.COUNT, sets, statistics, DYNAMODB)


def _logs(name: str, unit: Unit) -> PlatformMetric:
    return PlatformMetric("AWS/Logs", name, unit, _GROUP, COUNTED, LOGS)


INVOCATIONS = _lambda("Invocations", Unit.COUNT, COUNTED)
FUNCTION_ERRORS = _lambda("Errors", Unit.COUNT, COUNTED)
FUNCTION_THROTTLES = _lambda("Throttles", Unit.COUNT, COUNTED)
DURATION = _lambda("Duration", Unit.MILLISECONDS, TIMED)
CONCURRENT_EXECUTIONS = _lambda("ConcurrentExecutions", Unit.COUNT, CONCURRENT)
PROVISIONED_UTILIZATION = PlatformMetric(
    "AWS/Lambda", "ProvisionedConcurrencyUtilization", Unit.NONE, _ALIAS, CONCURRENT, LAMBDA
)
PROVISIONED_SPILLOVER = PlatformMetric(
    "AWS/Lambda", "ProvisionedConcurrencySpilloverInvocations", Unit.COUNT, _FUNCTION, COUNTED, LAMBDA
)

API_COUNT = _api("Count", Unit.COUNT, ("SampleCount", "Sum"))
API_4XX = _api("4XXError", Unit.COUNT, RATED)
API_5XX = _api("5XXError", Unit.COUNT, RATED)
API_LATENCY = _api("Latency", Unit.MILLISECONDS, TIMED)
INTEGRATION_LATENCY = _api("IntegrationLatency", Unit.MILLISECONDS, TIMED)

CONSUMED_READS = _table("ConsumedReadCapacityUnits")
CONSUMED_WRITES = _table("ConsumedWriteCapacityUnits")
READ_THROTTLES = _table("ReadThrottleEvents", statistics=("Sum", "SampleCount"))
WRITE_THROTTLES = _table("WriteThrottleEvents", statistics=("Sum", "SampleCount"))
TABLE_ERRORS = _table("SystemErrors", _OPERATION, ("Sum", "SampleCount"))
TABLE_LATENCY = PlatformMetric(
    "AWS/DynamoDB", "SuccessfulRequestLatency", Unit.MILLISECONDS, _OPERATION, TABLE_TIMED, DYNAMODB
)
CONDITIONS_FAILED = _table("ConditionalCheckFailedRequests", (("TableName",),))

INCOMING_BYTES = _logs("IncomingBytes", Unit.BYTES)
INCOMING_EVENTS = _logs("IncomingLogEvents", Unit.NONE)
EMF_PARSING_ERRORS = _logs("EMFParsingErrors", Unit.NONE)
EMF_VALIDATION_ERRORS = _logs("EMFValidationErrors", Unit.NONE)

ALL: tuple[PlatformMetric, ...] = (
    INVOCATIONS,
    FUNCTION_ERRORS,
    FUNCTION_THROTTLES,
    DURATION,
    CONCURRENT_EXECUTIONS,
    PROVISIONED_UTILIZATION,
    PROVISIONED_SPILLOVER,
    API_COUNT,
    API_4XX,
    API_5XX,
    API_LATENCY,
    INTEGRATION_LATENCY,
    CONSUMED_READS,
    CONSUMED_WRITES,
    READ_THROTTLES,
    WRITE_THROTTLES,
    TABLE_ERRORS,
    TABLE_LATENCY,
    CONDITIONS_FAILED,
    INCOMING_BYTES,
    INCOMING_EVENTS,
    EMF_PARSING_ERRORS,
    EMF_VALIDATION_ERRORS,
)
