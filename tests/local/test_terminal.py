"""What a person sees."""

import io
from dataclasses import replace
from datetime import UTC

import pytest

from local.api_gateway.record import RequestRecord
from local.logs import LogEvent, LogSource
from local.request_line import HEADER, request_line
from local.terminal import Terminal, tells_of_a_failed_start, wants_colours
from local.wide_lines import WideLine, WideLines

RECORD = RequestRecord(
    time_ms=1795420668123,
    method="GET",
    path="/api/items/7",
    resource="/{proxy+}",
    status=200,
    duration_ms=12.34,
    request_id="r",
    trace_id="1-5759e988-bd862e3fe1be46a994272793",
    source_ip="127.0.0.1",
    user_agent=None,
    request_bytes=0,
    response_bytes=0,
    function_request_id="f",
    function_ms=11.0,
)
WIDE = '{"function_request_id": "f", "route": "/api/items/{item_id}", "status": 200, "cold_start": true}'


def log(message: str, source: LogSource = LogSource.FUNCTION) -> LogEvent:
    return LogEvent("g", "s", 0, message, source)


def report(request_id: str, message: str = "REPORT RequestId: f") -> LogEvent:
    return LogEvent("g", "s", 0, message, LogSource.PLATFORM, request_id)


def terminal(*, colours: bool = False, verbose: bool = False) -> tuple[Terminal, io.StringIO]:
    out = io.StringIO()
    return Terminal(out, colours=colours, verbose=verbose), out


@pytest.mark.parametrize(
    ("record", "wide", "line"),
    [
        (
            RECORD,
            WideLine("/api/items/{item_id}", cold_start=True),
            (
                "07:57:48.123  GET     /api/items/{item_id}                200      12.3  cold   "
                "1-5759e988-bd862e3fe1be46a994272793"
            ),
        ),
        (
            RECORD,
            None,
            (
                "07:57:48.123  GET     /{proxy+}                           200      12.3  warm   "
                "1-5759e988-bd862e3fe1be46a994272793"
            ),
        ),
        (
            replace(RECORD, init_ms=200.0),
            None,
            (
                "07:57:48.123  GET     /{proxy+}                           200      12.3  cold   "
                "1-5759e988-bd862e3fe1be46a994272793"
            ),
        ),
        (
            replace(RECORD, resource=None, function_request_id=None, status=403, path="/\x1b[2J"),
            None,
            (
                "07:57:48.123  GET     /\\x1b[2J                            403      12.3  -      "
                "1-5759e988-bd862e3fe1be46a994272793"
            ),
        ),
    ],
)
def test_the_request_line(record: RequestRecord, wide: WideLine | None, line: str) -> None:
    """Time, method, route template, status, ms, start and trace id, in the columns of the header."""
    assert request_line(record, wide, UTC) == line
    assert HEADER.index("route") == line.index("/")
    assert HEADER.index("trace") == line.index("1-5759")


def test_a_wide_line_is_joined_not_shown() -> None:
    """The function's own route and cold start go into the request's line; the wide line itself is not printed."""
    shown, out = terminal()
    shown.put(log(WIDE))
    assert out.getvalue() == ""
    shown.request(RECORD)
    assert "/api/items/{item_id}                200      12.3  cold" in out.getvalue()


def test_a_wide_line_that_comes_after_the_answer() -> None:
    """The request waits for its function's line, and is shown once: the report that follows adds nothing."""
    shown, out = terminal()
    shown.request(RECORD)
    assert out.getvalue() == ""
    shown.put(log(WIDE))
    assert "/api/items/{item_id}                200      12.3  cold" in out.getvalue()
    shown.put(report("f"))
    assert len(out.getvalue().splitlines()) == 1


@pytest.mark.parametrize("message", ["REPORT RequestId: f", '{"type": "platform.report", "record": {}}'])
def test_a_function_that_leaves_no_wide_line(message: str) -> None:
    """The request is shown when its invocation has ended, whether that comes before or after the gateway's answer."""
    shown, out = terminal()
    shown.put(report("f", message))
    shown.request(RECORD)
    assert "/{proxy+}                           200      12.3  warm" in out.getvalue()
    shown.request(replace(RECORD, function_request_id="g"))
    assert len(out.getvalue().splitlines()) == 1
    shown.put(report("g", message))
    assert len(out.getvalue().splitlines()) == 2


def test_a_function_that_is_stopped_in_the_middle() -> None:
    """A request that still waits for its line is shown when the stack stops."""
    shown, out = terminal()
    shown.request(RECORD)
    shown.settle()
    assert "/{proxy+}                           200      12.3  warm" in out.getvalue()


