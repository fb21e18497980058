"""load_tests/report_line.py and confirmation.py: cold starts by Lambda's own word."""

from hypothesis import given
from hypothesis import strategies as st

from load_tests.confirmation import confirm, sentences
from load_tests.report_line import Report, read_report

COLD, WARM, OTHER = (f"1-67891233-00000000000000000000000{number}" for number in (1, 2, 3))


def test_text_report() -> None:
    """AWS page "Using CloudWatch Logs with Lambda": the REPORT line, tabs between its fields, X-Ray's behind it."""
    message = (
        "REPORT RequestId: 8f507cfc-xmpl-4697-b07a-ac58fc914c95\tDuration: 15.74 ms\tBilled Duration: 16 ms\t"
        "Memory Size: 128 MB\tMax Memory Used: 56 MB\tInit Duration: 130.49 ms\t\n"
        f"XRAY TraceId: {COLD}\tSegmentId: 07f33cc459e9d1b3\tSampled: true\t\n"
    )
    assert read_report(message) == Report("8f507cfc-xmpl-4697-b07a-ac58fc914c95", 15.74, 130.49, COLD)
    warm = read_report(message.replace("Init Duration: 130.49 ms\t", ""))
    assert warm is not None
    assert warm.init_ms is None
    assert warm.duration_ms == 15.74


def test_json_report() -> None:
    """AWS page "Lambda Telemetry API Event schema reference", platform.report, with initDurationMs and tracing."""
    message = (
        '{"time":"2022-10-12T00:01:15.000Z","type":"platform.report","record":{"metrics":{"billedDurationMs":694,'
        '"durationMs":693.92,"initDurationMs":397.68,"maxMemoryUsedMB":84,"memorySizeMB":128},'
        '"requestId":"6d68ca91-49c9-448d-89b8-7ca3e6dc66aa","status":"success","tracing":{"spanId":"54565fb41ac79632",'
        f'"type":"X-Amzn-Trace-Id","value":"Root={COLD};Parent=0d7cd8f8f0c3d3d8;Sampled=1"}}}}}}'
    )
    assert read_report(message) == Report("6d68ca91-49c9-448d-89b8-7ca3e6dc66aa", 693.92, 397.68, COLD)


@given(st.text() | st.text().map(lambda text: '{"type":"platform.report","record":' + text + "}"))
def test_other_messages_are_no_reports(message: str) -> None:
    """Whatever else is in the log group breaks nothing."""
    read_report(message)


def test_other_records_are_no_reports() -> None:
    """START, the function's own JSON and text are passed over."""
    assert read_report("START RequestId: 8f507cfc Version: $LATEST") is None
    assert read_report('{"type":"platform.start","record":{"requestId":"x"}}') is None
    assert read_report('{"type":"platform.report","record":{"requestId":"x"}}') is None
    assert read_report("REPORT of the day") is None


def test_both_agree() -> None:
    """One cold start that the answer and the report name; a stranger's is not ours to judge."""
    reports = [Report("a", 10.0, 200.0, COLD), Report("b", 10.0, None, WARM), Report("c", 10.0, 200.0, OTHER)]
    found = confirm({COLD}, {COLD, WARM}, reports)
    assert (set(found.both), found.agrees, found.unknown) == ({COLD}, True, 0)
    assert sentences(found, 0) == [
        "1 cold starts by their answers, and REPORT lines with an init duration confirm them"
    ]


def test_disagreement_is_named() -> None:
    """An answer without a report, a report whose answer was warm, a report that names no trace, traces
    that X-Ray was not to keep: each is told."""
    found = confirm({COLD}, {COLD, WARM}, [Report("b", 10.0, 200.0, WARM), Report("c", 10.0, 200.0, None)])
    assert not found.agrees
    assert sentences(found, 3)[1:] == [
        f"REPORT has no init duration for {COLD}, whose answer has",
        f"REPORT has an init duration for {WARM}, whose answer hasn't",
        "1 cold starts whose REPORT names no trace: nobody knows whose they were",
        "3 cold starts whose traces were not sampled: their REPORT is not looked for",
    ]
