"""PURE: which of an alarm's actions can be taken here: an SNS topic's ARN; the others are refused by name."""

import re
from collections.abc import Mapping
from typing import Any

from local.errors import AwsError, NotSupported

KEYS = {"OK": "OKActions", "ALARM": "AlarmActions", "INSUFFICIENT_DATA": "InsufficientDataActions"}
_ARN = re.compile(r"arn:[^:\s]+:([^:\s]+):([^:\s]*):([^:\s]*):(\S+)")
# What AWS takes and nothing here can do (PutMetricAlarm, API reference).
_ELSEWHERE = {
    "aiops": "an Amazon Q Developer investigation",
    "automate": "an EC2 action",
    "autoscaling": "an Auto Scaling action",
    "lambda": "a Lambda action",
    "ssm": "a Systems Manager OpsItem",
    "ssm-incidents": "a Systems Manager incident",
    "swf": "an EC2 action",
}


def check_actions(parameters: Mapping[str, Any]) -> None:
    """Raises AwsError for what is no ARN of an action, NotSupported for one that can't be taken here."""
    for key in KEYS.values():
        for action in parameters.get(key, ()):
            _check(key, action)


def _check(key: str, action: str) -> None:
    arn = _ARN.fullmatch(action)
    if not arn:
        raise AwsError("ValidationError", f"Invalid arn syntax: {action}")
    service = arn[1]
    if service in _ELSEWHERE:
        raise NotSupported(f"{key}: {action} is {_ELSEWHERE[service]}; here an alarm notifies SNS topics only")
    if service != "sns":
        raise AwsError("ValidationError", f"Invalid {key}: {action} is no action of an alarm")
