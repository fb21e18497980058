"""What queries answer. Functions and examples are those of the AWS pages "Boolean, comparison, numeric, datetime, and
other functions", "stats", "sort", "dedup", "parse", "unnest", "filter", "Supported logs and discovered fields".
"""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.local.cloudwatch.logs.asking import NOW_MS, finished

Ask = Callable[..., list[dict[str, str]]]
Put = Callable[..., None]


def values(rows: list[dict[str, str]], name: str) -> list[str | None]:
    return [row.get(name) for row in rows]


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("2 ^ 3", "8"),  # the page's examples of operators
        ("10 % 3", "1"),
        ("1 + 2 * 3 - 4 / 8", "6.5"),
        ("(1 + 2) * -3", "-9"),
        ("1 / 3", "0.3333"),
        ("1 / 0", None),
        ("5 % 0", None),
        ("abs(-5)", "5"),
        ("ceil(1.2)", "2"),
        ("floor(-1.2)", "-2"),
        ("greatest(1, 3, 2)", "3"),
        ("least(1, 3, 2)", "1"),
        ("log(1)", "0"),
        ("log(0)", None),
        ("sqrt(9)", "3"),
        ("sqrt(-1)", None),
        ("ispresent(@message)", "1"),
        ("ispresent(nothing)", "0"),
        ("coalesce(nothing, text, n)", "xyZfooxyZ"),
        ("coalesce(nothing)", None),
        ("isempty(nothing)", "1"),
        ("isempty('')", "1"),
        ("isempty(' ')", "0"),
        ("isblank(nothing)", "1"),
        ("isblank(' \t')", "1"),
        ("isblank(text)", "0"),
        ("concat(text, '-', n, nothing)", "xyZfooxyZ-7"),
        ('ltrim("xyZfooxyZ","xyZ")', "fooxyZ"),  # the page's examples of string functions
        ('rtrim("xyZfooxyZ","xyZ")', "xyZfoo"),
        ('trim("xyZfooxyZ","xyZ")', "foo"),
        ("trim('  a b ')", "a b"),
        ('substr("xyZfooxyZ",3, 3)', "foo"),
        ('substr("xyZfooxyZ",6)', "xyZ"),
        ('replace("foo","o","0")', "f00"),
        ("strlen('äöü')", "3"),
        ("toupper('aé')", "AÉ"),
        ("tolower('AÉ')", "aé"),
        ("strcontains(text, 'foo')", "1"),
        ("strcontains(text, 'bar')", "0"),
        ("md5('')", "d41d8cd98f00b204e9800998ecf8427e"),  # RFC 1321
        ("sha256('abc')", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),  # FIPS 180-2
        ("isValidIp('192.0.2.1')", "1"),
        ("isValidIp('2001:db8::1')", "1"),
        ("isValidIp('192.0.2')", "0"),
        ("isValidIpV4('2001:db8::1')", "0"),
        ("isValidIpV6('2001:db8::1')", "1"),
        ("isIpInSubnet('192.0.2.77', '192.0.2.0/24')", "1"),
        ("isIpInSubnet('2001:db8::1', '2001:db8::/32')", "1"),
        ("isIpv4InSubnet('192.0.3.77', '192.0.2.0/24')", "0"),
        ("isIpv6InSubnet('192.0.2.77', '192.0.2.0/24')", "0"),
        ("isIpv6InSubnet('2001:db8::1', '2001:db8::/32')", "1"),
        ("@timestamp", "2023-11-14 22:13:20.000"),
        ("@ingestionTime", "2023-11-14 22:13:20.000"),
        ("toMillis(@timestamp)", "1700000000000"),
        ("fromMillis(1700000000123)", "2023-11-14 22:13:20.123"),
        ("now()", "1700000000"),
        ("bin(5m)", "2023-11-14 22:10:00.000"),
        ("bin(30sec)", "2023-11-14 22:13:00.000"),
        ("datefloor(@timestamp, 1h)", "2023-11-14 22:00:00.000"),
        ("dateceil(@timestamp, 1h)", "2023-11-14 23:00:00.000"),
        ("dateceil(fromMillis(0), 1h)", "1970-01-01 00:00:00.000"),
        ("datefloor(@timestamp, 1d)", "2023-11-14 00:00:00.000"),
        ("datefloor(@timestamp, 1mo)", "2023-11-01 00:00:00.000"),
        ("dateceil(@timestamp, 1month)", "2023-12-01 00:00:00.000"),
        ("datefloor(@timestamp, 1q)", "2023-10-01 00:00:00.000"),
        ("datefloor(@timestamp, 2yrs)", "2022-01-01 00:00:00.000"),
        ("@log", "123456789012:g"),
        ("@logStream", "s"),
        ("jsonStringify(jsonParse('{\"a\": [1, 2]}'))", '{"a":[1,2]}'),
        ("jsonParse('no json')", None),
        ("n = 7 and text = 'xyZfooxyZ'", "1"),
        ("n = '7'", "1"),
        ("n > 6.5 and n >= 7 and n < 8 and n <= 7 and n != 8", "1"),
        ("digits = 42 and digits > 5 and digits < 100", "1"),  # a text that holds a number
        ("digits > text", "0"),
        ("text > 5", "0"),
        ("text != 5", "1"),
        ("n in [1, 7]", "1"),
        ("n not in ['1', '7']", "0"),
        ("not (n = 7 or n = 8)", "0"),
        ("-n + digits", "35"),
        ("flag", "1"),
        ("flag = true", "1"),
        ("float", "1.25"),
        ("inner.list.1.name", "second"),
        ("inner.`dash-ed`", "d"),
        ("`dash-ed`", "top"),
        ("`flat.name`", "f"),
        ("flat.name", "f"),
        ("@@at", "sign"),
        ("nothing.at.all", None),
        ("@nothing", None),
        ("null", None),
    ],
)
def test_expressions(stream: Put, ask: Ask, expression: str, value: str | None) -> None:
    """Each operator, function and kind of field, in one event."""
    event = {
        "text": "xyZfooxyZ",
        "n": 7,
        "digits": "42",
        "float": 1.25,
        "flag": True,
        "null": None,
        "inner": {"list": [{"name": "first"}, {"name": "second"}], "dash-ed": "d"},
        "dash-ed": "top",
        "flat.name": "f",
        "@at": "sign",
    }
    stream(json.dumps(event))
    assert ask(f"fields {expression} as value | display value") == ([{}] if value is None else [{"value": value}])