@pytest.mark.parametrize(
    "message",
    [
        "plain",
        '{"function_request_id": "f"}',
        '{"function_request_id": 7, "route": "/", "status": 200}',
        '["function_request_id", "route", "status"]',
        '{"function_request_id": "f", "route": "/", "status": 200',
    ],
)
def test_other_lines_are_shown(message: str) -> None:
    """A line of the function that is no wide line is printed below a bar."""
    shown, out = terminal()
    shown.put(log(message))
    assert out.getvalue() == f"              | {message}\n"


def test_wide_lines_do_not_pile_up() -> None:
    """Lines of requests that the gateway never reports are forgotten, the oldest first; so are records."""
    seen: list[tuple[str | None, WideLine | None]] = []
    held = WideLines(lambda record, line: seen.append((record.function_request_id, line)))
    for number in range(1001):
        held.take(log(WIDE.replace('"f"', f'"f{number}"')))
    held.request(replace(RECORD, function_request_id="f0"))
    assert seen == []
    held.request(replace(RECORD, function_request_id="f1"))
    assert seen == [("f1", WideLine("/api/items/{item_id}", cold_start=True))]
    for number in range(2000, 3000):
        held.request(replace(RECORD, function_request_id=f"f{number}"))
    assert seen[1:] == [("f0", None)]


def test_wide_lines_with_wrong_types() -> None:
    """A route or cold start of another type is as good as none."""
    seen: list[WideLine | None] = []
    held = WideLines(lambda _, line: seen.append(line))
    assert held.take(log('{"function_request_id": "f", "route": 7, "status": 1, "cold_start": "no"}'))
    held.request(RECORD)
    assert seen == [WideLine(None, None)]


def test_platform_lines() -> None:
    """Lambda's own lines are shown with verbose only, but for an initialisation that failed."""
    report = log("REPORT RequestId: 1", LogSource.PLATFORM)
    failed = log("INIT_REPORT Init Duration: 1.00 ms\tPhase: init\tStatus: error", LogSource.PLATFORM)
    quiet, out = terminal()
    quiet.put(report)
    quiet.put(failed)
    assert out.getvalue() == "              | INIT_REPORT Init Duration: 1.00 ms\tPhase: init\tStatus: error\n"
    loud, out = terminal(verbose=True)
    loud.put(report)
    assert out.getvalue() == "              | REPORT RequestId: 1\n"


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ('{"type": "platform.initReport", "record": {"status": "error"}}', True),
        ('{"type": "platform.initReport", "record": {"status": "success"}}', False),
        ('{"type": "platform.initReport", "record": 7}', False),
        ('{"type": "platform.initReport"', False),
        ('["platform.initReport"]', False),
        ("INIT_REPORT Init Duration: 1.00 ms", False),
    ],
)
def test_failed_starts_in_both_formats(message: str, expected: bool) -> None:  # noqa: FBT001 - pytest passes it by name
    """The INIT_REPORT of a failed initialisation is known in text and in JSON."""
    assert tells_of_a_failed_start(message) is expected


def test_a_failure_is_said_in_words() -> None:
    """Below the request's line: what the gateway or Lambda found."""
    shown, out = terminal()
    shown.request(replace(RECORD, function_request_id=None, status=429, failure="throttled: Rate Exceeded.\x1b"))
    assert out.getvalue().endswith("\n              ^ throttled: Rate Exceeded.\\x1b\n")


def test_colours() -> None:
    """With colours: red for 5xx, yellow for 4xx, green else, dimmed for the function; without: no escape at all."""
    shown, out = terminal(colours=True)
    for status in (200, 404, 500):
        shown.request(replace(RECORD, function_request_id=None, status=status))
    shown.put(log("x"))
    starts = [line[:5] for line in out.getvalue().splitlines()]
    assert starts == ["\x1b[32m", "\x1b[33m", "\x1b[31m", "\x1b[2m "]


def test_when_colours_are_wanted() -> None:
    """On a terminal only, and not with NO_COLOR or TERM=dumb."""

    class Tty(io.StringIO):
        def isatty(self) -> bool:
            return True

    assert wants_colours(Tty(), {})
    assert not wants_colours(Tty(), {"NO_COLOR": "1"})
    assert not wants_colours(Tty(), {"TERM": "dumb"})
    assert not wants_colours(io.StringIO(), {})


def test_rejected_datagrams_do_not_flood() -> None:
    """The 1st, the 10th and the 100th are told."""
    shown, out = terminal()
    for _ in range(150):
        shown.rejected("name: bad")
    told = out.getvalue().splitlines()
    assert [line.split("(")[1].split(" ")[0] for line in told] == ["1", "10", "100"]
    assert told[0] == "X-Ray daemon: rejected a datagram (1 so far, all in rejected.jsonl): name: bad"


def test_a_terminal_that_is_gone() -> None:
    """A closed output ends nothing."""
    shown, out = terminal()
    out.close()
    shown.note("nobody reads this")
    shown.request(RECORD)
    shown.settle()
