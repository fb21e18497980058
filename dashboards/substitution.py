"""PURE: texts with ${Names} in them -> Fn::Sub."""

from __future__ import annotations

import re
from typing import Any

PARAMETERS: dict[str, dict[str, Any]] = {
    "Stage": {"Type": "String", "Description": "Name of the deployment, and of the API's stage"},
    "ServiceName": {"Type": "String", "Description": "The EMF dimension service (POWERTOOLS_SERVICE_NAME)"},
    "Namespace": {"Type": "String", "Description": "The EMF namespace, the stage's own (POWERTOOLS_METRICS_NAMESPACE)"},
    "FunctionName": {"Type": "String", "Description": "The Lambda function"},
    "AliasName": {"Type": "String", "Default": "live", "Description": "Its alias that the API calls"},
    "ApiName": {"Type": "String", "Description": "The REST API's name, as API Gateway's metrics have it"},
    "TableName": {"Type": "String", "Description": "The DynamoDB table"},
    "LogGroupName": {"Type": "String", "Description": "The function's log group"},
    "AccessLogGroupName": {"Type": "String", "Description": "The API's access log group"},
    "AlarmTopicArn": {"Type": "String", "Description": "The SNS topic that alarms and their all-clears go to"},
    "MemorySize": {"Type": "Number", "Description": "The function's memory in MB"},
    "TimeoutSeconds": {"Type": "Number", "Description": "The function's timeout in seconds"},
    "ReservedConcurrency": {
        "Type": "Number",
        "Default": -1,
        "Description": "The function's reserved concurrency; -1: none, and no alarm on it",
    },
    "RunbookUrl": {
        "Type": "String",
        "Default": "https://github.com/OWNER/REPOSITORY/blob/main/docs/runbook.md",
        "Description": "Where docs/runbook.md can be read; set it to your own. Empty: alarms name the file alone",
    },
    "ExpectsTraffic": {
        "Type": "String",
        "Default": "false",
        "AllowedValues": ["true", "false"],
        "Description": "Whether a quarter of an hour without any request is an alarm",
    },
}
"""The template's parameters; sam_template.yaml passes them."""

_RUNBOOK = {"Fn::If": ["HasRunbookUrl", {"Ref": "RunbookUrl"}, "docs/runbook.md"]}
# The console wants a log group's slashes encoded twice, and $ for each %.
_GROUP_PATH = {"Fn::Join": ["$252F", {"Fn::Split": ["/", {"Ref": "LogGroupName"}]}]}
DERIVED: dict[str, Any] = {"Runbook": _RUNBOOK, "LogGroupPath": _GROUP_PATH}
"""Names that texts may use as well, made of the parameters."""

_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_OURS = re.compile(r"AWS::[A-Za-z]+|[A-Z][A-Za-z0-9]*Alarm")


def sub(text: str) -> Any:
    """The text, its Ref or its Fn::Sub. What isn't ours (CloudWatch's own ${PROP('Dim.route')}) goes in as a value of
    its own: CloudFormation takes few characters in a variable's name, and looks for none in a value.
    """
    names = list(dict.fromkeys(found[1] for found in _VARIABLE.finditer(text)))
    ours = [name for name in names if _is_ours(name)]
    if not ours:
        return text
    if text == f"${{{ours[0]}}}" and ours[0] not in DERIVED:
        return {"Ref": ours[0]}
    values = {name: value for name, value in DERIVED.items() if name in ours}
    for number, name in enumerate((name for name in names if name not in ours), start=1):
        values[f"Literal{number}"] = f"${{{name}}}"
        text = text.replace(f"${{{name}}}", f"${{Literal{number}}}")
    return {"Fn::Sub": [text, values] if values else text}


def sub_all(value: Any) -> Any:
    """The same for every text inside."""
    if isinstance(value, str):
        return sub(value)
    if isinstance(value, dict):
        return {key: sub_all(item) for key, item in value.items()}
    return [sub_all(item) for item in value] if isinstance(value, list) else value


def _is_ours(name: str) -> bool:
    return name in PARAMETERS or name in DERIVED or _OURS.fullmatch(name) is not None
