"""Segments that X-Ray infers for services that send none."""

from typing import Any

import pytest

from local.xray.inferred import infer, is_downstream, service_of
from tests.local.xray.scorekeep import FUNCTION, INFERRED_TABLE, INFERRED_TOPIC, SCOREKEEP, TRACE_ID

# AWS page "AWS X-Ray segment documents": the subsegment of a downstream HTTP call, and the segment inferred from it.
CALL = {
    "id": "004f72be19cddc2a",
    "start_time": 1484786387.131,
    "end_time": 1484786387.501,
    "name": "names.example.com",
    "namespace": "remote",
    "http": {
        "request": {"method": "GET", "url": "https://names.example.com/"},
        "response": {"content_length": -1, "status": 200},
    },
}
INFERRED = {
    "name": "names.example.com",
    "trace_id": "1-5880168b-fd5153bb58284b67678aa78c",
    "start_time": 1484786387.131,
    "end_time": 1484786387.501,
    "parent_id": "004f72be19cddc2a",
    "http": {
        "request": {"method": "GET", "url": "https://names.example.com/"},
        "response": {"content_length": -1, "status": 200},
    },
    "inferred": True,
}
# The same page: "Example Subsegment with an SQL Query", without its query.
QUERY = {
    "id": "3fd8634e78ca9560",
    "start_time": 1484872218.696,
    "end_time": 1484872218.697,
    "name": "ebdb@aawijb5u25wdoy.cpamxznpdoq8.us-west-2.rds.amazonaws.com",
    "namespace": "remote",
    "sql": {"database_type": "PostgreSQL"},
}


def without_id(document: Any) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != "id"}


def test_a_downstream_http_call() -> None:
    """The page's example: the caller's times and http block, the call as its parent."""
    assert without_id(infer("1-5880168b-fd5153bb58284b67678aa78c", CALL)) == INFERRED


def test_aws_services() -> None:
    """The inferred segments of AWS page "Getting data from AWS X-Ray": a table by its type, a topic by its service."""
    update = SCOREKEEP["subsegments"][1]["subsegments"][0]
    publish = FUNCTION["subsegments"][1]
    assert without_id(infer(TRACE_ID, update)) == INFERRED_TABLE
    assert without_id(infer(TRACE_ID, publish)) == INFERRED_TOPIC


def test_ids() -> None:
    """An inferred segment has an id of its own, the same each time, and another in another trace."""
    first = infer("1-5880168b-fd5153bb58284b67678aa78c", CALL)
    assert len(first["id"]) == 16
    assert first["id"] == infer("1-5880168b-fd5153bb58284b67678aa78c", CALL)["id"]
    assert first["id"] not in (CALL["id"], infer(TRACE_ID, CALL)["id"])


@pytest.mark.parametrize(
    ("subsegment", "expected"),
    [
        (CALL, ("names.example.com", "remote")),
        (QUERY, (QUERY["name"], "Database::SQL")),
        (
            {**CALL, "namespace": "aws", "name": "DynamoDB", "aws": {"table_name": "users"}},
            ("users", "AWS::DynamoDB::Table"),
        ),
        ({**CALL, "namespace": "aws", "name": "dynamodb", "aws": {}}, ("dynamodb", "AWS::DynamoDB")),
        ({**CALL, "namespace": "aws", "name": "DynamoDB", "aws": {"table_name": 7}}, ("DynamoDB", "AWS::DynamoDB")),
        ({**CALL, "namespace": "aws", "name": "SNS", "aws": {"topic_arn": "arn"}}, ("SNS", "AWS::SNS")),
        ({**CALL, "namespace": "aws", "name": "SecretsManager"}, ("SecretsManager", "AWS::SecretsManager")),
    ],
)
def test_names_on_the_graph(subsegment: dict[str, Any], expected: tuple[str, str]) -> None:
    """A resource has its own name and type, a service its own, others are remote (the API's page of Service)."""
    assert service_of(infer(TRACE_ID, subsegment)) == expected


def test_work_that_is_no_call() -> None:
    """A subsegment without a namespace is the service's own work."""
    assert is_downstream(CALL)
    assert not is_downstream({**CALL, "namespace": None})
    assert not is_downstream(SCOREKEEP["subsegments"][1])


def test_a_segments_own_name() -> None:
    """A segment that was sent has the name and origin that it says."""
    assert service_of(SCOREKEEP) == ("Scorekeep", "AWS::ElasticBeanstalk::Environment")
    assert service_of({**SCOREKEEP, "origin": 7}) == ("Scorekeep", None)
