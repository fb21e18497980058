"""What is kept below LOCAL_DIR."""

import json
from pathlib import Path

import pytest

from local.errors import StartError
from local.files import Files, JsonLines, LogFiles, TraceFiles, stream_path
from local.logs import LogEvent, LogSource


def unexpected(message: str) -> None:
    raise AssertionError(message)


def event(message: str, stream: str = "2026/11/23/[$LATEST]0123", group: str = "/aws/lambda/items") -> LogEvent:
    return LogEvent(group, stream, 1795420668123, message, LogSource.FUNCTION)


def test_log_streams_are_files(tmp_path: Path) -> None:
    """logs/<group>/<stream>.log, one event a line with its time, readable while the stack runs."""
    logs = LogFiles(tmp_path, unexpected)
    logs.put(event("one"))
    logs.put(event("two\nlines\n"))
    path = tmp_path / "logs/aws/lambda/items/2026/11/23/[$LATEST]0123.log"
    assert path.read_text() == "2026-11-23T07:57:48.123Z one\n2026-11-23T07:57:48.123Z two\\nlines\n"
    logs.close()


def test_a_hostile_message_stays_one_line(tmp_path: Path) -> None:
    """No line end of any alphabet, and no lone surrogate, makes a second line or an error."""
    logs = LogFiles(tmp_path, unexpected)
    logs.put(event("a\r\nb\u2028c\u0085d\ud800"))
    logs.close()
    (path,) = tmp_path.rglob("*.log")
    assert path.read_text().splitlines() == ["2026-11-23T07:57:48.123Z a\\r\\nb\\u2028c\\x85d\\ud800"]


def test_many_streams_need_few_open_files(tmp_path: Path) -> None:
    """A stream whose file was closed to make room goes on where it was."""
    logs = LogFiles(tmp_path, unexpected)
    for _ in range(2):
        for number in range(100):
            logs.put(event("x", stream=f"s{number}"))
    logs.close()
    files = list(tmp_path.rglob("*.log"))
    assert len(files) == 100
    assert all(len(path.read_text().splitlines()) == 2 for path in files)


@pytest.mark.parametrize(
    ("group", "stream", "path"),
    [
        ("/aws/lambda/x", "a/b", "aws/lambda/x/a/b.log"),
        ("g", "../../etc/passwd", "g/%2E%2E/%2E%2E/etc/passwd.log"),
        ("g", "a:b*c d", "g/a%3Ab%2Ac%20d.log"),
        ("..", "\x00", "%2E%2E/%00.log"),
    ],
)
def test_no_name_leads_out_of_the_folder(tmp_path: Path, group: str, stream: str, path: str) -> None:
    """Names become paths below logs/, whatever is in them."""
    assert stream_path(tmp_path, group, stream) == tmp_path / path


def test_json_lines(tmp_path: Path) -> None:
    """One document a line, appended to what is there, ASCII only, each on disk when write() returns."""
    path = tmp_path / "x.jsonl"
    path.write_text('{"old": 1}\n')
    file = JsonLines(path, unexpected)
    file.write({"a": "é\u2028\n"})
    assert path.read_bytes() == b'{"old": 1}\n{"a":"\\u00e9\\u2028\\n"}\n'
    with pytest.raises(ValueError, match="not JSON compliant"):
        file.write({"a": float("inf")})
    assert file.count == 1
    file.close()


def test_traces_otlp_and_rejected(tmp_path: Path) -> None:
    """Each in a file of its own; a rejection is told at once."""
    told: list[str] = []
    traces = TraceFiles(tmp_path, told.append, unexpected)
    traces.put({"id": "1"})
    traces.put_otlp({"resourceSpans": []}, sampled=False)
    traces.reject("name: bad", "excerpt", 7)
    traces.close()
    assert (tmp_path / "traces.jsonl").read_text() == '{"id":"1"}\n'
    assert (tmp_path / "otlp.jsonl").read_text() == '{"sampled":false,"resourceSpans":[]}\n'
    rejected = json.loads((tmp_path / "rejected.jsonl").read_text())
    assert (rejected["reason"], rejected["excerpt"], rejected["bytes"]) == ("name: bad", "excerpt", 7)
    assert told == ["name: bad"]


def test_files_that_cannot_be_opened(tmp_path: Path) -> None:
    """The error names the path and the setting."""
    (tmp_path / "traces.jsonl").mkdir()
    with pytest.raises(StartError, match=r"traces\.jsonl: Is a directory; LOCAL_DIR names another folder$"):
        Files(tmp_path, unexpected, unexpected)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is Linux only")
def test_a_full_disk_costs_lines_not_requests() -> None:
    """/dev/full says "No space left on device" to every write: it is told once, and nothing is raised."""
    told: list[str] = []
    file = JsonLines(Path("/dev/full"), told.append)
    file.write({"a": 1})
    file.write({"a": 2})
    file.close()
    assert told == ["/dev/full: No space left on device; lines are lost"]


def test_a_log_folder_that_is_gone(tmp_path: Path) -> None:
    """A stream whose file cannot be made is told, and nothing is raised."""
    told: list[str] = []
    (tmp_path / "logs").write_text("in the way")
    LogFiles(tmp_path, told.append).put(event("x"))
    assert len(told) == 1
    assert told[0].endswith("Not a directory; LOCAL_DIR names another folder")
