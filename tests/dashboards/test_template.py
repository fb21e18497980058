"""The template that is committed: what it is made of, and that CloudFormation and CloudWatch would take it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dashboards import commands, contract, limits, listing, resolving, template
from dashboards.errors import BoardError, DashboardsError
from dashboards.measures import Stat, stats
from dashboards.widgets import Graph

if TYPE_CHECKING:
    from dashboards.template import Board

ROOT = Path(__file__).resolve().parents[2]
PARAMETERS = {
    "Stage",
    "ServiceName",
    "Namespace",
    "FunctionName",
    "AliasName",
    "ApiName",
    "TableName",
    "LogGroupName",
    "AccessLogGroupName",
    "AlarmTopicArn",
    "MemorySize",
    "TimeoutSeconds",
    "ReservedConcurrency",
    "RunbookUrl",
    "ExpectsTraffic",
}


@pytest.fixture
def committed() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "dashboards/generated/monitoring.json").read_text())
    return found


def test_generated_files_are_what_build_writes() -> None:
    """The template and docs/alarms.md are the board's, and each alarm has its section in docs/runbook.md."""
    assert commands.check(ROOT) == 0


def test_same_template_each_time(own: Board) -> None:
    """Two builds are the same, byte for byte, and resources, parameters and outputs are sorted."""
    assert template.text(own) == template.text(template.own())
    made = template.template(own)
    for part in ("Parameters", "Resources", "Outputs"):
        assert list(made[part]) == sorted(made[part])


def test_parameters(committed: dict[str, Any]) -> None:
    """The parameters that sam_template.yaml passes; those that it may leave out have a default."""
    assert set(committed["Parameters"]) == PARAMETERS
    defaults = {name: one["Default"] for name, one in committed["Parameters"].items() if "Default" in one}
    assert {name: value for name, value in defaults.items() if name != "RunbookUrl"} == {
        "AliasName": "live",
        "ReservedConcurrency": -1,
        "ExpectsTraffic": "false",
    }


def test_outputs(committed: dict[str, Any]) -> None:
    """The names of the dashboards and of the alarms that take a deployment back, and where to look first."""
    assert {name: one["Value"] for name, one in committed["Outputs"].items() if name.endswith("Name")} == {
        "ServiceDashboardName": {"Ref": "ServiceDashboard"},
        "RoutesDashboardName": {"Ref": "RoutesDashboard"},
        "LambdaDashboardName": {"Ref": "LambdaDashboard"},
        "ApiAndTableDashboardName": {"Ref": "ApiAndTableDashboard"},
        "TelemetryDashboardName": {"Ref": "TelemetryDashboard"},
        "FaultRateAlarmName": {"Ref": "FaultRateAlarm"},
        "LatencyAlarmName": {"Ref": "LatencyAlarm"},
        "Api5xxAlarmName": {"Ref": "Api5xxAlarm"},
        "LambdaErrorsAlarmName": {"Ref": "LambdaErrorsAlarm"},
    }
    assert committed["Outputs"]["ServiceDashboardUrl"]["Value"]["Fn::Sub"].endswith("/${ServiceName}-${Stage}-service")


def test_kinds_of_resources(committed: dict[str, Any]) -> None:
    """Five dashboards; 17 alarms, and 12 windows of two objectives with four composites; queries; log metrics."""
    kinds = [one["Type"] for one in committed["Resources"].values()]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "AWS::CloudWatch::Dashboard": 5,
        "AWS::CloudWatch::Alarm": 29,
        "AWS::CloudWatch::CompositeAlarm": 4,
        "AWS::Logs::QueryDefinition": 16,
        "AWS::Logs::MetricFilter": 4,
    }


def test_no_resource_but_its_own_and_parameters_is_referred_to(committed: dict[str, Any]) -> None:
    """The nested stack refers to nothing outside but by its parameters: the API and the alias may depend on it."""
    text = json.dumps(committed)
    referred = set(re.findall(r'\{"Ref": "([^"]+)"\}', text)) | set(re.findall(r"\$\{([A-Za-z]+)\}", text))
    derived = {"Runbook", "LogGroupPath"}
    assert referred - PARAMETERS - set(committed["Resources"]) == derived
    assert "Fn::GetAtt" not in text
    assert "Fn::ImportValue" not in text


@pytest.mark.parametrize("reserve", ["10", "-1"])
@pytest.mark.parametrize("traffic", ["true", "false"])
def test_bodies_are_json_and_within_limits(committed: dict[str, Any], reserve: str, traffic: str) -> None:
    """Whatever the conditions say, each body is JSON that CloudWatch would take."""
    values = resolving.EXAMPLE | {"ReservedConcurrency": reserve, "ExpectsTraffic": traffic}
    bodies = listing.bodies(resolving.resolved(committed, values))
    assert len(bodies) == 5
    assert [fault for body in bodies.values() for fault in limits.broken_by(body)] == []


