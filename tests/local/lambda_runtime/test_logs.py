import asyncio
import json
import re
import time

from hypothesis import given
from hypothesis import strategies as st

from local.lambda_runtime.output import LineSplitter
from local.logs import LogSource
from tests.local.lambda_runtime.stage import Stage, until


def test_a_functions_lines_lie_between_start_and_end(stage: Stage) -> None:
    """All that an invocation printed is in the log before its END, and carries its request id."""
    source = """
import sys
def handler(event, context):
    for number in range(200):
        print(f"line {number}", file=sys.stderr if number % 2 else sys.stdout)
"""
    for result in stage.play(source, 1, 2, tracing=False):
        events = [event for event in stage.recorder.events if event.request_id == result.request_id]
        assert events[0].message.startswith("START RequestId")
        assert [event.message for event in events[1:201]] == [f"line {number}" for number in range(200)]
        assert {event.source for event in events[1:201]} == {LogSource.FUNCTION}
        assert events[201].message == f"END RequestId: {result.request_id}"
        assert events[202].message.startswith("REPORT RequestId")
        assert len(events) == 203


def test_events_say_where_and_when(stage: Stage) -> None:
    """Group and stream are the function's; the timestamp is now, in milliseconds."""
    before = int(time.time() * 1000)
    (result,) = stage.play("print('at init')\ndef handler(event, context): print('at work')", None, log_group="/mine")
    after = int(time.time() * 1000)
    assert {(event.group, event.stream) for event in stage.recorder.events} == {("/mine", result.log_stream)}
    assert all(before <= event.timestamp_ms <= after for event in stage.recorder.events)


def test_what_is_printed_at_initialisation_has_no_request(stage: Stage) -> None:
    """A line of the init phase comes after INIT_START, before START, and belongs to no request."""
    stage.play("print('at init')\ndef handler(event, context): pass", None)
    first, second, third = stage.recorder.events[:3]
    assert first.message.startswith("INIT_START ")
    assert (second.message, second.request_id) == ("at init", None)
    assert third.message.startswith("START RequestId")


def test_a_line_of_a_megabyte_is_one_event(stage: Stage) -> None:
    """CloudWatch takes events of up to 1 MB: a long line is not cut."""
    stage.play("def handler(event, context): print('x' * 1_000_000)", None)
    assert stage.recorder.function == ["x" * 1_000_000]


def test_much_output_never_blocks_the_function(stage: Stage) -> None:
    """A handler that prints far more than a pipe holds is not held up until its timeout, and nothing is lost."""
    source = "def handler(event, context):\n    for _ in range(event): print('y' * 999)"
    (result,) = stage.play(source, 20_000, tracing=False)
    assert result.payload == b"null"
    assert stage.recorder.function == ["y" * 999] * 20_000


def test_a_last_line_without_an_end_is_kept(stage: Stage) -> None:
    """Text without a line end is an event all the same, before END, and when the process dies."""
    source = """
import os, sys
def handler(event, context):
    sys.stdout.write("no end")
    sys.stdout.flush()
    if event: os._exit(1)
"""
    stage.play(source, 0, 1)
    assert stage.recorder.function == ["no end", "no end"]
    assert stage.recorder.lines()[2] == "no end"


def test_invalid_utf_8_is_replaced(stage: Stage) -> None:
    """Bytes that are no text become U+FFFD; the line is not lost."""
    stage.play("import os\ndef handler(event, context): os.write(1, b'caf\\xe9 \\xf0\\x9f\\x98\\x80\\n')", None)
    assert stage.recorder.function == ["caf\ufffd \U0001f600"]


def test_a_stack_trace_is_one_event(stage: Stage) -> None:
    """The runtime client's error is one event of several lines."""
    stage.play("def handler(event, context):\n    raise ValueError('no')", None)
    (line,) = stage.recorder.function
    assert line.splitlines()[:2] == ["[ERROR] ValueError: no", "Traceback (most recent call last):"]


def test_the_logging_module_writes_as_in_lambda(stage: Stage) -> None:
    """The root logger's text lines have level, instant and request id between tabs."""
    source = "import logging\ndef handler(event, context): logging.warning('careful')"
    (result,) = stage.play(source, None)
    (line,) = stage.recorder.function
    assert re.fullmatch(rf"\[WARNING\]\t\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{{3}}Z\t{result.request_id}\tcareful", line)


def test_the_logging_module_writes_json_where_that_is_the_format(stage: Stage) -> None:
    """With the JSON log format the root logger's lines are objects, from INFO on."""
    source = "import logging\ndef handler(event, context):\n    logging.debug('no')\n    logging.info('yes')"
    (result,) = stage.play(source, None, log_format="JSON")
    (line,) = stage.recorder.function
    written = json.loads(line)
    assert written.pop("timestamp")[:2] == "20"
    assert written == {"level": "INFO", "message": "yes", "logger": "root", "requestId": result.request_id}


