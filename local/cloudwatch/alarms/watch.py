"""PURE: what a metric alarm watches for, of its configuration in the shape of PutMetricAlarm's parameters."""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

# ComparisonOperator -> the comparison, and its words in a state reason.
OPERATORS: Mapping[str, tuple[Callable[[float, float], bool], str]] = {
    "GreaterThanOrEqualToThreshold": (operator.ge, "greater than or equal to"),
    "GreaterThanThreshold": (operator.gt, "greater than"),
    "LessThanThreshold": (operator.lt, "less than"),
    "LessThanOrEqualToThreshold": (operator.le, "less than or equal to"),
}
_PERCENTILE = re.compile(r"p([0-9]{1,2}(?:\.[0-9]+)?|100)")
_MANY_SAMPLES = 10


@dataclass(frozen=True, slots=True)
class Watch:
    """`datapoints` (M) is None where the configuration leaves it to be `periods` (N). `samples`: with fewer in the
    evaluated periods the state stays as it is (0: never). `statistic` is None for an expression.
    """

    period_s: int
    periods: int
    datapoints: int | None
    operator: str
    threshold: float
    missing: str
    samples: float = 0
    statistic: str | None = None
    unit: str | None = None

    @property
    def needed(self) -> int:
        return self.datapoints or self.periods

    def breaches(self, value: float) -> bool:
        return OPERATORS[self.operator][0](value, self.threshold)


def watch_of(configuration: Mapping[str, Any]) -> Watch:
    """Of a configuration that was checked."""
    stat = watched_stat(configuration)
    ignores = configuration.get("EvaluateLowSampleCountPercentile") == "ignore"
    return Watch(
        period_s=period_of(configuration),
        periods=configuration["EvaluationPeriods"],
        datapoints=configuration.get("DatapointsToAlarm"),
        operator=configuration["ComparisonOperator"],
        threshold=configuration["Threshold"],
        missing=configuration.get("TreatMissingData") or _default_for_missing(configuration),
        samples=samples_for(stat or "") if ignores else 0,
        statistic=stat,
        unit=configuration.get("Unit"),
    )


def period_of(configuration: Mapping[str, Any]) -> int:
    """The alarm's period, or the one that all its metrics share."""
    if "Period" in configuration:
        return int(configuration["Period"])
    return next(iter(metric_periods(configuration["Metrics"])))


def metric_periods(queries: list[Mapping[str, Any]]) -> set[int]:
    """The periods that MetricDataQueries name, in their MetricStat or beside a Metrics Insights query."""
    named = (query["MetricStat"].get("Period") if "MetricStat" in query else query.get("Period") for query in queries)
    return {int(period) for period in named if period is not None}


def watched_query(queries: list[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The one query whose data the alarm watches."""
    return next(query for query in queries if query.get("ReturnData", True))


def watched_stat(configuration: Mapping[str, Any]) -> str | None:
    """The statistic that the alarm watches, None for an expression."""
    if "Metrics" in configuration:
        query = watched_query(configuration["Metrics"])
        return query["MetricStat"]["Stat"] if "MetricStat" in query else None
    return configuration.get("Statistic") or configuration.get("ExtendedStatistic")


def samples_for(stat: str) -> float:
    """How many samples make a percentile significant: 10/(1-p) from p50 on, 10/p below; 0 for any other statistic
    ("Percentile-based alarms and low data samples", CloudWatch User Guide).
    """
    found = _PERCENTILE.fullmatch(stat)
    share = float(found[1]) / 100 if found else 0
    if not 0 < share < 1:
        return 0
    return round(_MANY_SAMPLES / (1 - share if share >= 0.5 else share), 6)


def queries_of(configuration: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What to ask of the metrics, in the shape of MetricDataQueries: `watched`, or the configuration's own."""
    if "Metrics" in configuration:
        return list(configuration["Metrics"])
    metric = {key: configuration[key] for key in ("Namespace", "MetricName", "Dimensions") if key in configuration}
    return [{"Id": "watched", "MetricStat": _metric_stat(configuration, metric, watched_stat(configuration))}]


def samples_query(configuration: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What to ask beside, to know how many samples were behind each value; None for an expression."""
    query = watched_query(queries_of(configuration))
    if "MetricStat" not in query:
        return None
    return {"Id": "alarm_samples", "MetricStat": {**query["MetricStat"], "Stat": "SampleCount"}, "ReturnData": True}


def _metric_stat(configuration: Mapping[str, Any], metric: Mapping[str, Any], stat: str | None) -> dict[str, Any]:
    unit = {"Unit": configuration["Unit"]} if "Unit" in configuration else {}
    return {"Metric": metric, "Period": configuration["Period"], "Stat": stat, **unit}


def _default_for_missing(configuration: Mapping[str, Any]) -> str:
    """DynamoDB leaves out the zeros: alarms on it "default to ignore missing data" (CloudWatch User Guide)."""
    metrics = (query.get("MetricStat", {}).get("Metric", {}) for query in queries_of(configuration))
    return "ignore" if any(metric.get("Namespace") == "AWS/DynamoDB" for metric in metrics) else "missing"
