"""PutLogEvents, GetLogEvents, FilterLogEvents. Their pages in AWS's "Amazon CloudWatch Logs API Reference"."""

import base64
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from local.cloudwatch.logs import SCHEMA, Logs, StoredBatch
from local.cloudwatch.logs.schema import timestamp_of
from local.database import Database
from local.logs import LogEvent, LogSource
from tests.local.cloudwatch.logs.asking import NOW_MS, finished

Put = Callable[..., None]
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


def put(client: Any, *times: int, message: str = "m") -> dict[str, Any]:
    events = [{"timestamp": time, "message": message} for time in times]
    answer: dict[str, Any] = client.put_log_events(logGroupName="g", logStreamName="s", logEvents=events)
    return answer


def messages(answer: dict[str, Any]) -> list[str]:
    return [event["message"] for event in answer["events"]]


@pytest.mark.usefixtures("stream")
def test_rejected_events(client: Any, recorded: Any) -> None:
    """Events of the last 14 days and the next 2 hours are taken, the others named by their indexes."""
    times = (NOW_MS - 15 * DAY_MS, NOW_MS - 14 * DAY_MS - 1, NOW_MS, NOW_MS + 2 * HOUR_MS, NOW_MS + 2 * HOUR_MS + 1)
    info = put(client, *times)["rejectedLogEventsInfo"]
    assert info == {"tooOldLogEventEndIndex": 2, "tooNewLogEventStartIndex": 4}
    assert [timestamp for timestamp, _ in recorded.events] == [NOW_MS, NOW_MS + 2 * HOUR_MS]
    client.put_retention_policy(logGroupName="g", retentionInDays=1)
    assert put(client, NOW_MS - DAY_MS - 1, NOW_MS)["rejectedLogEventsInfo"] == {"expiredLogEventEndIndex": 1}
    assert "rejectedLogEventsInfo" not in put(client, NOW_MS)


@pytest.mark.usefixtures("stream")
@pytest.mark.parametrize(
    ("times", "message", "words"),
    [
        ((NOW_MS, NOW_MS - 1), "m", "chronological order"),
        ((NOW_MS - DAY_MS - 1, NOW_MS), "m", "cannot span more than 24 hours"),
        ((NOW_MS,) * 10_001, "m", "10001 log events"),
        ((NOW_MS,) * 2, "x" * 524_263, "Upload too large: 1048578 bytes exceeds limit of 1048576"),
        ((NOW_MS,), "é" * 524_276, "Upload too large: 1048578 bytes"),
    ],
)
def test_refused_batches(client: Any, recorded: Any, times: tuple[int, ...], message: str, words: str) -> None:
    """A batch against the rules is refused as a whole."""
    with pytest.raises(client.exceptions.InvalidParameterException, match=words):
        put(client, *times, message=message)
    assert recorded.events == []


@pytest.mark.usefixtures("stream")
def test_the_largest_batches(client: Any) -> None:
    """1,048,576 bytes, 26 for each event included, and 10,000 events are taken; a span of 24 hours too."""
    put(client, NOW_MS, NOW_MS, message="x" * 524_262)
    put(client, *[NOW_MS] * 10_000)
    put(client, NOW_MS - DAY_MS, NOW_MS)
    assert client.describe_log_groups()["logGroups"][0]["storedBytes"] == 1_048_576 + 10_002 * 27


@pytest.mark.usefixtures("stream")
def test_writers_at_once(client: Any, logs: Logs, recorded: Any) -> None:
    """Many threads write into the same millisecond: every event is stored once, and told once."""
    line = LogEvent("g", "other", NOW_MS, "line", LogSource.FUNCTION)

    def write(number: int) -> None:
        put(client, NOW_MS, NOW_MS, message=str(number))
        logs.put([line, line])

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(write, range(100)))
    found = [
        event
        for page in client.get_paginator("filter_log_events").paginate(logGroupName="g")
        for event in page["events"]
    ]
    assert len(found) == len({event["eventId"] for event in found}) == len(recorded.events) == 400
    assert sorted(messages({"events": found})) == sorted([str(n) for n in range(100)] * 2 + ["line"] * 200)


