"""The dashboards of what AWS runs for the service, row by row: function, API, table. PURE."""

from __future__ import annotations

from dashboards import aws_thresholds, filters, platform, queries, thresholds
from dashboards.layout import Dashboard, row
from dashboards.measures import average, most, percentile, samples, total
from dashboards.widgets import Graph, Line, Query
from observability.catalogue import COLD_STARTS, INIT_DURATION, MEMORY_USED, NEAR_TIMEOUTS

LAMBDA = Dashboard(
    name="lambda",
    title="Lambda",
    about="Is it the function? Time and memory against their bounds, concurrency, starts, and what was killed.",
    rows=(
        row(
            Graph(
                title="Duration",
                shows=(
                    percentile(50, platform.DURATION, "p50"),
                    percentile(99, platform.DURATION, "p99"),
                    most(platform.DURATION, "longest"),
                ),
                lines=(Line("timeout", "${TimeoutSeconds}000"),),
                axis="ms",
            ),
            Graph(title="Duration against the timeout", alarms=(aws_thresholds.DURATION,), axis="% of the timeout"),
            Graph(title="Near timeouts", alarms=(thresholds.NEAR_TIMEOUTS,), axis="requests"),
        ),
        row(
            Graph(
                title="Memory",
                shows=(
                    most(filters.PEAK_MEMORY, "peak, Lambda's measure"),
                    most(MEMORY_USED, "most, the process's own"),
                    average(MEMORY_USED, "mean, the process's own"),
                ),
                lines=(Line("size", "${MemorySize}"),),
                axis="MB",
            ),
            Graph(title="Memory against its size", alarms=(aws_thresholds.MEMORY,), axis="% of the memory"),
            Graph(
                title="Starts",
                shows=(
                    percentile(50, INIT_DURATION, "p50, ms"),
                    most(INIT_DURATION, "longest, ms"),
                    total(COLD_STARTS, "cold starts"),
                ),
                axis="ms, and how many",
            ),
        ),
        row(
            Graph(
                title="Concurrency",
                shows=(most(platform.CONCURRENT_EXECUTIONS, "sandboxes at work"),),
                alarms=(aws_thresholds.CONCURRENCY,),
                lines=(Line("reserve", "${ReservedConcurrency}", only_if="HasReserve"),),
                axis="sandboxes, % of the reserve",
                period_s=60,
            ),
            Graph(
                title="Throttles",
                alarms=(aws_thresholds.LAMBDA_THROTTLES,),
                axis="requests turned away",
                period_s=60,
            ),
            Graph(
                title="Provisioned concurrency",
                shows=(
                    most(platform.PROVISIONED_UTILIZATION, "share in use (0 to 1)"),
                    total(
                        platform.PROVISIONED_SPILLOVER, "requests beyond it", Resource="${FunctionName}:${AliasName}"
                    ),
                ),
                axis="share, and requests",
            ),
        ),
        row(
            Graph(
                title="Invocations that died",
                shows=(
                    total(filters.TIMEOUTS, "timeouts"),
                    total(filters.CRASHES, "crashes"),
                    total(filters.INIT_ERRORS, "failed starts"),
                    total(NEAR_TIMEOUTS, "near timeouts"),
                ),
                alarms=(aws_thresholds.LAMBDA_ERRORS,),
                axis="invocations a minute",
                period_s=60,
            ),
            Graph(
                title="Invocations",
                shows=(
                    total(platform.INVOCATIONS, "all"),
                    total(platform.INVOCATIONS, "by the alias", Resource="${FunctionName}:${AliasName}"),
                ),
                axis="a minute",
                period_s=60,
            ),
        ),
        row(Query(title="Lambda's reports", query=queries.REPORTS.query)),
        row(
            Query(title="Killed", query=queries.KILLED.query),
            Query(title="Failed starts", query=queries.FAILED_STARTS.query),
        ),
        row(Query(title="Where requests hung", query=queries.NEAR_TIMEOUTS.query)),
    ),
)

EDGES = Dashboard(
    name="api-and-table",
    title="API and table",
    about="Is it what stands before or behind the function? API Gateway as its clients see it, DynamoDB as it is used.",
    rows=(
        row(
            Graph(
                title="API: requests",
                shows=(samples(platform.API_COUNT, "all", Stage="${Stage}"),),
                axis="a minute",
                period_s=60,
            ),
            Graph(title="API: 5XX", alarms=(aws_thresholds.API_5XX,), axis="% of requests", period_s=60),
            Graph(
                title="API: 4XX and 5XX",
                shows=(
                    total(platform.API_4XX, "4XX", Stage="${Stage}"),
                    total(platform.API_5XX, "5XX", Stage="${Stage}"),
                ),
                axis="a minute",
                period_s=60,
            ),
        ),
        row(
            Graph(
                title="API: latency, and the function's part of it",
                shows=(
                    percentile(50, platform.API_LATENCY, "p50", Stage="${Stage}"),
                    percentile(99, platform.API_LATENCY, "p99", Stage="${Stage}"),
                    percentile(99, platform.INTEGRATION_LATENCY, "p99 of the integration", Stage="${Stage}"),
                ),
                axis="ms",
            ),
            Query(title="What the API logged last", query=queries.GATEWAY.query, group="${AccessLogGroupName}"),
        ),
        row(
            Graph(
                title="Table: consumed",
                shows=(
                    total(platform.CONSUMED_READS, "reads"),
                    total(platform.CONSUMED_WRITES, "writes"),
                    total(platform.CONSUMED_READS, "reads, listing", GlobalSecondaryIndexName="listing"),
                    total(platform.CONSUMED_WRITES, "writes, listing", GlobalSecondaryIndexName="listing"),
                ),
                axis="units",
            ),
            Graph(title="Table: throttled", alarms=(aws_thresholds.TABLE_THROTTLES,), axis="events", period_s=60),
            Graph(title="Table: system errors", alarms=(aws_thresholds.TABLE_ERRORS,), axis="calls", period_s=60),
        ),
        row(
            Graph(
                title="Table: latency within DynamoDB",
                shows=tuple(
                    average(platform.TABLE_LATENCY, f"{one}, mean", Operation=one)
                    for one in ("GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query")
                ),
                axis="ms",
            ),
            Graph(
                title="Table: conditional writes that lost",
                shows=(total(platform.CONDITIONS_FAILED, "lost"),),
                axis="writes",
            ),
        ),
    ),
)
