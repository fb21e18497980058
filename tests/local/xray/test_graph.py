"""The service graph (AWS page "Getting data from AWS X-Ray", Example GetServiceGraph output)."""

from typing import Any

import pytest

from local.errors import AwsError, NotSupported
from tests.local.xray.api import Api, when
from tests.local.xray.scorekeep import SENT, TRACE_ID

START = 1528317567
NAME = "xray-sample.elasticbeanstalk.com"
TABLE = "awseb-e-dixzws4s9p-stack-StartupSignupsTable-4IMSMHAYX2BA"
# Four requests, of 5, 15, 157 and 96 ms, one of them a client's error; two of them call a table and a topic.
REQUESTS: list[tuple[int, float, int, dict[str, float]]] = [(START, 0.005, 404, {}), (START + 1, 0.015, 200, {})]
CALLS = [
    (START + 16, 0.157, 200, {"DynamoDB": 0.076, "SNS": 0.049}),
    (START + 22, 0.096, 200, {"DynamoDB": 0.044, "SNS": 0.076}),
]


def documents() -> list[dict[str, Any]]:
    found = []
    for number, (at, length, status, calls) in enumerate([*REQUESTS, *CALLS]):
        subsegments = [
            {
                "id": f"{number:x}{place:015x}",
                "name": name,
                "namespace": "aws",
                "start_time": at,
                "end_time": at + lasted,
                "http": {"response": {"status": 200}},
                "aws": {"table_name": TABLE} if name == "DynamoDB" else {},
            }
            for place, (name, lasted) in enumerate(calls.items())
        ]
        found.append(
            {
                "trace_id": f"1-{at:08x}-{number:024x}",
                "id": f"{number:016x}",
                "name": NAME,
                "origin": "AWS::EC2::Instance",
                "start_time": at,
                "end_time": at + length,
                "http": {"response": {"status": status}},
                "error": status == 404,
                "subsegments": subsegments,
            }
        )
    return found


def statistics(ok: int, errors: int, total: float) -> dict[str, Any]:
    return {
        "OkCount": ok,
        "ErrorStatistics": {"ThrottleCount": 0, "OtherCount": errors, "TotalCount": errors},
        "FaultStatistics": {"OtherCount": 0, "TotalCount": 0},
        "TotalCount": ok + errors,
        "TotalResponseTime": total,
    }


def histogram(*values: float) -> list[dict[str, Any]]:
    return [{"Value": value, "Count": 1} for value in sorted(values)]


def named(services: Any) -> dict[tuple[str, str], dict[str, Any]]:
    return {(service["Name"], service["Type"]): service for service in services}


def test_the_example_of_the_page(api: Api) -> None:
    """Its four nodes with their numbers: a client, the instance, a table, a topic."""
    api.traces.put_many(documents())
    answer = api("GetServiceGraph", StartTime=when(START), EndTime=when(START + 60))
    nodes = named(answer["Services"])
    root, client = nodes[NAME, "AWS::EC2::Instance"], nodes[NAME, "client"]
    table, topic = nodes[TABLE, "AWS::DynamoDB::Table"], nodes["SNS", "AWS::SNS"]
    assert len(nodes) == 4
    ours = statistics(3, 1, 0.273)
    times = {"StartTime": when(START), "EndTime": when(START + 22)}
    assert client == {
        "ReferenceId": client["ReferenceId"],
        "Name": NAME,
        "Names": [NAME],
        "Type": "client",
        "State": "unknown",
        **times,
        "Edges": [
            {
                "ReferenceId": root["ReferenceId"],
                **times,
                "SummaryStatistics": ours,
                "ResponseTimeHistogram": histogram(0.005, 0.015, 0.157, 0.096),
                "Aliases": [],
            }
        ],
    }
    assert {**root, "Edges": []} == {
        "ReferenceId": root["ReferenceId"],
        "Name": NAME,
        "Names": [NAME],
        "Root": True,
        "Type": "AWS::EC2::Instance",
        "State": "active",
        **times,
        "Edges": [],
        "SummaryStatistics": ours,
        "DurationHistogram": histogram(0.005, 0.015, 0.157, 0.096),
        "ResponseTimeHistogram": histogram(0.005, 0.015, 0.157, 0.096),
    }
    assert [edge["ReferenceId"] for edge in root["Edges"]] == [table["ReferenceId"], topic["ReferenceId"]]
    assert [edge["SummaryStatistics"] for edge in root["Edges"]] == [statistics(2, 0, 0.12), statistics(2, 0, 0.125)]
    assert table == {
        "ReferenceId": table["ReferenceId"],
        "Name": TABLE,
        "Names": [TABLE],
        "Type": "AWS::DynamoDB::Table",
        "State": "unknown",
        "StartTime": when(START + 16),
        "EndTime": when(START + 22),
        "Edges": [],
        "SummaryStatistics": statistics(2, 0, 0.12),
        "DurationHistogram": histogram(0.076, 0.044),
        "ResponseTimeHistogram": histogram(0.076, 0.044),
    }
    assert topic["SummaryStatistics"] == statistics(2, 0, 0.125)
    assert topic["ResponseTimeHistogram"] == histogram(0.049, 0.076)
    assert sorted(node["ReferenceId"] for node in nodes.values()) == [0, 1, 2, 3]


