from datetime import UTC, datetime
from typing import Any

import pytest

from local.viewer.dashboards.annotations import horizontal, vertical
from local.viewer.dashboards.causes import cause
from local.viewer.dashboards.entries import read_entries
from local.viewer.dashboards.log_chart import build_categories, build_table, build_time_series
from local.viewer.dashboards.log_query import split
from local.viewer.dashboards.plan import log_groups, plan
from local.viewer.dashboards.queries import build_graph
from local.viewer.dashboards.recent import Recent
from local.viewer.dashboards.series import build_series


def rows(*cells: dict[str, str]) -> list[list[dict[str, str]]]:
    return [[{"field": name, "value": value} for name, value in row.items()] for row in cells]


def test_horizontal_annotations() -> None:
    """The page's three: a band whose first edge says colour and axis, a line filled below, a hidden one."""
    given = [
        [
            {"label": "Band top", "value": 200, "color": "#9467bd", "visible": True, "yAxis": "right"},
            {"value": 95.5, "label": "Band bottom"},
        ],
        {"visible": True, "color": "#9467bd", "label": "Label", "value": 20, "fill": "below", "yAxis": "right"},
        {"visible": False, "color": "#aaa", "label": "Hidden annotation", "value": 150},
    ]
    band, below = horizontal({"horizontal": given})
    assert band == {
        "axis": "right",
        "lines": [{"at": 200.0, "label": "Band top"}, {"at": 95.5, "label": "Band bottom"}],
        "band": [95.5, 200.0],
        "color": "#9467bd",
    }
    assert (below["band"], below["axis"]) == ([None, 20.0], "right")


def test_vertical_annotations() -> None:
    """`after` shades from the line on; a band lies between its two instants."""
    fix = {"color": "#9467bd", "label": "Bug fix deployed", "value": "2018-08-28T15:25:26Z", "fill": "after"}
    (after,) = vertical({"vertical": [fix]})
    assert after["band"] == [1535469926.0, None]
    assert after["lines"] == [{"at": 1535469926.0, "label": "Bug fix deployed"}]


def test_series_keep_their_own_ids_and_pages_are_one() -> None:
    """An expression's default label is its id, the widget's; a result that came in two pages is one line."""
    graph = build_graph(
        "w7", {"metrics": [["A", "M", {"id": "m1"}], [{"expression": "m1", "id": "e1"}]]}, (0, 600), None, "r"
    )
    at = [datetime.fromtimestamp(second, UTC) for second in (60, 120)]
    results: list[dict[str, Any]] = [
        {"Id": "w7_m1", "Label": "M", "Timestamps": [at[1]], "Values": [2.0]},
        {"Id": "w7_m1", "Label": "M", "Timestamps": [at[0]], "Values": [1.0]},
        {"Id": "w7_e1", "Label": "w7_e1", "Timestamps": [], "Values": []},
    ]
    metric, expression = build_series(graph, results, [])
    assert (metric["t"], metric["v"], metric["period"]) == ([60, 120], [1.0, 2.0], 300)
    assert expression["label"] == "e1"


def test_from_a_point_to_its_cause() -> None:
    """A fault of a route leads to that route's faulted traces and lines ("Using filter expressions", X-Ray)."""
    (entry,) = read_entries([["Shop", "Faults", "route", '/a"b']])
    assert cause(entry, [entry], ["/g"]) == {
        "filter": 'annotation.route = "/a\\"b" AND fault = true',
        "groups": ["/g"],
        "query": (
            'fields @timestamp, @message | filter route = "/a\\"b" | filter status >= 500 '
            "| sort @timestamp desc | limit 100"
        ),
    }
    (entry,) = read_entries([["AWS/Lambda", "Duration", "FunctionName", "f"]])
    assert cause(entry, [entry], [])["filter"] == 'service("f")'
    assert cause(entry, [entry], [])["groups"] == ["/aws/lambda/f"]


def test_a_log_widgets_query() -> None:
    """The page's example: two groups before the query, each with SOURCE."""
    query = "SOURCE 'service_log1' | SOURCE 'service_log2' |filter Fault > 0\n| fields Fault.Message"
    assert split(query) == (["service_log1", "service_log2"], "filter Fault > 0\n| fields Fault.Message")
    assert log_groups(plan({"widgets": [{"type": "log", "properties": {"query": query}}]})) == [
        "service_log1",
        "service_log2",
    ]


def test_a_log_widgets_table() -> None:
    """Columns in the order in which they come; a row without a field has none; @ptr is not shown."""
    table = build_table(rows({"a": "1", "@ptr": "x"}, {"a": "2", "b": "<b>"}))
    assert table == {"columns": ["a", "b"], "rows": [["1", None], ["2", "<b>"]]}


def test_a_log_widgets_charts() -> None:
    """A time and a number make lines, one for each group; a number and a name make bars."""
    binned = build_table(
        rows(
            {"bin(5m)": "2026-11-26 02:05:00.000", "level": "ERROR", "n": "2"},
            {"bin(5m)": "2026-11-26 02:00:00.000", "level": "ERROR", "n": "1"},
            {"bin(5m)": "2026-11-26 02:00:00.000", "level": "INFO", "n": "9"},
        )
    )
    assert build_time_series(binned) == [
        {"label": "ERROR n", "axis": "left", "t": [1795658400.0, 1795658700.0], "v": [1.0, 2.0]},
        {"label": "INFO n", "axis": "left", "t": [1795658400.0], "v": [9.0]},
    ]
    assert build_categories(build_table(rows({"level": "ERROR", "n": "2"}))) == [{"label": "ERROR", "value": 2.0}]
    assert build_time_series(build_table(rows({"level": "ERROR"}))) == []


@pytest.mark.parametrize(
    ("widget", "said"),
    [
        (
            {"type": "explorer", "properties": {"widgetOptions": {"view": "gauge"}}},
            "The view 'gauge' of a widget of type explorer is not drawn here; bar, pie, timeSeries are.",
        ),
        ({"type": "chart", "properties": {"query": "sum(rate(up[5m]))"}}, 'It asks for {"query": "sum(rate(up[5m]))"}'),
        (
            {"type": "hologram", "properties": {}},
            "A widget of type 'hologram' is not drawn here; alarm, custom, explorer, log, metric, text are.",
        ),
        (
            {"type": "metric", "properties": {"view": "3d"}},
            "The view '3d' of a widget of type metric is not drawn here",
        ),
        (
            {"type": "log", "properties": {"view": "gauge"}},
            "The view 'gauge' of a widget of type log is not drawn here",
        ),
        ("nonsense", "is not drawn here"),
    ],
)
def test_what_can_not_be_drawn_is_named(widget: Any, said: str) -> None:
    """In the widget's place."""
    (found,) = plan({"widgets": [widget]})
    assert said in found.problem


def test_a_refresh_asks_for_what_can_have_changed() -> None:
    """A graph of one-minute points each time, one of five minutes after a tenth of that, what failed at once."""
    recent = Recent()
    documents: list[dict[str, Any]] = [
        {"key": "a", "shortest_period": 60},
        {"key": "b", "shortest_period": 300},
        {"key": "c", "kind": "problem"},
    ]
    recent.keep("/x", documents, 100.0, {})
    assert list(recent.still_good("/x", 129.0)) == ["b"]
    assert list(recent.still_good("/x", 130.0)) == []
    assert list(recent.still_good("/y", 101.0)) == []
