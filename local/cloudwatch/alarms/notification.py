"""PURE: what CloudWatch publishes to an alarm's SNS topic: a subject, and a message of JSON."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from local.cloudwatch.alarms.actions import KEYS
from local.cloudwatch.alarms.alarm import COMPOSITE, Alarm
from local.cloudwatch.alarms.reasons import timestamp
from local.cloudwatch.alarms.regions import REGIONS
from local.cloudwatch.alarms.watch import period_of

_MOST_SUBJECT = 100  # SNS: a subject is ASCII and shorter than 100 characters
_SPELLED = {"SampleCount": "SAMPLE_COUNT"}


def subject(alarm: Alarm) -> str:
    """`ALARM: "name" in US East (N. Virginia)`; what isn't ASCII becomes an underscore, as it does at AWS."""
    said = f'{alarm.state}: "{alarm.name}" in {_region(alarm)}'
    return "".join(character if character.isascii() else "_" for character in said)[: _MOST_SUBJECT - 1]


def message(alarm: Alarm, old_state: str) -> str:
    """Of an alarm in its new state."""
    configuration = alarm.configuration
    said: dict[str, Any] = {
        "AlarmName": alarm.name,
        "AlarmDescription": configuration.get("AlarmDescription"),
        "AWSAccountId": alarm.account_id,
        "AlarmConfigurationUpdatedTimestamp": timestamp(alarm.configured_s),
        "NewStateValue": alarm.state,
        "NewStateReason": alarm.reason,
        "StateChangeTime": timestamp(alarm.updated_s),
        "Region": _region(alarm),
        "AlarmArn": alarm.arn,
        "OldStateValue": old_state,
        **{key: list(configuration.get(key, ())) for key in KEYS.values()},
    }
    if alarm.kind == COMPOSITE:
        said |= {"AlarmRule": configuration["AlarmRule"], "TriggeringChildren": _children(alarm.data)}
    else:
        said["Trigger"] = _trigger(configuration)
    return json.dumps(said, separators=(",", ":"), ensure_ascii=False)


def _region(alarm: Alarm) -> str:
    return REGIONS.get(alarm.region, alarm.region)


def _trigger(configuration: Mapping[str, Any]) -> dict[str, Any]:
    datapoints = configuration.get("DatapointsToAlarm")
    said = {
        "Period": period_of(configuration),
        "EvaluationPeriods": configuration["EvaluationPeriods"],
        **({} if datapoints is None else {"DatapointsToAlarm": datapoints}),
        "ComparisonOperator": configuration["ComparisonOperator"],
        "Threshold": configuration["Threshold"],
        "TreatMissingData": configuration.get("TreatMissingData", ""),
        "EvaluateLowSampleCountPercentile": configuration.get("EvaluateLowSampleCountPercentile", ""),
    }
    if "Metrics" in configuration:
        return {**said, "Metrics": [_query(query) for query in configuration["Metrics"]]}
    return {
        "MetricName": configuration["MetricName"],
        "Namespace": configuration["Namespace"],
        **_statistic(configuration),
        "Unit": configuration.get("Unit"),
        "Dimensions": _dimensions(configuration.get("Dimensions", ())),
        **said,
    }


def _statistic(configuration: Mapping[str, Any]) -> dict[str, str]:
    if "ExtendedStatistic" in configuration:
        return {"StatisticType": "ExtendedStatistic", "ExtendedStatistic": configuration["ExtendedStatistic"]}
    name = configuration["Statistic"]
    return {"StatisticType": "Statistic", "Statistic": _SPELLED.get(name, name.upper())}


def _query(query: Mapping[str, Any]) -> dict[str, Any]:
    said = {**query, "ReturnData": query.get("ReturnData", True)}
    if "MetricStat" in query:
        metric = query["MetricStat"]["Metric"]
        dimensions = _dimensions(metric.get("Dimensions", ()))
        said["MetricStat"] = {**query["MetricStat"], "Metric": {**metric, "Dimensions": dimensions}}
    return said


def _dimensions(dimensions: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    return [{"value": dimension["Value"], "name": dimension["Name"]} for dimension in dimensions]


def _children(data: str) -> list[dict[str, Any]]:
    """Of the reason's data. What SetAlarmState gave may be any JSON: then there are none."""
    match json.loads(data or "null"):
        case {"triggeringAlarms": [*triggering]}:
            return [said for child in triggering if (said := _child(child))]
    return []


def _child(child: Any) -> dict[str, Any]:
    match child:
        case {"arn": arn, "state": {"value": value, "timestamp": at}}:
            return {"Arn": arn, "State": {"Value": value, "Timestamp": at}}
    return {}
