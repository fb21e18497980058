"""PURE: a metric alarm -> the metric widget that shows it: its metrics and its threshold.

Source: MetricAlarm (CloudWatch API reference).
"""

from collections.abc import Mapping, Sequence
from typing import Any

THRESHOLD_COLOR = "#d62728"
_COMPARISONS = {
    "GreaterThanOrEqualToThreshold": (">=", "above"),
    "GreaterThanThreshold": (">", "above"),
    "LessThanThreshold": ("<", "below"),
    "LessThanOrEqualToThreshold": ("<=", "below"),
}


def comparison(alarm: Mapping[str, Any]) -> str:
    """`>`; an anomaly band's comparison by its own name."""
    return _COMPARISONS.get(alarm["ComparisonOperator"], (str(alarm["ComparisonOperator"]), ""))[0]


def condition(alarm: Mapping[str, Any]) -> str:
    """`Faults > 5 in 3 of 5 periods of 1 min`."""
    evaluated = alarm["EvaluationPeriods"]
    needed = alarm.get("DatapointsToAlarm", evaluated)
    threshold = f"{alarm['Threshold']:g}" if "Threshold" in alarm else "its anomaly band"
    period = _duration(alarm_period(alarm))
    within = f"{needed} of {evaluated} periods of {period}" if evaluated > 1 else f"one period of {period}"
    return f"{metric_title(alarm)} {comparison(alarm)} {threshold} in {within}"


def metric_title(alarm: Mapping[str, Any]) -> str:
    if "MetricName" in alarm:
        return f"{alarm.get('ExtendedStatistic', alarm.get('Statistic', ''))} of {alarm['MetricName']}"
    returned: Mapping[str, Any] = next(
        (query for query in alarm.get("Metrics", ()) if query.get("ReturnData", True)), {}
    )
    return str(returned.get("Label") or returned.get("Expression") or returned.get("Id", "?"))


def alarm_period(alarm: Mapping[str, Any]) -> int:
    """Seconds: the alarm's, or the longest of its queries'."""
    if "Period" in alarm:
        return int(alarm["Period"])
    periods = [
        query.get("Period") or query.get("MetricStat", {}).get("Period", 0) for query in alarm.get("Metrics", ())
    ]
    return max([60, *map(int, periods)])


def alarm_widget(alarm: Mapping[str, Any], region: str) -> dict[str, Any]:
    """A metric widget's properties, as a dashboard has them."""
    metrics = (
        [_metric(alarm, alarm)] if "MetricName" in alarm else [_query(query) for query in alarm.get("Metrics", ())]
    )
    properties: dict[str, Any] = {
        "title": alarm["AlarmName"],
        "region": region,
        "view": "timeSeries",
        "period": alarm_period(alarm),
        "metrics": metrics,
    }
    if "Threshold" in alarm:
        fill = _COMPARISONS.get(alarm["ComparisonOperator"], ("", "none"))[1]
        line = {"value": alarm["Threshold"], "label": condition(alarm), "color": THRESHOLD_COLOR, "fill": fill}
        properties["annotations"] = {"horizontal": [line]}
    return properties


def _metric(named: Mapping[str, Any], stated: Mapping[str, Any], **options: Any) -> list[Any]:
    dimensions = [part for pair in named.get("Dimensions", ()) for part in (pair["Name"], pair["Value"])]
    stat = stated.get("ExtendedStatistic") or stated.get("Statistic") or stated.get("Stat", "Average")
    return [named["Namespace"], named["MetricName"], *dimensions, {"stat": stat, "period": stated["Period"], **options}]


def _query(query: Mapping[str, Any]) -> list[Any]:
    options = {"id": query["Id"], "visible": query.get("ReturnData", True)}
    if "Label" in query:
        options["label"] = query["Label"]
    if "MetricStat" in query:
        return _metric(query["MetricStat"]["Metric"], query["MetricStat"], **options)
    if "Period" in query:
        options["period"] = query["Period"]
    return [{"expression": query["Expression"], **options}]


def _duration(seconds: int) -> str:
    for length, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds % length == 0:
            return f"{seconds // length} {unit}"
    return f"{seconds} s"


def names(arns: Sequence[str]) -> list[str]:
    """`arn:aws:cloudwatch:eu-west-1:123456789012:alarm:high` -> `high`; a name stays one."""
    return [arn.split(":", 6)[6] if arn.startswith("arn:") and arn.count(":") >= 6 else arn for arn in arns]
