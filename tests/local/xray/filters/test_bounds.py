"""What the index finds and what a filter expression means are the same traces."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local.database import Database
from local.xray import SCHEMA, Traces
from local.xray.facts import gather
from local.xray.filters import NamedFilter, bound, matches, parse_filter, sure
from local.xray.index import Condition, number_place
from local.xray.tree import build
from tests.local.xray.api import NOW, Api, Clock, when
from tests.local.xray.given import expressions, traces


@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
@given(st.lists(traces(), min_size=1, max_size=8), st.lists(expressions, min_size=4, max_size=8))
def test_found_is_what_is_meant(
    tmp_path_factory: pytest.TempPathFactory, given_traces: list[list[dict[str, Any]]], given_filters: list[str]
) -> None:
    """For any traces and any filters: GetTraceSummaries gives just those traces that the expression takes, and what the
    index is sure of are some of them.
    """
    database = Database(tmp_path_factory.mktemp("xray") / "aws.sqlite3", [SCHEMA])
    api = Api(Traces(database, Clock()), database, Clock())
    ids = [f"1-{int(NOW) + number:08x}-{number:024x}" for number in range(len(given_traces))]
    sent = {
        trace_id: [{**segment, "trace_id": trace_id} for segment in segments]
        for trace_id, segments in zip(ids, given_traces, strict=True)
    }
    api.traces.put_many(segment for segments in sent.values() for segment in segments)
    facts = {trace_id: gather(build(trace_id, segments)) for trace_id, segments in sent.items()}
    api("CreateGroup", GroupName="g", FilterExpression="fault")
    groups = [NamedFilter("g", "", parse_filter("fault"))]
    for text in given_filters:
        wanted = {trace_id for trace_id in ids if matches(parse_filter(text), facts[trace_id], groups)}
        assert {one["Id"] for one in api.summaries(text)} == wanted, text
        assert set(met(api, sure(parse_filter(text), groups))) <= wanted, text
    database.close()


def met(api: Api, condition: Condition) -> list[str]:
    """The ids of the traces that the index finds, in the order of their times."""
    with api.database.read() as connection:
        query = f"SELECT trace_id FROM xray_found WHERE {condition[0]} ORDER BY began"  # noqa: S608 - what is tested is this text
        return [trace_id for (trace_id,) in connection.execute(query, condition[1])]


def put(api: Api, number: int, **members: Any) -> None:
    trace_id = f"1-{int(NOW) + number:08x}-{number:024x}"
    own = {"trace_id": trace_id, "id": f"{number:016x}", "name": "s", "start_time": NOW, "end_time": NOW + number}
    api.traces.put({**own, **members})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("fault = true", [2]),
        ("!fault", [1, 3]),
        ("error", []),
        ("ok", [1, 3]),
        ("http.status >= 500", [2]),
        ("responsetime > 1 AND responsetime < 3", [2]),
        ('http.method = "POST" OR http.status = 200', [1, 3]),
        ('service("s")', [1, 2]),
        ('service("t") OR fault', [2, 3]),
        ('annotation.tenant = "seven"', [3]),
        ('http.url CONTAINS "/items"', [1]),
        ('annotation.tenant != "eight"', [3]),
        ('annotation.tenant BEGINSWITH "sev" AND annotation.tenant ENDSWITH "en"', [3]),
        ("annotation.count > 9", [2]),
        ("annotation.count <= 9.5", [3]),
        ("annotation.count != 10", [3]),
        ("annotation.cold = true", [1]),
        ("annotation.cold != true", [2]),
        ("annotation.cold", [1]),
        ("!(annotation.count > 9)", [1, 3]),
        ('http.url ENDSWITH "/1"', [1]),
        ('http.url BEGINSWITH "http://h/"', [1]),
        ('http.url != "http://h/items/2"', [1]),
        ('!(http.url CONTAINS "/items")', [2, 3]),
        ("http.url", [1]),
        ('http.method CONTAINS "OS"', [3]),
        ('http.useragent != "curl"', []),
        ('http.clientip BEGINSWITH "10."', [3]),
        ('user != "ann"', [2]),
        ('user != "bob"', []),
        ('!(user ENDSWITH "b")', [1, 3]),
        ("user", [2]),
        ('service("s") { responsetime > 1.5 }', [2]),
        ('service("s") { http.status >= 500 }', [2]),
        ("service() { annotation[count] > 9 }", [2]),
        ('edge(id(type: "client"), "s") { responsetime > 1.5 }', [2]),
        ("service() { fault }", [2]),
        ("rootcause.fault.service", [2]),
    ],
)
def test_the_index_alone(api: Api, text: str, expected: list[int]) -> None:
    """What people ask for most is found by the index: no facts of another trace are read."""
    put(api, 1, http={"request": {"method": "GET", "url": "http://h/items/1"}, "response": {"status": 200}})
    put(api, 2, http={"response": {"status": 503}}, fault=True, user="bob")
    put(api, 3, name="t", http={"request": {"method": "POST", "client_ip": "10.0.0.1"}})
    annotations = ({"cold": True}, {"cold": False, "count": 10}, {"count": 9, "tenant": "seven"})
    for number, own in enumerate(annotations, 1):
        put(api, number, id=f"{number + 8:016x}", type="subsegment", parent_id=f"{number:016x}", annotations=own)
    api.traces.settle()
    assert [int(found[-24:], 16) for found in met(api, bound(parse_filter(text)))] == expected
    assert [int(one["Id"][-24:], 16) for one in reversed(api.summaries(text))] == expected


def test_places_of_numbers() -> None:
    """A number's place is an integer that SQLite has, and places compare as the numbers do: zero is one, whatever its
    sign.
    """
    ordered = [-1.7e308, -2.5, -2, -5e-324, 0, 5e-324, 0.3, 0.30000000000000004, 1, 1.7e308]
    places = [number_place(number) for number in ordered]
    assert places == sorted(set(places))
    assert max(map(abs, places)) < 2**63
    assert number_place(-0.0) == number_place(0)


def test_a_number_that_is_no_double(api: Api) -> None:
    """An integer counts as what it is, though SQLite and JSON would round it."""
    put(api, 1, annotations={"count": 2**53 + 1})
    assert len(api.summaries("annotation.count > 9007199254740992")) == 1
    assert api.summaries("annotation.count = 9007199254740992") == []


def test_work_after_the_response(api: Api) -> None:
    """A service's duration is longer than its response time where it works on."""
    put(api, 1, subsegments=[{"id": "9" * 16, "name": "late", "start_time": NOW, "end_time": NOW + 5}])
    assert len(api.summaries('service("s") { duration > 4 }')) == 1
    assert api.summaries('service("s") { responsetime > 4 }') == []


