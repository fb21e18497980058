"""Calls to AWS as spans: a real boto3 client against a real HTTP server that answers as DynamoDB and SQS do."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, EndpointConnectionError, ParamValidationError

from observability import span
from observability.testing import capture
from observability.tracing.botocore import instrument

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb import DynamoDBClient

    from tests.observability.tracing.conftest import Answering

_KIND = {"Content-Type": "application/x-amz-json-1.0", "x-amzn-RequestId": "REQUEST-1"}


def _client(url: str) -> DynamoDBClient:
    session = boto3.Session("test", "test", region_name="eu-central-1")
    config = Config(connect_timeout=1, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 2})
    return session.client("dynamodb", endpoint_url=url, config=config)


@pytest.fixture
def client(server: Answering) -> Iterator[DynamoDBClient]:
    server.answers = [(200, _KIND, b"{}")]
    made = _client(server.url)
    instrument(made)
    yield made
    made.close()


def _error(code: str, status: int = 400) -> tuple[int, dict[str, str], bytes]:
    return status, _KIND, json.dumps({"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": "m"}).encode()


def test_a_call_is_an_aws_subsegment(client: DynamoDBClient) -> None:
    """Operation, table, region, request id, retries and status, nested in the span that makes the call
    (X-Ray segment documents, "AWS resource data")."""
    instrument(client)  # twice is once
    with capture() as seen, span("work"):
        client.get_item(TableName="items", Key={"id": {"S": "1"}})
    (call,) = seen.span("work")["subsegments"]
    assert call["name"] == "DynamoDB"
    assert call["namespace"] == "aws"
    assert call["aws"] == {
        "operation": "GetItem",
        "region": "eu-central-1",
        "table_name": "items",
        "request_id": "REQUEST-1",
        "retries": 0,
    }
    assert call["http"] == {"response": {"status": 200}}
    assert "fault" not in call
    assert "error" not in call


def test_retries_are_counted(client: DynamoDBClient, server: Answering) -> None:
    """A call that was tried twice is one span that says so."""
    server.answers = [_error("InternalServerError", 500), (200, _KIND, b"{}")]
    with capture() as seen:
        client.get_item(TableName="items", Key={"id": {"S": "1"}})
    assert [one["name"] for one in seen.spans] == ["test", "DynamoDB"]
    assert seen.span("DynamoDB")["aws"]["retries"] == 1


@pytest.mark.parametrize(
    ("code", "status", "flags"),
    [
        ("ConditionalCheckFailedException", 400, {"error"}),
        ("ProvisionedThroughputExceededException", 400, {"error", "throttle"}),
        ("InternalServerError", 500, {"fault"}),
    ],
)
def test_refused_calls(client: DynamoDBClient, server: Answering, code: str, status: int, flags: set[str]) -> None:
    """AWS's refusals are errors, its failures faults, "slower, please" a throttle; the code is an annotation."""
    server.answers = [_error(code, status)]
    with capture() as seen, pytest.raises(ClientError):
        client.get_item(TableName="items", Key={"id": {"S": "1"}})
    call = seen.span("DynamoDB")
    assert {flag for flag in ("error", "fault", "throttle") if call.get(flag)} == flags
    assert call["annotations"] == {"error_code": code}


def test_nobody_answers() -> None:
    """A call without an answer is a fault with its cause, and what comes after it is not below it."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: a connection is refused
        client = _client(f"http://127.0.0.1:{taken.getsockname()[1]}")
        instrument(client)
        with capture() as seen:
            with pytest.raises(EndpointConnectionError):
                client.get_item(TableName="items", Key={"id": {"S": "1"}})
            with span("after"):
                pass
        client.close()
    call, after = seen.documents[0]["subsegments"]
    assert call["fault"] is True
    assert call["cause"]["exceptions"][0]["type"] == "EndpointConnectionError"
    assert after["name"] == "after"


def test_a_call_that_is_never_made_is_no_span(client: DynamoDBClient) -> None:
    """What botocore refuses before it calls leaves nothing."""
    untyped: Any = client
    with capture() as seen, pytest.raises(ParamValidationError):
        untyped.get_item(TableName="items")
    assert [one["name"] for one in seen.spans] == ["test"]


def test_a_session_s_clients(server: Answering) -> None:
    """Given a session, every client that it makes from then on; SQS's queue is in X-Ray's block for it."""
    server.answers = [(200, _KIND, b'{"MessageId": "1", "MD5OfMessageBody": "49f68a5c8493ec2c0bf489821c21fc3b"}')]
    session = boto3.Session("test", "test", region_name="eu-central-1")
    instrument(session)
    queue = session.client("sqs", endpoint_url=server.url)
    with capture() as seen:
        queue.send_message(QueueUrl=f"{server.url}/1/q", MessageBody="hi")
    call = seen.span("SQS")
    assert (call["aws"]["operation"], call["aws"]["queue_url"]) == ("SendMessage", f"{server.url}/1/q")
    queue.close()


def test_outside_a_request(client: DynamoDBClient) -> None:
    """Without a request the calls work as ever."""
    assert client.get_item(TableName="items", Key={"id": {"S": "1"}})["ResponseMetadata"]["RetryAttempts"] == 0
