"""Traces as columns: what filters find in them, and what graphs add up of them, is what the traces say one by one."""

from contextlib import closing
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local.database import Database
from local.xray import SCHEMA, Traces
from local.xray.buckets import FEW
from local.xray.columns import Block, Pile
from local.xray.facts import Facts, gather
from local.xray.filters import (
    Edge,
    NamedFilter,
    Service,
    matches,
    meeting_passages,
    meeting_traces,
    meeting_visits,
    meeting_works,
    parse_filter,
    parse_selector,
)
from local.xray.filters.vocabulary import CAUSES, Scope
from local.xray.graph import service_graph
from local.xray.sums import add_up
from local.xray.time_series import time_series
from local.xray.tree import build
from tests.local.xray.api import NOW, Api, Clock
from tests.local.xray.given import comparisons, expressions, selectors, traces
from tests.local.xray.test_sums import DAY, MINUTE, add_all, graph, lose_the_traces, put, requests, series


def facts_of(documents: list[list[dict[str, Any]]]) -> list[Facts]:
    """The latest first, as blocks have them."""
    ids = [f"1-{int(NOW):08x}-{number:024x}" for number in range(len(documents))]
    made = [gather(build(trace_id, own)) for trace_id, own in zip(ids, documents, strict=True)]
    return sorted(made, key=lambda facts: (facts["start"], facts["id"]), reverse=True)


def block_of(facts: list[Facts]) -> Block:
    pile = Pile()
    for trace in facts:
        pile.add(trace)
    return Block(0, pile.packed().get)


def hold_against(facts: list[Facts], text: str, groups: list[NamedFilter]) -> None:
    wanted = parse_filter(text)
    expected = [matches(wanted, trace, groups) for trace in facts]
    assert list(meeting_traces(wanted, block_of(facts), groups)) == expected, text


def hold_works_against(facts: list[Facts], selector: Service | Edge) -> None:
    """By their traces and how they stand in them."""
    block = block_of(facts)
    mask = meeting_works(selector, block)
    places = zip(block.works.traces, block.works.slots, mask, strict=True)
    found = sorted((trace, slot) for trace, slot, meets in places if meets)
    expected = []
    for trace, own in enumerate(facts):
        works: list[Any] = [*own["visits"], *own["passages"]]
        met = meeting_visits(selector, own) if isinstance(selector, Service) else meeting_passages(selector, own)
        expected += [(trace, next(place for place, work in enumerate(works) if work is one)) for one in met]
    assert found == sorted(expected)


@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
@given(st.lists(traces(), min_size=1, max_size=8), st.lists(expressions, min_size=4, max_size=8), expressions)
def test_columns_say_what_the_traces_say(documents: list[list[dict[str, Any]]], texts: list[str], group: str) -> None:
    """Any filter expression takes the same traces of a block as it takes one by one."""
    facts, groups = facts_of(documents), [NamedFilter("g", "arn", parse_filter(group))]
    for text in texts:
        hold_against(facts, text, groups)


@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
@given(st.lists(traces(), min_size=1, max_size=8), st.lists(selectors, min_size=4, max_size=8))
def test_selected_works(documents: list[list[dict[str, Any]]], texts: list[str]) -> None:
    """Any selector takes the same visits and passages of a block as of its traces."""
    for text in texts:
        hold_works_against(facts_of(documents), parse_selector(text))


@settings(deadline=None, max_examples=6, suppress_health_check=list(HealthCheck))
@given(st.lists(traces(), min_size=10, max_size=10))
def test_each_keyword_with_each_operator(documents: list[list[dict[str, Any]]]) -> None:
    """None is left out: of traces, services, edges and root causes."""
    facts = facts_of(documents)
    wheres = {Scope.TRACE: "{}", Scope.SERVICE: "service() {{ {} }}", Scope.EDGE: "edge() {{ {} }}"}
    wheres |= {scope: f"rootcause.fault.{part} {{{{ {{}} }}}}" for part, scope in CAUSES.items()}
    assert set(wheres) == set(Scope)
    for scope, where in wheres.items():
        for comparison in comparisons(scope):
            hold_against(facts, where.format(comparison), [])


