import time
from typing import Any

import pytest

from local.viewer.overview.signals import overview_body
from tests.local.viewer.laptop import NAMESPACE, Laptop


def metric(title: str, *metrics: list[Any], **more: Any) -> dict[str, Any]:
    return {"type": "metric", "properties": {"title": title, "region": "us-east-1", "metrics": list(metrics), **more}}


def by_title(laptop: Laptop, path: str) -> dict[str, Any]:
    return {one["title"]: one for one in laptop.data(path)["widgets"]}


def test_a_dashboard_draws_what_cloudwatch_has(empty: Laptop) -> None:
    """Metrics, math over them, a search: the values of GetMetricData, with labels, axes and periods."""
    empty.put("Requests", [10.0, 20.0], service="shop")
    empty.put("Faults", [1.0, 5.0], service="shop")
    path = empty.dashboard(
        "values",
        metric(
            "math",
            [NAMESPACE, "Faults", "service", "shop", {"id": "m1", "stat": "Sum", "visible": False}],
            [".", "Requests", ".", ".", {"id": "m2", "stat": "Sum", "yAxis": "right"}],
            [{"expression": "100 * m1 / m2", "id": "e1", "label": "faults, %"}],
            period=60,
        ),
        metric("search", [{"expression": f"SEARCH('{{{NAMESPACE},service}} MetricName=\"Faults\"', 'Sum', 60)"}]),
        periodOverride="inherit",
    )
    found = by_title(empty, f"{path}/data?start=-PT1H")
    requests, percent = found["math"]["series"]
    assert (requests["v"], requests["axis"], requests["period"]) == ([10.0, 20.0], "right", 60)
    assert (percent["label"], percent["v"]) == ("faults, %", [10.0, 25.0])
    assert [series["v"] for series in found["search"]["series"]] == [[1.0, 5.0]]


def test_one_wrong_widget_stops_no_other(empty: Laptop) -> None:
    """CloudWatch refuses a whole call for one expression: the others are drawn, that one says what failed and why."""
    empty.put("Requests", [1.0], service="one")
    good = metric("good", [NAMESPACE, "Requests", "service", "one", {"stat": "Sum"}])
    bad = metric("bad", [{"expression": "NONSENSE(m9", "id": "e1"}])
    found = by_title(empty, empty.dashboard("wrong", good, bad) + "/data")
    assert found["good"]["series"][0]["v"] == [1.0]
    assert found["bad"]["kind"] == "problem"
    assert found["bad"]["message"].startswith("cloudwatch:GetMetricData failed: ValidationError")


def test_the_pages_period_wins(empty: Laptop) -> None:
    """period= of the URL; `auto` adapts to the time range: a minute for an hour."""
    empty.put("Waits", [1.0, 2.0, 3.0], service="shop")
    path = empty.dashboard(
        "periods", metric("waits", [NAMESPACE, "Waits", "service", "shop", {"stat": "Sum"}], period=3600)
    )
    assert by_title(empty, f"{path}/data?start=-PT1H")["waits"]["series"][0]["period"] == 60
    assert by_title(empty, f"{path}/data?start=-PT1H&period=inherit")["waits"]["series"][0]["period"] == 3600
    assert by_title(empty, f"{path}/data?start=-PT1H&period=300")["waits"]["series"][0]["period"] == 300


def test_variables_are_found_and_put_in(empty: Laptop) -> None:
    """A search fills the choices, sorted; the first is taken where the default is not among them."""
    for route in ("/b", "/a"):
        empty.put("Hits", [1.0], service="shop", route=route)
    variable = {
        "type": "property",
        "property": "route",
        "inputType": "select",
        "id": "route",
        "search": f'{{{NAMESPACE},service,route}} MetricName="Hits"',
        "populateFrom": "route",
    }
    widget = metric("hits", [NAMESPACE, "Hits", "service", "shop", "route", "/x", {"stat": "Sum"}])
    path = empty.dashboard("variables", widget, variables=[variable])
    text = empty.get(path)[1]
    assert text.index('<option value="/a" selected>') < text.index('<option value="/b">')
    assert by_title(empty, f"{path}/data?var.route=/b")["hits"]["series"][0]["v"] == [1.0]
    assert by_title(empty, f"{path}/data?var.route=/none")["hits"]["series"][0]["v"] == []


def test_units_of_axes(empty: Laptop) -> None:
    """As the metrics have them; none where the dashboard says not to show them."""
    empty.put("Size", [1.0], unit="Bytes", service="shop")
    shown = metric("a", [NAMESPACE, "Size", "service", "shop"])
    hidden = metric("b", [NAMESPACE, "Size", "service", "shop"], yAxis={"left": {"showUnits": False}})
    assert empty.data(empty.dashboard("units", shown, hidden) + "/units") == {"w0": {"left": "Bytes"}}


def test_units_of_numbers(empty: Laptop) -> None:
    """Each metric's own where each is a number, by its place among the widget's metrics; none of an expression, nor of
    another account's metric, which GetMetricStatistics doesn't know.
    """
    empty.put("Wait", [1.0], unit="Milliseconds", service="shop")
    empty.put("Memory", [1.0], unit="Megabytes", service="shop")
    wait, memory = [NAMESPACE, "Wait", "service", "shop"], [NAMESPACE, "Memory", "service", "shop"]
    numbers = metric(
        "a",
        [*wait, {"visible": False, "id": "m1"}],
        [{"expression": "m1 * 2"}],
        [*wait, {"stat": "p99"}],
        memory,
        [*memory, {"accountId": "111122223333"}],
        view="singleValue",
    )
    assert empty.data(empty.dashboard("numbers", numbers) + "/units") == {"w0": {"2": "Milliseconds", "3": "Megabytes"}}


