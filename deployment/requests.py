"""PURE: a resource of a template -> the call of AWS's API that makes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

#: The calls that CloudFormation makes for what a trial cannot deploy: (service, operation, how its members are spelt).
CALLS: Mapping[str, tuple[str, str, str]] = {
    "AWS::CloudWatch::Alarm": ("cloudwatch", "PutMetricAlarm", "Pascal"),
    "AWS::CloudWatch::AnomalyDetector": ("cloudwatch", "PutAnomalyDetector", "Pascal"),
    "AWS::CloudWatch::CompositeAlarm": ("cloudwatch", "PutCompositeAlarm", "Pascal"),
    "AWS::CodeDeploy::Application": ("codedeploy", "CreateApplication", "camel"),
    "AWS::CodeDeploy::DeploymentGroup": ("codedeploy", "CreateDeploymentGroup", "camel"),
    "AWS::Logs::QueryDefinition": ("logs", "PutQueryDefinition", "camel"),
    "AWS::XRay::Group": ("xray", "CreateGroup", "Pascal"),
    "AWS::XRay::SamplingRule": ("xray", "CreateSamplingRule", "Pascal"),
}
#: Names that CloudFormation makes up where the template has none.
MADE_UP = {
    "AWS::CloudWatch::Alarm": "AlarmName",
    "AWS::CloudWatch::CompositeAlarm": "AlarmName",
    "AWS::CodeDeploy::Application": "ApplicationName",
    "AWS::CodeDeploy::DeploymentGroup": "DeploymentGroupName",
}


@dataclass(frozen=True)
class Call:
    """One call of a service's API."""

    service: str
    operation: str
    parameters: Mapping[str, Any]


def call_for(logical_id: str, resource: Mapping[str, Any]) -> Call:
    """The call that makes this resource, whose properties are resolved. KeyError for a type that is not in CALLS."""
    service, operation, spelling = CALLS[resource["Type"]]
    properties = dict(resource["Properties"])
    if made_up := MADE_UP.get(resource["Type"]):
        properties.setdefault(made_up, logical_id)
    return Call(service, operation, _camel(properties) if spelling == "camel" else properties)


def _camel(value: Any) -> Any:
    """Property names as these services spell their members: `AlarmConfiguration` is `alarmConfiguration`."""
    if isinstance(value, list):
        return [_camel(item) for item in value]
    if isinstance(value, dict):
        return {key[0].lower() + key[1:]: _camel(item) for key, item in value.items()}
    return value