ITEMS = [
    {"route": "/items", "status": 200, "ms": 10, "user": "a"},
    {"route": "/items", "status": 500, "ms": 30, "user": "b"},
    {"route": "/health", "status": 200, "ms": 1, "user": "a"},
    {"route": "/items", "status": 404, "ms": 20},
]


@pytest.fixture
def items(stream: Put) -> None:
    """Four requests, a second apart, and a line that is no JSON."""
    stream(*map(json.dumps, ITEMS), "START RequestId: plain text")


@pytest.mark.usefixtures("items")
@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("status = 200", [10, 1]),
        ("status >= 400", [30, 20]),
        ("status != 200", [30, 20]),
        ("status in [404, 500]", [30, 20]),
        ("status not in [404, 500]", [10, 1]),
        ('user = "a" and ms > 5', [10]),
        ("not ispresent(user) and ispresent(ms)", [20]),
        ("user != 'a'", [30]),  # an event without the field is not compared
        ("route like 'item'", [10, 30, 20]),
        ("route like /^.h/", [1]),
        ("route =~ /(?i)HEALTH/", [1]),
        ("route not like 'item'", [1]),
        ("route like /it.ms/ or status = 200 and ms < 5", [10, 30, 1, 20]),
        ("(route like /it.ms/ or status = 200) and ms < 5", [1]),
        ("ms / 10 = 3", [30]),
        ("status like /4/", [20]),
    ],
)
def test_filter(ask: Ask, condition: str, found: list[int]) -> None:
    """Comparisons, sets, substrings, regular expressions, `and` before `or`."""
    rows = ask(f"fields ms | filter {condition} | sort @timestamp")
    assert values(rows, "ms") == [str(ms) for ms in found]


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ('level = "ERROR"', [0, 1, 2, 5]),
        ('"ERROR" = level and n >= 1', [1, 2, 5]),
        ("level like /RRO/ and level like 'ERR'", [0, 1, 2, 5]),
        ('level != "ERROR"', [3]),
        ('not (level = "ERROR")', [3]),
        ('level = "ERROR" or n = 3', [0, 1, 2, 3, 5]),
        ('upper = "ERROR" and n = 3', [3]),
    ],
)
def test_texts_in_messages(stream: Put, ask: Ask, condition: str, found: list[int]) -> None:
    """A comparison with a text finds it in whatever form the JSON has it, and in fields that the query made."""
    stream(
        '{"n": 0, "level": "ERROR"}',
        '{"n": 1, "level": "\\u0045RROR"}',
        '{"n": 2, "level": "ERR\\u004fR"}',
        '{"n": 3, "level": "error"}',
        '{"n": 4, "message": "ERROR"}',
        '{"level": "ERROR", "n": 5}',
    )
    rows = ask(f"fields toupper(level) as upper | filter {condition} | sort n | display n")
    assert values(rows, "n") == [str(number) for number in found]


