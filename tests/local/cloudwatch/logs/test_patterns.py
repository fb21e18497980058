"""Filter patterns.

AWS page "Filter pattern syntax for metric filters, subscription filters, filter log events, and Live Tail", and its
earlier form "Filter and Pattern Syntax". Patterns and messages are the pages'.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.cloudwatch.logs import PatternError, parse_pattern
from local.cloudwatch.logs.patterns import Event

LINES = {
    400: "[ERROR 400] BAD REQUEST",
    401: "[ERROR 401] UNAUTHORIZED REQUEST",
    419: "[ERROR 419] MISSING ARGUMENTS",
    420: "[ERROR 420] INVALID ARGUMENTS",
    500: "[ERROR 500] INTERNAL SERVER ERROR",
    200: "[INFO 200] SUCCESSFUL REQUEST",
}

TRAIL = """{
  "eventType": "UpdateTrail",
  "sourceIPAddress": "111.111.111.111",
  "arrayKey": ["value", "another value"],
  "objectList": [{"name": "a", "id": 1}, {"name": "b", "id": 2}],
  "SomeObject": null,
  "ThisFlag": true
}"""

USERS = """{
    "user": {"id": 1, "email": "John.Stiles@example.com"},
    "users": [{"id": 2, "email": "John.Doe@example.com"}, {"id": 3, "email": "Jane.Doe@example.com"}],
    "actions": ["GET", "PUT", "DELETE"],
    "coordinates": [[0, 1, 2], [4, 5, 6], [7, 8, 9]]
}"""

APACHE = '127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534'


def matches(pattern: str, message: str) -> bool:
    return parse_pattern(pattern).matches(Event(message))


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("ERROR", {400, 401, 419, 420, 500}),
        ("ERROR ARGUMENTS", {419, 420}),
        ("?ERROR ?ARGUMENTS", {400, 401, 419, 420, 500}),
        ("?INFO ?BAD", {200, 400}),
        ('"INTERNAL SERVER ERROR"', {500}),
        ("ERROR -ARGUMENTS", {400, 401, 500}),
        ("-ERROR", {200}),
        ("error", set()),
        ("", {200, 400, 401, 419, 420, 500}),
        ('" "', {200, 400, 401, 419, 420, 500}),
        ('"   "', {200, 400, 401, 419, 420, 500}),
        ("%AUTHORIZED%", {401}),
        (r"%ERROR\s4[0-9]{2}%", {400, 401, 419, 420}),
        (r"%^.ERROR\s5|INFO%", {500, 200}),
        ("?ERROR ?ARGUMENTS REQUEST", {400, 401, 200}),  # "the question mark (?) will be ignored"
    ],
)
def test_terms(pattern: str, found: set[int]) -> None:
    """All terms have to be there, optional ones in part, excluded ones not; the case counts; a regex is a term."""
    assert {number for number, line in LINES.items() if matches(pattern, line)} == found


def test_or_and_exclusion() -> None:
    """The page's three messages: `ERROR`, `?ERROR ?WARN`, `ERROR WARN` and `ERROR -WARN`."""
    lines = ["ERROR WARN message", "ERROR message", "WARN message"]
    found = {
        pattern: [number for number, line in enumerate(lines, 1) if matches(pattern, line)]
        for pattern in ("ERROR", "?ERROR ?WARN", "ERROR WARN", "ERROR -WARN")
    }
    assert found == {"ERROR": [1, 2], "?ERROR ?WARN": [1, 2, 3], "ERROR WARN": [1], "ERROR -WARN": [2]}


@pytest.mark.parametrize(
    "pattern",
    [
        '{ $.eventType = "UpdateTrail" }',
        "{ $.sourceIPAddress != 123.123.* }",
        '{ $.arrayKey[0] = "value" }',
        "{ $.objectList[1].id = 2 }",
        "{ $.SomeObject IS NULL }",
        "{ $.SomeOtherObject NOT EXISTS }",
        "{ $.ThisFlag IS TRUE }",
        "{ $.eventType = *Trail }",
        "{ $.eventType = Update* }",
        "{ $.eventType = *date* }",
        "{ $.eventType = * }",
        "{ $.eventType = %Trail% }",
        "{ $.eventType = %^Update[A-Z]r.{3}$% }",
        "{ $.eventType != %Delete% }",
        "{$.eventType=UpdateTrail&&$.ThisFlag IS TRUE}",
        '{ $["eventType"] = "UpdateTrail" }',
        '{ $."eventType" = "UpdateTrail" }',
    ],
)
def test_json_that_matches(pattern: str) -> None:
    """The filters that the page shows for its CloudTrail event, and their like, match it."""
    assert matches(pattern, TRAIL)


