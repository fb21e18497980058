"""StartQuery and its like, and saved queries. Their pages in AWS's "Amazon CloudWatch Logs API Reference"."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.cloudwatch.logs import Logs
from local.cloudwatch.logs.schema import TABLES
from local.database import Database
from local.logs import LogEvent, LogSource
from tests.local.cloudwatch.logs.asking import NOW_MS, finished

Put = Callable[..., None]
RANGE = {"startTime": 0, "endTime": NOW_MS // 1000 + 100_000}


def test_a_malformed_query(client: Any, stream: Put) -> None:
    """StartQuery refuses it with MalformedQueryException, and says where."""
    stream("a")
    with pytest.raises(client.exceptions.MalformedQueryException) as raised:
        client.start_query(logGroupName="g", queryString="fields @message | sortt x", **RANGE)
    assert raised.value.response["queryCompileError"]["location"] == {"startCharOffset": 18, "endCharOffset": 23}
    with pytest.raises(ClientError, match=r"the command pattern .* is not supported on the laptop"):
        client.start_query(logGroupName="g", queryString="pattern @message", **RANGE)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"logGroupName": "none"}, "ResourceNotFoundException"),
        ({"logGroupName": "g", "logGroupNames": ["g"]}, "InvalidParameterException"),
        ({}, "InvalidParameterException"),
        ({"logGroupNames": []}, "InvalidParameterException"),
        ({"logGroupName": "g", "startTime": 2, "endTime": 1}, "InvalidParameterException"),
        ({"logGroupName": "g", "limit": 100_001}, "InvalidParameterException"),
        ({"logGroupName": "g", "queryLanguage": "SQL"}, "NotSupportedOnTheLaptop"),
        ({"logGroupName": "g", "queryLanguage": "X"}, "InvalidParameterException"),
    ],
)
def test_what_is_refused(client: Any, stream: Put, given: dict[str, Any], code: str) -> None:
    """Unknown groups, none or two ways to name them, a range that ends before it starts, other languages."""
    del stream
    with pytest.raises(ClientError) as raised:
        client.start_query(**{"queryString": "fields a", **RANGE, **given})
    assert raised.value.response["Error"]["Code"] == code


def test_pages_of_results(client: Any, stream: Put) -> None:
    """GetQueryResults gives at most maxItems rows, and a token for the rest; limit is StartQuery's too."""
    stream(*(str(number) for number in range(5)))
    query = client.start_query(logGroupName="g", queryString="fields @message", limit=4, **RANGE)["queryId"]
    while client.get_query_results(queryId=query)["status"] != "Complete":
        pass
    first = client.get_query_results(queryId=query, maxItems=3)
    rest = client.get_query_results(queryId=query, maxItems=3, nextToken=first["nextToken"])
    assert [row[0]["value"] for row in [*first["results"], *rest["results"]]] == ["4", "3", "2", "1"]
    assert "nextToken" not in rest


def test_stop_query(client: Any, stream: Put) -> None:
    """A running query is stopped and says so; one that has ended can't be."""
    stream(*(json.dumps({"n": number}) for number in range(400)), start_ms=NOW_MS - 400_000)
    numbers = json.dumps(list(range(60)))
    lists = " | ".join(f"unnest numbers into n{number}" for number in range(5))
    text = f"fields jsonParse('{numbers}') as numbers | {lists} | stats count(*)"  # 400 * 60 ^ 5 rows
    query = client.start_query(logGroupName="g", queryString=text, **RANGE)["queryId"]
    while client.get_query_results(queryId=query)["status"] == "Scheduled":
        pass
    [described] = client.describe_queries(status="Running")["queries"]
    assert (described["queryId"], described["queryString"], described["logGroupName"]) == (query, text, "g")
    assert client.stop_query(queryId=query) == {"success": True, "ResponseMetadata": {}}
    while (answer := client.get_query_results(queryId=query))["status"] == "Running":
        pass
    assert (answer["status"], answer["results"]) == ("Cancelled", [])
    with pytest.raises(client.exceptions.InvalidParameterException, match="not running"):
        client.stop_query(queryId=query)
    assert client.describe_queries(status="Running")["queries"] == []
    assert len(client.describe_queries(logGroupName="g")["queries"]) == 1
    assert client.describe_queries(logGroupName="h")["queries"] == []


def test_an_answer_too_large(client: Any, stream: Put) -> None:
    """An answer that would fill the memory makes its query fail."""
    stream("x" * 1_000_000)
    numbers = json.dumps(list(range(100)))
    text = f"fields jsonParse('{numbers}') as numbers, @message | unnest numbers into n"
    assert finished(client, text)["status"] == "Failed"
    assert len(finished(client, f"{text} | limit 5")["results"]) == 5


def test_unknown_queries(client: Any) -> None:
    """An unknown id is a ResourceNotFoundException; a pointer that is none is refused."""
    for call in (client.get_query_results, client.stop_query):
        with pytest.raises(client.exceptions.ResourceNotFoundException):
            call(queryId="none")
    with pytest.raises(client.exceptions.InvalidParameterException):
        client.get_log_record(logRecordPointer="x")
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_log_record(logRecordPointer="1")


def test_queries_are_forgotten(client: Any, stream: Put) -> None:
    """The latest hundred answers are kept."""
    stream("a")
    for _ in range(105):
        finished(client, "fields @message")
    assert len(client.describe_queries()["queries"]) == 100


def test_reset(client: Any, stream: Put, logs: Logs, database: Database) -> None:
    """reset() leaves nothing in any table, and no answers; what comes after is kept."""
    stream("a")
    made = {"metricName": "m", "metricNamespace": "n", "metricValue": "1"}
    client.put_metric_filter(logGroupName="g", filterName="f", filterPattern="", metricTransformations=[made])
    client.tag_resource(resourceArn="g", tags={"a": "b"})
    client.put_query_definition(name="q", queryString="fields a")
    finished(client, "fields @message")
    logs.reset()
    with database.read() as connection:
        for table in TABLES:
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)  # noqa: S608
        made_tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    assert {name for (name,) in made_tables} == {*TABLES, "deferred", "sqlite_sequence"}
    assert client.describe_queries()["queries"] == []
    logs.put([LogEvent("g", "s", NOW_MS, "b", LogSource.FUNCTION)])
    assert len(finished(client, "fields @message")["results"]) == 1


def test_query_definitions(client: Any) -> None:
    """A saved query is put, changed under its id, found by its name's prefix, deleted."""
    first = client.put_query_definition(name="b/one", queryString="fields a", logGroupNames=["g"])["queryDefinitionId"]
    client.put_query_definition(name="a/two", queryString="pattern @message")
    client.put_query_definition(name="b/one", queryString="fields b", queryDefinitionId=first)
    [found] = client.describe_query_definitions(queryDefinitionNamePrefix="b/")["queryDefinitions"]
    assert found == {
        "queryLanguage": "CWLI",
        "queryDefinitionId": first,
        "name": "b/one",
        "queryString": "fields b",
        "lastModified": NOW_MS,
        "logGroupNames": [],
    }
    page = client.describe_query_definitions(maxResults=1)
    assert [query["name"] for query in page["queryDefinitions"]] == ["a/two"]
    page = client.describe_query_definitions(nextToken=page["nextToken"])
    assert [query["name"] for query in page["queryDefinitions"]] == ["b/one"]
    assert client.delete_query_definition(queryDefinitionId=first)["success"] is True
    for call in (client.delete_query_definition,):
        with pytest.raises(client.exceptions.ResourceNotFoundException):
            call(queryDefinitionId=first)
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.put_query_definition(name="x", queryString="fields a", queryDefinitionId=first)
