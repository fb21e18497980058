from hypothesis import given, settings
from hypothesis import strategies as st

from local.viewer.functions.report import QUERY, Spread, figures, report, spread

QUIET = settings(deadline=None, database=None)  # no time limits: the machine may be busy

TRACE = "1-59602603-23fc5b688855d396af79b496"
# A REPORT line's discovered fields, and a platform.report record's members, each as Insights gives them.
TEXT_ROW = {
    "@timestamp": "2026-11-26 01:20:00.000",
    "@requestId": "79104EXAMPLEB723",
    "@duration": "110.25",
    "@billedDuration": "311.0",
    "@initDuration": "200.5",
    "@memorySize": "512000000",
    "@maxMemoryUsed": "96000000",
    "@xrayTraceId": TRACE,
}
JSON_ROW = {
    "@timestamp": "2026-11-26 01:21:00.000",
    "record.requestId": "6d68ca91-49c9-448d-89b8-7ca3e6dc66aa",
    "record.status": "timeout",
    "record.tracing.value": f"Root={TRACE};Parent=02fd6f2d;Sampled=1",
    "record.metrics.durationMs": "693.92",
    "record.metrics.billedDurationMs": "694",
    "record.metrics.memorySizeMB": "512",
    "record.metrics.maxMemoryUsedMB": "109",
}


def test_a_text_report() -> None:
    """Milliseconds as they stand, memory in MB: the field is bytes, a million of which AWS's samples call one."""
    found = report(TEXT_ROW)
    assert (found.duration_ms, found.billed_ms, found.init_ms) == (110.25, 311.0, 200.5)
    assert (found.memory_mb, found.used_mb, found.is_cold) == (512.0, 96.0, True)
    assert (found.request_id, found.trace_id, found.status) == ("79104EXAMPLEB723", TRACE, "")


def test_a_json_report() -> None:
    """The same of a platform.report record; its trace is the Root of its tracing header."""
    found = report(JSON_ROW)
    assert (found.duration_ms, found.billed_ms, found.init_ms) == (693.92, 694.0, None)
    assert (found.memory_mb, found.used_mb, found.is_cold) == (512.0, 109.0, False)
    assert (found.trace_id, found.status) == (TRACE, "timeout")


def test_figures_tell_cold_from_warm() -> None:
    """Cold starts and warm ones apart, what failed, what was billed, the memory of the latest."""
    found = figures([report(JSON_ROW), report(TEXT_ROW)])
    assert found.cold == Spread(1, 110.25, 110.25, 110.25, 110.25)
    assert found.warm == Spread(1, 693.92, 693.92, 693.92, 693.92)
    assert found.init.most == 200.5
    assert (found.used.most, found.memory_mb, found.billed_ms, found.failed) == (109.0, 512.0, 1005.0, 1)


def test_percentiles_are_by_nearest_rank() -> None:
    """Of a hundred values the 50th, 90th and 99th; None of none."""
    assert spread(float(value) for value in range(1, 101)) == Spread(100, 50.0, 90.0, 99.0, 100.0)
    assert spread([None]) == Spread(0, None, None, None, None)


@QUIET
@given(st.dictionaries(st.sampled_from([*TEXT_ROW, *JSON_ROW]), st.text()))
def test_any_row_is_a_report(row: dict[str, str]) -> None:
    """What is no number is not known."""
    figures([report(row)])


def test_what_a_text_report_says_of_failures() -> None:
    """Status and Error Type are no discovered fields: the query takes them out of the line."""
    assert report({**TEXT_ROW, "reported_status": "timeout"}).status == "timeout"
    failed = {"reported_status": "error", "reported_error": "Runtime.ExitError"}
    assert report({**TEXT_ROW, **failed}).status == "Runtime.ExitError"
    assert figures([report({**TEXT_ROW, **failed}), report(TEXT_ROW)]).failed == 1


def test_the_query_asks_for_both_formats() -> None:
    """REPORT lines of the text format and records of the JSON format, in one query."""
    assert '@type = "REPORT"' in QUERY
    assert 'type = "platform.report"' in QUERY
