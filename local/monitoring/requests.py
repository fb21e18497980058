"""PURE: a CloudFormation resource -> the request of the AWS API that makes it.

Sources: each resource type's page (CloudFormation) and its operation's (API reference): their members have the same
names, those of Logs begin in lower case, and a metric filter's dimensions are pairs in one and a map in the other.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Properties = Mapping[str, Any]
SAMPLING_RULE = "AWS::XRay::SamplingRule"


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

    @property
    def name(self) -> str:
        """Of an X-Ray group or sampling rule."""
        given = self.parameters.get("SamplingRule", self.parameters)
        return str(given.get("GroupName", given.get("RuleName", "")))


@dataclass(frozen=True, slots=True)
class Kind:
    """How resources of a type are called in the line that counts them, made, and removed: by a request that is made of
    the one that made them. `change`: the request where making fails as it is there already. In the order of REQUESTS.
    """

    words: str
    request: Callable[[Resource], Request]
    removal: Callable[[Request], Request] | None = None
    change: Callable[[Request], Request] | None = None


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


def _group(resource: Resource) -> Request:
    return Request("xray", "CreateGroup", {"GroupName": resource.logical_id, **resource.properties})


def _changed_group(request: Request) -> Request:
    """What the template no longer says is not there: a group without a filter takes every trace."""
    members = ("GroupName", "FilterExpression", "InsightsConfiguration")
    given = {"FilterExpression": "", **request.parameters}
    return Request("xray", "UpdateGroup", {name: given[name] for name in members if name in given})


def _rule(resource: Resource) -> Request:
    given = resource.properties
    rule = {"RuleName": given.get("RuleName", resource.logical_id), "Version": 1, **given.get("SamplingRule", {})}
    tags = {"Tags": given["Tags"]} if "Tags" in given else {}
    return Request("xray", "CreateSamplingRule", {"SamplingRule": rule, **tags})


def _changed_rule(request: Request) -> Request:
    rule = request.parameters["SamplingRule"]
    return Request(
        "xray", "UpdateSamplingRule", {"SamplingRuleUpdate": {key: rule[key] for key in rule if key != "Version"}}
    )


def _gone_rule(request: Request) -> Request:
    return Request("xray", "DeleteSamplingRule", {"RuleName": request.parameters["SamplingRule"]["RuleName"]})


def _gone(operation: str, *members: str) -> Callable[[Request], Request]:
    """Named by the same members."""
    return lambda made: Request(made.service, operation, {name: made.parameters[name] for name in members})


def _gone_of_many(operation: str, member: str, many: str) -> Callable[[Request], Request]:
    return lambda made: Request(made.service, operation, {many: [made.parameters[member]]})


_DELETE_ALARM = _gone_of_many("DeleteAlarms", "AlarmName", "AlarmNames")
#: By type, in the order in which they are made: a filter needs its log group, a composite its children. Log groups are
#: not removed: with them their events would be.
REQUESTS: Mapping[str, Kind] = {
    "AWS::SNS::Topic": Kind("topics", _topic, _gone("DeleteTopic", "Name")),
    "AWS::Logs::LogGroup": Kind("log groups", _log_group),
    "AWS::Logs::MetricFilter": Kind(
        "metric filters", _metric_filter, _gone("DeleteMetricFilter", "logGroupName", "filterName")
    ),
    "AWS::Logs::QueryDefinition": Kind("queries", _query, _gone("DeleteQueryDefinition", "name")),
    "AWS::CloudWatch::Dashboard": Kind(
        "dashboards", _dashboard, _gone_of_many("DeleteDashboards", "DashboardName", "DashboardNames")
    ),
    "AWS::CloudWatch::Alarm": Kind("alarms", _alarm, _DELETE_ALARM),
    "AWS::CloudWatch::CompositeAlarm": Kind("composite alarms", _composite, _DELETE_ALARM),
    "AWS::XRay::Group": Kind("trace groups", _group, _gone("DeleteGroup", "GroupName"), _changed_group),
    SAMPLING_RULE: Kind("sampling rules", _rule, _gone_rule, _changed_rule),
}


def _lower(value: Any) -> Any:
    """Its members' names as the Logs API has them: `FilterName` -> `filterName`."""
    if isinstance(value, Mapping):
        return {key[:1].lower() + key[1:]: _lower(item) for key, item in value.items()}
    return [_lower(item) for item in value] if isinstance(value, list) else value