@pytest.mark.parametrize(
    "pattern",
    [
        '{ $.eventType = "updatetrail" }',
        "{ $.sourceIPAddress != 111.111.* }",
        '{ $.eventType[0] = "UpdateTrail" }',
        "{ $.objectList.id = 2 }",
        "{ $.arrayKey = value }",
        "{ $.arrayKey != value }",  # "both will fail to match a log event where users is an array"
        "{ $.SomeOtherObject IS NULL }",
        "{ $.SomeObject NOT EXISTS }",
        "{ $.SomeObject = * }",
        "{ $.ThisFlag IS FALSE }",
        "{ $.eventType = Up*Trail }",  # "Ev*ent will only match the actual string Ev*ent"
        "{ $.missing != 5 }",
        "{ $.eventType > 5 }",
    ],
)
def test_json_that_does_not_match(pattern: str) -> None:
    """Other values, other places, arrays and objects, and fields that are not there do not match."""
    assert not matches(pattern, TRAIL)


@pytest.mark.parametrize(
    ("pattern", "is_match"),
    [
        ('{ ($.user.id = 1) && ($.users[0].email = "John.Doe@example.com") }', True),
        ('{ ($.user.id = 2 && $.users[0].email = "nonmatch") || $.actions[2] = "GET" }', False),
        (
            '{ $.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = nonmatch && $.actions[2] = nomatch }',
            True,
        ),
        (
            (
                '{ ($.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = nonmatch) '
                "&& $.actions[2] = nomatch }"
            ),
            False,
        ),
        ("{ $.coordinates[1][2] = 6 }", True),
    ],
)
def test_compound_json(pattern: str, *, is_match: bool) -> None:
    """The page's compound conditions: parentheses before &&, && before ||."""
    assert matches(pattern, USERS) is is_match


@pytest.mark.parametrize(
    ("pattern", "message", "is_match"),
    [
        ("{ $.latency >= 500 }", '{"latency": 500}', True),
        ("{ $.latency >= 500 }", '{"latency": 499.9}', False),
        ("{ $.numbers[0] < 10e3 }", '{"numbers": [9999]}', True),
        ("{ $.numbers[0] < 10e-3 }", '{"numbers": [0.011]}', False),
        ("{ $.numbers[0] < 10e-3 }", '{"numbers": [0.009]}', True),
        ("{ $.processes[4].averageRuntime <= 55.5 }", '{"processes": [0,0,0,0,{"averageRuntime": 55.5}]}', True),
        ("{ $.errorCode = 400 }", '{"errorCode": 400}', True),
        ("{ $.errorCode = 400 }", '{"errorCode": 400.0}', True),
        ("{ $.errorCode = 400 }", '{"errorCode": "400"}', True),
        ("{ $.errorCode != 500 }", '{"errorCode": 400}', True),
        ("{ $.errorCode != 500 }", '{"errorCode": 500}', False),
        ("{ $.latency > +1000 }", '{"latency": 1001}', True),
        ("{ $.latency > +1000 }", '{"latency": -1001}', False),
        ("{ $.latency > -1 }", '{"latency": true}', False),
        ("{ $.latency > 1 }", "latency: 2", False),
        ("{ $.latency > 1 }", '[{"latency": 2}]', False),
        ("{ $.latency > 1 }", '{"latency": 2', False),
    ],
)
def test_numbers(pattern: str, message: str, *, is_match: bool) -> None:
    """The page's numeric comparisons, with signs and scientific notation. What is no JSON object never matches."""
    assert matches(pattern, message) is is_match


@pytest.mark.parametrize(
    ("pattern", "is_match"),
    [
        ("[ip, user, username, timestamp, request, status_code, bytes]", True),
        ("[ip, user, username, timestamp, request, status_code]", False),
        ("[..., status_code, bytes]", True),
        ("[ip, user, ..., status_code, bytes]", True),
        ("[ip, user, ...]", True),
        ("[…, bytes]", True),
        ("[ip, user, username, timestamp, request, status_code, bytes > 1000]", True),
        ("[ip, user, username, timestamp, request, status_code, bytes > 2e3]", False),
        ("[ip, user, username, timestamp, request, status_code = 404, bytes]", True),
        ("[ip, user, username, timestamp, request, status_code = 4*, bytes]", True),
        ("[ip, user, username, timestamp, request = *html*, status_code = 4*, bytes]", True),
        ("[ip, user, username, timestamp, request, status_code = 4* && status_code > 404, bytes]", False),
        ("[ip, user, username, timestamp, request, status_code = 403 || status_code = 404, bytes]", True),
        ("[ip = %127\\.0\\.0\\.[1-9]%, user, username, timestamp, request =*.html*, status_code = 4*, bytes]", True),
        ('[ip, user, username = "frank", ...]', True),
        ("[ip, user, username != frank, ...]", False),
        ("[w1=ERROR, w2]", False),
    ],
)
def test_space_delimited(pattern: str, *, is_match: bool) -> None:
    """The page's patterns of its Apache line: brackets and quotes are one field, the number of fields counts."""
    assert matches(pattern, APACHE) is is_match


