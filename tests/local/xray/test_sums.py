"""Sums of traces on disk: what graphs and statistics are read from, and always what the traces themselves add up to."""

import threading
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local.database import Database
from local.xray import SCHEMA, Traces
from local.xray.columns import Block
from local.xray.facts import Facts, gather
from local.xray.filters import matches, parse_filter, parse_selector
from local.xray.graph import service_graph
from local.xray.records import SUMMED, Records
from local.xray.schema import TABLES
from local.xray.sums import add_up
from local.xray.time_series import time_series
from local.xray.tree import build
from tests.local.xray.api import Api, Clock, when

MINUTE = 1_499_473_500.0  # the beginning of one: 24,991,225 of them after the epoch
DAY = 24 * 3600
GROUPS = ["", 'service("web")', "!fault", "responsetime < 1", 'edge("web", "table") { error }']
SELECTORS = [
    "",
    'service("web")',
    'edge("web", "table")',
    'edge(id(type: "client"), "web")',
    'service("web") { fault }',
]

flags = st.fixed_dictionaries({}, optional=dict.fromkeys(("error", "fault", "throttle"), st.booleans()))
eighths = st.integers(0, 8 * 150).map(lambda eighth: eighth / 8)


@st.composite
def documents(draw: st.DrawFn) -> list[dict[str, Any]]:
    """A trace's, each in one of some minutes: a segment, what it calls, and perhaps the segment of what was called."""
    start, length = MINUTE + draw(eighths), draw(st.sampled_from([0, 0.125, 0.0041, 3, 70]))
    name = draw(st.sampled_from(["web", "items"]))
    own: dict[str, Any] = {"id": "1" * 16, "name": name, "start_time": start, **draw(flags)}
    own |= {"end_time": start + length} if draw(st.booleans()) else {"in_progress": True}
    call = {"id": "2" * 16, "name": draw(st.sampled_from(["web", "table"])), "namespace": "remote", **draw(flags)}
    call |= {"type": "subsegment", "parent_id": "1" * 16, "start_time": start + length / 2, "end_time": start + length}
    called = {"id": "3" * 16, "name": "web", "origin": "AWS::Lambda", "parent_id": "2" * 16, **draw(flags)}
    called |= {"start_time": start + length / 2, "end_time": start + 2 * length}
    return [own, *draw(st.sampled_from([[], [call], [call, called], [called]]))]


def graph(api: Api, start: float, end: float, **more: Any) -> Any:
    return api("GetServiceGraph", StartTime=when(start), EndTime=when(end), **more)["Services"]


def series(api: Api, start: float, end: float, selector: str = "", **more: Any) -> Any:
    more |= {"EntitySelectorExpression": selector} if selector else {}
    answer = api("GetTimeSeriesServiceStatistics", StartTime=when(start), EndTime=when(end), **more)
    return answer["TimeSeriesServiceStatistics"]


def add_all(api: Api) -> None:
    """What has come until now has been left alone for a minute."""
    api.traces.settle()
    api.clock.now += 60
    api.traces.add_up()


def kept(api: Api) -> list[tuple[int, float, bool]]:
    """Each sum's width, its start after MINUTE, and whether it is made."""
    with api.database.read() as connection:
        rows = connection.execute(
            "SELECT width, start, sum IS NOT NULL FROM xray_sums ORDER BY width, start"
        ).fetchall()
    return [(width, start - MINUTE, bool(made)) for width, start, made in rows]


def put(api: Api, number: int, start: float, **members: Any) -> str:
    """A trace of a second, `start` seconds after MINUTE."""
    at = MINUTE + start
    trace_id = f"1-{int(MINUTE):08x}-{number:024x}"
    own = {"trace_id": trace_id, "id": "1" * 16, "name": "web", "start_time": at, "end_time": at + 1}
    api.traces.put({**own, **members})
    return trace_id


def requests(services: Any) -> dict[str, int]:
    return {one["Name"]: one["SummaryStatistics"]["TotalCount"] for one in services if "SummaryStatistics" in one}


def lose_the_traces(api: Api) -> None:
    """What reads a trace by itself fails from now on."""
    with api.database.write() as connection:
        connection.execute("UPDATE xray_traces SET facts = 'lost'")


