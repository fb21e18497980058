"""PURE: the Metrics of PutMetricAlarm, checked as to their form; the metrics' own room reads the expressions."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from local.cloudwatch.alarms.watch import metric_periods
from local.errors import AwsError, NotSupported

MOST_METRICS = 10  # "A math expression used for an alarm can include as many as 10 metrics"
_ID = re.compile(r"[a-z][A-Za-z0-9_]*")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_SEARCH = re.compile(r"\bSEARCH\s*\(", re.IGNORECASE)
_BAND = re.compile(r"\bANOMALY_DETECTION_BAND\s*\(", re.IGNORECASE)
_SELECT = re.compile(r"\s*SELECT\b", re.IGNORECASE)
_GROUP_BY = re.compile(r"\bGROUP\s+BY\b", re.IGNORECASE)


def check_queries(queries: Sequence[Mapping[str, Any]]) -> None:
    """Raises AwsError, NotSupported."""
    for query in queries:
        _check(query)
    twice = [name for name, count in Counter(query["Id"] for query in queries).items() if count > 1]
    if twice:
        _refuse(f"The values for parameter id in parameter metrics are not unique: {', '.join(twice)}")
    if sum(query.get("ReturnData", True) for query in queries) != 1:
        _refuse("Exactly one element of the metrics list should return data.")
    metrics = sum("MetricStat" in query for query in queries)
    if metrics > MOST_METRICS:
        _refuse(f"An alarm's Metrics can have at most {MOST_METRICS} metrics, these have {metrics}")
    if not metric_periods(list(queries)):
        _refuse("Metrics: at least one must have a Period")


def _check(query: Mapping[str, Any]) -> None:
    name = query["Id"]
    if not _ID.fullmatch(name):
        _refuse(f"Id {name}: letters, digits and underscores only, the first a lower-case letter")
    if ("MetricStat" in query) == ("Expression" in query):
        _refuse(f"Exactly one of MetricStat or Expression must be specified: {name}")
    if "AccountId" in query:
        raise NotSupported(f"AccountId of {name}: there is one account here")
    if "MetricStat" in query:
        _check_metric_stat(name, query["MetricStat"])
    else:
        _check_expression(name, query["Expression"])


def _check_metric_stat(name: str, metric_stat: Mapping[str, Any]) -> None:
    for key in ("Namespace", "MetricName"):
        if not metric_stat["Metric"].get(key):
            _refuse(f"The parameter MetricStat.Metric.{key} is required: {name}")


def _check_expression(name: str, expression: str) -> None:
    code = _QUOTED.sub("", expression)
    if _SEARCH.search(code):
        _refuse("SEARCH is not supported on Metric Alarms.")
    if _BAND.search(code):
        raise NotSupported(f"ANOMALY_DETECTION_BAND in {name}: it needs a trained model, there is none here")
    if _SELECT.match(code) and _GROUP_BY.search(code):
        raise NotSupported(f"GROUP BY in {name}: an alarm with many contributors is not supported here")


def _refuse(message: str) -> None:
    raise AwsError("ValidationError", message)
