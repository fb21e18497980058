"""PURE: what no linter sees of a REST API's stage: access log formats and gateway responses.

Sources: AWS pages "Set up CloudWatch logging for REST APIs" (a format is one line and has a request id; at most 3,072
characters), "Gateway response types for API Gateway", "x-amazon-apigateway-gateway-responses.responseTemplates object"
(no VTL, only variables), and RFC 9457 for the documents.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from deployment.context import ACCESS_LOG, TEMPLATE, filled, unknown, variables
from deployment.templates import Template, of_type

MOST_FORMAT_CHARACTERS = 3072
#: A gateway response type's own status; None: whatever was wrong.
STATUSES: Mapping[str, int | None] = {
    "ACCESS_DENIED": 403,
    "API_CONFIGURATION_ERROR": 500,
    "AUTHORIZER_CONFIGURATION_ERROR": 500,
    "AUTHORIZER_FAILURE": 500,
    "BAD_REQUEST_BODY": 400,
    "BAD_REQUEST_PARAMETERS": 400,
    "DEFAULT_4XX": None,
    "DEFAULT_5XX": None,
    "EXPIRED_TOKEN": 403,
    "INTEGRATION_FAILURE": 504,
    "INTEGRATION_TIMEOUT": 504,
    "INVALID_API_KEY": 403,
    "INVALID_SIGNATURE": 403,
    "MISSING_AUTHENTICATION_TOKEN": 403,
    "QUOTA_EXCEEDED": 429,
    "REQUEST_TOO_LARGE": 413,
    "RESOURCE_NOT_FOUND": 404,
    "THROTTLED": 429,
    "UNAUTHORIZED": 401,
    "UNSUPPORTED_MEDIA_TYPE": 415,
    "WAF_FILTERED": 403,
}
#: What finds a request in the logs and traces.
IDS = {"request_id": "$context.requestId", "trace_id": "$context.xrayTraceId"}
PROBLEM = "'application/problem+json'"
_EXTENSION = "x-amazon-apigateway-gateway-responses"


def access_log_faults(template: Template) -> list[str]:
    """What is wrong with the access logs of the stages, one sentence each. `template` is expanded."""
    return [
        f"{name}: {fault}"
        for name, stage in of_type(template, "AWS::ApiGateway::Stage").items()
        for fault in _format_faults(stage["Properties"].get("AccessLogSetting", {}).get("Format"))
    ]


def gateway_response_faults(template: Template) -> list[str]:
    """What is wrong with the gateway responses of the APIs, one sentence each. `template` is expanded."""
    return [
        f"{name}: {fault}"
        for name, api in of_type(template, "AWS::ApiGateway::RestApi").items()
        for fault in _responses_faults(api["Properties"].get("Body", {}).get(_EXTENSION, {}))
    ]


def _format_faults(form: Any) -> Iterator[str]:
    if not isinstance(form, str):
        yield "the stage has no access log"
        return
    yield from (f"$context.{name} is no variable of a REST API's access log" for name in unknown(form, ACCESS_LOG))
    if "\n" in form:
        yield "the access log's format has several lines, and API Gateway takes one"
    if len(form) > MOST_FORMAT_CHARACTERS:
        yield f"the access log's format has {len(form)} characters, and API Gateway takes {MOST_FORMAT_CHARACTERS}"
    document = _json(filled(form, "1-a:/b c"))
    if document is None:
        yield "the access log's lines are no JSON"
        return
    written = _json(form.replace("$context.error.messageString", '"$context.error.messageString"')) or {}
    yield from (
        f"the access log has no {key}: {variable}" for key, variable in IDS.items() if written.get(key) != variable
    )


def _responses_faults(responses: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"no gateway response {name}" for name in ("DEFAULT_4XX", "DEFAULT_5XX") if name not in responses)
    for kind, response in responses.items():
        if kind not in STATUSES:
            yield f"{kind} is no type of gateway response"
            continue
        if response.get("responseParameters", {}).get("gatewayresponse.header.Content-Type") != PROBLEM:
            yield f"{kind} is not sent as {PROBLEM}"
        for body in response.get("responseTemplates", {}).values():
            yield from (f"{kind} {fault}" for fault in _body_faults(kind, response, body))


def _body_faults(kind: str, response: Mapping[str, Any], body: str) -> Iterator[str]:
    yield from (f"names $context.{name}, which a gateway response has not" for name in unknown(body, TEMPLATE))
    if "#set" in body or "$input" in body or "$util" in body:
        yield "uses VTL, which a gateway response's template is not"
    document = _json(filled(body))
    if document is None:
        yield "is no JSON"
        return
    missing = {"type", "title", "detail", "instance", *IDS} - document.keys()
    yield from (f"has no member {member}" for member in sorted(missing))
    status = response.get("statusCode")
    if STATUSES[kind] is None:
        if status is not None or "status" in document:
            yield "sets a status: it is the default of all statuses of its class"
    elif str(document.get("status")) != status:
        yield f"says status {document.get('status')} and answers {status}"
    if "error.messageString" not in variables(body):
        yield "has no $context.error.messageString, the one text that API Gateway quotes"


def _json(text: str) -> dict[str, Any] | None:
    try:
        document = json.loads(text)
    except ValueError:
        return None
    return document if isinstance(document, dict) else None
