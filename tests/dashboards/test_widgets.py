"""Widgets and their places, as a dashboard's body has them ("Dashboard Body Structure and Syntax")."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dashboards import resolving
from dashboards.alarms import Alarm, Missing, Severity
from dashboards.body import joined, pretty
from dashboards.errors import BoardError
from dashboards.layout import Dashboard, body, everything, row
from dashboards.limits import broken_by
from dashboards.measures import for_each_route, formula, percentile, rate, total
from dashboards.substitution import sub
from dashboards.widgets import Graph, Line, OnlyIf, Query, States, Text, rendered
from observability.catalogue import FAULTS, LATENCY, REQUESTS, Unit

RATE = formula("100 * f / r", Unit.PERCENT, "faults, %", f=total(FAULTS), r=total(REQUESTS))


def alarm(**changes: Any) -> Alarm:
    given: dict[str, Any] = {
        "name": "mine",
        "severity": Severity.PAGE,
        "measure": RATE,
        "above": 5,
        "unit": Unit.PERCENT,
        "period_s": 60,
        "of": (1, 1),
        "because": "",
        "missing": Missing.NOT_BREACHING,
        "missing_because": "",
    }
    return Alarm(**given | changes)


def properties(widget: Graph | Query | States | Text) -> dict[str, Any]:
    found: dict[str, Any] = rendered(widget)["properties"]
    return found


def test_graph_of_a_metric() -> None:
    """A metric's row: namespace, name, dimensions in pairs, and what is rendered of it."""
    found = properties(Graph(title="T", shows=(percentile(99, LATENCY, "p99"),), axis="ms"))
    assert found == {
        "title": "T",
        "region": "${AWS::Region}",
        "view": "timeSeries",
        "period": 300,
        "stacked": False,
        "metrics": [["${Namespace}", "Latency", "service", "${ServiceName}", {"stat": "p99", "label": "p99"}]],
        "yAxis": {"left": {"min": 0, "label": "ms", "showUnits": False}},
    }


def test_graph_of_an_alarm() -> None:
    """An alarm's measure at its own period, parts hidden, and its threshold as a line in its severity's colour."""
    found = properties(Graph(title="T", alarms=(alarm(),)))
    dimension = ["service", "${ServiceName}"]
    assert found["metrics"] == [
        ["${Namespace}", "Faults", *dimension, {"stat": "Sum", "id": "m1", "visible": False, "period": 60}],
        ["${Namespace}", "Requests", *dimension, {"stat": "Sum", "id": "m2", "visible": False, "period": 60}],
        [{"expression": "100 * m1 / m2", "id": "e3", "label": "faults, %", "period": 60}],
    ]
    assert found["annotations"] == {"horizontal": [{"label": "mine (page)", "value": 5, "color": "#d62728"}]}


def test_two_alarms_on_one_measure() -> None:
    """Alarms that watch the same in windows of different length have a line each, of their own period; those of one
    period have one; equal thresholds are one line that names both.
    """
    windows = (alarm(name="long", period_s=3_600), alarm(name="short"), alarm(name="low", above=1))
    found = properties(Graph(title="T", alarms=windows))
    lines = [entry[0] for entry in found["metrics"] if isinstance(entry[0], dict)]
    assert [(line["expression"], line["period"]) for line in lines] == [("100 * m1 / m2", 3_600), ("100 * m4 / m5", 60)]
    assert found["annotations"]["horizontal"] == [
        {"label": "long, short (page)", "value": 5, "color": "#d62728"},
        {"label": "low (page)", "value": 1, "color": "#d62728"},
    ]


def test_axis_may_go_below_zero() -> None:
    """A graph begins at 0 unless it is told not to."""
    assert "min" not in properties(Graph(title="T", shows=(RATE,), least=None))["yAxis"]["left"]


def test_part_of_two_formulas_is_there_once() -> None:
    """Formulas share their metrics; names in an expression become the row's ids, functions stay."""
    other = formula("SUM(r) - IF(r > 5, r, 0)", Unit.COUNT, "other", r=total(REQUESTS))
    found = properties(Graph(title="T", shows=(RATE, other)))["metrics"]
    assert [entry[0]["expression"] for entry in found if isinstance(entry[0], dict)] == [
        "100 * m1 / m2",
        "SUM(m2) - IF(m2 > 5, m2, 0)",
    ]
    assert len(found) == 4


