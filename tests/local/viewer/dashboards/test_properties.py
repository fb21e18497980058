"""Every property that a dashboard's body may have changes what is shown, or is named where it isn't drawn.

AWS pages "Dashboard body structure and syntax" and "Using a data table widget in a CloudWatch dashboard".
"""

import asyncio
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import pytest

from local.cloudwatch.dashboards import known_properties
from local.viewer.dashboards.custom import Context, event, offered
from local.viewer.dashboards.drawing import draw_metric
from local.viewer.dashboards.explorer import Resource, as_metric_widget, resource_request
from local.viewer.dashboards.insights import run_query
from local.viewer.dashboards.live import settled
from local.viewer.dashboards.plan import Widget, plan
from local.viewer.dashboards.queries import build_graph
from local.viewer.dashboards.times import widget_times
from local.viewer.dashboards.undrawn import UNDRAWN, undrawn
from local.viewer.place import Place
from local.viewer.time_range import read_time_range
from tests.local.viewer.dashboards.properties import (
    ARN,
    ASKED,
    CUSTOM,
    EXPLORED,
    EXPLORER,
    MET,
    METRIC,
    QUERY,
    SERVED,
    with_instants,
    with_levels,
)
from tests.local.viewer.laptop import Laptop

if TYPE_CHECKING:
    from local.viewer.aws import Aws

NOW_S = 1_795_700_000.0
RESOURCES = [Resource(f"{ARN}a", {"team": "x", "stage": "p"}), Resource(f"{ARN}b", {"team": "y", "stage": "p"})]
KINDS = ("alarm", "custom", "explorer", "log", "metric", "text")
DRAWN = {"metric": MET, "explorer": EXPLORER, "custom": CUSTOM, **SERVED, "log": {**SERVED["log"], **ASKED}}


def leaves(names: frozenset[str]) -> set[str]:
    return {name for name in names if not any(other.startswith(f"{name}.") for other in names)}


@pytest.mark.parametrize("kind", KINDS)
def test_no_property_is_left_out_silently(kind: str) -> None:
    """Each that the laptop's CloudWatch takes is in a table here that shows what it does, or in the viewer's of those
    that are named; a new one belongs into one of the two.
    """
    known = leaves(known_properties(kind)) | set(UNDRAWN.get(kind, ()))
    assert known == {*DRAWN[kind], *UNDRAWN.get(kind, ())}
    assert set(UNDRAWN.get(kind, ())) <= known_properties(kind)


def planned(kind: str, properties: dict[str, Any]) -> Widget:
    (widget,) = plan({"widgets": [{"type": kind, "properties": properties}]})
    assert widget.problem == ""
    return widget


def metric_outcome(given: dict[str, Any]) -> Any:
    properties = {"metrics": [METRIC], **given}
    times = widget_times(properties, read_time_range({"start": "-PT3H"}, NOW_S), NOW_S)
    graph = build_graph("w0", properties, times, None, str(properties.get("region", "us-east-1")))
    at = [datetime.fromtimestamp(NOW_S - 60 * minutes, UTC) for minutes in (120, 2)]
    results = [{"Id": query_id, "Label": "M", "Timestamps": at, "Values": [1.0, 2.0]} for query_id in graph.ids]
    shown = settled(properties, graph, results, NOW_S)
    return graph.queries, graph.region, draw_metric(planned("metric", properties), properties, graph, shown, [])


@pytest.mark.parametrize("name", MET)
def test_a_metric_widgets_property(name: str) -> None:
    """Changes what is asked or what is drawn."""
    without, given = MET[name]
    assert metric_outcome(without) != metric_outcome(given)


@pytest.mark.parametrize("name", EXPLORER)
def test_an_explorers_property(name: str) -> None:
    """Changes which resources are asked for, or the metric widget that shows them."""

    def outcome(given: dict[str, Any]) -> Any:
        properties = {"metrics": [EXPLORED], "labels": [{"key": "team"}], **given}
        return (
            resource_request(properties),
            as_metric_widget(properties, RESOURCES),
            planned("explorer", properties).title,
        )

    without, given = EXPLORER[name]
    assert outcome(without) != outcome(given)


@pytest.mark.parametrize("name", CUSTOM)
def test_a_custom_widgets_property(name: str) -> None:
    """Changes what its place says, or what its function is sent."""

    def outcome(given: dict[str, Any]) -> Any:
        widget = planned("custom", {"endpoint": ARN, **given})
        return offered(widget, may_run=True), event(widget, Context("d", 0.0, 1.0))

    without, given = CUSTOM[name]
    assert outcome(without) != outcome(given)


def served(laptop: Laptop, kind: str, properties: dict[str, Any]) -> Any:
    """Its page and what that asks for, without what is another each time."""
    path = laptop.dashboard("properties", {"type": kind, "properties": properties})
    times = "?start=2026-11-26T12:00:00Z&end=2026-11-26T13:00:00Z"
    text = re.sub(r'nonce="[^"]*"', "", laptop.get(path + times)[1])
    return text, laptop.data(f"{path}/data{times}"), laptop.data(f"{path}/log/w0{times}") if kind == "log" else None