@pytest.mark.usefixtures("stream")
def test_sequence_tokens_are_ignored(client: Any) -> None:
    """ "PutLogEvents actions are always accepted ... even if the sequence token is not valid"."""
    event = {"timestamp": NOW_MS, "message": "m"}
    client.put_log_events(logGroupName="g", logStreamName="s", logEvents=[event], sequenceToken="wrong")


def test_unknown_places(client: Any) -> None:
    """A group or a stream that is not there is a ResourceNotFoundException of its kind."""
    with pytest.raises(client.exceptions.ResourceNotFoundException, match="log group does not exist"):
        put(client, NOW_MS)
    client.create_log_group(logGroupName="g")
    with pytest.raises(client.exceptions.ResourceNotFoundException, match="log stream does not exist"):
        put(client, NOW_MS)


def test_events_are_told(stream: Put, recorded: Any) -> None:
    """on_events hears of what is stored: group, stream, time and message of each, and the bytes of all."""
    stream("one", "zwölf")
    assert recorded.batches == [StoredBatch("g", "s", [(NOW_MS, "one"), (NOW_MS + 1000, "zwölf")], 9)]


def test_what_lambda_writes(client: Any, logs: Logs, recorded: Any) -> None:
    """put() makes groups and streams, stores every event in the order of time, and tells of them."""
    events = [
        LogEvent("/aws/lambda/f", "b", NOW_MS + 1, "second", LogSource.FUNCTION),
        LogEvent("/aws/lambda/f", "b", NOW_MS, "first", LogSource.PLATFORM),
        LogEvent("/aws/lambda/h", "a", NOW_MS - 30 * DAY_MS, "old", LogSource.FUNCTION),
    ]
    logs.put(events)
    logs.put(events[:1])
    logs.put([])
    assert messages(client.filter_log_events(logGroupName="/aws/lambda/f")) == ["first", "second", "second"]
    assert messages(client.get_log_events(logGroupName="/aws/lambda/h", logStreamName="a")) == ["old"]
    assert [message for _, message in recorded.events] == ["second", "first", "old", "second"]


def test_half_characters(client: Any, stream: Put) -> None:
    """Half a character, which JSON can spell and UTF-8 cannot, is stored as U+FFFD; halves that follow are one."""
    stream("a\ud800b", "\ud83d\ude00", "nul \x00 inside")
    found = messages(client.get_log_events(logGroupName="g", logStreamName="s"))
    assert found == ["a\ufffdb", "\U0001f600", "nul \x00 inside"]


def test_get_log_events(client: Any, stream: Put) -> None:
    """The latest events in the order of time; tokens go both ways; at an end the token stays the same."""
    stream(*"abcde")
    where = {"logGroupName": "g", "logStreamName": "s", "limit": 2}
    latest = client.get_log_events(**where)
    assert messages(latest) == ["d", "e"]
    assert latest["events"][0] == {"timestamp": NOW_MS + 3000, "message": "d", "ingestionTime": NOW_MS}
    before = client.get_log_events(**where, nextToken=latest["nextBackwardToken"])
    assert messages(before) == ["b", "c"]
    first = client.get_log_events(**where, nextToken=before["nextBackwardToken"])
    assert messages(first) == ["a"]
    nothing = client.get_log_events(**where, nextToken=first["nextBackwardToken"])
    assert messages(nothing) == []
    assert nothing["nextBackwardToken"] == first["nextBackwardToken"]
    assert messages(client.get_log_events(**where, nextToken=nothing["nextForwardToken"])) == ["a", "b"]
    end = client.get_log_events(**where, nextToken=latest["nextForwardToken"], startFromHead=True)
    assert (messages(end), end["nextForwardToken"]) == ([], latest["nextForwardToken"])
    stream_again = {"timestamp": NOW_MS + 5000, "message": "f"}
    client.put_log_events(logGroupName="g", logStreamName="s", logEvents=[stream_again])
    assert messages(client.get_log_events(**where, nextToken=end["nextForwardToken"])) == ["f"]