@settings(deadline=None, max_examples=50, suppress_health_check=list(HealthCheck))
@given(
    st.lists(documents(), min_size=1, max_size=8),
    st.lists(st.tuples(eighths, eighths), min_size=1, max_size=4),
    st.lists(st.booleans(), min_size=24, max_size=24),
)
def test_the_sums_are_of_the_traces(
    tmp_path_factory: pytest.TempPathFactory,
    traces: list[list[dict[str, Any]]],
    frames: list[tuple[float, float]],
    pauses: list[bool],
) -> None:
    """However the documents come, whatever was added up in between, and for any frame: graphs and statistics are equal
    to those that are made of the whole traces, one by one.
    """
    database = Database(tmp_path_factory.mktemp("xray") / "aws.sqlite3", [SCHEMA])
    api = Api(Traces(database, clock := Clock()), database, clock)
    ids = [f"1-{int(MINUTE):08x}-{number:024x}" for number in range(len(traces))]
    sent = {
        trace_id: [{**each, "trace_id": trace_id} for each in own] for trace_id, own in zip(ids, traces, strict=True)
    }
    one_by_one = [own[place] for place in range(3) for own in sent.values() if place < len(own)]
    for document, pause in zip(one_by_one, pauses, strict=False):
        api.traces.put(document)
        if pause:
            add_all(api)
    all_of_them = [gather(build(trace_id, own)) for trace_id, own in sent.items()]
    all_of_them.sort(key=lambda facts: (facts["start"], facts["id"]), reverse=True)
    for text in GROUPS:
        api("CreateGroup", GroupName="g" + text, FilterExpression=text)
        taken = [facts for facts in all_of_them if not text or matches(parse_filter(text), facts)]
        for frame in frames:
            _compare(api, taken, MINUTE + min(frame), MINUTE + max(frame), "g" + text)
    database.close()


def _compare(api: Api, traces: list[Facts], start: float, end: float, group: str) -> None:
    started = [facts for facts in traces if start <= facts["start"] < end]
    assert graph(api, start, end, GroupName=group) == service_graph(add_up(started)), group
    for text in SELECTORS:
        selector = parse_selector(text) if text else None
        found = series(api, start, end, text, GroupName=group)
        assert found == time_series(traces, (start, end), 60, selector), (group, text)


def test_whole_minutes_are_read_as_sums(api: Api) -> None:
    """Of what was added up no trace is read: neither for whole minutes nor for the ten seconds at their ends."""
    for number, start in enumerate((0, 61, 62, 130)):
        put(api, number, start)
    add_all(api)
    assert kept(api) == [
        *((10, 0, True), (10, 60, True), (10, 130, True)),
        *((60, 0, True), (60, 60, True), (60, 120, True)),
    ]
    lose_the_traces(api)
    assert requests(graph(api, MINUTE, MINUTE + 140)) == {"web": 4}
    assert requests(graph(api, MINUTE + 10, MINUTE + 130)) == {"web": 2}
    found = series(api, MINUTE, MINUTE + 180)
    assert [(one["Timestamp"], one["EdgeSummaryStatistics"]["TotalCount"]) for one in found] == [
        (when(MINUTE), 1),
        (when(MINUTE + 60), 2),
        (when(MINUTE + 120), 1),
    ]


def test_a_group_that_takes_all_of_a_minute(api: Api) -> None:
    """Its traces are read as a sum; in a minute with another trace those are that start in the ten seconds of that."""
    for number, (start, name) in enumerate([(0, "web"), (61, "web"), (75, "web"), (76, "items")]):
        put(api, number, start, name=name)
    add_all(api)
    api("CreateGroup", GroupName="web", FilterExpression='service("web")')
    assert requests(graph(api, MINUTE, MINUTE + 120, GroupName="web")) == {"web": 3}
    with api.database.write() as connection:
        connection.execute("UPDATE xray_traces SET facts = 'lost' WHERE trace_id LIKE '%0' OR trace_id LIKE '%1'")
    assert requests(graph(api, MINUTE, MINUTE + 120, GroupName="web")) == {"web": 3}
    found = series(api, MINUTE, MINUTE + 120, GroupName="web")
    assert [one["EdgeSummaryStatistics"]["TotalCount"] for one in found] == [1, 2]


