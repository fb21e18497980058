"""PURE: the X-Ray segment that API Gateway writes for a traced stage.

Source: AWS page "Amazon API Gateway active tracing support for AWS X-Ray" and "AWS X-Ray segment documents".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.api_gateway.routing import RestApi


@dataclass(frozen=True, slots=True)
class StageRequest:
    """One request at a stage. Times are epoch seconds; `lambda_*` is the call of the function, if one was made.

    Lambda's Invoke answers 200 even when the function fails: `lambda_fault` tells. `lambda_status` is None when there
    was no answer within the integration timeout.
    """

    root: str
    segment_id: str
    parent_id: str | None
    start_s: float
    end_s: float
    method: str
    url: str
    user_agent: str | None
    client_ip: str
    status: int
    content_length: int
    request_id: str
    lambda_id: str
    function_arn: str = ""
    lambda_start_s: float | None = None
    lambda_end_s: float = 0.0
    lambda_status: int | None = 200
    lambda_fault: bool = False


def stage_segment(api: RestApi, seen: StageRequest) -> dict[str, Any]:
    """The segment `<api>/<stage>`, with a subsegment for the function, whose id the function got as its Parent."""
    segment: dict[str, Any] = {
        "id": seen.segment_id,
        "trace_id": seen.root,
        "name": f"{api.name}/{api.stage}",
        "origin": "AWS::ApiGateway::Stage",
        "resource_arn": f"arn:aws:apigateway:{api.region}::/restapis/{api.api_id}/stages/{api.stage}",
        "start_time": seen.start_s,
        "end_time": seen.end_s,
        "http": {
            "request": _request(seen),
            "response": {"status": seen.status, "content_length": seen.content_length},
        },
        "aws": {
            "account_id": api.account_id,
            "api_gateway": {
                "account_id": api.account_id,
                "request_id": seen.request_id,
                "rest_api_id": api.api_id,
                "stage": api.stage,
            },
        },
        **flags(seen.status),
    }
    if seen.parent_id:
        segment["parent_id"] = seen.parent_id
    if seen.lambda_start_s is not None:
        segment["subsegments"] = [_lambda_subsegment(api, seen)]
    return segment


def flags(status: int) -> Mapping[str, bool]:
    """`error` for 4xx, with `throttle` for 429; `fault` for 5xx."""
    if status == 429:
        return {"error": True, "throttle": True}
    if status >= 500:
        return {"fault": True}
    return {"error": True} if status >= 400 else {}


def _request(seen: StageRequest) -> dict[str, Any]:
    request = {"method": seen.method, "url": seen.url, "client_ip": seen.client_ip}
    return {**request, "user_agent": seen.user_agent} if seen.user_agent else request


def _lambda_subsegment(api: RestApi, seen: StageRequest) -> dict[str, Any]:
    arn = seen.function_arn
    name = "".join(arn.split(":")[6:7])  # without the alias
    url = f"https://lambda.{api.region}.amazonaws.com/2015-03-31/functions/{arn}/invocations"
    response = {} if seen.lambda_status is None else {"response": {"status": seen.lambda_status}}
    return {
        "id": seen.lambda_id,
        "name": "Lambda",
        "namespace": "aws",
        "start_time": seen.lambda_start_s,
        "end_time": seen.lambda_end_s,
        "http": {"request": {"method": "POST", "url": url}, **response},
        "aws": {
            "operation": "Invoke",
            "region": api.region,
            "function_name": name,
            "resource_names": [name],
        },
        **({"fault": True} if seen.lambda_fault else flags(seen.lambda_status or 200)),
    }
