"""A metrics explorer's resources, and the metric widget that shows them.

AWS pages "Dashboard body structure and syntax" (metrics explorer widget), "GetResources" (Resource Groups Tagging API).
"""

import asyncio
import re
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from local.viewer.aws import Aws
from local.viewer.dashboards.entries import NotDrawable, read_entries
from local.viewer.dashboards.explorer import Resource, as_metric_widget, read_resource, resource_request
from local.viewer.dashboards.plan import plan
from local.viewer.dashboards.resources import with_explorers
from local.viewer.place import Place

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:"
INVOCATIONS = {"metricName": "Invocations", "resourceType": "AWS::Lambda::Function", "stat": "Sum"}
ERRORS = {"metricName": "Errors", "resourceType": "AWS::Lambda::Function", "stat": "Sum"}
SHOP = Resource(f"{FUNCTION}items", {"team": "shop"})
POST = Resource(f"{FUNCTION}mail", {"team": "post"})
NONE = Resource(f"{FUNCTION}odd", {})


def explorer(*metrics: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"metrics": list(metrics), "labels": [{"key": "stage", "value": "prod"}, {"key": "team"}], **more}


def test_what_is_asked() -> None:
    """All labels must match; one without a value is there with any."""
    assert resource_request(explorer(INVOCATIONS, ERRORS)) == {
        "ResourceTypeFilters": ["lambda:function"],
        "TagFilters": [{"Key": "stage", "Values": ["prod"]}, {"Key": "team"}],
    }


@pytest.mark.parametrize(
    ("kind", "arn", "filtered", "fields"),
    [
        ("AWS::Lambda::Function", f"{FUNCTION}items", "lambda:function", ("AWS/Lambda", "FunctionName", "items")),
        (
            "AWS::DynamoDB::Table",
            "arn:aws:dynamodb:us-east-1:123456789012:table/items",
            "dynamodb:table",
            ("AWS/DynamoDB", "TableName", "items"),
        ),
        (
            "AWS::Logs::LogGroup",
            "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/items",
            "logs:log-group",
            ("AWS/Logs", "LogGroupName", "/aws/lambda/items"),
        ),
        ("AWS::SQS::Queue", "arn:aws:sqs:us-east-1:123456789012:jobs", "sqs", ("AWS/SQS", "QueueName", "jobs")),
        ("AWS::S3::Bucket", "arn:aws:s3:::pictures", "s3", ("AWS/S3", "BucketName", "pictures")),
    ],
)
def test_a_resources_metric(kind: str, arn: str, filtered: str, fields: tuple[str, str, str]) -> None:
    """The dimension of its service's metrics that names it, out of its ARN."""
    properties = explorer({"metricName": "M", "resourceType": kind})
    assert resource_request(properties)["ResourceTypeFilters"] == [filtered]
    (entry,) = read_entries(as_metric_widget(properties, [Resource(arn, {})])["metrics"])
    assert (entry.namespace, *next(iter(entry.dimensions.items()))) == fields
    assert entry.options["stat"] == "Average"


def test_a_label_of_several_values() -> None:
    """ "If you specify multiple values for a single key, then resources that match any of the values" are shown."""
    labels = [{"key": "stage", "value": "prod"}, {"key": "stage", "value": "beta"}]
    assert resource_request({"metrics": [INVOCATIONS], "labels": labels})["TagFilters"] == [
        {"Key": "stage", "Values": ["prod", "beta"]}
    ]


def test_a_line_for_each_resource() -> None:
    """And metric; what splits them comes first, and lines of one value stand together."""
    shown = as_metric_widget(
        explorer(INVOCATIONS, ERRORS, splitBy="team", period=60, widgetOptions={"stacked": True}), [SHOP, POST, NONE]
    )
    assert (shown["period"], shown["stacked"], shown["view"]) == (60, True, "timeSeries")
    assert [entry.options["label"] for entry in read_entries(shown["metrics"])] == [
        "no team: odd Invocations",
        "post: mail Invocations",
        "shop: items Invocations",
        "no team: odd Errors",
        "post: mail Errors",
        "shop: items Errors",
    ]


