"""PURE: PutCompositeAlarm's parameters, checked (CloudWatch API reference)."""

from collections.abc import Mapping
from typing import Any

from local.cloudwatch.alarms.actions import check_actions
from local.cloudwatch.alarms.metric_alarm import check_name, refuse
from local.cloudwatch.alarms.rule import parse_alarm_rule

PARAMETERS = frozenset(
    {
        "ActionsEnabled",
        "ActionsSuppressor",
        "ActionsSuppressorExtensionPeriod",
        "ActionsSuppressorWaitPeriod",
        "AlarmActions",
        "AlarmDescription",
        "AlarmName",
        "AlarmRule",
        "InsufficientDataActions",
        "OKActions",
        "Tags",
    }
)
SUPPRESSOR_PERIODS = ("ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod")


def composite_alarm(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The alarm's configuration. Raises AwsError, NotSupported."""
    check_name(parameters["AlarmName"])
    parse_alarm_rule(parameters["AlarmRule"])
    for key in SUPPRESSOR_PERIODS:
        if (key in parameters) != ("ActionsSuppressor" in parameters):
            refuse(f"{key} is required with ActionsSuppressor, and only with it")
        if parameters.get(key, 0) < 0:
            refuse(f"{key} must be 0 or more seconds; it is {parameters[key]}")
    check_actions(parameters)
    return {key: value for key, value in parameters.items() if key not in ("AlarmName", "Tags")}
