"""GetMetricStatistics: one metric, all the statistics that are asked, each unit for itself."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from local.cloudwatch.metrics.datum import check_dimensions, check_name, check_text, invalid
from local.cloudwatch.metrics.identity import metric_of
from local.cloudwatch.metrics.limits import (
    LONGEST_NAME,
    MOST_EXTENDED_STATISTICS,
    MOST_STATISTICS,
    MOST_STATISTICS_DATAPOINTS,
    UNITS,
)
from local.cloudwatch.metrics.periods import first_period, is_period, oldest_kept
from local.cloudwatch.metrics.reading import Points, Window, measure, streams
from local.cloudwatch.metrics.statistic import SIMPLE, Statistic, parse_statistic
from local.database import Database
from local.endpoint.call import Answer, Call
from local.errors import AwsError

TAKES = frozenset(
    {
        *("Namespace", "MetricName", "Dimensions", "StartTime", "EndTime", "Period"),
        *("Statistics", "ExtendedStatistics", "Unit"),
    }
)


def get_metric_statistics(database: Database, call: Call, now_s: float) -> Answer:
    given = call.parameters
    check_text(given["Namespace"], "Namespace", LONGEST_NAME)
    check_name(given["MetricName"], "MetricName")
    check_dimensions(given.get("Dimensions", ()), "Dimensions")
    unit = given.get("Unit")
    if unit not in (None, *UNITS):
        raise invalid(f"The parameter Unit must be a value in the set [ {', '.join(UNITS)} ].")
    window, statistics = _window(given, now_s), _statistics(given)
    metric = metric_of(given["Namespace"], given["MetricName"], given.get("Dimensions", ()))
    datapoints: list[dict[str, Any]] = []
    with database.read() as connection:
        for stream in streams(connection, metric, unit, window.period_s):
            datapoints += _datapoints(stream.unit, measure(connection, stream.series, statistics, window))
    return {"Label": metric.name, "Datapoints": datapoints}


def _window(given: Mapping[str, Any], now_s: float) -> Window:
    start_s, end_s, period_s = given["StartTime"].timestamp(), given["EndTime"].timestamp(), given["Period"]
    if start_s >= end_s:
        raise invalid("The parameter StartTime must be less than the parameter EndTime.")
    if not is_period(period_s):
        raise invalid(f"The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60, not {period_s}.")
    window = Window(first_period(start_s, period_s, now_s), end_s, period_s, int(oldest_kept(period_s, now_s)))
    if len(window.starts) > MOST_STATISTICS_DATAPOINTS:
        raise AwsError(
            "InvalidParameterCombination",
            f"You have requested up to {len(window.starts):,} datapoints, which exceeds the limit of"
            f" {MOST_STATISTICS_DATAPOINTS:,}. You may reduce the datapoints requested by increasing Period, or"
            " decreasing the time range.",
        )
    return window


def _statistics(given: Mapping[str, Any]) -> list[Statistic]:
    if "Statistics" in given and "ExtendedStatistics" in given:
        raise AwsError(
            "InvalidParameterCombination",
            "The parameters Statistics and ExtendedStatistics are mutually exclusive and you have specified both.",
        )
    if "Statistics" in given:
        return _parsed(given["Statistics"], "Statistics", MOST_STATISTICS)
    if "ExtendedStatistics" in given:
        return _parsed(given["ExtendedStatistics"], "ExtendedStatistics", MOST_EXTENDED_STATISTICS)
    raise AwsError(
        "InvalidParameterCombination",
        "At least one of the parameters Statistics and ExtendedStatistics must be specified.",
    )


def _parsed(names: Sequence[str], parameter: str, most: int) -> list[Statistic]:
    if not 1 <= len(names) <= most:
        raise invalid(f"The collection {parameter} must have a size from 1 to {most}, not {len(names)}.")
    return [_statistic(name, f"{parameter}.member.{n}", parameter) for n, name in enumerate(names, 1)]


def _statistic(name: str, path: str, parameter: str) -> Statistic:
    statistic = parse_statistic(name)
    if parameter == "Statistics" and name not in SIMPLE:
        raise invalid(f"The parameter {path} must be a value in the set [ {', '.join(SIMPLE)} ].")
    if statistic is None or (parameter == "ExtendedStatistics" and name in SIMPLE):
        raise invalid(f"The value {name} for parameter {path} is not valid.")
    return statistic


def _datapoints(unit: str, measured: Mapping[Statistic, Points]) -> Iterator[dict[str, Any]]:
    for at_s in sorted({at_s for points in measured.values() for at_s in points}):
        values = {statistic: points[at_s] for statistic, points in measured.items() if at_s in points}
        extended = {statistic.name: value for statistic, value in values.items() if statistic.needs_values}
        yield {
            "Timestamp": datetime.fromtimestamp(at_s, UTC),
            **{statistic.kind: value for statistic, value in values.items() if not statistic.needs_values},
            "Unit": unit,
            **({"ExtendedStatistics": extended} if extended else {}),
        }
