"""PURE: PutMetricAlarm's parameters, checked: refused in AWS's words, or by name where only AWS has it.

PutMetricAlarm (CloudWatch API reference). The shapes and enumerations are botocore's and were checked before.
"""

import re
from collections.abc import Mapping
from sys import float_info
from typing import Any, NoReturn

from local.cloudwatch.alarms.actions import check_actions
from local.cloudwatch.alarms.metric_queries import check_queries
from local.cloudwatch.alarms.schedule import DAY_S, HOUR_S, MINUTE_S
from local.cloudwatch.alarms.watch import OPERATORS, metric_periods, period_of, samples_for, watched_stat
from local.errors import AwsError, NotSupported

PARAMETERS = frozenset(
    {
        "ActionsEnabled",
        "AlarmActions",
        "AlarmDescription",
        "AlarmName",
        "ComparisonOperator",
        "DatapointsToAlarm",
        "Dimensions",
        "EvaluateLowSampleCountPercentile",
        "EvaluationPeriods",
        "ExtendedStatistic",
        "InsufficientDataActions",
        "MetricName",
        "Metrics",
        "Namespace",
        "OKActions",
        "Period",
        "Statistic",
        "Tags",
        "Threshold",
        "ThresholdMetricId",
        "TreatMissingData",
        "Unit",
    }
)
TREATMENTS = ("breaching", "notBreaching", "ignore", "missing")
WEEK_S = 7 * DAY_S
SHORT_PERIODS = (10, 20, 30)
_OF_ONE_METRIC = ("Namespace", "MetricName", "Dimensions", "Period", "Unit", "Statistic", "ExtendedStatistic")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_NUMBER = r"-?[0-9]+(?:\.[0-9]+)?"
_PERCENT = r"(?:[0-9]{1,2}(?:\.[0-9]+)?|100)"
_BOUNDS = rf"\((?:{_NUMBER}%?)?:(?:{_NUMBER}%?)?\)"
_EXTENDED = re.compile(rf"(?:p|tm|wm|tc|ts){_PERCENT}|IQM|(?:TM|WM|TC|TS|PR){_BOUNDS}")


def metric_alarm(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The alarm's configuration. Raises AwsError, NotSupported."""
    check_name(parameters["AlarmName"])
    _check_threshold(parameters)
    if "Metrics" in parameters:
        _check_metrics(parameters)
    else:
        _check_one_metric(parameters)
    _check_periods(parameters)
    _check_choices(parameters)
    check_actions(parameters)
    kept = {key: value for key, value in parameters.items() if key not in ("AlarmName", "Tags")}
    return {**kept, "Threshold": float(parameters["Threshold"])}


def check_name(name: str) -> None:
    """AWS: only UTF-8 characters, and no ASCII control characters."""
    if _CONTROL.search(name):
        refuse(f"AlarmName {name!r} must not contain ASCII control characters")


def refuse(message: str) -> NoReturn:
    raise AwsError("ValidationError", message)


def _check_threshold(parameters: Mapping[str, Any]) -> None:
    operator = parameters.get("ComparisonOperator")
    if "ThresholdMetricId" in parameters or (operator and operator not in OPERATORS):
        named = "ThresholdMetricId" if "ThresholdMetricId" in parameters else f"ComparisonOperator {operator}"
        raise NotSupported(f"{named}: anomaly detection needs a trained model, there is none here")
    for key in ("ComparisonOperator", "EvaluationPeriods", "Threshold"):
        if key not in parameters:
            refuse(f"The parameter {key} is required.")
    if not abs(parameters["Threshold"]) <= float_info.max:  # infinite, NaN, or an integer that no double holds
        refuse(f"Threshold must be a number; it is {parameters['Threshold']}")


def _check_one_metric(parameters: Mapping[str, Any]) -> None:
    for key in ("MetricName", "Namespace", "Period"):
        if key not in parameters:
            refuse(f"The parameter {key} is required.")
    if ("Statistic" in parameters) == ("ExtendedStatistic" in parameters):
        refuse("Exactly one of Statistic or ExtendedStatistic must be specified.")
    extended = parameters.get("ExtendedStatistic")
    if extended is not None and not _EXTENDED.fullmatch(extended):
        refuse(f"The value {extended} for parameter ExtendedStatistic is not supported.")
    names = [dimension["Name"] for dimension in parameters.get("Dimensions", ())]
    if len(names) != len(set(names)):
        refuse(f"Dimensions name {next(name for name in names if names.count(name) > 1)} twice")


def _check_metrics(parameters: Mapping[str, Any]) -> None:
    beside = [key for key in _OF_ONE_METRIC if key in parameters]
    if beside:
        refuse(f"{', '.join(beside)} must not be set when Metrics is: say it in the Metrics")
    check_queries(parameters["Metrics"])


def _check_periods(parameters: Mapping[str, Any]) -> None:
    periods = metric_periods(parameters["Metrics"]) if "Metrics" in parameters else {parameters["Period"]}
    if len(periods) != 1:
        refuse(f"Metrics: all metrics of an alarm must have one Period, these have {sorted(periods)}")
    period, count = period_of(parameters), parameters["EvaluationPeriods"]
    if period not in SHORT_PERIODS and (period < MINUTE_S or period % MINUTE_S):
        refuse(f"Period must be 10, 20, 30 or a multiple of 60; it is {period}")
    longest = DAY_S if period < HOUR_S else WEEK_S
    if period * count > longest:
        span = "a day" if longest == DAY_S else "seven days"
        refuse(f"Metrics cannot be checked across more than {span} (EvaluationPeriods * Period must be <= {longest}).")
    if parameters.get("DatapointsToAlarm", 1) > count:
        refuse("DatapointsToAlarm must be less than or equal to EvaluationPeriods")


def _check_choices(parameters: Mapping[str, Any]) -> None:
    treatment = parameters.get("TreatMissingData")
    if treatment is not None and treatment not in TREATMENTS:
        refuse(f"Invalid TreatMissingData {treatment}, must be one of {', '.join(TREATMENTS)}")
    low = parameters.get("EvaluateLowSampleCountPercentile")
    if low is not None and low not in ("evaluate", "ignore"):
        refuse(f"Invalid EvaluateLowSampleCountPercentile {low}, must be evaluate or ignore")
    if low == "ignore" and not samples_for(watched_stat(parameters) or ""):
        refuse("EvaluateLowSampleCountPercentile is used only for alarms based on percentiles")
