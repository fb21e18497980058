"""The table of AWS's metrics, against AWS's pages; and Lambda's records, against what the laptop's Lambda writes."""

from __future__ import annotations

import pytest

from dashboards import filters, platform
from dashboards.patterns import Is, IsNot, every, member, parsed, some
from dashboards.platform_records import RECORDS

PAGES: dict[tuple[str, str], tuple[str, set[tuple[str, ...]]]] = {
    ("AWS/Lambda", "Invocations"): ("Count", {("FunctionName",), ("FunctionName", "Resource")}),
    ("AWS/Lambda", "Errors"): ("Count", {("FunctionName",), ("FunctionName", "Resource")}),
    ("AWS/Lambda", "Throttles"): ("Count", {("FunctionName",), ("FunctionName", "Resource")}),
    ("AWS/Lambda", "Duration"): ("Milliseconds", {("FunctionName",), ("FunctionName", "Resource")}),
    ("AWS/Lambda", "ConcurrentExecutions"): ("Count", {("FunctionName",), ("FunctionName", "Resource")}),
    ("AWS/Lambda", "ProvisionedConcurrencyUtilization"): ("None", {("FunctionName", "Resource")}),
    ("AWS/Lambda", "ProvisionedConcurrencySpilloverInvocations"): ("Count", {("FunctionName", "Resource")}),
    ("AWS/ApiGateway", "Count"): ("Count", {("ApiName",), ("ApiName", "Stage")}),
    ("AWS/ApiGateway", "4XXError"): ("Count", {("ApiName",), ("ApiName", "Stage")}),
    ("AWS/ApiGateway", "5XXError"): ("Count", {("ApiName",), ("ApiName", "Stage")}),
    ("AWS/ApiGateway", "Latency"): ("Milliseconds", {("ApiName",), ("ApiName", "Stage")}),
    ("AWS/ApiGateway", "IntegrationLatency"): ("Milliseconds", {("ApiName",), ("ApiName", "Stage")}),
    ("AWS/DynamoDB", "ConsumedReadCapacityUnits"): (
        "Count",
        {("TableName",), ("GlobalSecondaryIndexName", "TableName")},
    ),
    ("AWS/DynamoDB", "ConsumedWriteCapacityUnits"): (
        "Count",
        {("TableName",), ("GlobalSecondaryIndexName", "TableName")},
    ),
    ("AWS/DynamoDB", "ReadThrottleEvents"): ("Count", {("TableName",), ("GlobalSecondaryIndexName", "TableName")}),
    ("AWS/DynamoDB", "WriteThrottleEvents"): ("Count", {("TableName",), ("GlobalSecondaryIndexName", "TableName")}),
    ("AWS/DynamoDB", "SystemErrors"): ("Count", {("Operation", "TableName")}),
    ("AWS/DynamoDB", "SuccessfulRequestLatency"): ("Milliseconds", {("Operation", "TableName")}),
    ("AWS/DynamoDB", "ConditionalCheckFailedRequests"): ("Count", {("TableName",)}),
    ("AWS/Logs", "IncomingBytes"): ("Bytes", {("LogGroupName",)}),
    ("AWS/Logs", "IncomingLogEvents"): ("None", {("LogGroupName",)}),
    ("AWS/Logs", "EMFParsingErrors"): ("None", {("LogGroupName",)}),
    ("AWS/Logs", "EMFValidationErrors"): ("None", {("LogGroupName",)}),
}
"""Lambda developer guide, "Types of metrics for Lambda functions"; API Gateway developer guide, "Amazon API Gateway
dimensions and metrics" (REST APIs); DynamoDB developer guide, "DynamoDB Metrics and dimensions"; CloudWatch Logs user
guide, "Monitoring with CloudWatch metrics". Lambda gives its units on no page: from memory."""


def test_table_is_the_pages() -> None:
    """Each metric that the board may use, with its unit and dimension sets, is on AWS's page, and no other is here."""
    assert {(one.namespace, one.name) for one in platform.ALL} == set(PAGES)
    for one in platform.ALL:
        unit, sets = PAGES[one.namespace, one.name]
        assert one.unit.value == unit
        assert sets <= {tuple(sorted(names)) for names in one.dimensions}
        assert one.source
        assert one.statistics


REPORT = '{"type":"platform.report","record":{"status":"%s","metrics":{"maxMemoryUsedMB":96}}}'


@pytest.mark.parametrize(
    ("status", "counted"),
    [
        ("success", {"FunctionPeakMemory"}),
        ("timeout", {"FunctionPeakMemory", "FunctionTimeouts"}),
        ("error", {"FunctionPeakMemory", "FunctionCrashes"}),
        ("failure", {"FunctionPeakMemory", "FunctionCrashes"}),
    ],
)
def test_reports_are_counted(status: str, counted: set[str]) -> None:
    """platform.report's states are told apart ("Lambda Telemetry API Event schema reference", Status)."""
    line = parsed(REPORT % status)
    assert {one.name for one in filters.ALL if one.pattern.matches(line)} == counted
    assert member(line, filters.PEAK_MEMORY.value) == 96


def test_failed_starts_are_counted() -> None:
    """platform.initReport with any state but success; a line without a state is none (a selector that isn't there)."""
    failed = parsed('{"type":"platform.initReport","record":{"status":"timeout","phase":"init"}}')
    fine = parsed('{"type":"platform.initReport","record":{"status":"success","phase":"init"}}')
    assert filters.INIT_ERRORS.pattern.matches(failed)
    assert not filters.INIT_ERRORS.pattern.matches(fine)
    assert not filters.INIT_ERRORS.pattern.matches({"type": "platform.initReport", "record": {}})


def test_wide_lines_are_not_counted() -> None:
    """What the service writes itself makes none of these metrics; nor does a line that is no JSON object."""
    for text in ('{"type": 5, "status": 500}', "Traceback", "[1]", '"text"', "null"):
        assert [one.name for one in filters.ALL if one.pattern.matches(parsed(text))] == []


def test_patterns_as_text() -> None:
    """Conditions in parentheses, joined by && and || ("Filter pattern syntax for metric filters", compound)."""
    pattern = every(Is("$.a", "x"), some(Is("$.b.c", "y"), IsNot("$.d", "z")))
    assert pattern.text() == '($.a = "x") && (($.b.c = "y") || ($.d != "z"))'


def test_every_kind_of_record_is_known() -> None:
    """The records that Lambda writes at the system log level INFO ("Log level filtering")."""
    assert {one["type"] for one in RECORDS} == {
        "platform.initStart",
        "platform.start",
        "platform.report",
        "platform.initReport",
        "platform.runtimeDone",
    }