def test_aggregated_by_a_tag() -> None:
    """One expression for each value of the tag; the metrics themselves are hidden."""
    shown = as_metric_widget(explorer(INVOCATIONS, aggregateBy={"key": "team", "func": "MAX"}), [SHOP, POST, NONE])
    entries = read_entries(shown["metrics"])
    assert [entry.is_visible for entry in entries] == [False, False, False, True, True, True]
    assert [(entry.options["label"], entry.expression) for entry in entries[3:]] == [
        ("no team: MAX of Invocations", "MAX([e0m2])"),
        ("post: MAX of Invocations", "MAX([e0m1])"),
        ("shop: MAX of Invocations", "MAX([e0m0])"),
    ]
    assert len({entry.options["id"] for entry in entries}) == 6


def test_split_and_aggregated() -> None:
    """The page's example: lines of each value of one tag, aggregated by another's."""
    odd = Resource(f"{FUNCTION}odd", {"team": "shop", "stage": "beta"})
    shown = as_metric_widget(
        explorer(INVOCATIONS, splitBy="stage", aggregateBy={"key": "team", "func": "SUM"}), [SHOP, odd]
    )
    assert [(entry.options["label"], entry.expression) for entry in read_entries(shown["metrics"])[2:]] == [
        ("beta: shop: SUM of Invocations", "SUM([e0m1])"),
        ("no stage: shop: SUM of Invocations", "SUM([e0m0])"),
    ]


@pytest.mark.parametrize(
    ("properties", "resources", "said"),
    [
        (explorer(), [], "a metrics explorer has metrics of one resourceType; these are none"),
        (
            explorer({"metricName": "M", "resourceType": "AWS::ECS::Cluster"}),
            [],
            "explorer of AWS::ECS::Cluster is not",
        ),
        (explorer(INVOCATIONS), [], "no resource has the tags"),
        (explorer(INVOCATIONS), [SHOP] * 101, "101 resources have the tags; at most 100"),
    ],
)
def test_what_is_not_drawn_is_said(properties: dict[str, Any], resources: list[Resource], said: str) -> None:
    """In words that name it."""

    def draw() -> None:
        resource_request(properties)
        as_metric_widget(properties, resources)

    with pytest.raises(NotDrawable, match=re.escape(said)):
        draw()


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    """An account as moto has one, with tagged queues."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "any")
    with mock_aws():
        client: Any = boto3.client("sqs", region_name="us-east-1")
        for queue, stage in (("jobs", "prod"), ("mails", "prod"), ("try", "dev")):
            client.create_queue(QueueName=queue, tags={"stage": stage, "team": "shop"})
        aws = Aws(Place(region="us-east-1"))
        yield aws
        aws.close()


def test_resources_are_found_by_their_tags(account: Aws) -> None:
    """With the tagging API of an account; a widget of another kind is left as it is."""
    metric = {"metricName": "NumberOfMessagesSent", "resourceType": "AWS::SQS::Queue", "stat": "Sum"}
    widgets = plan({"widgets": [{"type": "explorer", "properties": explorer(metric)}, {"type": "text"}]})
    found, text = asyncio.run(with_explorers(account, widgets))
    assert (found.kind, found.problem, text) == ("metric", "", widgets[1])
    names = [entry.dimensions["QueueName"] for entry in read_entries(found.properties["metrics"])]
    assert names == ["jobs", "mails"]


def test_a_call_that_fails_is_named_in_its_place() -> None:
    """Which call, and why."""
    aws = Aws(Place(endpoint_url="http://127.0.0.1:1"))
    (found,) = asyncio.run(
        with_explorers(aws, plan({"widgets": [{"type": "explorer", "properties": explorer(INVOCATIONS)}]}))
    )
    assert found.problem.startswith("resourcegroupstaggingapi:GetResources failed: EndpointConnectionError")


def test_a_mapping_of_get_resources() -> None:
    """As the API answers it."""
    mapping = {"ResourceARN": SHOP.arn, "Tags": [{"Key": "team", "Value": "shop"}]}
    assert read_resource(mapping) == SHOP