def test_added_up_while_others_write(api: Api) -> None:
    """A sum is never of a moment before its traces' last documents: what is read in the end has all of them."""

    def write(writer: int) -> None:
        for number in range(60):
            put(api, number, number % 5, id=f"{writer:016x}", name=f"w{writer}")
            api.traces.settle()

    writers = [threading.Thread(target=write, args=(writer,)) for writer in range(3)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        api.clock.now += 60
        api.traces.add_up()
    add_all(api)
    lose_the_traces(api)
    assert requests(graph(api, MINUTE, MINUTE + 60)) == {"w0": 60, "w1": 60, "w2": 60}


def test_a_long_time_is_no_larger_a_graph(api: Api) -> None:
    """What a graph is made of has one count a service and a call, however many minutes it is of."""
    for minute in range(30):
        put(api, minute, 60 * minute)
    add_all(api)
    put(api, 30, 60 * 30)
    parts = Records(api.database, api.clock).started(MINUTE, MINUTE + 3600)
    whole = add_up(part for part in parts if not isinstance(part, Block))
    counted = [requests for node in whole.nodes for requests in (node.requests, *node.calls.values())]
    assert [[statistics.ok for statistics in requests.minutes.values()] for requests in counted] == [[31], [], [31]]


def test_work_over_the_end_of_a_frame(api: Api) -> None:
    """A request belongs to where it started, also one that a trace from before the frame makes within it."""
    call = {"id": "2" * 16, "name": "table", "namespace": "remote", "start_time": MINUTE + 70, "end_time": MINUTE + 130}
    put(api, 1, 50, end_time=MINUTE + 140, subsegments=[call])
    add_all(api)
    assert [one["EdgeSummaryStatistics"]["TotalCount"] for one in series(api, MINUTE + 60, MINUTE + 120)] == [1]
    assert series(api, MINUTE + 120, MINUTE + 180) == []
    assert [one["Timestamp"] for one in series(api, MINUTE, MINUTE + 60)] == [when(MINUTE)]


def test_a_late_segment(api: Api) -> None:
    """It is in the graph at once, though its trace was added up before; nothing of the trace counts twice."""
    trace_id = put(api, 1, 65, parent_id="9" * 16)
    put(api, 2, 66)
    add_all(api)
    root = {"trace_id": trace_id, "id": "9" * 16, "name": "root", "start_time": MINUTE + 55, "end_time": MINUTE + 67}
    api.traces.put(root)
    for _ in range(2):
        assert requests(graph(api, MINUTE, MINUTE + 120)) == {"root": 1, "web": 2}
        assert requests(graph(api, MINUTE + 60, MINUTE + 120)) == {"web": 1}
        add_all(api)
    assert kept(api) == [(10, 50, True), (10, 60, True), (60, 0, True), (60, 60, True)]


def test_what_still_changes_is_not_added_up(api: Api) -> None:
    """The documents of a trace come one after the other: five seconds after the last of a time it gets its sum."""
    put(api, 1, 0)
    api.traces.settle()
    api.clock.now += 4
    api.traces.add_up()
    assert kept(api) == [(10, 0, False), (60, 0, False)]
    api.clock.now += 1
    api.traces.add_up()
    assert kept(api) == [(10, 0, True), (60, 0, True)]


def test_a_limit_on_what_is_added_up_at_once(api: Api) -> None:
    """Others wait while sums are made, so it is left off after some traces, and goes on at the next call."""
    for second in (0, 10, 20):
        own = {"id": "1" * 16, "name": "web", "start_time": MINUTE + second, "end_time": MINUTE + second}
        many = range(SUMMED // 2)
        api.traces.put_many({**own, "trace_id": f"1-{int(MINUTE):08x}-{second * 9999 + n:024x}"} for n in many)
    add_all(api)
    assert [made for *_, made in kept(api)] == [True, True, False, False]
    api.traces.add_up()
    assert [made for *_, made in kept(api)] == [True, True, True, True]
    assert requests(graph(api, MINUTE, MINUTE + 60)) == {"web": 3000}


def test_thirty_days(api: Api) -> None:
    """What is no longer kept is in no sum, and of a time without traces there is no row."""
    put(api, 1, 0)
    put(api, 2, 60)
    add_all(api)
    api.clock.now += 15 * DAY
    put(api, 3, 61)
    add_all(api)
    api.clock.now += 16 * DAY
    assert api.traces.expire() == 2
    assert requests(graph(api, MINUTE, MINUTE + 120)) == {"web": 1}
    add_all(api)
    assert kept(api) == [(10, 60, True), (60, 60, True)]
    assert requests(graph(api, MINUTE, MINUTE + 120)) == {"web": 1}


def test_a_reset(api: Api) -> None:
    """It forgets the sums, too: all of X-Ray's tables are empty."""
    put(api, 1, 0)
    add_all(api)
    api.traces.reset()
    tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'xray_%'"
    with api.database.read() as connection:
        found = [name for (name,) in connection.execute(tables)]
        rows = [connection.execute(f"SELECT count(*) FROM {name}").fetchone() for name in found]  # noqa: S608 - its own
    assert sorted(found) == sorted(TABLES)
    assert set(rows) == {(0,)}
    assert graph(api, MINUTE, MINUTE + 60) == []


def test_a_store_of_before_the_sums(api: Api) -> None:
    """A database that an older version filled is read as it is, and gets its sums while it is used."""
    put(api, 1, 5)
    put(api, 2, 65)
    api.traces.settle()
    with api.database.write() as connection:
        connection.executescript("DROP TABLE xray_sums; ALTER TABLE xray_found RENAME TO xray_index;")
        connection.executescript(SCHEMA)
        connection.execute("BEGIN")
        assert connection.execute("SELECT name FROM sqlite_master WHERE name = 'xray_index'").fetchall() == []
    assert requests(graph(api, MINUTE, MINUTE + 120)) == {"web": 2}
    add_all(api)
    assert kept(api) == [(10, 0, True), (10, 60, True), (60, 0, True), (60, 60, True)]
    lose_the_traces(api)
    assert requests(graph(api, MINUTE, MINUTE + 120)) == {"web": 2}