@pytest.fixture(scope="module")
def watched(empty: Laptop) -> Laptop:
    """With two alarms, of which the second is on, and a log group."""
    client = empty.put_alarms(("a", "b"))
    for name, state in (("a", "OK"), ("b", "ALARM")):
        client.set_alarm_state(AlarmName=name, StateValue=state, StateReason="test")
    empty.client("logs").create_log_group(logGroupName="/lines")
    return empty


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, names in SERVED.items() for name in names])
def test_what_a_page_serves(watched: Laptop, kind: str, name: str) -> None:
    """A text's, an alarm status widget's and a log widget's property changes the page or its data."""
    without, given = SERVED[kind][name]
    assert served(watched, kind, without) != served(watched, kind, given)


class Asking:
    """AWS as far as a log widget's query goes; keeps what it was asked."""

    place = Place(region="us-east-1")

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []

    async def call(self, service: str, operation: str, **parameters: Any) -> Mapping[str, Any]:
        self.asked.append((f"{service}:{operation}", parameters))
        return {"queryId": "q", "status": "Complete", "results": []}


def started(properties: dict[str, Any]) -> dict[str, Any]:
    """What StartQuery is told."""
    aws = Asking()
    asyncio.run(run_query(cast("Aws", aws), properties, (0.0, 60.0)))
    operation, parameters = aws.asked[0]
    assert operation == "logs:StartQuery"
    return parameters


@pytest.mark.parametrize("name", ASKED)
def test_a_log_widgets_property(name: str) -> None:
    """Changes what StartQuery is told."""
    without, given = ASKED[name]
    assert started(without) != started(given)


@pytest.mark.parametrize(
    ("region", "arn"),
    [
        ("eu-west-1", "arn:aws:logs:eu-west-1:111122223333:log-group:/lines"),
        ("cn-north-1", "arn:aws-cn:logs:cn-north-1:111122223333:log-group:/lines"),
        ("us-gov-west-1", "arn:aws-us-gov:logs:us-gov-west-1:111122223333:log-group:/lines"),
    ],
)
def test_a_log_widget_of_another_account(region: str, arn: str) -> None:
    """ "If a log group that you're querying is in a source account and you're using a monitoring account, you must
    specify the ARN of the log group" (StartQuery, logGroupIdentifiers).
    """
    parameters = started(QUERY | {"region": region, "accountId": "111122223333"})
    assert parameters["logGroupIdentifiers"] == [arn]
    assert "logGroupNames" not in parameters
    assert started(QUERY)["logGroupNames"] == ["/lines"]


def test_the_laptop_is_one_account(watched: Laptop) -> None:
    """A log widget of another says so in its place; that of its own number is answered."""

    def drawn(account: str) -> Any:
        widget = {"type": "log", "properties": QUERY | {"accountId": account}}
        return watched.data(watched.dashboard("accounts", widget) + "/log/w0")

    assert "the log groups of account 111122223333 are not on the laptop" in drawn("111122223333")["message"]
    assert drawn("123456789012")["kind"] == "log-table"


@pytest.mark.parametrize(
    ("kind", "properties", "said"),
    [
        (
            "metric",
            {"view": "singleValue", "trend": True},
            ["trend: AWS's documentation doesn't say what it shows"],
        ),
        ("metric", {"view": "singleValue", "trend": False, "sparkline": True, "stacked": True}, []),
        (
            "metric",
            {"view": "pie", **with_levels(), "liveData": True},
            ["annotations.horizontal: a widget of view pie has no scale for a level"],
        ),
        (
            "metric",
            {"view": "singleValue", "annotations": {"alarms": ["arn:aws:cloudwatch:r:1:alarm:a"]}},
            ["annotations.alarms: a widget of view singleValue has no scale for a level"],
        ),
        (
            "metric",
            {"view": "table", **with_instants()},
            ["annotations.vertical: a widget of view table has no time axis"],
        ),
        ("metric", {"view": "timeSeries", **with_instants(), "trend": True}, []),
        (
            "explorer",
            {"widgetOptions": {"rowsPerPage": 2, "widgetsPerRow": 3}},
            [
                "widgetOptions.rowsPerPage: the explorer is one graph here",
                "widgetOptions.widgetsPerRow: the explorer is one graph here",
            ],
        ),
        ("custom", {"updateOn": {"refresh": True}}, ["updateOn: the function runs by its button alone"]),
        ("custom", {"endpoint": ARN}, []),
        ("text", {"markdown": "a"}, []),
    ],
)
def test_what_is_not_drawn_is_named(kind: str, properties: dict[str, Any], said: list[str]) -> None:
    """Where it would have changed something; what AWS ignores, too, needs no word."""
    assert undrawn(planned(kind, properties)) == said
