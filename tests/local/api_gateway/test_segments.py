"""API Gateway's own X-Ray segment."""

from dataclasses import replace
from typing import Any

import pytest

from local.api_gateway.routing import RestApi
from local.api_gateway.segments import StageRequest, stage_segment
from local.xray.validation import reason_against

API = RestApi("items", "dev", ())
ARN = "arn:aws:lambda:us-east-1:123456789012:function:Items"
SEEN = StageRequest(
    root="1-5759e988-bd862e3fe1be46a994272793",
    segment_id="53995c3f42cd8ad8",
    parent_id=None,
    start_s=1.0,
    end_s=2.0,
    method="GET",
    url="http://localhost:8000/x",
    user_agent="curl",
    client_ip="127.0.0.1",
    status=200,
    content_length=12,
    request_id="r",
    lambda_id="53995c3f42cd8ad9",
    function_arn=ARN,
    lambda_start_s=1.25,
    lambda_end_s=1.75,
)


def test_the_whole_segment() -> None:
    """Origin, name `<api>/<stage>`, http, aws.api_gateway, and the call of Lambda as a subsegment that X-Ray takes."""
    segment = stage_segment(API, SEEN)
    assert reason_against(segment) is None
    assert segment == {
        "id": "53995c3f42cd8ad8",
        "trace_id": "1-5759e988-bd862e3fe1be46a994272793",
        "name": "items/dev",
        "origin": "AWS::ApiGateway::Stage",
        "resource_arn": "arn:aws:apigateway:us-east-1::/restapis/5f3c4f8580/stages/dev",
        "start_time": 1.0,
        "end_time": 2.0,
        "http": {
            "request": {
                "method": "GET",
                "url": "http://localhost:8000/x",
                "client_ip": "127.0.0.1",
                "user_agent": "curl",
            },
            "response": {"status": 200, "content_length": 12},
        },
        "aws": {
            "account_id": "123456789012",
            "api_gateway": {
                "account_id": "123456789012",
                "request_id": "r",
                "rest_api_id": "5f3c4f8580",
                "stage": "dev",
            },
        },
        "subsegments": [
            {
                "id": "53995c3f42cd8ad9",
                "name": "Lambda",
                "namespace": "aws",
                "start_time": 1.25,
                "end_time": 1.75,
                "http": {
                    "request": {
                        "method": "POST",
                        "url": f"https://lambda.us-east-1.amazonaws.com/2015-03-31/functions/{ARN}/invocations",
                    },
                    "response": {"status": 200},
                },
                "aws": {
                    "operation": "Invoke",
                    "region": "us-east-1",
                    "function_name": "Items",
                    "resource_names": ["Items"],
                },
            }
        ],
    }


def test_an_alias_is_in_the_address_alone() -> None:
    """What was invoked is the alias's; the function's name is its own."""
    segment = stage_segment(API, replace(SEEN, function_arn=f"{ARN}:live"))
    (called,) = segment["subsegments"]
    assert called["http"]["request"]["url"].endswith(f"/functions/{ARN}:live/invocations")
    assert (called["aws"]["function_name"], called["aws"]["resource_names"]) == ("Items", ["Items"])


def test_a_request_that_met_no_function() -> None:
    """No subsegment; the client's segment is the parent; a 4xx is an error."""
    seen = replace(SEEN, parent_id="53995c3f42cd8ad7", lambda_start_s=None, status=403, user_agent=None)
    segment = stage_segment(API, seen)
    assert "subsegments" not in segment
    assert (segment["parent_id"], segment["error"]) == ("53995c3f42cd8ad7", True)
    assert "user_agent" not in segment["http"]["request"]


@pytest.mark.parametrize(
    ("status", "lambda_status", "lambda_fault", "flags", "lambda_flags"),
    [
        (404, 200, False, {"error": True}, {}),
        (429, 429, False, {"error": True, "throttle": True}, {"error": True, "throttle": True}),
        (502, 200, True, {"fault": True}, {"fault": True}),
        (504, None, True, {"fault": True}, {"fault": True}),
        (200, 200, False, {}, {}),
    ],
)
def test_flags(
    status: int,
    lambda_status: int | None,
    lambda_fault: bool,  # noqa: FBT001 - pytest passes parameters by name
    flags: dict[str, bool],
    lambda_flags: dict[str, bool],
) -> None:
    """error 4xx, throttle 429, fault 5xx; a failed invocation is a fault of the subsegment although Invoke says 200."""
    segment = stage_segment(API, replace(SEEN, status=status, lambda_status=lambda_status, lambda_fault=lambda_fault))

    def found(document: dict[str, Any]) -> dict[str, bool]:
        return {name: document[name] for name in ("error", "fault", "throttle") if name in document}

    assert found(segment) == flags
    assert found(segment["subsegments"][0]) == lambda_flags