def test_graph_of_routes() -> None:
    """A search is an expression with the route as each line's label; CloudWatch's own ${...} stays."""
    [[found]] = properties(Graph(title="T", shows=(for_each_route(rate(FAULTS)),), period_s=60))["metrics"]
    assert found["label"] == "${PROP('Dim.route')}"
    assert found["expression"].startswith("SEARCH(")
    assert found["expression"].endswith("'Average', 60)")


def test_what_is_conditional_comes_first() -> None:
    """A conditional alarm's rows, line and state precede the others, so that its comma can go with it."""
    conditional = alarm(name="more", only_if="HasReserve", measure=total(FAULTS, "faults"), unit=Unit.COUNT)
    graph = properties(Graph(title="T", shows=(RATE,), alarms=(alarm(), conditional), lines=(Line("l", "1"),)))
    assert [isinstance(entry, OnlyIf) for entry in graph["metrics"]] == [True, False, False, False]
    assert [isinstance(entry, OnlyIf) for entry in graph["annotations"]["horizontal"]] == [True, False, False]
    states = properties(States(title="T", alarms=(alarm(), conditional)))["alarms"]
    assert isinstance(states[0], OnlyIf)
    assert (
        states[1]
        == "arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:${ServiceName}-${Stage}-mine"
    )


def test_the_worst_states_come_first() -> None:
    """ "Choose stateUpdatedTimestamp to sort them first by alarm state, with alarms in ALARM state first"."""
    assert properties(States(title="T", alarms=(alarm(),)))["sortBy"] == "stateUpdatedTimestamp"


def test_shown_measure_is_not_made_conditional_by_its_alarm() -> None:
    """What the graph shows by itself stays at the graph's period, whatever the alarm on it wants."""
    shown = total(REQUESTS, "requests")
    watching = alarm(measure=shown, unit=Unit.COUNT, only_if="ExpectsTraffic", period_s=900)
    [entry] = properties(Graph(title="T", shows=(shown,), alarms=(watching,)))["metrics"]
    assert entry[-1] == {"stat": "Sum", "label": "requests"}


def test_log_widget() -> None:
    """A query names its log group itself."""
    found = rendered(Query(title="T", query="limit 5"))
    assert found["type"] == "log"
    assert found["properties"]["query"] == "SOURCE '${LogGroupName}' | limit 5"


def dashboard(*rows: Any, **more: Any) -> dict[str, Any]:
    return body(Dashboard(name="mine", title="Mine", about="", rows=rows, **more), row(Text(markdown="#"), height=2))


def test_layout() -> None:
    """Widgets of a row share 24 columns; rows lie below each other, the head on top."""
    text = Text(markdown="x")
    found = dashboard(row(text, text, text, height=6), row(Text(markdown="y", width=5), text, text, height=3))
    places = [(one["x"], one["y"], one["width"], one["height"]) for one in found["widgets"]]
    assert places == [
        (0, 0, 24, 2),
        (0, 2, 8, 6),
        (8, 2, 8, 6),
        (16, 2, 8, 6),
        (0, 8, 5, 3),
        (5, 8, 10, 3),
        (15, 8, 9, 3),
    ]


def test_row_wider_than_the_dashboard() -> None:
    """A row of more than 24 columns is refused with its line."""
    with pytest.raises(BoardError, match=r"^test_widgets\.py:\d+: a row wider than 24 columns$"):
        dashboard(row(Text(markdown="x", width=20), Text(markdown="y", width=5)))


def test_dashboard_over_a_limit() -> None:
    """What CloudWatch would refuse names the dashboard's line, the number and AWS's page."""
    many = tuple(total(REQUESTS, f"r{n}") for n in range(501))
    with pytest.raises(
        BoardError, match=r"^test_widgets\.py:\d+: dashboard mine: widget 'T' has 501 metrics a widget, at most 500"
    ):
        dashboard(row(Graph(title="T", shows=many)))


def placed(**more: Any) -> dict[str, Any]:
    return {"type": "text", "x": 0, "y": 0, "width": 6, "height": 6, "properties": {"markdown": "x"}} | more


