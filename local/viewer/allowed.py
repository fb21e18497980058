"""PURE: the operations that the viewer may call. Each one reads; any other is refused before it leaves this process.

The names are botocore's. `StartQuery` starts a Logs Insights query, which reads, and `StopQuery` ends one of those.
"""

from collections.abc import Mapping

ALLOWED: Mapping[str, frozenset[str]] = {
    "cloudwatch": frozenset(
        {
            "DescribeAlarmHistory",
            "DescribeAlarms",
            "GetDashboard",
            "GetMetricData",
            "GetMetricStatistics",
            "ListDashboards",
            "ListMetrics",
        }
    ),
    "lambda": frozenset(
        {
            "GetFunctionConcurrency",
            "GetFunctionConfiguration",
            "ListFunctions",
            "ListProvisionedConcurrencyConfigs",
        }
    ),
    "logs": frozenset(
        {
            "DescribeLogGroups",
            "DescribeLogStreams",
            "DescribeMetricFilters",
            "DescribeQueryDefinitions",
            "FilterLogEvents",
            "GetLogEvents",
            "GetLogGroupFields",
            "GetLogRecord",
            "GetQueryResults",
            "StartLiveTail",
            "StartQuery",
            "StopQuery",
        }
    ),
    "resourcegroupstaggingapi": frozenset({"GetResources"}),
    "sns": frozenset({"ListSubscriptionsByTopic", "ListTopics"}),
    "xray": frozenset(
        {
            "BatchGetTraces",
            "GetGroups",
            "GetServiceGraph",
            "GetTimeSeriesServiceStatistics",
            "GetTraceGraph",
            "GetTraceSummaries",
        }
    ),
}