def test_get_log_events_from_the_head(client: Any, stream: Put) -> None:
    """From the head on, until the token stays the same."""
    stream(*"abcde")
    found: list[str] = []
    token: dict[str, str] = {}
    while True:
        page = client.get_log_events(logGroupName="g", logStreamName="s", startFromHead=True, limit=2, **token)
        if token.get("nextToken") == page["nextForwardToken"]:
            break
        found += messages(page)
        token = {"nextToken": page["nextForwardToken"]}
    assert found == list("abcde")


def test_time_range_of_a_stream(client: Any, stream: Put) -> None:
    """startTime is in the range, endTime is not."""
    stream(*"abcd")
    where = {"logGroupIdentifier": "g", "logStreamName": "s"}
    ranged = client.get_log_events(**where, startTime=NOW_MS + 1000, endTime=NOW_MS + 3000)
    assert messages(ranged) == ["b", "c"]
    with pytest.raises(client.exceptions.InvalidParameterException, match="startTime is after endTime"):
        client.get_log_events(**where, startTime=2, endTime=1)
    with pytest.raises(client.exceptions.InvalidParameterException, match="nextToken is invalid"):
        client.get_log_events(**where, nextToken="f/x/s")


def test_an_empty_stream(client: Any, stream: Put) -> None:
    """ "The returned tokens are never null": the forward one finds what comes later."""
    where = {"logGroupName": "g", "logStreamName": "s"}
    nothing = client.get_log_events(**where)
    assert messages(nothing) == []
    stream("a")
    assert messages(client.get_log_events(**where, nextToken=nothing["nextForwardToken"])) == ["a"]


@pytest.mark.usefixtures("stream")
def test_pages_of_a_megabyte(client: Any) -> None:
    """A page has at most 1 MB of events, but one event in any case."""
    for _ in range(3):
        put(client, NOW_MS, message="x" * 600_000)
    where = {"logGroupName": "g", "logStreamName": "s", "startFromHead": True}
    first = client.get_log_events(**where)
    assert len(first["events"]) == 1
    assert len(client.get_log_events(**where, nextToken=first["nextForwardToken"])["events"]) == 1
    pages = client.get_paginator("filter_log_events").paginate(logGroupName="g")
    assert [len(page["events"]) for page in pages] == [1, 1, 1]


def test_filter_log_events(client: Any, stream: Put) -> None:
    """A pattern's events with their ids and streams; both ends of the range are in it."""
    stream("ERROR one", "fine", "ERROR two", "ERROR three")
    given = {"logGroupName": "g", "filterPattern": "ERROR", "interleaved": True}
    answer = client.filter_log_events(**given, endTime=NOW_MS + 2000)
    event = answer["events"][0]
    assert event.pop("eventId").isdigit()
    assert event == {"logStreamName": "s", "timestamp": NOW_MS, "message": "ERROR one", "ingestionTime": NOW_MS}
    assert messages(answer) == ["ERROR one", "ERROR two"]
    assert answer["searchedLogStreams"] == []
    assert "nextToken" not in answer
    pages = client.get_paginator("filter_log_events").paginate(**given, PaginationConfig={"PageSize": 1})
    assert [messages(page) for page in pages] == [["ERROR one"], ["ERROR two"], ["ERROR three"]]


def test_following(client: Any, stream: Put) -> None:
    """Who asks again from the last time on, as `aws logs tail --follow` does, knows the events by their ids."""
    stream("a", "b")
    seen: dict[str, str] = {}
    since = NOW_MS
    for later in ("", "c", "d"):
        if later:
            stream(later, start_ms=since)
        given: dict[str, Any] = {"logGroupIdentifier": "g", "interleaved": True, "startTime": since, "limit": 1}
        for page in client.get_paginator("filter_log_events").paginate(**given):
            for event in page["events"]:
                assert seen.setdefault(event["eventId"], event["message"]) == event["message"]
                since = event["timestamp"]
    assert list(seen.values()) == ["a", "b", "c", "d"]