def test_a_call_with_more_annotations_than_its_trace(api: Api) -> None:
    """A trace is found by 50 of its annotations; a call by its own."""
    call = {"id": "9" * 16, "name": "t", "namespace": "remote", "start_time": NOW, "end_time": NOW + 1}
    many = {f"key{number}": number for number in range(50)}
    put(api, 1, annotations=many, subsegments=[{**call, "annotations": {"late": 1}}])
    assert len(api.summaries('edge("s", "t") { annotation[late] = 1 }')) == 1
    assert api.summaries("annotation.late = 1") == []


@pytest.mark.parametrize("joint", [" AND ", " OR ", " "])
def test_an_expression_without_end(api: Api, joint: str) -> None:
    """More parts than SQLite would nest are asked of each trace."""
    put(api, 1)
    assert len(api.summaries(joint.join(["ok"] * 3000))) == 1
    assert api.summaries(joint.join(["fault"] * 3000)) == []


def test_a_late_segment_changes_what_is_found(api: Api) -> None:
    """A trace that was no fault becomes one, and its root comes last: each question sees what came before it."""
    put(api, 1, parent_id="2" * 16)
    assert (len(api.summaries("fault")), len(api.summaries('service("s")'))) == (0, 1)
    trace_id = api.summaries()[0]["Id"]
    root = {"trace_id": trace_id, "id": "2" * 16, "name": "root", "start_time": NOW - 1, "end_time": NOW + 2}
    api.traces.put({**root, "fault": True})
    assert [one["Revision"] for one in api.summaries('fault AND service("root") AND service("s")')] == [2]
    assert api.summaries("responsetime < 3") == []
    with api.database.read() as connection:
        assert connection.execute("SELECT count(*) FROM xray_found").fetchone() == (1,)


def test_a_page_of_faults_among_many(api: Api) -> None:
    """Pages go on where the last one ended, and count what was passed over: nothing twice, nothing missed."""
    for number in range(1, 1301):
        put(api, number, fault=number % 2 == 0)
    frame = {"StartTime": when(NOW), "EndTime": when(NOW + 2000), "FilterExpression": "fault"}
    first = api("GetTraceSummaries", **frame)
    second = api("GetTraceSummaries", **frame, NextToken=first["NextToken"])
    ids = [int(one["Id"][-24:], 16) for one in (*first["TraceSummaries"], *second["TraceSummaries"])]
    assert ids == list(range(1300, 1, -2))
    assert [len(page["TraceSummaries"]) for page in (first, second)] == [500, 150]
    assert [page["TracesProcessedCount"] for page in (first, second)] == [999, 301]
    assert "NextToken" not in second


def test_a_store_of_before_the_index(api: Api) -> None:
    """A database that an older version filled has its index made at the next start."""
    put(api, 1, fault=True)
    api.traces.settle()
    with api.database.write() as connection:
        connection.execute("DELETE FROM xray_found")
        connection.executescript(SCHEMA)
        connection.execute("BEGIN")
    assert len(api.summaries("fault")) == 1