@settings(deadline=None, max_examples=25, suppress_health_check=list(HealthCheck))
@given(
    st.lists(traces(), min_size=FEW + 1, max_size=FEW + 4),
    st.lists(st.tuples(expressions, selectors), min_size=2, max_size=3),
    st.randoms(use_true_random=False),
)
def test_graphs_of_columns(
    tmp_path_factory: pytest.TempPathFactory,
    documents: list[list[dict[str, Any]]],
    asked: list[tuple[str, str]],
    random: Random,
) -> None:
    """In whatever order the documents come, and whenever they are added up: the graph of a group, and what is selected
    of it, are those of its traces one by one.
    """
    with closing(Database(tmp_path_factory.mktemp("xray") / "aws.sqlite3", [SCHEMA])) as database:
        api = Api(Traces(database, clock := Clock()), database, clock)
        ids = [f"1-{int(NOW):08x}-{number:024x}" for number in range(len(documents))]
        sent = [{**each, "trace_id": ids[number]} for number, own in enumerate(documents) for each in own]
        random.shuffle(sent)
        for document in sent:
            api.traces.put(document)
            if random.randrange(8) == 0:
                add_all(api)
        add_all(api)
        facts = facts_of([[each for each in sent if each["trace_id"] == trace_id] for trace_id in ids])
        api("CreateGroup", GroupName="g", FilterExpression="fault")
        for text, selector in asked:
            api("CreateGroup", GroupName="asked", FilterExpression=text)
            hold_answers_against(api, facts, text, selector)
            api("DeleteGroup", GroupName="asked")


def hold_answers_against(api: Api, facts: list[Facts], text: str, selector: str) -> None:
    frame = (NOW, NOW + 60)
    wanted, groups = parse_filter(text), [NamedFilter("g", "", parse_filter("fault"))]
    taken = [trace for trace in facts if matches(wanted, trace, groups)]
    assert graph(api, *frame, GroupName="asked") == service_graph(add_up(taken)), text
    assert series(api, *frame, GroupName="asked") == time_series(taken, frame, 60, None), text
    expected = time_series(taken, frame, 60, parse_selector(selector))
    assert series(api, *frame, selector, GroupName="asked") == expected, (text, selector)
    assert series(api, *frame, selector) == time_series(facts, frame, 60, parse_selector(selector)), selector


@pytest.mark.parametrize(
    ("group", "selector", "expected"),
    [
        ('http.url CONTAINS "/a/"', "", 10),
        ('http.url != "/b/1"', 'service("web")', 19),
        ("responsetime < 15", 'service("web") { http.url ENDSWITH "3" }', 2),
        ("", 'service("web") { !fault }', 10),
        ("", 'edge(id(type: "client"), "web") { responsetime >= 10 }', 10),
        ('service("web") { fault }', "", 10),
    ],
)
def test_no_trace_is_read_by_itself(api: Api, group: str, selector: str, expected: int) -> None:
    """Where many traces of some seconds are wanted, and some of them are not."""
    for number in range(20):
        url = f"/{'ab'[number % 2]}/{number}"
        http = {"request": {"url": url}}
        put(api, number, number % 10 / 10, http=http, fault=number % 2 == 0, end_time=MINUTE + number)
    add_all(api)
    api("CreateGroup", GroupName="g", FilterExpression=group)
    lose_the_traces(api)
    found = series(api, MINUTE, MINUTE + 60, selector, GroupName="g")
    counts = [each["TotalCount"] for one in found for name, each in one.items() if name.endswith("SummaryStatistics")]
    assert sum(counts) == expected


def test_a_store_of_before_the_columns(api: Api) -> None:
    """A database that an older version filled has its index and its columns made after the next start; until then it
    is read trace by trace.
    """
    for number in range(3 * FEW):
        put(api, number, 0, fault=number % 3 > 0, http={"request": {"url": f"/{number}"}})
    add_all(api)
    with api.database.write() as connection:
        connection.executescript("DROP TABLE xray_columns; ALTER TABLE xray_found RENAME TO xray_trace_index;")
        connection.executescript(SCHEMA)
        connection.execute("BEGIN")
        assert connection.execute("SELECT name FROM sqlite_master WHERE name = 'xray_trace_index'").fetchall() == []
    api("CreateGroup", GroupName="faults", FilterExpression='fault AND http.url BEGINSWITH "/"')
    for _ in range(2):
        assert requests(graph(api, MINUTE, MINUTE + 60, GroupName="faults")) == {"web": 2 * FEW}
        add_all(api)
    lose_the_traces(api)
    assert requests(graph(api, MINUTE, MINUTE + 60, GroupName="faults")) == {"web": 2 * FEW}


def test_columns_of_what_changed_are_not_kept(api: Api) -> None:
    """A late document takes its bucket's columns away, a reset and the end of the retention take all."""
    put(api, 1, 0)
    add_all(api)
    assert columns(api) > 0
    put(api, 1, 0, id="2" * 16)
    api.traces.settle()
    assert columns(api) == 0
    add_all(api)
    assert columns(api) > 0
    api.clock.now += 40 * DAY
    api.traces.expire()
    assert columns(api) == 0


def columns(api: Api) -> int:
    with api.database.read() as connection:
        return int(connection.execute("SELECT count(*) FROM xray_columns").fetchone()[0])