def test_filter_from_the_end(client: Any, stream: Put, recorded: Any) -> None:
    """startFromHead false gives the newest first, and the token keeps the direction; not before 2024."""
    given = {"logGroupName": "g", "startFromHead": False, "limit": 2}
    with pytest.raises(client.exceptions.InvalidParameterException, match="Jan 1, 2024"):
        client.filter_log_events(**given, startTime=1_704_067_199_999)
    recorded.now_ms = 1_704_067_200_000
    stream("a", "b", "c", start_ms=1_704_067_200_000)
    first = client.filter_log_events(**given, startTime=1_704_067_200_000)
    assert messages(first) == ["c", "b"]
    rest = client.filter_log_events(logGroupName="g", nextToken=first["nextToken"])
    assert messages(rest) == ["a"]
    assert "nextToken" not in rest


def test_filter_by_streams(client: Any, stream: Put) -> None:
    """Streams by their names or by a prefix, not by both; an unknown one is named."""
    stream("in s")
    client.create_log_stream(logGroupName="g", logStreamName="t")
    event = {"timestamp": NOW_MS, "message": "in t"}
    client.put_log_events(logGroupName="g", logStreamName="t", logEvents=[event])
    assert messages(client.filter_log_events(logGroupName="g")) == ["in s", "in t"]
    assert messages(client.filter_log_events(logGroupName="g", logStreamNames=["t"])) == ["in t"]
    assert messages(client.filter_log_events(logGroupName="g", logStreamNamePrefix="s")) == ["in s"]
    with pytest.raises(client.exceptions.InvalidParameterException, match="not both"):
        client.filter_log_events(logGroupName="g", logStreamNames=["t"], logStreamNamePrefix="s")
    with pytest.raises(client.exceptions.ResourceNotFoundException, match="log stream u does not exist"):
        client.filter_log_events(logGroupName="g", logStreamNames=["u"])
    with pytest.raises(client.exceptions.InvalidParameterException, match="nextToken is invalid"):
        client.filter_log_events(logGroupName="g", nextToken="eHl6")
    with pytest.raises(client.exceptions.InvalidParameterException, match="Invalid filter pattern at character 3"):
        client.filter_log_events(logGroupName="g", filterPattern="{ $.")


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("{ $.n >= 1 }", [1, 2]),
        ("[a, b]", [0, 1, 2, "x y"]),
        ("%^x%", ["x y"]),
        ("-n", ["x y"]),
        ("", [0, 1, 2, "x y"]),
    ],
)
def test_all_forms_of_patterns(client: Any, stream: Put, pattern: str, found: list[Any]) -> None:
    """JSON, space-delimited, regular expressions and exclusions filter stored events too."""
    stream(*(json.dumps({"n": number}) for number in range(3)), "x y")
    shown = [
        json.loads(m)["n"] if "{" in m else m
        for m in messages(client.filter_log_events(logGroupName="g", filterPattern=pattern))
    ]
    assert shown == found


INJECTIONS = ["'; DROP TABLE log_events; --", '" OR 1=1 --', "\\", "%", "?1", ":p0", "$.a') --", "a`b", "\n;"]


@pytest.mark.parametrize("text", INJECTIONS)
def test_injected_sql(client: Any, stream: Put, ask: Callable[..., list[dict[str, str]]], text: str) -> None:
    """SQL in any string is a string: in messages, terms, queries' texts, field names and aliases."""
    stream(json.dumps({text: text}), "other")
    quoted = json.dumps(text)
    assert len(client.filter_log_events(logGroupName="g", filterPattern=quoted.replace("\\n", "\n"))["events"]) <= 1
    assert len(ask("fields @message | filter @message like " + quoted)) <= 1
    if "`" not in text and '"' not in text:
        name = f"`{text}`"
        assert ask(f"filter ispresent({name}) | stats count({name}) as `n{text}`") in ([{f"n{text}": "1"}], [])
    assert len(ask("fields @message")) == 2