def test_background_output_belongs_to_no_request(stage: Stage) -> None:
    """What a thread prints between two invocations is kept, without a request id."""
    source = """
import threading, time
def handler(event, context):
    threading.Timer(0.3, print, ["after"]).start()
"""

    async def story() -> None:
        async with stage.running(source) as function:
            await function.invoke(b"{}")
            (event,) = await until(lambda: [event for event in stage.recorder.events if event.message == "after"])
            assert event.request_id is None

    asyncio.run(story())


def test_the_platforms_lines_of_a_cold_and_a_warm_invocation(stage: Stage) -> None:
    """INIT_START, START, END, REPORT with Lambda's own words, and Init Duration on the cold one only."""
    cold, warm = stage.play("def handler(event, context): pass", 1, 2, memory_mb=256, region="eu-west-1", tracing=False)
    number, arn = r"\d+\.\d\d", "arn:aws:lambda:eu-west-1::runtime:local"
    measured = rf"Duration: {number} ms\tBilled Duration: \d+ ms\tMemory Size: 256 MB\tMax Memory Used: [1-9]\d* MB\t"
    expected = [
        rf"INIT_START Runtime Version: python:3\.11\.local\tRuntime Version ARN: {arn}",
        rf"START RequestId: {cold.request_id} Version: \$LATEST",
        rf"END RequestId: {cold.request_id}",
        rf"REPORT RequestId: {cold.request_id}\t{measured}Init Duration: {number} ms\t",
        rf"START RequestId: {warm.request_id} Version: \$LATEST",
        rf"END RequestId: {warm.request_id}",
        rf"REPORT RequestId: {warm.request_id}\t{measured}",
    ]
    assert len(stage.recorder.platform) == len(expected)
    for line, pattern in zip(stage.recorder.platform, expected, strict=True):
        assert re.fullmatch(pattern, line), line


def test_the_platforms_records_in_the_json_log_format(stage: Stage) -> None:
    """initStart, start and report at the level INFO, and nothing in plain text."""
    (result,) = stage.play("def handler(event, context): pass", None, log_format="JSON", tracing=False)
    kinds = [json.loads(line)["type"] for line in stage.recorder.platform]
    assert kinds == ["platform.initStart", "platform.start", "platform.report"]
    (start,), (report,) = stage.recorder.records("platform.start"), stage.recorder.records("platform.report")
    assert start == {"requestId": result.request_id, "version": "$LATEST"}
    assert report["status"] == "success"
    assert report["metrics"]["memorySizeMB"] == 128
    assert report["metrics"]["initDurationMs"] > 0


def test_the_trace_is_in_the_report(stage: Stage) -> None:
    """A traced invocation's REPORT has the trace and the function's segment."""
    stage.play("def handler(event, context): pass", None)
    (line,) = stage.recorder.starting("REPORT")
    function = stage.recorder.documents[1]
    assert line.endswith(f"\nXRAY TraceId: {function['trace_id']}\tSegmentId: {function['id']}\tSampled: true\t")


def test_memory_used_follows_the_handler(stage: Stage) -> None:
    """Max Memory Used is the sandbox's peak: 100 MB more for a handler that takes 100 MB."""
    stage.play("def handler(event, context): return len(b'x' * (event * 1024 * 1024))", 1, 100, 1, memory_mb=512)
    used = [int(re.findall(r"Max Memory Used: (\d+) MB", line)[0]) for line in stage.recorder.starting("REPORT")]
    assert used[1] - used[0] > 90
    assert used[2] == used[1]


def test_a_line_over_the_limit_becomes_several_events() -> None:
    """Nothing is lost of a line that no event can hold, and memory for it stays bounded."""
    splitter = LineSplitter(limit=4)
    assert splitter.feed(b"abcdef") == ["abcd"]
    assert splitter.feed(b"gh\nij") == ["efgh"]
    assert splitter.rest() == ["ij"]


@given(st.lists(st.binary(max_size=30)))
def test_lines_do_not_depend_on_how_the_bytes_come(chunks: list[bytes]) -> None:
    """Whatever the pieces, the lines are those of the whole."""
    splitter = LineSplitter()
    lines = [line for chunk in chunks for line in splitter.feed(chunk)] + splitter.rest()
    whole = LineSplitter()
    assert lines == whole.feed(b"".join(chunks)) + whole.rest()


def test_lines_that_are_empty_are_lines() -> None:
    """An empty line is an event with an empty message; a carriage return before the line end is not part of it."""
    assert LineSplitter().feed(b"a\n\nb\r\n") == ["a", "", "b"]