def test_alarms_in_dashboards_and_on_their_pages(empty: Laptop) -> None:
    """An alarm annotation draws the alarm's own metric; its page marks the points that breach its threshold."""
    empty.put("Depth", [1.0, 9.0, 2.0], queue="q")
    client = empty.client("cloudwatch")
    client.put_metric_alarm(
        AlarmName="deep/queue",
        AlarmDescription="Too deep. Runbook: docs/runbook.md#latency",
        Namespace=NAMESPACE,
        MetricName="Depth",
        Dimensions=[{"Name": "queue", "Value": "q"}],
        Statistic="Maximum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=5,
        ComparisonOperator="GreaterThanThreshold",
    )
    client.set_alarm_state(AlarmName="deep/queue", StateValue="ALARM", StateReason="<b>test</b>")
    client.put_composite_alarm(AlarmName="all", AlarmRule='ALARM("deep/queue")')
    arn = client.describe_alarms(AlarmNames=["deep/queue"])["MetricAlarms"][0]["AlarmArn"]
    graph = {"type": "metric", "properties": {"title": "depth", "annotations": {"alarms": [arn]}}}
    state = {"type": "alarm", "properties": {"title": "state", "alarms": [arn, "arn:aws:cloudwatch:r:1:alarm:gone"]}}
    found = by_title(empty, empty.dashboard("alarms", graph, state) + "/data")
    assert found["depth"]["series"][0]["v"] == [1.0, 9.0, 2.0]
    assert found["depth"]["horizontal"][0]["band"] == [5.0, None]
    assert [(one["name"], one["state"]) for one in found["state"]["alarms"]] == [("deep/queue", "ALARM")]
    assert found["state"]["missing"] == ["gone"]
    (own,) = empty.data("/alarms/deep%2Fqueue/data")["widgets"]
    assert own["series"][0]["marked"] == [1]
    status, text, _ = empty.get("/alarms/deep%2Fqueue")
    assert status == 200
    assert "&lt;b&gt;test&lt;/b&gt;" in text
    assert '<a href="/runbook#latency">' in text
    assert '<rect class="ALARM"' in text
    assert '<a href="/alarms/all">all</a>' in text
    assert "deep/queue" in empty.get("/alarms?state=ALARM&q=deep")[1]
    assert "No alarm is so." in empty.get("/alarms?state=ALARM&q=nothing")[1]


@pytest.mark.parametrize("query", ["filter nonsense(", "fields @message"])
def test_log_widgets(empty: Laptop, query: str) -> None:
    """A table of what the query finds, or which call failed and why."""
    client = empty.client("logs")
    group = f"/lines/{len(query)}"
    client.create_log_group(logGroupName=group)
    client.create_log_stream(logGroupName=group, logStreamName="s")
    event = {"timestamp": int(time.time() * 1000), "message": "<script>alert(1)</script>"}
    client.put_log_events(logGroupName=group, logStreamName="s", logEvents=[event])
    log = {
        "type": "log",
        "properties": {"title": "lines", "region": "us-east-1", "query": f"SOURCE '{group}' | {query}"},
    }
    found = empty.data(empty.dashboard("logs", log) + "/log/w0")
    if "nonsense" in query:
        assert found["kind"] == "problem"
        assert found["message"].startswith("logs:StartQuery failed: MalformedQueryException")
    else:
        assert (found["columns"], found["rows"]) == (["@message"], [["<script>alert(1)</script>"]])


def test_the_overview_finds_the_golden_signals() -> None:
    """By the titles of the account's own graphs; Lambda's metrics stand in where no graph is."""
    board = {"widgets": [metric("Traffic"), metric("Faults"), metric("Budget left: 99 %"), metric("Traffic by route")]}
    body = overview_body([{"widgets": [metric("Latency of elsewhere")]}, board], "eu-west-1")
    shown = [widget["properties"]["title"] for widget in body["widgets"]]
    assert shown[:3] == ["Traffic", "Faults", "Latency"]
    assert "Budget left: 99 %" in shown
    saturation = next(one for one in body["widgets"] if one["properties"]["title"] == "Saturation")
    assert "ConcurrentExecutions" in saturation["properties"]["metrics"][0][0]["expression"]
    assert {widget["properties"]["view"] for widget in body["widgets"][:6] if "view" in widget["properties"]} == {
        "singleValue"
    }


def test_the_overview_of_an_empty_account(empty: Laptop) -> None:
    """Numbers without data, and no fault; nothing fails."""
    assert empty.get("/")[0] == 200
    found = empty.data("/overview/data")
    assert [one["kind"] for one in found["widgets"]][:5] == ["singleValue"] * 5
    assert empty.data("/overview/faults") == {"shown": [], "total": 0}


HOSTILE = "<img src=x onerror=alert(1)>\"'</script>${LABEL}<b>"


def test_hostile_names_are_text(empty: Laptop) -> None:
    """A route, a title, a label, a variable's value: in the page none of them is HTML."""
    empty.put("Requests", [1.0], service="shop", route=HOSTILE[:60])
    variable = {
        "type": "pattern",
        "pattern": "zzz",
        "inputType": "input",
        "id": "v",
        "label": "<i>",
        "defaultValue": HOSTILE,
    }
    widget = metric(HOSTILE, [NAMESPACE, "Requests", "service", "shop", "route", HOSTILE[:60], {"stat": "Sum"}])
    path = empty.dashboard(
        "hostile", widget, {"type": "text", "properties": {"markdown": HOSTILE}}, variables=[variable]
    )
    text = empty.get(path)[1]
    assert "<img src=x" not in text
    assert "<i>" not in text
    assert "</script>\"'" not in text