METRIC = ["AWS/Lambda", "Errors", {"stat": "Sum"}]
BROKEN: dict[str, tuple[list[dict[str, Any]], str]] = {
    "columns": ([placed(x=20)], "widget 'text' has 26 columns, at most 24"),
    "height": ([placed(height=1_001)], "has 1001 rows of a widget's height, at most 1000"),
    "widgets": ([placed(y=6 * n) for n in range(501)], "the dashboard has 501 widgets a dashboard, at most 500"),
    "overlap": ([placed(), placed(x=5, y=5)], "widget 'text' lies on 'text'"),
    "view": (
        [placed(type="metric", properties={"view": "heat", "metrics": []})],
        "has the view 'heat'; a metric widget has bar, gauge, pie, singleValue, table, timeSeries",
    ),
    "search": (
        [
            placed(
                type="metric", properties={"metrics": [[{"expression": f"SEARCH('{'x' * 1_030}', 'Sum')", "id": "e"}]]}
            )
        ],
        "characters a search, at most 1024",
    ),
    "ids": (
        [placed(type="metric", properties={"metrics": [["A", "B", {"id": "m"}], ["A", "C", {"id": "m"}]]})],
        "uses an id twice",
    ),
    "alarms": (
        [placed(type="alarm", properties={"title": "T", "alarms": ["arn"] * 101})],
        "widget 'T' has 101 alarms a widget, at most 100",
    ),
    "metrics": (
        [placed(y=6 * n, type="metric", properties={"metrics": [METRIC] * 500}) for n in range(6)],
        "the dashboard has 3000 metrics a dashboard, at most 2500",
    ),
}


@pytest.mark.parametrize("limit", BROKEN)
def test_limits(limit: str) -> None:
    """Each of CloudWatch's limits on a body is told when it is broken, and only then."""
    widgets, said = BROKEN[limit]
    assert [said in fault for fault in broken_by({"widgets": widgets})][:1] == [True]
    assert list(broken_by({"widgets": [placed()]})) == []


def test_body_becomes_lines() -> None:
    """Fn::Join of lines: plain text where nothing is put in, Fn::Sub elsewhere, Fn::If for what is conditional."""
    value = {"a": "x" * 120, "region": "${AWS::Region}", "list": [OnlyIf("HasReserve", {"v": 1}), {"w": 2}]}
    lines = joined(value)["Fn::Join"]
    assert lines == [
        "\n",
        [
            "{",
            f' "a": "{"x" * 120}",',
            {"Fn::Sub": ' "region": "${AWS::Region}",'},
            ' "list": [',
            {"Fn::If": ["HasReserve", '  {"v": 1},', ""]},
            '  {"w": 2}',
            " ]",
            "}",
        ],
    ]


@pytest.mark.parametrize(("reserve", "expected"), [("10", [1, 2]), ("-1", [])])
def test_list_of_conditional_members_alone(reserve: str, expected: list[int]) -> None:
    """A list may be all conditional, by one condition: it is empty without it."""
    conditions = {"HasReserve": {"Fn::Not": [{"Fn::Equals": [{"Ref": "ReservedConcurrency"}, "-1"]}]}}
    value = joined({"list": [OnlyIf("HasReserve", 1), OnlyIf("HasReserve", 2)]})
    made = {"Conditions": conditions, "Resources": {"A": {"Body": value}}}
    text = resolving.resolved(made, {"ReservedConcurrency": reserve})["A"]["Body"]
    assert json.loads(text) == {"list": expected}


def test_conditional_member_at_the_end_is_refused() -> None:
    """A comma before a member that may be missing would be no JSON."""
    with pytest.raises(ValueError, match="a list's last member can't be conditional"):
        joined({"list": [1, OnlyIf("HasReserve", 2)]})


def test_as_if_every_condition_held() -> None:
    """Limits are checked for the fullest board."""
    assert everything({"a": [OnlyIf("C", {"b": [OnlyIf("D", 1)]}), 2]}) == {"a": [{"b": [1]}, 2]}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("${Stage}", {"Ref": "Stage"}),
        ("a ${Stage}", {"Fn::Sub": "a ${Stage}"}),
        ("${PROP('Dim.route')}", "${PROP('Dim.route')}"),
        ("${Stage} ${LABEL}", {"Fn::Sub": ["${Stage} ${Literal1}", {"Literal1": "${LABEL}"}]}),
        ("${FaultRateAlarm} x", {"Fn::Sub": "${FaultRateAlarm} x"}),
    ],
)
def test_substitution(text: str, expected: object) -> None:
    """Ours is put in by CloudFormation; CloudWatch's own ${...} passes through it as a value."""
    assert sub(text) == expected


def test_pretty_json() -> None:
    """What fits on a line stands on one; the rest is broken; it stays JSON."""
    value = {"short": {"a": 1}, "long": ["x" * 60, {"y": "z" * 60}], "many": [["a" * 50], ["b" * 60]]}
    text = pretty(value)
    assert json.loads(text) == value
    assert ' "short": {"a": 1},' in text.splitlines()
