"""Log groups and streams. AWS's "Amazon CloudWatch Logs API Reference", the page of each action."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.cloudwatch.logs import Logs
from tests.local.cloudwatch.logs.asking import NOW_MS

Put = Callable[..., None]
ARN = "arn:aws:logs:us-east-1:123456789012:log-group"


def test_a_group(client: Any) -> None:
    """CreateLogGroup makes what DescribeLogGroups and ListLogGroups show; a second of the name is refused."""
    client.create_log_group(logGroupName="/aws/lambda/f")
    assert client.describe_log_groups()["logGroups"] == [
        {
            "logGroupName": "/aws/lambda/f",
            "creationTime": NOW_MS,
            "metricFilterCount": 0,
            "arn": f"{ARN}:/aws/lambda/f:*",
            "logGroupArn": f"{ARN}:/aws/lambda/f",
            "storedBytes": 0,
            "logGroupClass": "STANDARD",
            "deletionProtectionEnabled": False,
        }
    ]
    assert client.list_log_groups()["logGroups"] == [
        {"logGroupName": "/aws/lambda/f", "logGroupArn": f"{ARN}:/aws/lambda/f", "logGroupClass": "STANDARD"}
    ]
    with pytest.raises(client.exceptions.ResourceAlreadyExistsException):
        client.create_log_group(logGroupName="/aws/lambda/f")
    client.delete_log_group(logGroupName="/aws/lambda/f")
    assert client.describe_log_groups()["logGroups"] == []
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.delete_log_group(logGroupName="/aws/lambda/f")


def test_the_groups_in_pages(client: Any) -> None:
    """Prefix, substring pattern, limit and token; a pattern's answer has name, time and ARN only."""
    for name in ("aws/DataLogs", "GroupDataLogs", "DataLogs", "datalogs", "Data/log/s"):
        client.create_log_group(logGroupName=name)
    pages = client.get_paginator("describe_log_groups").paginate(PaginationConfig={"PageSize": 2})
    names = [[group["logGroupName"] for group in page["logGroups"]] for page in pages]
    assert names == [["Data/log/s", "DataLogs"], ["GroupDataLogs", "aws/DataLogs"], ["datalogs"]]
    found = client.describe_log_groups(logGroupNamePattern="DataLogs")["logGroups"]
    # The page: "log groups named DataLogs, aws/DataLogs, and GroupDataLogs would match".
    assert [group["logGroupName"] for group in found] == ["DataLogs", "GroupDataLogs", "aws/DataLogs"]
    assert set(found[0]) == {"arn", "creationTime", "logGroupName"}
    found = client.describe_log_groups(logGroupNamePrefix="Data")["logGroups"]
    assert [group["logGroupName"] for group in found] == ["Data/log/s", "DataLogs"]
    found = client.describe_log_groups(logGroupIdentifiers=["datalogs", f"{ARN}:DataLogs"])["logGroups"]
    assert [group["logGroupName"] for group in found] == ["DataLogs", "datalogs"]
    assert len(client.list_log_groups(limit=2)["logGroups"]) == 2


def test_deletion_protection(client: Any) -> None:
    """A protected group is not deleted until the protection is gone."""
    client.create_log_group(logGroupName="g", deletionProtectionEnabled=True)
    with pytest.raises(client.exceptions.ValidationException):
        client.delete_log_group(logGroupName="g")
    client.put_log_group_deletion_protection(logGroupIdentifier="g", deletionProtectionEnabled=False)
    client.delete_log_group(logGroupName="g")


def test_tags(client: Any) -> None:
    """Tags come with the group or later, and go."""
    client.create_log_group(logGroupName="g", tags={"team": "a"})
    arn = f"{ARN}:g"
    client.tag_resource(resourceArn=arn, tags={"team": "b", "stage": "dev"})
    client.untag_resource(resourceArn=arn, tagKeys=["stage", "none"])
    assert client.list_tags_for_resource(resourceArn=arn)["tags"] == {"team": "b"}
    with pytest.raises(client.exceptions.TooManyTagsException):
        client.tag_resource(resourceArn=arn, tags={f"t{number}": "" for number in range(50)})
    assert client.list_tags_for_resource(resourceArn=arn)["tags"] == {"team": "b"}


RETENTIONS = "1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653"


def test_retention(client: Any) -> None:
    """The page's days are taken, no others; DeleteRetentionPolicy keeps events for ever."""
    client.create_log_group(logGroupName="g")
    for days in RETENTIONS.split(", "):
        client.put_retention_policy(logGroupName="g", retentionInDays=int(days))
    assert client.describe_log_groups()["logGroups"][0]["retentionInDays"] == 3653
    with pytest.raises(client.exceptions.InvalidParameterException, match=r"retentionInDays is 2; .* one of 1, 3, 5"):
        client.put_retention_policy(logGroupName="g", retentionInDays=2)
    client.delete_retention_policy(logGroupName="g")
    assert "retentionInDays" not in client.describe_log_groups()["logGroups"][0]


def test_expiry(client: Any, stream: Put, logs: Logs, recorded: Any) -> None:
    """expire() deletes the events that are older than the retention, and counts their bytes off."""
    stream("one", "two", "three")
    client.put_retention_policy(logGroupName="g", retentionInDays=1)
    recorded.now_ms += 24 * 3_600_000 + 1000
    assert logs.expire() == 1
    left = client.get_log_events(logGroupName="g", logStreamName="s")["events"]
    assert [event["message"] for event in left] == ["two", "three"]
    assert client.describe_log_groups()["logGroups"][0]["storedBytes"] == 3 + 26 + 5 + 26
    assert logs.expire() == 0