@pytest.mark.parametrize(
    ("call", "given"),
    [
        ("filter_log_events", {"logGroupName": "g", "filterPattern": '"\ud800"'}),
        ("create_log_stream", {"logGroupName": "g", "logStreamName": "\ud800"}),
        ("put_query_definition", {"name": "n", "queryString": "fields '\ud800'"}),
        ("tag_resource", {"resourceArn": "g", "tags": {"\ud800": "x"}}),
        ("start_query", {"logGroupNames": ["g"], "queryString": "fields '\ud800'", "startTime": 0, "endTime": 1}),
    ],
)
def test_broken_texts(client: Any, stream: Put, call: str, given: dict[str, Any]) -> None:
    """Half a character in a name or a query is refused by the parameter's name."""
    del stream
    with pytest.raises(client.exceptions.InvalidParameterException, match="half of a surrogate pair"):
        getattr(client, call)(**given)


def test_numbers_without_bounds(client: Any, stream: Put) -> None:
    """Times and tokens far from any event are just that."""
    stream("a")
    huge = 9_223_372_036_854_775_807
    where = {"logGroupName": "g", "logStreamName": "s"}
    assert messages(client.get_log_events(**where, startTime=0, endTime=huge)) == ["a"]
    assert messages(client.get_log_events(**where, startTime=huge)) == []
    assert messages(client.get_log_events(**where, nextToken="f/9999999999999999999/s")) == []
    assert messages(client.get_log_events(**where, nextToken="b/9999999999999999999/s")) == ["a"]
    assert messages(client.filter_log_events(logGroupName="g", startTime=0, endTime=huge)) == ["a"]
    token = base64.b64encode(b"f9999999999999999999").decode()
    assert messages(client.filter_log_events(logGroupName="g", nextToken=token)) == []
    assert len(finished(client, "fields a", startTime=0, endTime=huge)["results"]) == 1


WRITER = """
import os, signal, sys, time
from pathlib import Path
from local.cloudwatch.logs import SCHEMA, Logs
from local.cloudwatch.logs.schema import timestamp_of
from local.database import Database
from local.endpoint import Call
class Sink:
    def put(self, namespace, data): pass
logs = Logs(Database(Path(sys.argv[1]), [SCHEMA]), time.time, Sink(), lambda batches: None)
run = logs.operations()
run["CreateLogGroup"].run(Call("logs", "CreateLogGroup", {"logGroupName": "g"}))
run["CreateLogStream"].run(Call("logs", "CreateLogStream", {"logGroupName": "g", "logStreamName": "s"}))
for number in range(100):
    event = {"timestamp": int(time.time() * 1000), "message": str(number)}
    given = {"logGroupName": "g", "logStreamName": "s", "logEvents": [event]}
    run["PutLogEvents"].run(Call("logs", "PutLogEvents", given))
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_kill_9_loses_nothing(tmp_path: Path) -> None:
    """Every event that PutLogEvents had answered for is there after a kill -9."""
    path = tmp_path / "aws.sqlite3"
    ended = subprocess.run([sys.executable, "-c", WRITER, str(path)], check=False, timeout=60, env={**os.environ})
    assert ended.returncode == -signal.SIGKILL
    database = Database(path, [SCHEMA])
    with database.read() as connection:
        found = [message for (message,) in connection.execute("SELECT message FROM log_events ORDER BY id")]
    database.close()
    assert found == [str(number) for number in range(100)]


def test_a_kill_leaves_no_event_without_its_metrics(tmp_path: Path) -> None:
    """A kill -9 while those who listen make their metrics of an event: the event, which nobody was told of as kept, is
    not there either.
    """
    path = tmp_path / "aws.sqlite3"
    dying = 'lambda batches: batches[0].events[0][1] == "57" and os.kill(os.getpid(), signal.SIGKILL)'
    writer = WRITER.replace("lambda batches: None", dying)
    ended = subprocess.run([sys.executable, "-c", writer, str(path)], check=False, timeout=60, env={**os.environ})
    assert ended.returncode == -signal.SIGKILL
    database = Database(path, [SCHEMA])
    with database.read() as connection:
        assert connection.execute("SELECT count(*) FROM log_events").fetchone() == (57,)
    database.close()


def test_what_is_known_of_a_stream_is_forgotten_with_it(client: Any, stream: Put, recorded: Any) -> None:
    """Between puts of events its filter, its group's retention and it itself may change: the next put knows."""
    stream("one")
    transformation = {"metricName": "m", "metricNamespace": "n", "metricValue": "1"}
    client.put_metric_filter(logGroupName="g", filterName="f", filterPattern="", metricTransformations=[transformation])
    stream("two")
    assert [namespace for namespace, _ in recorded.metrics] == ["n"]
    client.put_retention_policy(logGroupName="g", retentionInDays=1)
    assert put(client, NOW_MS - 2 * DAY_MS)["rejectedLogEventsInfo"] == {"expiredLogEventEndIndex": 1}
    client.delete_log_stream(logGroupName="g", logStreamName="s")
    with pytest.raises(client.exceptions.ResourceNotFoundException, match="log stream does not exist"):
        put(client, NOW_MS)
    client.create_log_stream(logGroupName="g", logStreamName="s")
    stream("three")
    client.delete_log_group(logGroupName="g")
    with pytest.raises(client.exceptions.ResourceNotFoundException, match="log group does not exist"):
        put(client, NOW_MS)
    client.create_log_group(logGroupName="g")
    client.create_log_stream(logGroupName="g", logStreamName="s")
    assert "rejectedLogEventsInfo" not in put(client, NOW_MS - 2 * DAY_MS)
    stream("four")
    assert messages(client.get_log_events(logGroupName="g", logStreamName="s"))[-1] == "four"


