"""PURE: a metrics explorer widget and the resources that its tags find -> the metric widget that shows them.

Sources: AWS pages "Dashboard body structure and syntax" (Metrics explorer widget object), "GetResources" of the
Resource Groups Tagging API, and each service's page of its CloudWatch metrics for the dimension that names a resource.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import ascii_lowercase
from typing import Any

from local.viewer.dashboards.entries import NotDrawable


@dataclass(frozen=True, slots=True)
class _Kind:
    """Whose metrics a type's are. The dimension's value is what follows the last of `after` in a resource's ARN."""

    namespace: str
    dimension: str
    after: str


_KINDS: Mapping[str, _Kind] = {
    "AWS::DynamoDB::Table": _Kind("AWS/DynamoDB", "TableName", "/"),
    "AWS::EC2::Instance": _Kind("AWS/EC2", "InstanceId", "/"),
    "AWS::EC2::Volume": _Kind("AWS/EBS", "VolumeId", "/"),
    "AWS::Kinesis::Stream": _Kind("AWS/Kinesis", "StreamName", "/"),
    "AWS::KinesisFirehose::DeliveryStream": _Kind("AWS/Firehose", "DeliveryStreamName", "/"),
    "AWS::Lambda::Function": _Kind("AWS/Lambda", "FunctionName", ":"),
    "AWS::Logs::LogGroup": _Kind("AWS/Logs", "LogGroupName", ":log-group:"),
    "AWS::RDS::DBInstance": _Kind("AWS/RDS", "DBInstanceIdentifier", ":"),
    "AWS::S3::Bucket": _Kind("AWS/S3", "BucketName", ":"),
    "AWS::SNS::Topic": _Kind("AWS/SNS", "TopicName", ":"),
    "AWS::SQS::Queue": _Kind("AWS/SQS", "QueueName", ":"),
    "AWS::StepFunctions::StateMachine": _Kind("AWS/States", "StateMachineArn", ""),
}
# Of the Resource Groups Tagging API ("service:resource type"), where it isn't the type's own two words in lower case.
_FILTERS = {
    "AWS::KinesisFirehose::DeliveryStream": "firehose:deliverystream",
    "AWS::Logs::LogGroup": "logs:log-group",
    "AWS::RDS::DBInstance": "rds:db",
    "AWS::S3::Bucket": "s3",
    "AWS::SNS::Topic": "sns",
    "AWS::SQS::Queue": "sqs",
    "AWS::StepFunctions::StateMachine": "states:stateMachine",
}
MOST_RESOURCES = 100
DEFAULT_STATISTIC, DEFAULT_PERIOD_S = "Average", 300


@dataclass(frozen=True, slots=True)
class Resource:
    arn: str
    tags: Mapping[str, str]


def read_resource(mapping: Mapping[str, Any]) -> Resource:
    """Of GetResources' ResourceTagMappingList."""
    return Resource(mapping["ResourceARN"], {tag["Key"]: tag["Value"] for tag in mapping.get("Tags", ())})


def resource_request(properties: Mapping[str, Any]) -> dict[str, Any]:
    """GetResources' parameters: all keys must be there, each with one of its values where it has some. Raises
    NotDrawable.
    """
    metrics, labels = properties.get("metrics") or (), properties.get("labels") or ()
    types = sorted({str(metric.get("resourceType")) for metric in metrics})
    if len(types) != 1:
        raise NotDrawable(f"a metrics explorer has metrics of one resourceType; these are {', '.join(types) or 'none'}")
    if types[0] not in _KINDS:
        drawn = ", ".join(_KINDS)
        raise NotDrawable(f"a metrics explorer of {types[0]} is not drawn here; of these it is: {drawn}")
    values: dict[str, list[str]] = {}
    for label in labels:
        values.setdefault(label["key"], []).extend([label["value"]] if label.get("value") else [])
    filters = [{"Key": key, **({"Values": given} if given else {})} for key, given in values.items()]
    words = types[0].lower().split("::")[1:]
    return {"ResourceTypeFilters": [_FILTERS.get(types[0], ":".join(words))], "TagFilters": filters}


def as_metric_widget(properties: Mapping[str, Any], resources: Sequence[Resource]) -> dict[str, Any]:
    """The properties of a metric widget: a line for each resource and metric or, with `aggregateBy`, for each value of
    that tag. `splitBy` puts its tag's value first, so that lines of one value stand together. Raises NotDrawable.
    """
    if not resources:
        raise NotDrawable("no resource has the tags that the explorer looks for")
    if len(resources) > MOST_RESOURCES:
        raise NotDrawable(f"{len(resources)} resources have the tags; at most {MOST_RESOURCES} are drawn in one graph")
    options = properties.get("widgetOptions") or {}
    split_by = properties.get("splitBy")
    ordered = sorted(resources, key=lambda one: (one.tags.get(str(split_by), ""), one.arn))
    metrics: list[Any] = []
    for number, metric in enumerate(properties["metrics"]):
        prefix = f"e{number}"
        if "aggregateBy" in properties:
            metrics += _aggregated(prefix, metric, properties, ordered)
        else:
            metrics += [_line(metric, one, label=_label(metric, one, split_by)) for one in ordered]
    return {
        "title": properties.get("title", ""),
        "metrics": metrics,
        "view": options.get("view", "timeSeries"),
        "stacked": options.get("stacked", False),
        "legend": options.get("legend") or {},
        "period": properties.get("period", DEFAULT_PERIOD_S),
    }


def _name(resource: Resource, kind: _Kind) -> str:
    return resource.arn.rpartition(kind.after)[2].removesuffix(":*") if kind.after else resource.arn


def _label(metric: Mapping[str, Any], resource: Resource, split_by: str | None) -> str:
    name = f"{_name(resource, _KINDS[metric['resourceType']])} {metric['metricName']}"
    return f"{_value(resource, split_by)}: {name}" if split_by else name


def _value(resource: Resource, key: str) -> str:
    return resource.tags.get(key, f"no {key}")


def _line(metric: Mapping[str, Any], resource: Resource, **options: Any) -> list[Any]:
    kind = _KINDS[metric["resourceType"]]
    fields = [kind.namespace, metric["metricName"], kind.dimension, _name(resource, kind)]
    return [*fields, {"stat": metric.get("stat", DEFAULT_STATISTIC), **options}]


def _aggregated(
    prefix: str, metric: Mapping[str, Any], properties: Mapping[str, Any], resources: Sequence[Resource]
) -> list[Any]:
    """The metrics themselves are hidden: what is drawn is one expression of them for each value of the tag."""
    by, split_by = properties["aggregateBy"], properties.get("splitBy")
    groups: defaultdict[str, list[str]] = defaultdict(list)
    hidden = []
    for number, resource in enumerate(resources):
        metric_id = f"{prefix}m{number}"
        groups[": ".join(_value(resource, key) for key in (split_by, by["key"]) if key)].append(metric_id)
        hidden.append(_line(metric, resource, id=metric_id, visible=False))
    shown = [
        [
            {
                "expression": f"{by['func']}([{', '.join(ids)}])",
                "id": f"{prefix}x{ascii_lowercase[number % 26]}{number}",
                "label": f"{value}: {by['func']} of {metric['metricName']}",
            }
        ]
        for number, (value, ids) in enumerate(sorted(groups.items()))
    ]
    return hidden + shown