def test_one_trace(api: Api) -> None:
    """AWS page "X-Ray concepts": nodes for the API, the Lambda service and the function, separate but connected."""
    api.traces.put_many(SENT)
    nodes = named(api("GetTraceGraph", TraceIds=[TRACE_ID])["Services"])
    places = {node["ReferenceId"]: key for key, node in nodes.items()}
    edges = {key: [places[edge["ReferenceId"]] for edge in node["Edges"]] for key, node in nodes.items()}
    api_node = ("Scorekeep", "AWS::ElasticBeanstalk::Environment")
    service, function = ("random-name", "AWS::Lambda"), ("random-name", "AWS::Lambda::Function")
    table, topic = ("scorekeep-user", "AWS::DynamoDB::Table"), ("SNS", "AWS::SNS")
    assert edges == {
        ("Scorekeep", "client"): [api_node],
        api_node: [service, table],
        service: [function],
        function: [topic],
        table: [],
        topic: [],
    }
    # "The edge contains information from the upstream service's subsegment": 2.943 s, where Lambda itself took 2.895 s.
    assert nodes[api_node]["Edges"][0]["SummaryStatistics"]["TotalResponseTime"] == 2.943
    assert nodes[service]["SummaryStatistics"]["TotalResponseTime"] == 2.895


def test_the_time_frame(api: Api) -> None:
    """Frames side by side count each trace once."""
    api.traces.put_many(documents())

    def roots(start: float, end: float) -> int:
        services = api("GetServiceGraph", StartTime=when(start), EndTime=when(end))["Services"]
        return sum(one["SummaryStatistics"]["TotalCount"] for one in services if one.get("Root"))

    assert [roots(START, START + 16), roots(START + 16, START + 30), roots(START - 9, START)] == [2, 2, 0]


def test_faults_throttles_and_what_goes_on(api: Api) -> None:
    """A request counts once, as a fault before an error; one in progress is seen and not counted."""
    request = {"trace_id": TRACE_ID, "name": "s", "start_time": START, "end_time": START + 1}
    flags: list[dict[str, Any]] = [{"fault": True, "error": True}, {"error": True, "throttle": True}, {"error": True}]
    api.traces.put_many({**request, **one, "id": f"{number:016x}"} for number, one in enumerate(flags))
    going_on = {name: value for name, value in request.items() if name != "end_time"}
    api.traces.put({**going_on, "id": "f" * 16, "in_progress": True})
    (service, client) = api("GetTraceGraph", TraceIds=[TRACE_ID])["Services"]
    assert service["SummaryStatistics"] == {
        "OkCount": 0,
        "ErrorStatistics": {"ThrottleCount": 1, "OtherCount": 1, "TotalCount": 2},
        "FaultStatistics": {"OtherCount": 1, "TotalCount": 1},
        "TotalCount": 3,
        "TotalResponseTime": 3.0,
    }
    assert client["Type"] == "client"


