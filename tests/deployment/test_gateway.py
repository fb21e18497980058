"""Access log formats and gateway responses, against AWS's own lists and RFC 9457."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployment.context import ACCESS_LOG, TEMPLATE, filled, unknown, variables
from deployment.gateway import access_log_faults, gateway_response_faults

GOOD_FORMAT = '{"request_id":"$context.requestId","trace_id":"$context.xrayTraceId","status":"$context.status"}'
GOOD_BODY = (
    '{"type":"about:blank","title":"Too Many Requests","status":429,"detail":$context.error.messageString,'
    '"instance":"$context.path","trace_id":"$context.xrayTraceId","request_id":"$context.requestId"}'
)
DEFAULT_BODY = GOOD_BODY.replace('"status":429,', "")
PROBLEM = {"gatewayresponse.header.Content-Type": "'application/problem+json'"}


def stage(form: Any) -> dict[str, Any]:
    properties = {"AccessLogSetting": {"DestinationArn": "arn", "Format": form}} if form else {}
    return {"Resources": {"Stage": {"Type": "AWS::ApiGateway::Stage", "Properties": properties}}}


def api(**responses: Any) -> dict[str, Any]:
    """An API with both defaults as they should be, and these."""
    default = {"responseParameters": PROBLEM, "responseTemplates": {"application/json": DEFAULT_BODY}}
    all_of_them = {"DEFAULT_4XX": default, "DEFAULT_5XX": default, **responses}
    kept = {kind: response for kind, response in all_of_them.items() if response is not None}
    body = {"x-amazon-apigateway-gateway-responses": kept}
    return {"Resources": {"Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Body": body}}}}


def response(body: str = GOOD_BODY, status: str | None = "429", headers: Any = None) -> dict[str, Any]:
    found: dict[str, Any] = {"responseParameters": headers or PROBLEM, "responseTemplates": {"application/json": body}}
    return found if status is None else {**found, "statusCode": status}


def test_good_ones_pass() -> None:
    """A line of JSON with both ids; a problem document whose status is the answer's."""
    assert access_log_faults(stage(GOOD_FORMAT)) == []
    assert gateway_response_faults(api(THROTTLED=response())) == []


@pytest.mark.parametrize(
    ("form", "fault"),
    [
        (None, "the stage has no access log"),
        (GOOD_FORMAT.replace("context.status", "context.statusCode"), "$context.statusCode is no variable of"),
        # "Variables for access logging": this one is of HTTP APIs only.
        (GOOD_FORMAT.replace("context.status", "context.routeKey"), "$context.routeKey is no variable of"),
        (GOOD_FORMAT.replace("context.status", "context.requestid"), "$context.requestid is no variable of"),
        (GOOD_FORMAT.replace(',"status"', ',\n"status"'), "the access log's format has several lines"),
        (GOOD_FORMAT.replace('"$context.status"', "$context.status"), "the access log's lines are no JSON"),
        ("$context.requestId $context.xrayTraceId", "the access log's lines are no JSON"),
        (GOOD_FORMAT.replace("requestId", "apiId"), "the access log has no request_id: $context.requestId"),
        (GOOD_FORMAT.replace("xrayTraceId", "path"), "the access log has no trace_id: $context.xrayTraceId"),
        (GOOD_FORMAT.replace('"$context.status"', f'"{"x" * 3100}"'), "and API Gateway takes 3072"),
    ],
)
def test_bad_access_log_is_found(form: Any, fault: str) -> None:
    """A variable that a REST API has not, a line that is no JSON once it is filled in, a missing id: named."""
    [found] = access_log_faults(stage(form))
    assert found.startswith("Stage: ")
    assert fault in found


@pytest.mark.parametrize(
    ("kind", "bad", "fault"),
    [
        ("TOO_MANY", response(), "TOO_MANY is no type of gateway response"),
        ("THROTTLED", response(headers={"x": "'y'"}), "THROTTLED is not sent as 'application/problem+json'"),
        ("THROTTLED", response(status="503"), "THROTTLED says status 429 and answers 503"),
        ("THROTTLED", response(status=None), "THROTTLED says status 429 and answers None"),
        # "$context variables": status is for access logging only.
        ("THROTTLED", response(GOOD_BODY.replace("429", "$context.status")), "THROTTLED names $context.status"),
        ("THROTTLED", response(GOOD_BODY.replace('"$context.path"', "$context.path")), "THROTTLED is no JSON"),
        ("THROTTLED", response(GOOD_BODY.replace("about:blank", "#set($x = 1)")), "THROTTLED uses VTL"),
        ("THROTTLED", response(GOOD_BODY.replace('"title"', '"name"')), "THROTTLED has no member title"),
        ("THROTTLED", response(GOOD_BODY.replace('"trace_id"', '"trace"')), "THROTTLED has no member trace_id"),
        (
            "THROTTLED",
            response(GOOD_BODY.replace("$context.error.messageString", '"$context.error.message"')),
            "THROTTLED has no $context.error.messageString",
        ),
        ("DEFAULT_4XX", response(), "DEFAULT_4XX sets a status"),
        ("DEFAULT_5XX", None, "no gateway response DEFAULT_5XX"),
    ],
)
def test_bad_gateway_response_is_found(kind: str, bad: Any, fault: str) -> None:
    """A type that there is none of, a document that is none or says another status, a variable it has not: named."""
    found = gateway_response_faults(api(**{kind: bad}))
    assert any(sentence.startswith(f"Api: {fault}") for sentence in found), found


def test_variables_are_aws_own() -> None:
    """Some of AWS's list; what is only for access logs is no variable of a gateway response."""
    assert {"requestId", "xrayTraceId", "error.messageString", "identity.apiKeyId"} <= TEMPLATE
    assert {"status", "responseLatency", "integration.requestId", "waf.error"} <= ACCESS_LOG - TEMPLATE
    assert unknown("$context.authorizer.claims.sub $context.authorizer.tenant", ACCESS_LOG) == []
    assert unknown("$context.authorizer.claims.a.b $context.nothing", ACCESS_LOG) == [
        "authorizer.claims.a.b",
        "nothing",
    ]


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    """No text breaks the reading, and one without variables stays as it is."""
    found = variables(text)
    assert filled(text) == text or found
    json.dumps(gateway_response_faults(api(THROTTLED=response(text))))