def test_conditions(committed: dict[str, Any]) -> None:
    """Without a reserve there is no alarm on it, nor its line; without expected traffic no alarm on its absence."""
    given = resolving.EXAMPLE | {"ReservedConcurrency": "-1", "ExpectsTraffic": "false"}
    without = resolving.resolved(committed, given)
    assert set(committed["Resources"]) - set(without) == {"ConcurrencyAlarm", "NoTrafficAlarm"}
    text = json.dumps(listing.bodies(without))
    assert "concurrency (ticket)" not in text
    assert "alarm:items-dev-concurrency" not in text
    assert "no-traffic" not in text


def test_concurrency_with_a_reserve(resources: dict[str, Any]) -> None:
    """With a reserve its graph has the reserve's line, and the share of it with the alarm's threshold."""
    graph = widget(resources, "LambdaDashboard", "Concurrency")
    assert graph["annotations"]["horizontal"] == [
        {"label": "concurrency (ticket)", "value": 80, "color": "#ff7f0e"},
        {"label": "reserve", "value": 10},
    ]
    assert [row[0]["expression"] for row in graph["metrics"] if isinstance(row[0], dict)] == ["100 * m2 / 10"]


def widget(resources: dict[str, Any], dashboard: str, title: str) -> dict[str, Any]:
    body = listing.bodies(resources)[dashboard]
    [found] = [one["properties"] for one in body["widgets"] if one["properties"].get("title") == title]
    properties: dict[str, Any] = found
    return properties


def test_every_alarm_acts_or_is_part_of_one_that_does(resources: dict[str, Any]) -> None:
    """Each alarm tells the topic, when it goes off and when it is over; or a composite does."""
    topic = ["arn:aws:sns:us-east-1:123456789012:glasshouse-dev-alarms"]
    rules = " ".join(one.text for one in listing.alarm_rules(resources))
    for one in resources.values():
        if one["Type"] in ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"):
            properties = one["Properties"]
            if properties["ActionsEnabled"]:
                assert (properties["AlarmActions"], properties["OKActions"]) == (topic, topic)
            else:
                assert f'ALARM("{properties["AlarmName"]}")' in rules


def test_every_alarm_links_its_section_of_the_runbook(resources: dict[str, Any]) -> None:
    """The description names severity, reason and the runbook's section, and is short enough (PutMetricAlarm: 1,024)."""
    titles = {line[3:] for line in (ROOT / "docs/runbook.md").read_text().splitlines() if line.startswith("## ")}
    for one in resources.values():
        text = one["Properties"].get("AlarmDescription")
        if text is not None:
            found = re.fullmatch(r"(PAGE|TICKET): .+ Runbook: https://example\.com/runbook\.md#([a-z0-9-]+)", text)
            assert found is not None
            assert found[2] in titles
            assert len(text) <= 1024


def test_every_threshold_is_drawn(own: Board, resources: dict[str, Any]) -> None:
    """Each alarm's threshold is a horizontal annotation, with the alarm's name, of a graph that shows its measure."""
    drawn = [
        (name, annotation["value"], graph["metrics"])
        for _, kind, graph in listing.widgets(resources)
        if kind == "metric"
        for annotation in graph.get("annotations", {}).get("horizontal", ())
        for name in annotation["label"].rpartition(" (")[0].split(", ")
    ]
    for alarm in own.alarms:
        shown = [metrics for name, value, metrics in drawn if (name, value) == (alarm.name, alarm.threshold)]
        assert shown, alarm.name
        names = {row[1] for metrics in shown for row in metrics if isinstance(row[0], str)}
        assert names >= {stat.name for stat in stats(alarm.measure)}


def test_empty_runbook_url(committed: dict[str, Any]) -> None:
    """Without a URL alarms and dashboards name the file."""
    resources = resolving.resolved(committed, resolving.EXAMPLE | {"RunbookUrl": ""})
    description = resources["FaultRateAlarm"]["Properties"]["AlarmDescription"]
    assert description.endswith("Runbook: docs/runbook.md#fault-rate")
    text = listing.bodies(resources)["ServiceDashboard"]["widgets"][0]["properties"]["markdown"]
    assert "[Runbook](docs/runbook.md)" in text


def test_head_of_a_dashboard(resources: dict[str, Any]) -> None:
    """Each dashboard begins with links: runbook, logs (the console's own encoding), traces, the other four."""
    console = "https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1"
    for name, body in listing.bodies(resources).items():
        text = body["widgets"][0]["properties"]["markdown"]
        assert "[Runbook](https://example.com/runbook.md)" in text
        assert f"[Logs]({console}#logsV2:log-groups/log-group/$252Faws$252Flambda$252Fglasshouse-dev-items)" in text
        assert f"[Traces]({console}#xray:traces/query)" in text
        assert text.count("#dashboards/dashboard/items-dev-") == 4, name


