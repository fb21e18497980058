import json
import re

import pytest

from local.lambda_runtime import FunctionConfig, Outcome
from local.lambda_runtime.failures import exit_reason, exited, out_of_memory, posted, timed_out
from local.lambda_runtime.instants import iso_milliseconds
from local.lambda_runtime.log_stream import stream_name
from local.lambda_runtime.platform_log import platform_log
from local.lambda_runtime.reports import InitReport, InitType, Phase, Report, TraceContext

ID = "8476a536-e9f4-11e8-9739-2dfe598c3fcd"
NOON = 1795435200.0625  # 2026-11-23T12:00:00.062Z
TRACE = TraceContext("1-5759e988-bd862e3fe1be46a994272793", "53995c3f42cd8ad8", sampled=True)
TEXT = platform_log(FunctionConfig("items", "app.handler", runtime="python3.13"))
JSON = platform_log(FunctionConfig("items", "app.handler", runtime="python3.13", log_format="JSON"))


@pytest.mark.parametrize(
    ("duration_ms", "init_ms", "billed_ms"), [(1.0, None, 1), (1.01, None, 2), (0.2, None, 1), (2.4, 100.3, 103)]
)
def test_whole_milliseconds_are_billed(duration_ms: float, init_ms: float | None, billed_ms: int) -> None:
    """Rounded up to the millisecond, the initialisation included since 2025-08-01 (AWS page "AWS Lambda Pricing")."""
    assert Report(ID, duration_ms, 128, 40, init_ms).billed_ms == billed_ms


def test_the_text_report_of_a_cold_traced_invocation() -> None:
    """Tabs between the fields and after the last, then the trace on a line of its own."""
    end, report = TEXT.report(NOON, Report(ID, 12.346, 512, 93, 250.1, trace=TRACE))
    assert end == f"END RequestId: {ID}"
    assert report == (
        f"REPORT RequestId: {ID}\tDuration: 12.35 ms\tBilled Duration: 263 ms\tMemory Size: 512 MB\t"
        "Max Memory Used: 93 MB\tInit Duration: 250.10 ms\t\n"
        "XRAY TraceId: 1-5759e988-bd862e3fe1be46a994272793\tSegmentId: 53995c3f42cd8ad8\tSampled: true\t"
    )


def test_the_text_report_of_a_failure() -> None:
    """Status and error type end the line of an invocation that Lambda ended."""
    report = Report(ID, 95.78, 512, 39, status="error", error_type="Runtime.OutOfMemory")
    assert TEXT.report(NOON, report)[1].endswith(
        "\tMax Memory Used: 39 MB\tStatus: error\tError Type: Runtime.OutOfMemory"
    )


def test_the_json_report() -> None:
    """platform.report of the AWS page "Lambda Telemetry API Event schema reference"."""
    (line,) = JSON.report(NOON, Report(ID, 12.345678, 512, 93, 250.1, trace=TRACE))
    assert json.loads(line) == {
        "time": "2026-11-23T12:00:00.062Z",
        "type": "platform.report",
        "record": {
            "requestId": ID,
            "metrics": {
                "durationMs": 12.346,
                "billedDurationMs": 263,
                "memorySizeMB": 512,
                "maxMemoryUsedMB": 93,
                "initDurationMs": 250.1,
            },
            "status": "success",
            "tracing": {
                "spanId": "53995c3f42cd8ad8",
                "type": "X-Amzn-Trace-Id",
                "value": "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1",
            },
        },
    }


def test_the_json_start_of_an_initialisation() -> None:
    """platform.initStart of the same page."""
    (line,) = JSON.init_start(NOON, InitType.PROVISIONED)
    assert json.loads(line)["record"] == {
        "initializationType": "provisioned-concurrency",
        "phase": "init",
        "runtimeVersion": "python:3.13.local",
        "runtimeVersionArn": "arn:aws:lambda:us-east-1::runtime:local",
        "functionName": "items",
        "functionVersion": "$LATEST",
    }


def test_a_successful_initialisation_has_no_report_of_its_own() -> None:
    """INIT_REPORT is for failures; platform.initReport of a success is at the level DEBUG, which is not on."""
    report = InitReport(InitType.ON_DEMAND, Phase.INIT, 100.0)
    assert TEXT.init_report(NOON, report) == JSON.init_report(NOON, report) == []


def test_the_line_of_a_timeout() -> None:
    """Instant, request id, and the timeout with two decimals."""
    assert TEXT.failure(NOON, timed_out(ID, 3.0)) == [
        f"2026-11-23T12:00:00.062Z {ID} Task timed out after 3.00 seconds"
    ]


@pytest.mark.parametrize(
    ("return_code", "reason"),
    [
        (0, "Runtime exited without providing a reason"),
        (1, "Runtime exited with error: exit status 1"),
        (-9, "Runtime exited with error: signal: killed"),
        (-15, "Runtime exited with error: signal: terminated"),
        (-6, "Runtime exited with error: signal: aborted"),
    ],
)
def test_an_exit_is_explained_in_lambdas_words(return_code: int, reason: str) -> None:
    """AWS page "Troubleshoot invocation issues in Lambda"."""
    assert exit_reason(return_code) == reason
    assert json.loads(exited(ID, return_code).payload)["errorMessage"] == f"RequestId: {ID} Error: {reason}"


def test_out_of_memory_is_an_outcome_of_its_own() -> None:
    """The same exit, another type."""
    failure = out_of_memory(ID, -9)
    assert failure.outcome is Outcome.OUT_OF_MEMORY
    assert json.loads(failure.payload)["errorType"] == "Runtime.OutOfMemory"


def test_an_error_that_nobody_can_read_still_has_a_type() -> None:
    """A runtime that posts something else than an error object: Runtime.Unknown, its body untouched."""
    for body in (b"", b"no json", b"[]", b'{"errorType": 3}'):
        failure = posted(body, None)
        assert failure.error_type == "Runtime.Unknown"
        assert failure.payload == body


def test_a_log_stream_is_named_by_day_version_and_sandbox() -> None:
    """2026/11/23/[$LATEST] and 32 hexadecimal digits; the day is UTC's."""
    name = stream_name(NOON, "$LATEST", bytes(range(16)))
    assert name == "2026/11/23/[$LATEST]000102030405060708090a0b0c0d0e0f"
    assert re.fullmatch(r"2026-11-23T12:00:00\.062Z", iso_milliseconds(NOON))