def test_work_after_the_response(api: Api) -> None:
    """A subsegment that ends after its segment is in the duration, not in the response time."""
    late = {"id": "2" * 16, "name": "late", "start_time": START, "end_time": START + 5}
    api.traces.put(
        {
            "trace_id": TRACE_ID,
            "id": "1" * 16,
            "name": "s",
            "start_time": START,
            "end_time": START + 1,
            "subsegments": [late],
        }
    )
    service = api("GetTraceGraph", TraceIds=[TRACE_ID])["Services"][0]
    assert service["ResponseTimeHistogram"] == [{"Value": 1.0, "Count": 1}]
    assert service["DurationHistogram"] == [{"Value": 5.0, "Count": 1}]


def test_a_service_called_client(api: Api) -> None:
    """A segment whose origin is "client" is a service like any other, beside the client that called it."""
    api.traces.put(
        {"trace_id": TRACE_ID, "id": "1" * 16, "name": "s", "origin": "client", "start_time": 1, "end_time": 2}
    )
    services = api("GetTraceGraph", TraceIds=[TRACE_ID])["Services"]
    assert [("SummaryStatistics" in one, one["Type"]) for one in services] == [(True, "client"), (False, "client")]


def test_by_group(api: Api) -> None:
    """A group's graph is made of the traces that it takes; a group that isn't there is an error."""
    api.traces.put_many(documents())
    api("CreateGroup", GroupName="errors", FilterExpression="error")
    frame = {"StartTime": when(START), "EndTime": when(START + 60)}
    services = named(api("GetServiceGraph", GroupName="errors", **frame)["Services"])
    assert services[NAME, "AWS::EC2::Instance"]["SummaryStatistics"] == statistics(0, 1, 0.005)
    assert len(named(api("GetServiceGraph", GroupName="Default", **frame)["Services"])) == 4
    with pytest.raises(AwsError, match="there is no group 'none'"):
        api("GetServiceGraph", GroupName="none", **frame)


def series(api: Api, **parameters: Any) -> list[dict[str, Any]]:
    answer = api("GetTimeSeriesServiceStatistics", StartTime=when(START), EndTime=when(START + 600), **parameters)
    return list(answer["TimeSeriesServiceStatistics"])


def test_time_series(api: Api) -> None:
    """By minute or by five, aligned; edges when nothing is selected, services for service() and id()."""
    api.traces.put_many(documents())
    # 1528317567 is 27 seconds into its minute, and 267 into its five minutes.
    assert [(one["Timestamp"], one["EdgeSummaryStatistics"]["TotalCount"]) for one in series(api)] == [
        (when(1528317540), 8)
    ]
    (found,) = series(api, EntitySelectorExpression=f'service("{NAME}")', Period=300)
    assert found == {
        "Timestamp": when(1528317300),
        "ServiceSummaryStatistics": statistics(3, 1, 0.273),
        "ResponseTimeHistogram": histogram(0.005, 0.015, 0.157, 0.096),
    }
    (found,) = series(api, EntitySelectorExpression=f'edge("{NAME}", "SNS")')
    assert found["EdgeSummaryStatistics"] == statistics(2, 0, 0.125)
    (found,) = series(api, EntitySelectorExpression='id(type: "AWS::DynamoDB::Table")')
    assert found["ServiceSummaryStatistics"] == statistics(2, 0, 0.12)
    assert series(api, EntitySelectorExpression='service("none")') == []


def test_time_series_refused(api: Api) -> None:
    """Another period, a wrong selector, and forecasts, which are of Insights."""
    with pytest.raises(AwsError, match="Period: 10 is neither 60 nor 300 seconds"):
        series(api, Period=10)
    with pytest.raises(AwsError, match="at position 0"):
        series(api, EntitySelectorExpression="fault")
    with pytest.raises(NotSupported, match="ForecastStatistics"):
        series(api, ForecastStatistics=True)