def test_streams(client: Any, recorded: Any) -> None:
    """CreateLogStream makes what DescribeLogStreams shows, by name or by the time of the last event."""
    client.create_log_group(logGroupName="g")
    for number, name in enumerate(("b", "a", "c")):
        client.create_log_stream(logGroupName="g", logStreamName=name)
        event = {"timestamp": NOW_MS + number, "message": "x"}
        client.put_log_events(logGroupName="g", logStreamName=name, logEvents=[event])
        recorded.now_ms += 10
    first = client.describe_log_streams(logGroupName="g", limit=1)["logStreams"][0]
    del first["uploadSequenceToken"]
    assert first == {
        "logStreamName": "a",
        "creationTime": NOW_MS + 10,
        "firstEventTimestamp": NOW_MS + 1,
        "lastEventTimestamp": NOW_MS + 1,
        "lastIngestionTime": NOW_MS + 10,
        "arn": f"{ARN}:g:log-stream:a",
        "storedBytes": 0,
    }

    def names(**given: Any) -> list[list[str]]:
        pages = client.get_paginator("describe_log_streams").paginate(PaginationConfig={"PageSize": 2}, **given)
        return [[stream["logStreamName"] for stream in page["logStreams"]] for page in pages]

    assert names(logGroupName="g") == [["a", "b"], ["c"]]
    assert names(logGroupIdentifier=f"{ARN}:g", descending=True) == [["c", "b"], ["a"]]
    assert names(logGroupName="g", orderBy="LastEventTime") == [["b", "a"], ["c"]]
    assert names(logGroupName="g", orderBy="LastEventTime", descending=True) == [["c", "a"], ["b"]]
    assert names(logGroupName="g", logStreamNamePrefix="c") == [["c"]]
    with pytest.raises(client.exceptions.InvalidParameterException, match="LastEventTime"):
        client.describe_log_streams(logGroupName="g", orderBy="LastEventTime", logStreamNamePrefix="a")


def test_deleting_a_stream(client: Any, stream: Put) -> None:
    """Its events go with it; the other streams' stay."""
    stream("one")
    client.create_log_stream(logGroupName="g", logStreamName="other")
    event = {"timestamp": NOW_MS, "message": "two"}
    client.put_log_events(logGroupName="g", logStreamName="other", logEvents=[event])
    with pytest.raises(client.exceptions.ResourceAlreadyExistsException):
        client.create_log_stream(logGroupName="g", logStreamName="s")
    client.delete_log_stream(logGroupName="g", logStreamName="s")
    assert [event["message"] for event in client.filter_log_events(logGroupName="g")["events"]] == ["two"]
    assert client.describe_log_groups()["logGroups"][0]["storedBytes"] == 3 + 26
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.delete_log_stream(logGroupName="g", logStreamName="s")


@pytest.mark.parametrize(
    ("call", "given"),
    [
        ("create_log_group", {"logGroupName": "a b"}),
        ("create_log_group", {"logGroupName": "x" * 513}),
        ("create_log_group", {"logGroupName": "g'; DROP TABLE log_groups; --"}),
        ("create_log_group", {"logGroupName": "g", "logGroupClass": "CHEAP"}),
        ("create_log_group", {"logGroupName": "g", "tags": {"aws:x": "y"}}),
        ("create_log_stream", {"logGroupName": "g", "logStreamName": "a:b"}),
        ("create_log_stream", {"logGroupName": "g", "logStreamName": "a*"}),
        ("describe_log_groups", {"limit": 51}),
        ("describe_log_groups", {"nextToken": "*"}),
        ("describe_log_groups", {"logGroupNamePrefix": "a", "logGroupNamePattern": "b"}),
        ("describe_log_streams", {"logGroupName": "g", "orderBy": "Size"}),
        ("describe_log_streams", {"logGroupName": "g", "logGroupIdentifier": "g"}),
        ("describe_log_streams", {}),
        ("describe_log_streams", {"logGroupName": "g", "nextToken": "bm90IGEgdG9rZW4="}),
    ],
)
def test_what_is_refused(client: Any, call: str, given: dict[str, Any]) -> None:
    """What the API's model forbids is an InvalidParameterException that names it."""
    with pytest.raises(ClientError) as raised:
        getattr(client, call)(**given)
    assert raised.value.response["Error"]["Code"] in ("InvalidParameterException", "ResourceNotFoundException")
    if "DROP" in str(given):
        assert client.describe_log_groups()["logGroups"] == []


def test_a_class_that_is_not_supported(client: Any) -> None:
    """The laptop has standard log groups; the other classes are refused by name."""
    with pytest.raises(ClientError, match="logGroupClass INFREQUENT_ACCESS is not supported on the laptop"):
        client.create_log_group(logGroupName="g", logGroupClass="INFREQUENT_ACCESS")
    assert client.describe_log_groups(logGroupClass="INFREQUENT_ACCESS")["logGroups"] == []


def test_live_tail_is_refused(logs: Logs) -> None:
    """StartLiveTail, and what else is not in the table, has no operation: the endpoint refuses it by name."""
    assert "StartLiveTail" not in logs.operations()
    assert len(logs.operations()) == 28