@pytest.mark.usefixtures("items")
def test_comments_and_blank_queries(ask: Ask) -> None:
    """A line that starts with # is ignored; without fields the result shows @timestamp and @message."""
    rows = ask("fields ms\n  # | filter ms > 100\n  | filter ms > 25 # the slow one\n")
    assert rows == [{"ms": "30"}]
    assert ask("filter ms = 30") == [{"@timestamp": "2023-11-14 22:13:21.000", "@message": json.dumps(ITEMS[1])}]
    assert len(ask("")) == 5


@pytest.mark.usefixtures("items")
def test_stats(ask: Ask) -> None:
    """Each aggregate function of the page, over the four events with ms and one without."""
    functions = (
        "count(*), count() as all, count(user), count_distinct(user), sum(ms), avg(ms), min(ms), max(ms), "
        "stddev(ms), pct(ms, 50), pct(ms, 100), earliest(ms), latest(ms), sortsFirst(user), sortsLast(user)"
    )
    assert ask(f"stats {functions}") == [
        {
            "count(*)": "5",
            "all": "5",
            "count(user)": "3",
            "count_distinct(user)": "2",
            "sum(ms)": "61",
            "avg(ms)": "15.25",
            "min(ms)": "1",
            "max(ms)": "30",
            "stddev(ms)": "10.8484",
            "pct(ms, 50)": "10",
            "pct(ms, 100)": "30",
            "earliest(ms)": "10",
            "latest(ms)": "20",
            "sortsFirst(user)": "a",
            "sortsLast(user)": "b",
        }
    ]


@pytest.mark.usefixtures("items")
def test_stats_by(ask: Ask) -> None:
    """Groups by fields, by expressions and by bins; conditions and arithmetic inside and around the functions."""
    assert ask("filter ispresent(route) | stats count(*) as n, max(ms) by route | sort n desc") == [
        {"route": "/items", "n": "3", "max(ms)": "30"},
        {"route": "/health", "n": "1", "max(ms)": "1"},
    ]
    assert ask("stats count(*) by bin(2s)") == [
        {"bin(2s)": "2023-11-14 22:13:20.000", "count(*)": "2"},
        {"bin(2s)": "2023-11-14 22:13:22.000", "count(*)": "2"},
        {"bin(2s)": "2023-11-14 22:13:24.000", "count(*)": "1"},
    ]
    assert ask("stats sum(status >= 500) * 100 / count(ms) as rate") == [{"rate": "25"}]
    assert ask("stats count(*) by status >= 400 as failed | sort failed") == [
        {"count(*)": "1"},
        {"failed": "0", "count(*)": "2"},
        {"failed": "1", "count(*)": "2"},
    ]
    assert ask("filter ms > 1000 | stats count(*)") == []


