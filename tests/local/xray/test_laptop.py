"""The trace that the laptop itself writes of a request: API Gateway's segment, Lambda's two, the service's below."""

from dataclasses import replace
from typing import Any

import pytest

from local.api_gateway.routing import RestApi
from local.api_gateway.segments import StageRequest, stage_segment
from local.lambda_runtime import FunctionConfig
from local.lambda_runtime.failures import exited
from local.lambda_runtime.segments import Times, Trace, invocation_segments
from tests.local.xray.api import NOW, Api

ROOT = f"1-{int(NOW):08x}-bd862e3fe1be46a994272793"
SEEN = StageRequest(
    root=ROOT,
    segment_id="5" * 16,
    parent_id=None,
    start_s=NOW,
    end_s=NOW + 1,
    method="GET",
    url="http://localhost:8000/items/7",
    user_agent="curl",
    client_ip="127.0.0.1",
    status=200,
    content_length=12,
    request_id="r",
    lambda_id="6" * 16,
    function_arn="arn:aws:lambda:us-east-1:123456789012:function:items",
    lambda_start_s=NOW + 0.1,
    lambda_end_s=NOW + 0.9,
)
TIMES = Times(NOW + 0.2, NOW + 0.3, NOW + 0.7, NOW + 0.8)
STAGE = ("shop/dev", "AWS::ApiGateway::Stage")
SERVICE, FUNCTION = ("items", "AWS::Lambda"), ("items", "AWS::Lambda::Function")


def write(api: Api, seen: StageRequest, failure: Any = None, **members: Any) -> None:
    """What the service sends comes first: its subsegment is below a segment that Lambda writes at the end."""
    query = {
        "id": "8" * 16,
        "name": "DynamoDB",
        "namespace": "aws",
        "start_time": NOW + 0.4,
        "end_time": NOW + 0.5,
        "aws": {"operation": "GetItem", "table_name": "items-table"},
    }
    request = {
        "id": "7" * 16,
        "trace_id": ROOT,
        "type": "subsegment",
        "parent_id": "2" * 16,
        "name": "GET /items/id",
        "start_time": NOW + 0.3,
        "end_time": NOW + 0.7,
        "annotations": {"route": "/items/{id}"},
        "subsegments": [query],
        **members,
    }
    place = Trace(ROOT, "6" * 16, "1" * 16, "2" * 16, sampled=True)
    api.traces.put(request)
    for document in invocation_segments(FunctionConfig("items", "app.handler"), place, "r", TIMES, failure):
        api.traces.put(document)
    api.traces.put(stage_segment(RestApi("shop", "dev", ()), seen))


def test_the_graph(api: Api) -> None:
    """A client, the stage, the Lambda service, the function, the table: one calls the next, none is there twice."""
    write(api, SEEN)
    services = api("GetTraceGraph", TraceIds=[ROOT])["Services"]
    places = {one["ReferenceId"]: (one["Name"], one["Type"]) for one in services}
    edges = {places[one["ReferenceId"]]: [places[edge["ReferenceId"]] for edge in one["Edges"]] for one in services}
    table = ("items-table", "AWS::DynamoDB::Table")
    assert edges == {
        ("shop/dev", "client"): [STAGE],
        STAGE: [SERVICE],
        SERVICE: [FUNCTION],
        FUNCTION: [table],
        table: [],
    }


def test_the_summary(api: Api) -> None:
    """The stage is the entry: its response time, its http; the service's annotation is the function's."""
    write(api, SEEN)
    (summary,) = api.summaries('annotation.route = "/items/{id}" AND service("items-table") { ok }')
    assert summary["EntryPoint"] == {
        "Name": "shop/dev",
        "Names": ["shop/dev"],
        "Type": "AWS::ApiGateway::Stage",
        "AccountId": "123456789012",
    }
    assert (summary["ResponseTime"], summary["Duration"], summary["IsPartial"]) == (1.0, 1.0, False)
    assert summary["Http"]["HttpURL"] == "http://localhost:8000/items/7"
    (route,) = summary["Annotations"]["route"]
    assert [one["Type"] for one in route["ServiceIds"]] == ["AWS::Lambda::Function"]


def test_a_function_that_died(api: Api) -> None:
    """One root cause, from the stage through the Lambda service to the function's invocation, seen by the client."""
    write(api, replace(SEEN, status=502, lambda_fault=True), exited("r", 1))
    (summary,) = api.summaries("fault")
    (cause,) = summary["FaultRootCauses"]
    paths = [[entity["Name"] for entity in one["EntityPath"]] for one in cause["Services"]]
    assert paths == [["shop/dev", "Lambda"], ["items"], ["items", "Invocation"]]
    assert cause["ClientImpacting"] is True


@pytest.mark.parametrize("text", ['rootcause.fault.entity { last and name = "GET /items/id" }', "fault"])
def test_a_service_that_answered_500(api: Api, text: str) -> None:
    """Lambda saw nothing wrong: the stage's fault and the service's own are both found."""
    write(api, replace(SEEN, status=500), fault=True)
    assert len(api.summaries(text)) == 1
