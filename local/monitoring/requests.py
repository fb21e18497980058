"""PURE: a CloudFormation resource -> the request of the AWS API that makes it.

Sources: each resource type's page (CloudFormation) and its operation's (API reference): their members have the same
names, those of Logs begin in lower case, and a metric filter's dimensions are pairs in one and a map in the other.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Properties = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Resource:
    kind: str
    logical_id: str
    properties: Properties


@dataclass(frozen=True, slots=True)
class Request:
    """`parameters` as boto3 takes them, but that a number may still be text (`"Threshold": "5"`)."""

    service: str
    operation: str
    parameters: Properties


@dataclass(frozen=True, slots=True)
class Kind:
    """How resources of a type are called in the line that counts them, and made. In the order of REQUESTS."""

    words: str
    request: Callable[[Resource], Request]


def _topic(resource: Resource) -> Request:
    return Request("sns", "CreateTopic", {"Name": resource.properties.get("TopicName", resource.logical_id)})


def _log_group(resource: Resource) -> Request:
    name = resource.properties.get("LogGroupName", resource.logical_id)
    return Request("logs", "CreateLogGroup", {"logGroupName": name})


def _metric_filter(resource: Resource) -> Request:
    given = _lower(resource.properties)
    given.setdefault("filterName", resource.logical_id)
    for transformation in given.get("metricTransformations", ()):
        if "dimensions" in transformation:
            transformation["dimensions"] = {pair["key"]: pair["value"] for pair in transformation["dimensions"]}
    return Request("logs", "PutMetricFilter", given)


def _query(resource: Resource) -> Request:
    return Request("logs", "PutQueryDefinition", _lower(resource.properties))


def _dashboard(resource: Resource) -> Request:
    return Request("cloudwatch", "PutDashboard", {"DashboardName": resource.logical_id, **resource.properties})


def _alarm(resource: Resource) -> Request:
    return Request("cloudwatch", "PutMetricAlarm", {"AlarmName": resource.logical_id, **resource.properties})


def _composite(resource: Resource) -> Request:
    return Request("cloudwatch", "PutCompositeAlarm", {"AlarmName": resource.logical_id, **resource.properties})


#: By type, in the order in which they are made: a filter needs its log group, a composite its children.
REQUESTS: Mapping[str, Kind] = {
    "AWS::SNS::Topic": Kind("topics", _topic),
    "AWS::Logs::LogGroup": Kind("log groups", _log_group),
    "AWS::Logs::MetricFilter": Kind("metric filters", _metric_filter),
    "AWS::Logs::QueryDefinition": Kind("queries", _query),
    "AWS::CloudWatch::Dashboard": Kind("dashboards", _dashboard),
    "AWS::CloudWatch::Alarm": Kind("alarms", _alarm),
    "AWS::CloudWatch::CompositeAlarm": Kind("composite alarms", _composite),
}


def _lower(value: Any) -> Any:
    """Its members' names as the Logs API has them: `FilterName` -> `filterName`."""
    if isinstance(value, Mapping):
        return {key[:1].lower() + key[1:]: _lower(item) for key, item in value.items()}
    return [_lower(item) for item in value] if isinstance(value, list) else value