@pytest.mark.usefixtures("items")
def test_two_stats(ask: Ask) -> None:
    """The second stats is about the columns of the first; bin() needs a @timestamp that the first has kept."""
    assert ask("stats max(ms) as slowest by route | stats sum(slowest), count(*)") == [
        {"sum(slowest)": "31", "count(*)": "3"}
    ]
    per_second = "stats count(*) as n by bin(1s) as @timestamp | stats sum(n) by bin(1h)"
    assert ask(per_second) == [{"bin(1h)": "2023-11-14 22:00:00.000", "sum(n)": "5"}]


@pytest.mark.usefixtures("items")
def test_columns_of_stats_by_their_text(ask: Ask) -> None:
    """A column without an alias is meant by its text."""
    rows = ask("stats count(*), avg(ms) by route | filter count(*) > 1 | sort avg(ms) desc | limit 1 | display route")
    assert rows == [{"route": "/items"}]


def test_sort_order(stream: Put, ask: Ask) -> None:
    """The page's list in ascending order, after all of it is shuffled; descending is the reverse."""
    ordered = [
        *["!:", "#", "*%04", "0#", "5A", "111A", "2345_", "@", "@_", "A", "A9876fghj", "a12345hfh"],
        *["0", "01", "2", "3"],
    ]
    shuffled = sorted(ordered, key=lambda text: text[::-1])
    stream(*(json.dumps({"v": text}) for text in shuffled))
    assert values(ask("fields v | sort v asc"), "v") == ordered
    assert values(ask("fields v | sort v desc"), "v") == ordered[::-1]


def test_sort_of_numbers(stream: Put, ask: Ask) -> None:
    """Numbers are sorted by value, whether JSON has them as numbers or as texts."""
    stream(*(json.dumps({"v": value}) for value in (100, "20", 3, -1.5)))
    assert values(ask("fields v | sort v"), "v") == ["-1.5", "3", "20", "100"]
    assert values(ask("fields v | sort v desc | limit 2"), "v") == ["100", "20"]


@pytest.mark.usefixtures("items")
def test_order_without_sort(ask: Ask) -> None:
    """Events come newest first."""
    assert values(ask("fields ms | filter ispresent(ms)"), "ms") == ["20", "1", "30", "10"]
    assert values(ask("fields ms | filter ispresent(ms) | limit 2"), "ms") == ["20", "1"]


@pytest.mark.usefixtures("items")
def test_limit_before_other_commands(ask: Ask) -> None:
    """What follows limit is about the events that it left."""
    assert ask("sort @timestamp | limit 2 | stats sum(ms)") == [{"sum(ms)": "40"}]
    assert values(ask("sort ms desc | limit 3 | filter status = 200 | display ms"), "ms") == ["10"]


@pytest.mark.usefixtures("items")
def test_dedup(ask: Ask) -> None:
    """The first of each value in the order of sort, or the newest; events without the value are all kept."""
    assert values(ask("fields ms | sort ms | dedup route"), "ms") == [None, "1", "10"]
    assert values(ask("fields ms | dedup route"), "ms") == [None, "20", "1"]
    assert values(ask("fields ms | filter ispresent(ms) | sort ms desc | dedup route, status | limit 2"), "ms") == [
        "30",
        "20",
    ]


LINE = "25 May 2019 10:24:39,474 [ERROR] {foo=2, bar=data} The error was: DataIntegrityException"


@pytest.mark.parametrize(
    "command",
    [
        'parse @message "[*] * The error was: *" as level, config, exception',
        r"parse @message /\[(?<level>\S+)\]\s+(?<config>\{.*\})\s+The error was: (?<exception>\S+)/",
    ],
)
def test_parse(stream: Put, ask: Ask, command: str) -> None:
    """Both of the page's commands cut the same out of its line; what does not match has no such fields."""
    stream(LINE, "something else")
    shown = "display level, config, exception"
    assert ask(f"{command} | sort @timestamp | {shown}") == [
        {"level": "ERROR", "config": "{foo=2, bar=data}", "exception": "DataIntegrityException"},
        {},
    ]
    assert ask(f"fields @logStream | {command} | filter ispresent(level)") == [
        {
            "@logStream": "s",
            "level": "ERROR",
            "config": "{foo=2, bar=data}",
            "exception": "DataIntegrityException",
        }
    ]


