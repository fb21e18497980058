"""The documents of a trace, put together (AWS page "AWS X-Ray segment documents")."""

import json
from itertools import permutations
from typing import Any

import pytest

from local.xray.tree import MAX_DEPTH, build, inside

TRACE_ID = "1-5759e988-bd862e3fe1be46a994272793"
# The page's embedded example without its subsegment, and its independent subsegment.
SEGMENT: dict[str, Any] = {
    "trace_id": TRACE_ID,
    "id": "defdfd9912dc5a56",
    "start_time": 1461096053.37518,
    "end_time": 1461096053.4042,
    "name": "www.example.com",
}
INDEPENDENT: dict[str, Any] = {
    "name": "api.example.com",
    "id": "53995c3f42cd8ad8",
    "start_time": 1478293361.271,
    "end_time": 1478293361.449,
    "type": "subsegment",
    "trace_id": TRACE_ID,
    "parent_id": "defdfd9912dc5a56",
    "namespace": "remote",
}
EMBEDDED: dict[str, Any] = {
    "name": "api.example.com",
    "id": "53995c3f42cd8ad8",
    "start_time": 1478293361.271,
    "end_time": 1478293361.449,
    "namespace": "remote",
}


def below(parent: str, number: int, **members: Any) -> dict[str, Any]:
    times = {"start_time": 1.0, "end_time": 2.0}
    identity = {"id": f"{number:016x}", "name": f"n{number}", "trace_id": TRACE_ID, "parent_id": parent}
    return {**identity, **times, "type": "subsegment", **members}


def test_a_subsegment_that_was_sent_apart() -> None:
    """It comes inside its segment, without the members that it travelled with; neither document is changed."""
    trace = build(TRACE_ID, [INDEPENDENT, SEGMENT])
    assert trace.segments == ({**SEGMENT, "subsegments": [EMBEDDED]},)
    assert trace.orphans == ()
    assert "subsegments" not in SEGMENT
    assert INDEPENDENT["type"] == "subsegment"


def test_any_order() -> None:
    """A subsegment below a subsegment that was sent apart finds its place whatever came first."""
    documents = [SEGMENT, INDEPENDENT, below(INDEPENDENT["id"], 1), below(f"{1:016x}", 2)]
    for order in permutations(documents):
        (segment,) = build(TRACE_ID, order).segments
        assert [entity["name"] for entity in inside(segment)] == ["api.example.com", "n1", "n2"]


def test_below_what_is_embedded() -> None:
    """The parent may be a subsegment inside another document."""
    segment = {**SEGMENT, "subsegments": [EMBEDDED]}
    (built,) = build(TRACE_ID, [below(EMBEDDED["id"], 1), segment]).segments
    assert [entity["name"] for entity in inside(built)] == ["api.example.com", "n1"]


@pytest.mark.parametrize("complete_comes", ["embedded", "apart"])
def test_what_is_complete_stands(complete_comes: str) -> None:
    """ "The complete segment overwrites the in-progress segment": of a subsegment too, wherever it is."""
    going_on = {name: value for name, value in EMBEDDED.items() if name != "end_time"} | {"in_progress": True}
    apart = {**INDEPENDENT}
    embedded: dict[str, Any] = going_on
    if complete_comes == "embedded":
        embedded = EMBEDDED
        apart = {name: value for name, value in INDEPENDENT.items() if name != "end_time"} | {"in_progress": True}
    (built,) = build(TRACE_ID, [{**SEGMENT, "subsegments": [embedded]}, apart]).segments
    assert built["subsegments"] == [EMBEDDED]


def test_orphans() -> None:
    """A subsegment whose parent has not come is kept apart, as are two that name each other."""
    lost, first, second = below("f" * 16, 1), below(f"{3:016x}", 2), below(f"{2:016x}", 3)
    trace = build(TRACE_ID, [SEGMENT, lost, first, second])
    assert trace.segments == (SEGMENT,)
    assert sorted(orphan["name"] for orphan in trace.orphans) == ["n1", "n2", "n3"]


def test_a_long_chain() -> None:
    """Subsegments each below the other, deeper than JSON can be written: the rest stay orphans, none is lost."""
    chain = [below(SEGMENT["id"] if number == 0 else f"{number - 1:016x}", number) for number in range(2000)]
    trace = build(TRACE_ID, [SEGMENT, *chain])
    assert len(list(inside(trace.segments[0]))) + len(trace.orphans) == 2000
    assert len(list(inside(trace.segments[0]))) == MAX_DEPTH - 1
    assert json.dumps(trace.segments[0])


def test_segments_by_their_start() -> None:
    """The segments come in the order of their start."""
    later = {**SEGMENT, "id": "a" * 16, "start_time": 1461096053.4, "name": "later"}
    assert [segment["name"] for segment in build(TRACE_ID, [later, SEGMENT]).segments] == ["www.example.com", "later"]


def test_only_x_ray_infers() -> None:
    """A sender that says of its own segment that it is inferred is not believed."""
    assert build(TRACE_ID, [{**SEGMENT, "inferred": True}]).segments == (SEGMENT,)
