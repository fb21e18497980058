"""PURE: what ministack has not, as data: what is taken out of the trial's copy, deployed otherwise, or not kept.

Each is found out by trying (ministack 1.5.33); a `NotKept` that it keeps after all fails the trial, and its line goes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

#: Types that ministack refuses by name. What is taken out is checked against the shape of the call that makes it.
TYPES: Mapping[str, str] = {
    "AWS::CloudWatch::AnomalyDetector": "ministack has no anomaly detectors",
    "AWS::CloudWatch::CompositeAlarm": "ministack has no composite alarms",
    "AWS::CodeDeploy::Application": "ministack has no CodeDeploy",
    "AWS::CodeDeploy::DeploymentGroup": "ministack has no CodeDeploy",
    "AWS::Logs::QueryDefinition": "ministack has no saved queries",
    "AWS::XRay::Group": "ministack has no X-Ray",
    "AWS::XRay::SamplingRule": "ministack has no X-Ray",
}
METRIC_MATH = "ministack has no alarms on metric math"


@dataclass(frozen=True)
class NotKept:
    """A property that ministack takes and forgets; `checked` says where it is looked at all the same."""

    kind: str
    name: str
    checked: str


NOT_KEPT = (
    NotKept("AWS::ApiGateway::Stage", "AccessLogSetting", "by make check: its variables, its group, that there is one"),
    NotKept("AWS::CloudWatch::Alarm", "EvaluateLowSampleCountPercentile", "by tests/dashboards/test_alarms.py"),
    NotKept("AWS::DynamoDB::Table", "PointInTimeRecoverySpecification", "by make check: data_can_be_restored"),
    NotKept("AWS::DynamoDB::Table", "SSESpecification", "by make check: data_is_encrypted"),
    NotKept("AWS::DynamoDB::Table", "TimeToLiveSpecification", "by tests/test_template.py, with the rest of the table"),
    NotKept("AWS::Lambda::Function", "ReservedConcurrentExecutions", "by tests/test_template.py, and by make run"),
    NotKept(
        "AWS::SNS::Topic", "KmsMasterKeyId", "by make check: topics_are_encrypted, keys_and_topics_name_their_actions"
    ),
)
#: What ministack's import of an OpenAPI definition passes over: methods for ANY and the gateway responses.
ANY_METHOD = "x-amazon-apigateway-any-method"
METHODS = ("delete", "get", "head", "options", "patch", "post", "put")


def refusal(resource: Mapping[str, Any]) -> str | None:
    """Why ministack would refuse the resource; None when it takes it."""
    if resource["Type"] == "AWS::CloudWatch::Alarm" and "Metrics" in resource.get("Properties", {}):
        return METRIC_MATH
    return TYPES.get(resource["Type"])