def test_parse_for_stats(stream: Put, ask: Ask) -> None:
    """The page's second example, with an expression that reaches to the comma: texts that hold numbers are averaged."""
    stream(
        "user=ann, method:GET, latency := 10,",
        "user=ann, method:GET, latency := 30,",
        "user=bob, method:PUT, latency := 5,",
    )
    query = r"parse @message /user=(?<user2>.*?), method:(?<method2>.*?), latency := (?<latency2>.*?),/ "
    rows = ask(query + "| stats avg(@latency2) by @method2, @user2 | sort @user2")
    assert rows == [
        {"@method2": "GET", "@user2": "ann", "avg(@latency2)": "20"},
        {"@method2": "PUT", "@user2": "bob", "avg(@latency2)": "5"},
    ]


def test_unnest(stream: Put, ask: Ask) -> None:
    """The page's examples: a record for each item; what is no list is a list of one."""
    stream('{ "events": [ { "name": "exception" }, { "name": "user action" } ] }')
    unnested = "fields jsonParse(@message) as json_message | unnest json_message.events into event"
    assert ask(f"{unnested} | display event.name") == [{"event.name": "exception"}, {"event.name": "user action"}]
    assert ask(f"{unnested} | filter event.name like 'user' | stats count(*)") == [{"count(*)": "1"}]
    one = "fields jsonParse(@message) as js | unnest js.events[0] into event | display event.name"
    assert ask(one) == [{"event.name": "exception"}]


def test_unnest_for_stats(stream: Put, ask: Ask) -> None:
    """The page's third example: a sum over the items of many lists."""
    stream(
        '[{"accountId": "1", "droppedSpans": 2}, {"accountId": "2", "droppedSpans": 5}]',
        '[{"accountId": "1", "droppedSpans": 7}]',
    )
    rows = ask(
        "fields jsonParse(@message) as accounts | unnest accounts into account "
        "| stats sum(account.droppedSpans) as n by account.accountId | sort n desc | limit 10"
    )
    assert rows == [{"account.accountId": "1", "n": "9"}, {"account.accountId": "2", "n": "5"}]


def test_structures(stream: Put, ask: Ask) -> None:
    """The page's "Structure types": dots for maps, brackets for lists, backticks for special characters."""
    message = {"status_code": 200, "users": [{"action": "GetData"}, {"action": "PutData"}], "user.id": 123}
    stream(json.dumps(message))
    parsed = "fields jsonParse(@message) as json_message"
    assert ask(f"{parsed} | stats count() by json_message.status_code") == [
        {"json_message.status_code": "200", "count()": "1"}
    ]
    assert len(ask(f'{parsed} | filter json_message.users[1].action = "PutData"')) == 1
    assert len(ask(f"{parsed} | filter json_message.`user.id` = 123")) == 1


def test_fields_show_what_they_made(stream: Put, ask: Ask) -> None:
    """All fields commands add their columns; only the last display counts; an alias can be used further on."""
    stream('{"a": 1, "b": 2}')
    assert ask("fields a + b as c | fields c * 2 as d, b") == [{"c": "3", "d": "6", "b": "2"}]
    assert ask("fields a, b | display a | display b") == [{"b": "2"}]
    assert ask("fields a+b") == [{"a+b": "3"}]


def test_answer_and_statistics(client: Any, stream: Put) -> None:
    """An event has a @ptr, which GetLogRecord takes; the statistics count events and bytes."""
    stream('{"a": 1, "in": {"list": [true, "x"]}, "@at": 1.5, "none": null}', "plain")
    answer = finished(client, "fields a | filter a = 1")
    assert answer["statistics"]["recordsMatched"] == 1
    assert answer["statistics"]["recordsScanned"] == 2
    assert answer["statistics"]["bytesScanned"] == 63 + 26 + 5 + 26
    assert answer["status"] == "Complete"
    cell, pointer = answer["results"][0]
    assert cell == {"field": "a", "value": "1"}
    assert pointer["field"] == "@ptr"
    record = client.get_log_record(logRecordPointer=pointer["value"])["logRecord"]
    assert record == {
        "a": "1",
        "in.list.0": "1",
        "in.list.1": "x",
        "@@at": "1.5",
        "@message": '{"a": 1, "in": {"list": [true, "x"]}, "@at": 1.5, "none": null}',
        "@timestamp": "2023-11-14 22:13:20.000",
        "@ingestionTime": "2023-11-14 22:13:20.000",
        "@logStream": "s",
        "@log": "123456789012:g",
        "@ptr": pointer["value"],
    }


