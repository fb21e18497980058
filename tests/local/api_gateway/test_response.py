"""What a function returned -> the HTTP answer (AWS page "Output format of a Lambda function for proxy integration")."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.api_gateway.response import read_answer


def read(document: Any) -> tuple[int, list[tuple[str, str]], bytes]:
    answer = read_answer(json.dumps(document).encode())
    assert answer.failure is None
    return answer.status, list(answer.headers), answer.body


def test_a_plain_answer() -> None:
    """Status, headers and body as the function gave them; application/json where it named no content type."""
    assert read({"statusCode": 201, "body": "é"}) == (201, [("Content-Type", "application/json")], "é".encode())
    document = {"statusCode": "200", "headers": {"content-type": "text/plain", "X-N": 1, "X-B": True}}
    assert read(document) == (200, [("content-type", "text/plain"), ("X-N", "1"), ("X-B", "true")], b"")


def test_multi_value_headers_win() -> None:
    """A name that is in both maps has the values of multiValueHeaders only."""
    document = {
        "statusCode": 200,
        "headers": {"Content-Type": "a/b", "set-cookie": "lost"},
        "multiValueHeaders": {"Set-Cookie": ["a=1", "b=2"]},
    }
    assert read(document)[1] == [("Content-Type", "a/b"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]


def test_base64_bodies_are_decoded() -> None:
    """isBase64Encoded: the client gets the bytes."""
    assert read({"statusCode": 200, "body": "/wA=", "isBase64Encoded": True})[2] == b"\xff\x00"


def test_headers_that_the_gateway_keeps_for_itself() -> None:
    """Hop-by-hop headers are dropped, others renamed: the table of AWS page "Amazon API Gateway important notes"."""
    headers = {
        "Transfer-Encoding": "chunked",
        "Content-Length": "9",
        "Connection": "close",
        "WWW-Authenticate": "Bearer",
    }
    assert read({"statusCode": 401, "headers": {**headers, "Content-Type": "a/b"}})[1] == [
        ("x-amzn-Remapped-Connection", "close"),
        ("x-amzn-Remapped-WWW-Authenticate", "Bearer"),
        ("Content-Type", "a/b"),
    ]


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        (b"not json", "it is not JSON"),
        (b'"text"', "it is a string, not an object with statusCode"),
        (b"null", "it is null, not an object with statusCode"),
        (b"{}", "statusCode is missing, not an integer from 200 to 599"),
        (b'{"statusCode": true}', "statusCode is true, not an integer from 200 to 599"),
        (b'{"statusCode": 99}', "statusCode is 99, not an integer from 200 to 599"),
        (b'{"statusCode": 200, "body": {}}', "body is an object, not a string"),
        (
            b'{"statusCode": 200, "body": "!", "isBase64Encoded": true}',
            "isBase64Encoded is true but body is not base64",
        ),
        (b'{"statusCode": 200, "headers": []}', "headers is a list, not an object"),
        (b'{"statusCode": 200, "headers": {"a": {}}}', "header a is an object, not a string"),
        (b'{"statusCode": 200, "headers": {"a b": "x"}}', "'a b' is not a header name"),
        (b'{"statusCode": 200, "headers": {"a": "x\\r\\ny: z"}}', "header a holds a control character"),
        (b'{"statusCode": 200, "multiValueHeaders": {"a": "x"}}', "multiValueHeaders.a is a string, not a list"),
    ],
)
def test_malformed_answers(payload: bytes, said: str) -> None:
    """Anything else is 502 with API Gateway's own body, and a sentence for the terminal."""
    answer = read_answer(payload)
    assert (answer.status, answer.body) == (502, b'{"message": "Internal server error"}')
    assert ("x-amzn-ErrorType", "InternalServerErrorException") in answer.headers
    assert answer.failure == f"malformed Lambda proxy response: {said}"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


@given(
    st.dictionaries(
        st.sampled_from(["statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"]), json_values
    )
)
def test_no_payload_breaks_the_gateway(document: dict[str, Any]) -> None:
    """Whatever the function returns, there is an answer with a sendable status and headers without line breaks."""
    answer = read_answer(json.dumps(document).encode())
    assert 200 <= answer.status <= 599
    assert not any(set("\r\n\0") & set(name + value) for name, value in answer.headers)
