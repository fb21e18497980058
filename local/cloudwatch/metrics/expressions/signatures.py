"""PURE: the functions of metric math, with how many arguments each takes; those that the laptop has not, by name.

Source: "Using math expressions with CloudWatch metrics", the table of functions.
"""

from local.cloudwatch.metrics.errors import ExpressionError
from local.cloudwatch.metrics.expressions.search_call import read_search
from local.cloudwatch.metrics.expressions.tree import Call
from local.errors import NotSupported

ONE = (1, 1)
ARGUMENTS: dict[str, tuple[int, int]] = {
    **dict.fromkeys(("ABS", "CEIL", "FLOOR", "LOG", "LOG10"), ONE),
    **dict.fromkeys(("AVG", "MAX", "MIN", "STDDEV", "SUM", "DATAPOINT_COUNT", "METRIC_COUNT"), ONE),
    **dict.fromkeys(("DIFF", "DIFF_TIME", "RATE", "RUNNING_SUM", "REMOVE_EMPTY", "FIRST", "LAST"), ONE),
    **dict.fromkeys(("EPOCH", "MINUTE", "HOUR", "DAY", "DATE", "MONTH", "YEAR", "PERIOD", "TIME_SERIES"), ONE),
    "FILL": (2, 2),
    "IF": (2, 3),
    "METRICS": (0, 1),
    "SEARCH": (2, 3),
    "SLICE": (2, 3),
    "SORT": (3, 4),
}
REFUSED = {
    "ANOMALY_DETECTION_BAND": "there is no anomaly detection",
    "INSIGHT_RULE_METRIC": "there is no Contributor Insights",
    "DB_PERF_INSIGHTS": "there is no RDS Performance Insights",
    "LAMBDA": "there are no data source connectors",
    "SERVICE_QUOTA": "there are no service quotas",
}


def check_call(call: Call) -> None:
    """Raises ExpressionError or NotSupported where there is no such function, or not with that many arguments, or
    where SEARCH could find nothing by its text.
    """
    if call.function in REFUSED:
        raise NotSupported(
            f"{call.function} at position {call.position} is not supported on the laptop: {REFUSED[call.function]}"
        )
    if call.function not in ARGUMENTS:
        raise ExpressionError(f"Function '{call.function}' not found", call.position)
    fewest, most = ARGUMENTS[call.function]
    if not fewest <= len(call.arguments) <= most:
        takes = f"{fewest}" if fewest == most else f"{fewest} to {most}"
        raise ExpressionError(
            f"Function '{call.function}' takes {takes} arguments, not {len(call.arguments)}", call.position
        )
    if call.function == "SEARCH":
        read_search(call)