@pytest.mark.parametrize(
    ("text", "matched"),
    [
        ("fields ms", 5),
        ("filter ms > 5", 3),
        ("filter ms > 5 | limit 1", 3),
        ("filter ms > 5 | stats count(*) by route", 3),
        ("filter ms > 5 | dedup route", 3),
        ("filter ms > 500", 0),
    ],
)
@pytest.mark.usefixtures("items")
def test_records_matched(client: Any, text: str, matched: int) -> None:
    """recordsMatched is what passed the filters, whatever is done with it afterwards."""
    assert finished(client, text)["statistics"]["recordsMatched"] == matched


def test_time_range(stream: Put, ask: Ask) -> None:
    """Both ends of the range, in seconds, are in it."""
    stream(*"abcd")
    rows = ask("fields @message | sort @timestamp", startTime=NOW_MS // 1000 + 1, endTime=NOW_MS // 1000 + 2)
    assert values(rows, "@message") == ["b", "c"]


def test_several_groups(client: Any, stream: Put, ask: Ask) -> None:
    """logGroupNames and logGroupIdentifiers take several groups, and @log tells them apart."""
    stream("in g")
    client.create_log_group(logGroupName="h")
    client.create_log_stream(logGroupName="h", logStreamName="s")
    event = {"timestamp": NOW_MS, "message": "in h"}
    client.put_log_events(logGroupName="h", logStreamName="s", logEvents=[event])
    where = {"startTime": 0, "endTime": NOW_MS // 1000}
    names = ["g", "arn:aws:logs:us-east-1:123456789012:log-group:h:*"]
    query = client.start_query(logGroupIdentifiers=names, queryString="stats count(*) by @log | sort @log", **where)
    while (answer := client.get_query_results(queryId=query["queryId"]))["status"] != "Complete":
        pass
    assert [[cell["value"] for cell in row] for row in answer["results"]] == [
        ["123456789012:g", "1"],
        ["123456789012:h", "1"],
    ]
    assert answer["statistics"]["logGroupsScanned"] == 2
    assert ask("fields @message") == [{"@message": "in g"}]


LAMBDA = [
    "INIT_START Runtime Version: python:3.12.v1\tRuntime Version ARN: arn:aws:lambda:us-east-1::runtime:local",
    "START RequestId: 11111111-2222-3333-4444-555555555555 Version: $LATEST",
    '[INFO]\t2023-11-14T22:13:20.000Z\t11111111-2222-3333-4444-555555555555\tof {"id": 7, "of": {"a": [1]}} {"id": 8}',
    "END RequestId: 11111111-2222-3333-4444-555555555555",
    (
        "REPORT RequestId: 11111111-2222-3333-4444-555555555555\tDuration: 12.34 ms\tBilled Duration: 13 ms\t"
        "Memory Size: 128 MB\tMax Memory Used: 64 MB\tInit Duration: 100.50 ms\t\n"
        "XRAY TraceId: 1-5759e988-bd862e3fe1be46a994272793\tSegmentId: defdfd9912dc5a56\tSampled: true\t"
    ),
    '{"time": "2023-11-14T22:13:20.000Z", "type": "platform.report", "record": {"metrics": {"durationMs": 5.5}}}',
]


def test_lambda_lines(client: Any) -> None:
    """The fields that are discovered in Lambda's lines; of several JSON fragments in a line, the first."""
    client.create_log_group(logGroupName="/aws/lambda/f")
    client.create_log_stream(logGroupName="/aws/lambda/f", logStreamName="s")
    events = [{"timestamp": NOW_MS + number, "message": line} for number, line in enumerate(LAMBDA)]
    client.put_log_events(logGroupName="/aws/lambda/f", logStreamName="s", logEvents=events)

    def ask(text: str) -> list[dict[str, str]]:
        rows = finished(client, text, logGroupName="/aws/lambda/f")["results"]
        return [{cell["field"]: cell["value"] for cell in row if cell["field"] != "@ptr"} for row in rows]

    names = "@duration, @billedDuration, @memorySize, @maxMemoryUsed, @initDuration, @xrayTraceId, @xraySegmentId"
    assert ask(f'filter @type = "REPORT" | fields @requestId, {names}') == [
        {
            "@requestId": "11111111-2222-3333-4444-555555555555",
            "@duration": "12.34",
            "@billedDuration": "13",
            "@memorySize": "128000000",
            "@maxMemoryUsed": "64000000",
            "@initDuration": "100.5",
            "@xrayTraceId": "1-5759e988-bd862e3fe1be46a994272793",
            "@xraySegmentId": "defdfd9912dc5a56",
        }
    ]
    assert ask("stats count(*) by @type | sort @type") == [
        {"count(*)": "3"},
        {"@type": "END", "count(*)": "1"},
        {"@type": "REPORT", "count(*)": "1"},
        {"@type": "START", "count(*)": "1"},
    ]
    assert ask("fields id, of.a.0, @requestId | filter ispresent(id)") == [
        {"id": "7", "of.a.0": "1", "@requestId": "11111111-2222-3333-4444-555555555555"}
    ]
    assert ask("filter type = 'platform.report' | fields record.metrics.durationMs") == [
        {"record.metrics.durationMs": "5.5"}
    ]
    memory = 'filter @type = "REPORT" | stats max(@memorySize / 1000 / 1000) as provisonedMemoryMB'
    assert ask(memory) == [{"provisonedMemoryMB": "128"}]


def test_hostile_events(stream: Put, ask: Ask) -> None:
    """Events that SQLite or Python could stumble over do not stop a query over all of them."""
    stream(
        '{"a": "\\ud800", "n": 1}',
        '{"a": "\\ud83d\\ude00", "n": 2}',
        '{"a": ' * 50_000,
        '{"a": NaN}',
        '{"n": ' + "9" * 5000 + "}",
        '{"n": -9223372036854775808}',
        '{"n": 1e999}',
        "{}",
        " \n",
    )
    rows = ask("fields a, abs(n) as m | filter ispresent(n) | filter a like /./ or n < 0 | sort @timestamp")
    assert rows == [{"a": "\ufffd", "m": "1"}, {"a": "\U0001f600", "m": "2"}, {"m": "9.223372036854776e+18"}]
    assert ask("stats count(*), count(n), sum(n - n) as zero") == [{"count(*)": "9", "count(n)": "5", "zero": "0"}]
    huge = "fields replace(replace(replace(@message, '{', '{{{{{{{{{{'), '{', '{{{{{{{{{{'), '{', '{{{{{{{{{{') as x"
    assert ask(f"filter n = 1 | {huge} | stats max(strlen(x)) as n") == [{"n": "1022"}]
    far = "dateceil(@timestamp, 999999999y) as a, datefloor(fromMillis(1e300), 1mo) as b, fromMillis(1e300) as c"
    assert ask(f"filter n = 1 | fields {far}") == [{"c": "1e+300"}]


def test_a_text_too_long(client: Any, stream: Put) -> None:
    """A query that would make texts without end fails, and the next one runs."""
    stream("a" * 100_000)
    ten = "replace({}, 'a', 'aaaaaaaaaa')"
    assert finished(client, f"fields {ten.format(ten.format(ten.format('@message')))} as x")["status"] == "Failed"
    assert finished(client, "fields @message")["status"] == "Complete"


def test_a_slow_regular_expression(client: Any, stream: Put) -> None:
    """A regular expression that would try for years makes its query fail, and the next query runs."""
    stream("a" * 5000 + "b")
    assert finished(client, "filter @message like /(a+)+$/")["status"] == "Failed"
    assert finished(client, "parse @message /(?<x>(a+)+)$/ | stats count(x)")["status"] == "Failed"
    assert finished(client, "filter @message like /a+b/")["statistics"]["recordsMatched"] == 1