def test_a_stream_is_read_from_its_own_time(client: Any, database: Database) -> None:
    """No index has the streams: of the group's events only those of its time are looked at, and no other's text."""
    client.create_log_group(logGroupName="g")
    for number, name in enumerate("abc"):
        client.create_log_stream(logGroupName="g", logStreamName=name)
        events = [{"timestamp": NOW_MS + number * 60_000 + each, "message": name * 9} for each in range(50)]
        client.put_log_events(logGroupName="g", logStreamName=name, logEvents=events)
    statements: list[str] = []
    with database.read() as connection:
        connection.set_trace_callback(statements.append)
    for name in "cab":
        assert {*messages(client.get_log_events(logGroupName="g", logStreamName=name))} == {name * 9}
    selects = [statement for statement in statements if "FROM log_events" in statement]
    with database.read() as connection:
        connection.set_trace_callback(None)
        plans = [connection.execute(f"EXPLAIN QUERY PLAN {select}").fetchone()[3] for select in selects]
        between = [[int(number) for number in re.findall(r"id [><]=? (\d+)", select)] for select in selects]
    assert len(plans) == 3
    assert {*plans} == {"SEARCH log_events USING INDEX log_events_in_groups (group_id=? AND id>? AND id<?)"}
    assert [[timestamp_of(end) - NOW_MS for end in ends] for ends in between] == [
        [120_000, 120_050],
        [0, 50],
        [60_000, 60_050],
    ]


def test_a_stream_without_events(client: Any) -> None:
    """It is read and deleted like any other."""
    client.create_log_group(logGroupName="g")
    client.create_log_stream(logGroupName="g", logStreamName="s")
    assert messages(client.get_log_events(logGroupName="g", logStreamName="s")) == []
    client.delete_log_stream(logGroupName="g", logStreamName="s")
    assert client.describe_log_streams(logGroupName="g")["logStreams"] == []


def test_a_file_with_the_indexes_of_an_older_version(tmp_path: Path) -> None:
    """They are dropped: each event that comes would pay for them."""
    path = tmp_path / "aws.sqlite3"
    old = "CREATE INDEX log_events_of_streams ON log_events (stream_id)"
    Database(path, [SCHEMA, old]).close()
    opened = Database(path, [SCHEMA])
    with opened.read() as connection:
        found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 'log_events'")
        assert found.fetchall() == [("log_events_in_groups",)]
    opened.close()
