"""The template's gateway responses, access log and throttling, as the front keeps them."""

import json
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from local.api_gateway import AccessLog, OwnAnswer, RequestRecord, RestApi, Route, Throttle, access_event
from local.api_gateway.answers import GatewayAnswer
from local.api_gateway.context import ContextText, context
from local.api_gateway.own_answers import customised
from local.api_gateway.throttle import TokenBucket
from local.lambda_runtime.invocation import InvokeResult, Outcome
from local.logs import LogSource
from tests.local.api_gateway.serving import API, Serve

PROBLEM = ContextText.read(
    '{"status":502,"detail":$context.error.messageString,"kind":"$context.error.responseType",'
    '"instance":"$context.path","request_id":"$context.requestId","trace_id":"$context.xrayTraceId"}'
)
HEADERS = (("Content-Type", "application/problem+json"), ("Retry-After", "1"))
RECORD = RequestRecord(
    time_ms=1_428_582_896_000,
    method="GET",
    path="/dev/items/7",
    resource="/items/{id}",
    status=200,
    duration_ms=12.6,
    request_id="r-1",
    trace_id="1-5759e988-bd862e3fe1be46a994272793",
    source_ip="10.0.0.1",
    user_agent="curl",
    request_bytes=0,
    response_bytes=42,
    function_request_id="f-1",
    function_ms=8.4,
    init_ms=100.0,
    protocol="HTTP/1.1",
    extended_request_id="e-1",
)


async def crashes(_event: dict[str, Any]) -> InvokeResult:
    return InvokeResult("i", Outcome.CRASH, b'{"errorMessage":"x"}', 1.0)


def test_failure_is_answered_as_the_template_wants(serve: Serve) -> None:
    """Status, headers and body are the gateway response's; its variables are those of the request."""
    api = replace(API, own_answers={"INTEGRATION_FAILURE": OwnAnswer(503, HEADERS, PROBLEM)})
    served = serve(crashes, api=api)
    status, headers, body = served.request("GET", "/a%20b?q=1")
    [record] = served.kept.records
    assert (status, headers["Content-Type"], headers["Retry-After"]) == (503, "application/problem+json", "1")
    assert headers["x-amzn-ErrorType"] == "InternalServerErrorException"
    assert json.loads(body) == {
        "status": 502,
        "detail": "Internal server error",
        "kind": "INTEGRATION_FAILURE",
        "instance": "/a%20b",
        "request_id": headers["x-amzn-RequestId"],
        "trace_id": headers["X-Amzn-Trace-Id"].split(";")[0].removeprefix("Root="),
    }
    assert (record.status, record.response_bytes, record.error_type) == (503, len(body), "INTEGRATION_FAILURE")
    assert served.kept.documents[0]["http"]["response"]["status"] == 503


def test_class_default_and_gateways_own() -> None:
    """A type that the template does not have is answered as its class's default, and else as API Gateway does."""
    answer = GatewayAnswer.INTEGRATION_TIMEOUT.because("slow")
    default = {"DEFAULT_5XX": OwnAnswer(None, (), ContextText.read("late"))}
    assert (customised(answer, default, {}).status, customised(answer, default, {}).body) == (504, b"late")
    assert customised(answer, {"DEFAULT_4XX": OwnAnswer(None, (), PROBLEM)}, {}) is answer
    assert customised(answer, {}, {}) is answer


def test_what_belongs_to_no_api_stays_the_gateways_own(serve: Serve) -> None:
    """A host that nobody maps, a stage that is not there: no API's gateway responses are meant."""
    every = OwnAnswer(None, (), ContextText.read("ours"))
    api = replace(API, own_answers={"DEFAULT_4XX": every, "DEFAULT_5XX": every})
    served = serve(api=api)
    assert served.request("GET", "/", headers={"Host": "elsewhere.example"})[2] == b'{"message": "Forbidden"}'
    [record] = served.kept.records
    assert (record.error, record.error_type) == ("Forbidden", None)


def test_functions_own_errors_pass(serve: Serve) -> None:
    """A 502 that the function itself answers is none of the gateway's."""

    async def answers(_event: dict[str, Any]) -> InvokeResult:
        return InvokeResult("i", Outcome.OK, b'{"statusCode":502,"body":"mine"}', 1.0)

    api = replace(API, own_answers={"DEFAULT_5XX": OwnAnswer(None, (), ContextText.read("ours"))})
    served = serve(answers, api=api)
    assert served.request("GET", "/")[2] == b"mine"
    assert (served.kept.records[0].error, served.kept.records[0].error_type) == (None, None)


def test_stage_lets_in_what_its_throttle_says(serve: Serve) -> None:
    """With a burst of 2 and next to no rate, the third request is a 429, which never reaches the function."""
    served = serve(api=replace(API, throttle=Throttle(0.000_001, 2)))
    assert [served.request("GET", "/")[0] for _ in range(3)] == [200, 200, 429]
    assert len(served.function.trace_headers) == 2
    assert served.kept.records[-1].error_type == "THROTTLED"


def test_tokens_come_back_at_the_rate() -> None:
    """AWS page "Throttle requests to your REST APIs": burst is the bucket's size, rate what is added a second."""
    now = [100.0]
    bucket = TokenBucket(Throttle(2.0, 3), lambda: now[0])
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]
    now[0] += 0.5
    assert [bucket.take() for _ in range(2)] == [True, False]
    now[0] += 3600
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]


def test_access_log_line() -> None:
    """One line of the request's values; latencies are whole milliseconds, `-` stands for what there is none of."""
    form = ContextText.read(
        '{"id":"$context.requestId","ext":"$context.extendedRequestId","trace":"$context.xrayTraceId",'
        '"status":"$context.status","took":"$context.responseLatency","lambda":"$context.integrationLatency",'
        '"of":"$context.integration.requestId","bytes":"$context.responseLength","at":"$context.requestTime",'
        '"who":"$context.identity.apiKeyId","error":"$context.error.message","path":"$context.path"}'
    )
    event = access_event(AccessLog("/aws/apigateway/items", form), API, RECORD)
    assert (event.group, event.timestamp_ms, event.source) == (
        "/aws/apigateway/items",
        1_428_582_896_000,
        LogSource.PLATFORM,
    )
    assert json.loads(event.message) == {
        "id": "r-1",
        "ext": "e-1",
        "trace": "1-5759e988-bd862e3fe1be46a994272793",
        "status": "200",
        "took": "13",
        "lambda": "108",
        "of": "f-1",
        "bytes": "42",
        "at": "09/Apr/2015:12:34:56 +0000",
        "who": "-",
        "error": "-",
        "path": "/dev/items/7",
    }


def test_message_string_has_its_quotes() -> None:
    """AWS page "Variables for access logging": the quoted value of $context.error.message."""
    record = replace(RECORD, error='a "b"', error_type="THROTTLED")
    values = context(RestApi("a", "dev", (Route("/"),)), record)
    assert ContextText.read("$context.error.messageString").fill(values, "") == '"a \\"b\\""'
    assert "integration.status" not in values


@given(st.text(), st.text())
def test_any_text_fills(text: str, value: str) -> None:
    """A text without variables stays as it is, and no text breaks."""
    form = ContextText.read(text)
    filled = form.fill(dict.fromkeys(form.variables, value), "-")
    assert form.variables or filled == text
