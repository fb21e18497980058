"""The text of a query. AWS page "CloudWatch Logs Insights language query syntax" and the pages of each command."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.cloudwatch.logs import QueryError, QueryNotSupported, parse_query
from local.cloudwatch.logs.insights import Scope, compile_query
from local.cloudwatch.logs.insights.functions import unit_of

SCOPE = Scope([1], 0, 1_700_000_000_000, "123456789012", 1_700_000_000, None)

PAGES = [
    (
        "fields @message | parse @message \"[*] *\" as loggingType, loggingMessage | filter loggingType = 'ERROR' "
        "| display loggingMessage"
    ),
    "fields `foo-bar`, action, abs(f3-f4)",
    "fields concat(Operation, '-', StatusCode) as opStatus",
    "fields f1, f2, f3 | filter (duration>2000)",
    "filter (duration>2000)",
    "fields f1, f2 | filter (f1=10 or f3>25)",
    r"fields f1 | filter statusCode like /2\d\d/",
    "fields @timestamp, @message | filter statusCode in [300,400,500]",
    'fields @timestamp, @message | filter Type not in ["foo","bar",1]',
    "stats avg (f1) by f2",
    "fields f1, f2, f3 | sort f1 desc",
    "sort @timestamp desc | limit 25  |  display f1, f2",
    r"parse @message /\[(?<level>\S+)\]\s+(?<config>\{.*\})\s+The error was: (?<exception>\S+)/",
    (
        r"parse @message /user=(?<user2>.*?), method:(?<method2>.*?), latency := (?<latency2>.*?)/ "
        "| stats avg(@latency2) by @method2, @user2"
    ),
    "fields f1, f2, f3 | filter f1 like /(?i)Exception/",
    "fields f1, f2, f3 | filter f1 =~ /Exception/",
    'fields f1, f2, f3 | filter f1 not like "Exception"',
    "fields @timestamp, @message\n    # | filter @message like /delay/\n    | limit 20",
    "stats count(*) by queryType, bin(1h)",
    "fields @timestamp, server, severity, message | sort @timestamp desc | dedup server",
    "fields jsonParse(@message) as json_message | unnest json_message.events into event | display event.name",
    "fields jsonParse(@message) as js | unnest js.accounts into account | filter account.type = 'internal'",
    (
        "fields jsonParse(trimmedData) as accounts | unnest accounts into account "
        "| stats sum(account.droppedSpans) as n by account.accountId | sort n desc | limit 10"
    ),
    "fields jsonParse(@message) as json_message | stats count() by json_message.status_code",
    'fields jsonParse(@message) as json_message | filter json_message.users[1].action = "PutData"',
    "stats sum(packets) as packetsTransferred by srcAddr, dstAddr | sort packetsTransferred desc | limit 15",
    (
        'filter @type = "REPORT" | stats max(@memorySize / 1000 / 1000) as provisonedMemoryMB, '
        "min(@maxMemoryUsed / 1000 / 1000) as smallestMemoryRequestMB by bin(5m)"
    ),
    "FIELDS @timestamp | FILTER not isIpv4InSubnet(srcAddr, '10.0.0.0/8') AND ISPRESENT(x) | SORT x ASC, y DESC",
]


@pytest.mark.parametrize("text", PAGES)
def test_queries_of_the_pages(text: str) -> None:
    """Every query that the pages show is taken, and compiled."""
    assert compile_query(parse_query(text), SCOPE).columns


@pytest.mark.parametrize(
    ("text", "at", "words"),
    [
        ("filter", (6, 6), "expected a field's name, found the query's end"),
        ("fields @message |", (17, 17), "expected a command"),
        ("fields @message foo", (16, 19), "expected | or the query's end, found 'foo'"),
        ("frobnicate x", (0, 10), "expected a command"),
        ("filter a = ", (11, 11), "found the query's end"),
        ("filter (a = 1", (13, 13), "expected )"),
        ("filter a in 5", (12, 13), "expected ["),
        ("filter a in [5", (14, 14), "expected , or ]"),
        ("filter a not 5", (13, 14), "expected in or like"),
        ("filter a like b", (14, 15), 'expected a "text" or a /regular expression/'),
        ("filter a like /(/", (14, 17), "regular expression: a ( is not closed"),
        ("fields nosuch(a)", (7, 13), "unknown function nosuch"),
        ("fields abs()", (7, 12), "abs takes 1 arguments"),
        ("fields 5x", (7, 9), "expected a period, as 5m or 1h"),
        ("fields 5m", (7, 9), "a period stands in bin()"),
        ("stats count(*) by bin(5)", (22, 23), "bin takes a period"),
        ("stats f1 by f2", (6, 8), "stats takes aggregate functions"),
        ("stats sum(avg(a))", (10, 16), "an aggregate function inside another"),
        ("stats count(*) by count(*)", (18, 26), "count stands in stats only"),
        ("stats count(*) + a", (17, 18), "a stands outside of an aggregate function"),
        ("fields abs(a) | stats sum(b) + abs(a)", (35, 36), "a stands outside of an aggregate function"),
        ("stats count(*) + toMillis(bin(1m))", (26, 33), "bin() needs @timestamp"),
        ("stats pct(a, 101)", (13, 16), "pct takes a field and a number from 0 to 100"),
        ("filter count(*) > 1", (7, 15), "count stands in stats only"),
        ("stats count(*) | filter x > 1", (24, 25), "x is not among the columns of stats"),
        ("stats count(*) as a | stats max(b)", (32, 33), "b is not among the columns of stats"),
        ("stats count(*) as a | stats max(a) by bin(1m)", (38, 45), "bin() needs @timestamp"),
        ("stats count(*) as a | stats latest(a)", (28, 37), "latest needs @timestamp"),
        ("stats count(*) as a | stats max(a) as b | stats max(b)", (42, 54), "at most 2 stats commands"),
        ("stats count(*) as a | sort a | stats max(a)", (22, 28), "sort and limit stand after the second stats"),
        ("stats count(*) as a, sum(b) as a", (0, 32), "two columns have the same name"),
        ("dedup a | filter b = 1", (10, 22), "only limit may follow dedup"),
        ('parse @message "* *" as a', (15, 25), "2 asterisks, but 1 names after as"),
        ("parse @message /a/", (15, 16), "named"),
        ("unnest a b", (9, 10), "expected into"),
        ("limit 0", (6, 7), "expected a whole number from 1 to 100000"),
        ("limit 1.5", (6, 9), "expected a whole number"),
        ("limit 100001", (6, 12), "expected a whole number"),
        ("x" * 10_001, (10_000, 10_001), "longer than 10000 characters"),
        ("filter " + "(" * 100 + "a" + ")" * 100, (67, 67), "nested more than 60 deep"),
        ("fields " + "+".join(["a"] * 300), (7, 408), "more than 200 operands"),
    ],
)
def test_what_is_no_query(text: str, at: tuple[int, int], words: str) -> None:
    """An error says what is wrong and where, in the shape of MalformedQueryException's queryCompileError."""
    with pytest.raises(QueryError) as raised:
        compile_query(parse_query(text), SCOPE)
    assert words in raised.value.message
    assert (raised.value.start, raised.value.end) == at
    assert raised.value.code == "MalformedQueryException"
    assert raised.value.members["queryCompileError"]["location"] == {"startCharOffset": at[0], "endCharOffset": at[1]}


