"""HTTP request -> REST proxy event, payload format 1.0."""

import base64
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.api_gateway.event import HttpRequest, build_event, clf_time, is_binary
from local.api_gateway.routing import Match, RestApi

API = RestApi("items", "dev", (), stage_variables={"colour": "blue"})
MATCH = Match("/items/{id}", {"id": "a%20b"})
REQUEST = HttpRequest(
    method="POST",
    path="/items/a%20b",
    context_path="/dev/items/a%20b",
    query="a=1&a=2&b=%C3%A9+x&c",
    headers=(
        ("Host", "localhost:8000"),
        ("X-Thing", "one"),
        ("User-Agent", "curl"),
        ("x-thing", "two"),
        ("Connection", "close"),
        ("X-Forwarded-For", "9.9.9.9"),
        ("X-Forwarded-Proto", "https"),
        ("X-Amzn-Trace-Id", "forged"),
    ),
    body=b'{"a": 1}',
    protocol="HTTP/1.1",
    source_ip="127.0.0.1",
    port=8000,
    time_ms=1428582896123,
    request_id="c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
    extended_request_id="JKJaXmPLvHcESHA=",
    trace_header="Root=1-5759e988-bd862e3fe1be46a994272793",
)


def test_the_whole_event() -> None:
    """Every member of AWS page "Input format of a Lambda function for proxy integration", with the right values."""
    assert build_event(REQUEST, API, MATCH) == {
        "resource": "/items/{id}",
        "path": "/items/a%20b",
        "httpMethod": "POST",
        "headers": {
            "Host": "localhost:8000",
            "X-Thing": "two",
            "User-Agent": "curl",
            "X-Amzn-Trace-Id": "Root=1-5759e988-bd862e3fe1be46a994272793",
            "X-Forwarded-For": "9.9.9.9, 127.0.0.1",
            "X-Forwarded-Port": "8000",
            "X-Forwarded-Proto": "http",
        },
        "multiValueHeaders": {
            "Host": ["localhost:8000"],
            "X-Thing": ["one", "two"],
            "User-Agent": ["curl"],
            "X-Amzn-Trace-Id": ["Root=1-5759e988-bd862e3fe1be46a994272793"],
            "X-Forwarded-For": ["9.9.9.9, 127.0.0.1"],
            "X-Forwarded-Port": ["8000"],
            "X-Forwarded-Proto": ["http"],
        },
        "queryStringParameters": {"a": "2", "b": "é x", "c": ""},
        "multiValueQueryStringParameters": {"a": ["1", "2"], "b": ["é x"], "c": [""]},
        "pathParameters": {"id": "a%20b"},
        "stageVariables": {"colour": "blue"},
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "5f3c4f8580",
            "deploymentId": "0b847c",
            "domainName": "localhost",
            "domainPrefix": "localhost",
            "extendedRequestId": "JKJaXmPLvHcESHA=",
            "httpMethod": "POST",
            "identity": {
                "accessKey": None,
                "accountId": None,
                "apiKey": None,
                "apiKeyId": None,
                "caller": None,
                "clientCert": None,
                "cognitoAuthenticationProvider": None,
                "cognitoAuthenticationType": None,
                "cognitoIdentityId": None,
                "cognitoIdentityPoolId": None,
                "principalOrgId": None,
                "sourceIp": "127.0.0.1",
                "user": None,
                "userAgent": "curl",
                "userArn": None,
                "vpcId": None,
                "vpceId": None,
            },
            "path": "/dev/items/a%20b",
            "protocol": "HTTP/1.1",
            "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
            "requestTime": "09/Apr/2015:12:34:56 +0000",
            "requestTimeEpoch": 1428582896123,
            "resourceId": "b56291",
            "resourcePath": "/items/{id}",
            "stage": "dev",
        },
        "body": '{"a": 1}',
        "isBase64Encoded": False,
    }


def test_what_is_not_there_is_null() -> None:
    """No query, no path parameters, no stage variables, no body: null, as API Gateway has it."""
    bare = replace(REQUEST, query="", headers=(), body=b"")
    event = build_event(bare, replace(API, stage_variables={}), Match("/", {}))
    nulls = ("queryStringParameters", "multiValueQueryStringParameters", "pathParameters", "stageVariables", "body")
    assert {name: event[name] for name in nulls} == dict.fromkeys(nulls)
    assert event["isBase64Encoded"] is False
    assert event["requestContext"]["domainName"] == "localhost"


@pytest.mark.parametrize(
    ("body", "content_type", "media_types", "expected"),
    [
        (b"\xff\x00", "text/plain", (), ("/wA=", True)),
        ("é".encode(), "text/plain", (), ("é", False)),
        (b"text", "image/png", ("image/png",), ("dGV4dA==", True)),
        (b"text", "image/png; q=1", ("image/*",), ("dGV4dA==", True)),
        (b"text", "text/plain", ("*/*",), ("dGV4dA==", True)),
        (b"text", "text/plain", ("*~1*",), ("dGV4dA==", True)),
        (b"text", "text/plain", ("image/*",), ("text", False)),
    ],
)
def test_binary_bodies(
    body: bytes, content_type: str, media_types: tuple[str, ...], expected: tuple[str, bool]
) -> None:
    """Base64 by the API's BinaryMediaTypes (AWS page "Working with binary media types"), and what is no text."""
    request = replace(REQUEST, body=body, headers=(("Content-Type", content_type),))
    event = build_event(request, replace(API, binary_media_types=media_types), MATCH)
    assert (event["body"], event["isBase64Encoded"]) == expected


def test_no_content_type_is_no_binary() -> None:
    """A body without Content-Type is binary only where everything is."""
    assert not is_binary(None, ("image/*",))
    assert is_binary(None, ("*/*",))


def test_the_request_time_is_english_whatever_the_locale() -> None:
    """requestTime is the CLF time of AWS's examples."""
    assert clf_time(1428582896000) == "09/Apr/2015:12:34:56 +0000"


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(
    query=texts,
    headers=st.lists(st.tuples(st.text("aAbB-", min_size=1, max_size=5), texts), max_size=6),
    body=st.binary(max_size=50),
)
def test_any_request_makes_an_event(query: str, headers: list[tuple[str, str]], body: bytes) -> None:
    """Whatever comes: the event is JSON, nothing of the body is lost, the single-value maps hold the last values."""
    request = replace(REQUEST, query=query, headers=tuple(headers), body=body)
    event = json.loads(json.dumps(build_event(request, API, MATCH)))
    assert {name: values[-1] for name, values in event["multiValueHeaders"].items()} == event["headers"]
    assert len({name.lower() for name in event["headers"]}) == len(event["headers"])
    kept = event["body"] or ""
    assert (base64.b64decode(kept) if event["isBase64Encoded"] else kept.encode()) == body
