"""GetMetricData, and the same for alarms and dashboards."""

from collections.abc import Mapping, Sequence
from typing import Any

from local.cloudwatch.metrics.engine import Account, Engine, Result
from local.cloudwatch.metrics.expressions import TimeSeries
from local.cloudwatch.metrics.labels import Moment, joined, label, parse_timezone
from local.cloudwatch.metrics.limits import MOST_DATAPOINTS
from local.cloudwatch.metrics.pages import Labelled, Place, page, read_token, token
from local.cloudwatch.metrics.queries import MetricStat, Query, parse_queries, validation
from local.cloudwatch.source import Series
from local.database import Database
from local.endpoint.call import Answer, Call
from local.errors import NotSupported

TAKES = frozenset({"MetricDataQueries", "StartTime", "EndTime", "NextToken", "ScanBy", "MaxDatapoints", "LabelOptions"})
ORDERS = ("TimestampDescending", "TimestampAscending")
TOO_MANY = {"Code": "MaxMetricsExceeded", "Value": "Maximum number of allowed metrics exceeded"}
CUT = {"Code": "MaxDatapointsExceeded", "Value": "Maximum number of allowed datapoints exceeded"}


def get_metric_data(database: Database, call: Call, now_s: float) -> Answer:
    given = call.parameters
    queries = parse_queries(given["MetricDataQueries"])
    start_s, end_s, most, descending = _check(given)
    place = read_token(given["NextToken"], given) if "NextToken" in given else Place()
    moment = Moment(now_s, parse_timezone(given.get("LabelOptions", {}).get("Timezone", "+0000")))
    with database.read() as connection:
        engine = Engine(connection, start_s, end_s, now_s, Account(call.account_id, call.region))
        results = engine.results(queries)
    labelled = [
        Labelled(query.id, its_label, sorted(series.points.items(), reverse=descending))
        for query in queries
        if query.returned
        for its_label, series in labelled_series(query, results[query.id], moment)
    ]
    shown = page(labelled, place, most)
    answer: dict[str, Any] = {"MetricDataResults": shown.results, "Messages": [TOO_MANY] if engine.too_many else []}
    if shown.following and all(isinstance(query.asks, MetricStat) for query in queries):
        answer["NextToken"] = token(shown.following, given)
    elif shown.following:  # "NextToken is not returned if you are performing a math expression"
        answer["Messages"] = [*answer["Messages"], CUT]
    return answer


def evaluate_queries(
    database: Database, queries: Sequence[Mapping[str, Any]], start_s: int, end_s: int, now_s: float
) -> list[Series]:
    """Of the queries with ReturnData. Raises NotSupported where a metric has datapoints of several units."""
    parsed = parse_queries(queries)
    if start_s >= end_s:
        return []
    with database.read() as connection:
        results = Engine(connection, start_s, end_s, now_s).results(parsed)
    for query in parsed:
        if isinstance(query.asks, MetricStat) and isinstance(results[query.id], tuple):
            raise NotSupported(f"{query.id} has datapoints of several units in this range of time: say its Unit")
    return [
        Series(query.id, its_label, series.period, series.points)
        for query in parsed
        if query.returned
        for its_label, series in labelled_series(query, results[query.id], Moment(now_s))
    ]


def labelled_series(query: Query, result: Result, moment: Moment) -> list[tuple[str, TimeSeries]]:
    """An expression's default label is its id; each of several series has its own."""
    if isinstance(result, TimeSeries):
        default = result.label if isinstance(query.asks, MetricStat) else query.id
        return [(label(query.label, default, result, moment), result)]
    if isinstance(query.asks, MetricStat):
        return [(label(query.label, series.label, series, moment), series) for series in result]
    return [(label(joined(query.label), series.label, series, moment), series) for series in result]


def _check(given: Mapping[str, Any]) -> tuple[float, float, int, bool]:
    start_s, end_s = given["StartTime"].timestamp(), given["EndTime"].timestamp()
    if start_s >= end_s:
        raise validation("The parameter StartTime must be less than the parameter EndTime.")
    most = given.get("MaxDatapoints", MOST_DATAPOINTS)
    if not 1 <= most <= MOST_DATAPOINTS:
        raise validation(f"The parameter MaxDatapoints must be from 1 to {MOST_DATAPOINTS}, not {most}.")
    order = given.get("ScanBy", ORDERS[0])
    if order not in ORDERS:
        raise validation(f"The parameter ScanBy must be a value in the set [ {', '.join(ORDERS)} ].")
    return start_s, end_s, most, order == ORDERS[0]
