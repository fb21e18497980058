from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from local.viewer.traces.comparison import compare
from local.viewer.traces.waterfall import waterfall

QUIET = settings(deadline=None, database=None)  # no time limits: the machine may be busy


def span(name: str, start: float, end: float | None, *below: dict[str, Any], **more: Any) -> dict[str, Any]:
    found = {"id": f"{name}-{start}", "name": name, "start_time": start, "subsegments": list(below), **more}
    return found if end is None else {**found, "end_time": end}


def test_rows_go_together_by_name_below_the_same_row() -> None:
    """The first of a name goes with the first, the second with the second; what one alone has stands in its time."""
    first = waterfall([span("api", 100.0, 103.0, span("get", 100.5, 101.0), span("get", 101.0, 103.0))])
    auth, put = span("auth", 500.125, 500.25), span("put", 500.75, 501.0)
    get = span("get", 500.5, 500.75)
    second = waterfall([span("api", 500.0, 501.0, auth, get, put)])
    pairs = compare(first, second).pairs
    assert [(pair.depth, pair.name, pair.first is not None, pair.second is not None) for pair in pairs] == [
        (0, "api", True, True),
        (1, "auth", False, True),
        (1, "get", True, True),
        (1, "put", False, True),
        (1, "get", True, False),
    ]
    assert [pair.difference_s for pair in pairs] == [-2.0, None, -0.25, None, None]
    assert compare(first, second).largest_s == 2.0


def test_outcomes_and_annotations_differ() -> None:
    """A fault that only one of them has is seen; so is every annotation whose values are not the same."""
    first = waterfall([span("api", 1.0, 2.0, annotations={"route": "/a", "cold_start": True})])
    second = waterfall([span("api", 1.0, 2.0, fault=True, annotations={"route": "/a", "cold_start": False, "n": 1})])
    found = compare(first, second)
    assert found.pairs[0].is_outcome_changed
    assert [(one.name, one.first, one.second) for one in found.annotations] == [
        ("cold_start", ("true",), ("false",)),
        ("n", (), ("1",)),
    ]


def test_what_is_in_progress_has_no_difference() -> None:
    """A row that has no end yet cannot be longer or shorter."""
    pairs = compare(waterfall([span("api", 1.0, None)]), waterfall([span("api", 1.0, 2.0)])).pairs
    assert [pair.difference_s for pair in pairs] == [None]


SPANS = st.recursive(
    st.builds(span, st.sampled_from("abc"), st.floats(0, 9), st.floats(0, 9)),
    lambda inner: st.builds(
        lambda name, below: span(name, 1.0, 2.0, *below), st.sampled_from("abc"), st.lists(inner, max_size=3)
    ),
    max_leaves=10,
)


@QUIET
@given(st.lists(SPANS, max_size=3), st.lists(SPANS, max_size=3))
def test_no_row_is_lost(one: list[dict[str, Any]], other: list[dict[str, Any]]) -> None:
    """Each row of both traces is in exactly one pair."""
    first, second = waterfall(one), waterfall(other)
    pairs = compare(first, second).pairs
    assert sorted(pair.first.place for pair in pairs if pair.first) == list(range(len(first.rows)))
    assert sorted(pair.second.place for pair in pairs if pair.second) == list(range(len(second.rows)))


def test_the_one_that_is_left_on_each_side_goes_with_the_other() -> None:
    """The handlers of two routes are compared, under both names; of several that are left none is guessed."""
    first = waterfall([span("api", 1.0, 3.0, span("GET /a", 1.0, 2.0))])
    second = waterfall([span("api", 5.0, 8.0, span("GET /b", 5.0, 8.0))])
    pairs = compare(first, second).pairs
    assert [(pair.name, pair.difference_s) for pair in pairs] == [("api", 1.0), ("GET /a → GET /b", 2.0)]
