"""Whatever can be written runs: queries put together at random, over events of all kinds."""

import sqlite3
import string
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.cloudwatch.logs import SCHEMA, QueryError
from local.cloudwatch.logs.insights import Scope, check_query, compile_query, parse_query, run_query
from local.cloudwatch.logs.schema import first_id

SCOPE = Scope([1], 0, 10**12, "123456789012", 0, None)
MESSAGES = [
    '{"a": 1, "b": "x", "l": [1, {"k": "v"}], "n": null, "f": 1.5, "t": true}',
    '{"a": "12", "b": "[1, 2]"}',
    '{"a": {"z": 1}, "f": -9223372036854775808}',
    "plain 12 text",
    "user=ann, latency := 10",
]

LEAVES = [
    "a",
    "b",
    "f",
    "n",
    "t",
    "l.1.k",
    "l[0]",
    "j.z",
    "x",
    "`y",
    "z`",
    "@message",
    "@timestamp",
    "@logStream",
    "@log",
    "@duration",
    "1",
    "2.5",
    "'t'",
    "'5'",
    "true",
]
CALLS = [
    *("abs({})", "ceil({})", "greatest({}, {})", "log({})", "sqrt({})", "bin(5m)", "datefloor({}, 1mo)", "now()"),
    *("dateceil({}, 2h)", "fromMillis({})", "toMillis({})", "ispresent({})", "coalesce({}, {})", "jsonParse({})"),
    *("jsonStringify({})", "isValidIp({})", "isIpInSubnet({}, {})", "isempty({})", "isblank({})", "concat({}, {})"),
    *("trim({})", "ltrim({}, {})", "strlen({})", "toupper({})", "substr({}, {})", "replace({}, {}, {})", "md5({})"),
    *("strcontains({}, {})", "({} + {})", "({} / {})", "({} % {})", "({} ^ {})", "-{}", "({} = {})", "({} > {})"),
    *("({} != {})", "({} and {})", "not ({} or {})", "({} like /a.c/)", "({} not like 'a')", "({} in [{}, {}])"),
]
AGGREGATES = [
    *("count(*)", "count({})", "count_distinct({})", "sum({})", "avg({})", "min({})", "max({})", "stddev({})"),
    *("pct({}, 90)", "earliest({})", "latest({})", "sortsFirst({})", "sortsLast({})", "ceil(avg({})) / count(*)"),
]
COMMANDS = [
    *("fields {} as x, {}", "fields {} as j", "display {}", "filter {}", "sort {}, {} desc", "limit 3", "dedup {}"),
    *("parse @message '*=*' as x, `y z`", "parse @message /(?<x>[a-z]+)=(?<w>[a-z]+)/", "unnest l into j"),
]


def filled(templates: list[str], parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Any of the templates, with a part for each of its places."""

    def fill(template: str) -> st.SearchStrategy[str]:
        places = st.lists(parts, min_size=template.count("{}"), max_size=template.count("{}"))
        return places.map(lambda found: template.format(*found))

    return st.sampled_from(templates).flatmap(fill)


expressions = st.recursive(st.sampled_from(LEAVES), lambda inner: filled(CALLS, inner), max_leaves=5)
stats = st.tuples(filled(AGGREGATES, expressions), filled(["", " by {}", " by {} as x"], expressions)).map(
    lambda pair: f"stats {pair[0]} as value{pair[1]}"
)
queries = st.lists(filled(COMMANDS, expressions) | stats, min_size=1, max_size=4).map(" | ".join)


@pytest.fixture(scope="module")
def connection() -> Iterator[sqlite3.Connection]:
    made = sqlite3.connect(":memory:", isolation_level=None)
    made.executescript(SCHEMA)
    made.execute("INSERT INTO log_groups (id, name, created_ms, protected) VALUES (1, 'g', 0, 0)")
    made.execute("INSERT INTO log_streams (id, group_id, name, created_ms) VALUES (1, 1, 's', 0)")
    insert = "INSERT INTO log_events VALUES (?, 1, 1, 0, 1, json_valid(?), NULL, ?)"
    made.executemany(insert, [(first_id(number), message, message) for number, message in enumerate(MESSAGES)])
    yield made
    made.close()


@given(text=queries)
def test_queries_run(connection: sqlite3.Connection, text: str) -> None:
    """A query is refused before it runs, with a reason, or it runs to its end."""
    try:
        plan = compile_query(parse_query(text), SCOPE)
        check_query(connection, plan)
    except QueryError:
        return
    outcome = run_query(connection, plan, lambda: False)
    assert outcome.scanned == 5
    assert all(len(row) == len(outcome.columns) for row in outcome.rows)


@pytest.mark.parametrize(
    "text",
    [
        "filter " + " and ".join(["a = 1"] * 150),
        "filter " + " or ".join(["a like /b/"] * 150),
        "filter a in [" + ", ".join("12345" * 150) + "]",
        "fields " + "concat(" * 15 + "a" + ")" * 15,
        "fields " + " + ".join("a" * 30),
    ],
)
def test_large_queries_run(connection: sqlite3.Connection, text: str) -> None:
    """Long conditions and deep calls are within SQLite's limits."""
    plan = compile_query(parse_query(text), SCOPE)
    check_query(connection, plan)
    assert run_query(connection, plan, lambda: False).scanned == 5


def test_a_query_too_complex(connection: sqlite3.Connection) -> None:
    """What SQLite has no room for (it takes 2,000 columns) is refused before it runs."""
    names = [first + second for first in string.ascii_letters for second in string.ascii_letters][:2100]
    plan = compile_query(parse_query("fields " + ",".join(names)), SCOPE)
    with pytest.raises(QueryError, match="too complex: too many columns"):
        check_query(connection, plan)