def test_words_or() -> None:
    """`[w1=ERROR, w2]` matches the second of the page's three messages, `[w1=ERROR || w1=WARN, w2]` two of them."""
    lines = ["ERROR WARN message", "ERROR message", "WARN message"]
    assert [matches("[w1=ERROR, w2]", line) for line in lines] == [False, True, False]
    assert [matches("[w1=ERROR || w1=WARN, w2]", line) for line in lines] == [False, True, True]


def test_extracted_fields() -> None:
    """The page's `[..., request=*.html*, status_code=4*,]`: names where there are any, else the field's number."""
    assert parse_pattern("[..., request=*.html*, status_code=4*,]").extracted(Event(APACHE)) == {
        "$status_code": "404",
        "$request": "GET /index.html HTTP/1.0",
        "$7": "1534",
        "$4": "10/Oct/2000:13:25:15 -0700",
        "$3": "frank",
        "$2": "-",
        "$1": "127.0.0.1",
    }


@pytest.mark.parametrize(
    ("pattern", "start", "words"),
    [
        ("ERROR: x", 0, "quotes"),
        ("a-b", 0, "quotes"),
        ('"never closed', 0, "quotes"),
        ("%never closed", 0, "no % that ends it"),
        ("%something!%", 10, "'!' is not"),  # the page: "would be rejected since '!' is not supported"
        ("%(a)%", 1, "not supported"),
        ("%é%", 1, "not supported"),
        (r"%\é%", 1, "not supported"),
        (r"%\b%", 1, "not supported"),
        ("{ $.a = 1", 9, "}"),
        ("{ $.a = 1 } x", 12, "nothing may follow"),
        ("{ a = 1 }", 2, r"\$"),
        ("{ $ = 1 }", 2, "names a property"),
        ("{ $.a[*] = 1 }", 5, "wildcards are not"),
        ("{ $.*.b = 1 }", 3, "wildcards are not"),
        ("{ $.a ~ 1 }", 6, "expected ="),
        ("{ $.a EXISTS }", 6, "NOT EXISTS"),
        ("{ $.a = }", 8, "expected a number"),
        ("{ $.a > word }", 6, "compares with a number"),
        ("{ $.a < %x% }", 6, "takes = or !="),
        ("{ $.a = é }", 8, "expected a number"),
        ("{ $.a = foo-bar }", 11, "expected && or"),
        ("{ $.a = a@b }", 9, "expected && or"),
        ("{ ($.a = 1 }", 11, r"expected a \)"),
        ("[a, ..., b, ...]", 12, "one ellipsis"),
        ("[a b]", 3, "expected one of ="),
        ("[a = 1 || b = 2]", 10, "about a, not b"),
        ("[a, b", 5, "expected one of ="),
        ("{ $.a = %a% && $.b = %b% && $.c = %c% }", 0, "at most 2"),
        ("x" * 1025, 1024, "longer than 1024"),
        ("{" + "(" * 60 + "$.a = 1" + ")" * 60 + "}", 52, "more than 50 deep"),
    ],
)
def test_what_is_no_pattern(pattern: str, start: int, words: str) -> None:
    """An error says what is wrong, and at which character."""
    with pytest.raises(PatternError, match=words) as raised:
        parse_pattern(pattern)
    assert raised.value.start == start
    assert raised.value.code == "InvalidParameterException"


PIECES = [*"{}[]()$.%=!<>&|,*?-\"'\\ ", "$.a", "...", "&&", "||", "IS", "NULL", "NOT EXISTS", "%a%", "1e3", "word", "é"]
pattern_texts = st.text(max_size=30) | st.lists(st.sampled_from(PIECES), max_size=20).map("".join)


@given(pattern_texts, st.text(max_size=30) | st.sampled_from([TRAIL, APACHE, "{}", '{"a": 1}']))
def test_any_text(pattern: str, message: str) -> None:
    """Any text is a pattern or raises PatternError with a position in it; a pattern takes any message."""
    try:
        parsed = parse_pattern(pattern)
    except PatternError as error:
        assert 0 <= error.start <= len(pattern)  # noqa: PT017
    else:
        assert parsed.matches(Event(message)) in (True, False)
        assert all(isinstance(value, str) for value in parsed.extracted(Event(message)).values())


@given(st.recursive(st.text("[]{}\"':,1", max_size=8), lambda inner: st.lists(inner).map(str), max_leaves=20))
def test_needed_texts(message: str) -> None:
    """A message without one of the texts that a pattern needs does not match it: SQLite may leave it out."""
    for pattern in ("ERROR -x", 'a "b c"', "1 %2%"):
        parsed = parse_pattern(pattern)
        if not all(text in message for text in parsed.needed):
            assert not parsed.matches(Event(message))


def test_hostile_messages() -> None:
    """JSON nested to exhaust the stack, endless numbers and half characters are messages that do not match."""
    for message in ('{"a":' * 100_000, '{"a":' + "9" * 5000 + "}", "{" + "[" * 50_000, '{"a": "\\ud800"}'):
        assert not matches("{ $.a = 1 }", message)