@pytest.mark.parametrize(
    ("text", "what", "at"),
    [
        ("pattern @message", "the command pattern", (0, 7)),
        ("fields a | anomaly", "the command anomaly", (11, 18)),
        ("fields a | diff", "the command diff", (11, 15)),
        ("lookup x y", "the command lookup", (0, 6)),
        ("filterIndex a = 1", "the command filterindex", (0, 11)),
        ("SOURCE logGroups(namePrefix: ['a'])", "the command source", (0, 6)),
        ("unmask @message", "the command unmask", (0, 6)),
        ("stats rate(a, 1m) by bin(1m)", "the function rate", (6, 10)),
        ("stats count(*) by bin(5m) offset 1h", "offset", (26, 32)),
        ('fields `a"b`', "a double quote in the name of a field", (7, 12)),
    ],
)
def test_what_is_not_supported(text: str, what: str, at: tuple[int, int]) -> None:
    """What CloudWatch has and the laptop has not is refused by its name, with its place."""
    with pytest.raises(QueryNotSupported, match=f"^{what} ") as raised:
        compile_query(parse_query(text), SCOPE)
    assert (raised.value.start, raised.value.end) == at


def test_a_chain_that_doubles() -> None:
    """A query that would double its SQL with each command is refused before that."""
    chain = " | ".join(["fields a + a as b0", *(f"fields b{n} + b{n} as b{n + 1}" for n in range(60))])
    with pytest.raises(QueryError, match="too complex"):
        compile_query(parse_query(chain), SCOPE)


@pytest.mark.parametrize(
    ("words", "unit"),
    [
        ("millisecond milliseconds ms msec msecs", "ms"),
        ("second seconds s sec secs", "s"),
        ("minute minutes m min mins", "m"),
        ("hour hours h hr hrs", "h"),
        ("day days d", "d"),
        ("week weeks w", "w"),
        ("month months mo mos mon mons", "mo"),
        ("quarter quarters q qtr qtrs", "q"),
        ("year years y yr yrs", "y"),
    ],
)
def test_units(words: str, unit: str) -> None:
    """AWS page "stats": the units of bin and their abbreviations, with an s where they have more than one character."""
    assert {unit_of(word) for word in words.split()} == {unit}
    assert unit_of("ds") is None


PIECES = [
    *["fields", "filter", "stats", "sort", "limit", "dedup", "parse", "unnest", "display", "into", "by", "as", "desc"],
    *["count(*)", "avg(a)", "pct(a, 99)", "bin(5m)", "datefloor(@timestamp, 1h)", "a", "@message", "a.b[0]", "`x y`"],
    *[
        "like",
        "in",
        "not",
        "and",
        "or",
        "/a.*/",
        "'t'",
        '"*"',
        "5",
        "1e3",
        "|",
        ",",
        "(",
        ")",
        "[",
        "]",
        "=",
        "!=",
        ">",
    ],
    *["+", "-", "*", "/", "%", "^", "#", "\n", "ispresent(a)", "substr(a, 1)", "jsonParse(a)", "latest(a)", "true"],
]


@given(st.text(max_size=40) | st.lists(st.sampled_from(PIECES), max_size=25).map(" ".join))
def test_any_text(text: str) -> None:
    """Any text is a query or raises our error, with a place in the text."""
    try:
        compile_query(parse_query(text), SCOPE)
    except (QueryError, QueryNotSupported) as error:
        assert 0 <= error.start <= error.end <= len(text)  # noqa: PT017