def test_variables(resources: dict[str, Any]) -> None:
    """Every dashboard has the stage, as a pattern; Routes has the route, of those that there are."""
    for name, body in listing.bodies(resources).items():
        kinds = [(one["id"], one["type"]) for one in body["variables"]]
        expected = [("stage", "pattern")] + [("route", "property")] * (name == "RoutesDashboard")
        assert kinds == expected
    route = listing.bodies(resources)["RoutesDashboard"]["variables"][1]
    assert route["property"] == "route"
    assert route["search"] == '{"Glasshouse/dev",service,route} MetricName="Requests" service="items"'
    assert route["populateFrom"] == "route"


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_stage_is_a_word_of_its_own(own: Board, stage: str) -> None:
    """The stages of samconfig.toml stand in a body only where the stage is meant: the variable replaces all."""
    text = template.text(own)
    bodies = json.loads(text)["Resources"]
    for one in bodies.values():
        if one["Type"] == "AWS::CloudWatch::Dashboard":
            lines = one["Properties"]["DashboardBody"]["Fn::Join"][1]
            assert [line for line in lines if stage in re.sub(r"\$\{[^}]*\}", "", json.dumps(line)).lower()] == []


def test_template_has_what_the_contract_judged(own: Board, resources: dict[str, Any]) -> None:
    """The metrics in bodies and alarms are those of the board's objects, which the contract compares."""
    judged = {seen(stat) for stat in used(own) if ("route", "*") not in stat.dimensions}
    assert {*of_bodies(resources), *of_alarms(resources)} == judged


Metric = tuple[str, str, tuple[tuple[str, str], ...], str]


def used(board: Board) -> list[Stat]:
    graphs = [widget for one in board.dashboards for widget in one.widgets() if isinstance(widget, Graph)]
    measures = [measure for graph in graphs for measure in graph.measures()]
    return [stat for measure in [*measures, *(alarm.measure for alarm in board.alarms)] for stat in stats(measure)]


def seen(stat: Stat) -> Metric:
    def put(text: str) -> str:
        return re.sub(r"\$\{(\w+)\}", lambda found: resolving.EXAMPLE[found[1]], text)

    dimensions = tuple(sorted((name, put(value)) for name, value in stat.dimensions))
    return put(stat.namespace), stat.name, dimensions, stat.statistic


def of_bodies(resources: dict[str, Any]) -> list[Metric]:
    found = []
    for _, kind, properties in listing.widgets(resources):
        for row in properties["metrics"] if kind == "metric" else ():
            if isinstance(row[0], str):
                namespace, name, *pairs, options = row
                dimensions = tuple(sorted(zip(pairs[::2], pairs[1::2], strict=True)))
                found.append((namespace, name, dimensions, options["stat"]))
    return found


def of_alarms(resources: dict[str, Any]) -> list[Metric]:
    found = []
    for one in resources.values():
        properties = one["Properties"]
        if one["Type"] == "AWS::CloudWatch::Alarm":
            statistic = properties.get("Statistic") or properties.get("ExtendedStatistic")
            parts = [(properties, statistic)] if "MetricName" in properties else []
            queries = [query["MetricStat"] for query in properties.get("Metrics", ()) if "MetricStat" in query]
            for metric, stat in [*parts, *((query["Metric"], query["Stat"]) for query in queries)]:
                dimensions = tuple(sorted((pair["Name"], pair["Value"]) for pair in metric.get("Dimensions", ())))
                found.append((metric["Namespace"], metric["MetricName"], dimensions, stat))
    return found


def test_two_alarms_of_one_name(own: Board) -> None:
    """Two alarms of one name would be one in CloudWatch."""
    with pytest.raises(BoardError, match=r"^thresholds\.py:\d+: two alarms have the name fault-rate$"):
        template.template(replace(own, alarms=(*own.alarms, own.alarms[0])))


def test_alarm_that_tells_nobody(own: Board) -> None:
    """A part of a composite that is not on the board tells nobody."""
    with pytest.raises(BoardError, match=r"^slo\.py:\d+: alarm availability-burn-14-4x-1h neither acts nor is part"):
        template.template(replace(own, composites=()))


def test_composite_of_an_alarm_that_is_not_there(own: Board) -> None:
    """A composite's parts must be in the template."""
    acting = tuple(alarm for alarm in own.alarms if alarm.acts)
    with pytest.raises(BoardError, match=r"^slo\.py:\d+: composite availability-burn-page is made of alarms not on"):
        template.template(replace(own, alarms=acting))


def test_resolving_refuses_what_it_does_not_know(committed: dict[str, Any]) -> None:
    """A function that this room doesn't write is refused by its name, a name without a value too."""
    with pytest.raises(DashboardsError, match=r"^Fn::GetAtt is none of the functions"):
        resolving.resolved({"Resources": {"A": {"Fn::GetAtt": ["B", "Arn"]}}}, {})
    with pytest.raises(DashboardsError, match=r"is neither a parameter with a value nor a resource$"):
        resolving.resolved(committed, {})


def test_declared_metrics_are_all_there_are() -> None:
    """The contract knows the library's eleven metrics and the service's six."""
    assert len(contract.DECLARED) == 17
