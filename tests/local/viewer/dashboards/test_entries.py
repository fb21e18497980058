from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.viewer.dashboards.entries import NotDrawable, read_entries

QUIET = settings(deadline=None, database=None)  # no time limits: the machine may be busy


def fields(metrics: list[Any]) -> list[tuple[str, ...]]:
    return [entry.fields for entry in read_entries(metrics)]


def test_the_dot_repeats_the_field_before() -> None:
    """The three instances of the page's own example ("Metric widget: format for each metric in the array")."""
    metrics = [["AWS/EC2", "DiskReadBytes", "InstanceId", "i-xyz"], [".", ".", ".", "i-abc"], [".", ".", ".", "i-123"]]
    assert fields(metrics) == [
        ("AWS/EC2", "DiskReadBytes", "InstanceId", "i-xyz"),
        ("AWS/EC2", "DiskReadBytes", "InstanceId", "i-abc"),
        ("AWS/EC2", "DiskReadBytes", "InstanceId", "i-123"),
    ]


def test_three_dots_repeat_all_fields_but_the_last_ones() -> None:
    """The console writes so: what follows replaces the end of the metric before."""
    metrics = [["A", "M", "d", "1"], ["...", "2"], ["...", {"stat": "p99"}], ["...", "e", "3"]]
    assert fields(metrics) == [("A", "M", "d", "1"), ("A", "M", "d", "2"), ("A", "M", "d", "2"), ("A", "M", "e", "3")]


def test_an_expression_between_metrics_repeats_nothing() -> None:
    """[{"expression": ...}] names no metric; the shorthand goes on with the one before it."""
    entries = read_entries([["A", "M"], [{"expression": "SUM(METRICS())", "id": "e3"}], [".", "N", {"visible": False}]])
    assert [entry.fields for entry in entries] == [("A", "M"), (), ("A", "N")]
    assert [entry.expression for entry in entries] == [None, "SUM(METRICS())", None]
    assert [entry.is_visible for entry in entries] == [True, True, False]


@pytest.mark.parametrize(
    ("metrics", "said"),
    [
        ([[".", "M"]], r'metrics\[0\]: "\." repeats a field of the metric before, which has only 0'),
        ([["A", "M"], ["...", "a", "b", "c"]], r'"\.\.\." repeats the metric before, which has only 2 fields'),
        ([["A"]], "a namespace, a name, then dimensions in pairs"),
        ([["A", "M", "d"]], "a namespace, a name, then dimensions in pairs"),
        (["A"], "it takes an array"),
        ([[{}]], "names neither a metric nor an expression"),
    ],
)
def test_what_is_wrong_is_named(metrics: list[Any], said: str) -> None:
    """The entry's place and what is wrong with it."""
    with pytest.raises(NotDrawable, match=said):
        read_entries(metrics)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@QUIET
@given(st.lists(JSON))
def test_no_json_does_harm(metrics: list[Any]) -> None:
    """Any array is entries or a NotDrawable."""
    try:
        read_entries(metrics)
    except NotDrawable:
        return
