"""What log events say of invocations."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from load_tests.sweep.log_records import Report, WideLine, read_lines, read_reports

# The example of the AWS page "Sending Lambda function logs to CloudWatch Logs", cold and warm.
TEXT = (
    "REPORT RequestId: 8f507cfc-example-4697-b07a-ac58fc914c95\tDuration: 79.67 ms\tBilled Duration: 80 ms\t"
    "Memory Size: 128 MB\tMax Memory Used: 73 MB\t"
)
COLD = f"{TEXT}Init Duration: 130.22 ms\t\nXRAY TraceId: 1-5e34a614-10bdxmplf1fb44f07bc535a1\tSegmentId: 07f5xmpl2d1f6f85\tSampled: true\t"  # noqa: E501 - one line of a log
# The example of the AWS page "Lambda Telemetry API Event schema reference", platform.report.
JSON = {
    "time": "2022-10-12T00:01:15.000Z",
    "type": "platform.report",
    "record": {
        "metrics": {
            "billedDurationMs": 694,
            "durationMs": 693.92,
            "initDurationMs": 397.68,
            "maxMemoryUsedMB": 84,
            "memorySizeMB": 128,
        },
        "requestId": "6d68ca91-49c9-448d-89b8-7ca3e6dc66aa",
    },
}
TEXT_ID, JSON_ID = "8f507cfc-example-4697-b07a-ac58fc914c95", "6d68ca91-49c9-448d-89b8-7ca3e6dc66aa"


def test_text_report() -> None:
    """Warm, cold with its XRAY line, and one that timed out."""
    assert read_reports([TEXT]) == {TEXT_ID: Report(TEXT_ID, 79.67, 80, 128, 73, None, "success")}
    assert read_reports([COLD])[TEXT_ID].init_ms == 130.22
    assert read_reports([f"{TEXT}Status: timeout"])[TEXT_ID].status == "timeout"


def test_json_report() -> None:
    """Its example; without a start; with a status."""
    assert read_reports([json.dumps(JSON)]) == {JSON_ID: Report(JSON_ID, 693.92, 694, 128, 84, 397.68, "success")}
    warm: dict[str, Any] = json.loads(json.dumps(JSON))
    del warm["record"]["metrics"]["initDurationMs"]
    warm["record"]["status"] = "timeout"
    report = read_reports([json.dumps(warm)])[JSON_ID]
    assert (report.init_ms, report.status) == (None, "timeout")


def test_wide_line() -> None:
    """By API Gateway's request id, with method and route template."""
    line = {"function_request_id": "f-1", "request_id": "g-1", "method": "GET", "route": "/api/items/{item_id}"}
    assert read_lines([json.dumps(line)]) == {"g-1": WideLine("f-1", "g-1", "GET /api/items/{item_id}")}


@pytest.mark.parametrize(
    "message",
    [
        "",
        "REPORT",
        "REPORT RequestId: x",
        TEXT.replace("79.67", "7.9.6"),
        '{"type":"platform.report"}',
        '{"type":"platform.report","record":[]}',
        '{"type":"platform.report","record":{"requestId":"x","metrics":[]}}',
        '{"type":"platform.report","record":{"requestId":"x","metrics":{"durationMs":"long"}}}',
        '{"function_request_id": 5, "request_id": "g", "method": "GET", "route": "/"}',
        '"platform.report" "function_request_id"',
        '["platform.report", "function_request_id"]' + "[" * 100_000,
    ],
)
def test_what_is_neither_is_nobodys(message: str) -> None:
    """The application may log what it likes."""
    assert read_reports([message]) == {}
    assert read_lines([message]) == {}


@settings(deadline=None)
@given(
    st.text() | st.from_regex(r"REPORT RequestId: \S{1,5}\tDuration: [0-9.]{1,5} ms\t.*"),
    st.recursive(
        st.none() | st.integers() | st.floats() | st.text(max_size=4),
        lambda inner: st.dictionaries(
            st.sampled_from(
                ["metrics", "requestId", "durationMs", "billedDurationMs", "memorySizeMB", "maxMemoryUsedMB"]
            ),
            inner,
        ),
    ),
)
def test_any_event_is_read(text: str, record: Any) -> None:
    """Never an exception."""
    read_reports([text, json.dumps({"type": "platform.report", "record": record})])
    read_lines([text, json.dumps({"function_request_id": record, "request_id": text, "method": "", "route": ""})])
