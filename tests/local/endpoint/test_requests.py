"""Requests as they stand on the wire: the good ones of other clients, and the bad ones."""

import gzip
import json
import socket
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import pytest

from tests.local.endpoint.serving import serving

SIGNED = "AWS4-HMAC-SHA256 Credential=AKID/20261126/us-east-1/{}/aws4_request, SignedHeaders=host, Signature=0"
FORM = {
    "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
    "Authorization": SIGNED.format("monitoring"),
}
CLOUDWATCH_XML = "{http://monitoring.amazonaws.com/doc/2010-08-01/}"


def form(**fields: str) -> bytes:
    return urlencode({"Action": "PutMetricData", "Version": "2010-08-01", **fields}).encode()


def test_the_query_protocol_by_hand(serve: Any) -> None:
    """The sample request of CloudWatch's API reference, PutMetricData, and the form of its sample answer."""
    served = serve(cloudwatch={"PutMetricData": {}})
    body = (
        b"Action=PutMetricData&Version=2010-08-01&Namespace=TestNamespace&MetricData.member.1.MetricName=buffers"
        b"&MetricData.member.1.Unit=Bytes&MetricData.member.1.Value=231434333"
        b"&MetricData.member.1.Dimensions.member.1.Name=InstanceType"
        b"&MetricData.member.1.Dimensions.member.1.Value=m1.small"
    )
    status, headers, answer = served.send("POST", "/", body, FORM)
    assert (status, headers["content-type"]) == (200, "text/xml")
    root = ET.fromstring(answer)  # noqa: S314 - our own
    assert root.tag == f"{CLOUDWATCH_XML}PutMetricDataResponse"
    assert root.findtext(f"{CLOUDWATCH_XML}ResponseMetadata/{CLOUDWATCH_XML}RequestId") == headers["x-amzn-requestid"]
    assert served.calls[0].parameters == {
        "Namespace": "TestNamespace",
        "MetricData": [
            {
                "MetricName": "buffers",
                "Unit": "Bytes",
                "Value": 231434333.0,
                "Dimensions": [{"Name": "InstanceType", "Value": "m1.small"}],
            }
        ],
    }


def test_query_errors_are_xml(serve: Any) -> None:
    """ErrorResponse with Type, Code, Message and RequestId, in the service's namespace."""
    status, _, answer = serve(cloudwatch={"PutMetricData": {}}).send("POST", "/", form(), FORM)
    root = ET.fromstring(answer)  # noqa: S314 - our own
    error = root.find(f"{CLOUDWATCH_XML}Error")
    assert error is not None
    assert status == 400
    assert [child.text for child in error] == [
        "Sender",
        "MissingParameter",
        "The parameter Namespace is required.",
    ]


def test_gzip_bodies(serve: Any) -> None:
    """Content-Encoding: gzip, as PutMetricData takes it (API reference: requestcompression)."""
    served = serve(cloudwatch={"PutMetricData": {}})
    body = gzip.compress(form(Namespace="n", **{"MetricData.member.1.MetricName": "m"}))
    assert served.send("POST", "/", body, {**FORM, "Content-Encoding": "gzip"})[0] == 200
    assert served.calls[0].parameters["Namespace"] == "n"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"no gzip", "the body is not gzip"),
        (gzip.compress(b"Action=x")[:-3], "not one whole gzip stream"),
        (gzip.compress(b"0" * (10 * 1024 * 1024 + 1)), "the request is over 10485760 bytes"),
    ],
    ids=["none", "cut", "bomb"],  # gzip has the time in it, and each worker must name the tests alike
)
def test_gzip_that_is_none_or_a_bomb(serve: Any, body: bytes, said: str) -> None:
    """Refused before it is read to its end."""
    status, _, answer = serve(cloudwatch={}).send("POST", "/", body, {**FORM, "Content-Encoding": "gzip"})
    assert status in (400, 413)
    assert said in answer.decode()


def test_what_is_encoded_otherwise_is_refused_by_name(serve: Any) -> None:
    """aws-chunked and any other Content-Encoding."""
    served = serve(cloudwatch={})
    for encoding in ("aws-chunked", "br"):
        status, _, answer = served.send("POST", "/", b"x", {**FORM, "Content-Encoding": encoding})
        assert status == 501
        assert f"Content-Encoding: {encoding} is not supported on the laptop" in answer.decode()


def test_bodies_over_the_limit(serve: Any) -> None:
    """413, and the connection ends: the rest of the body is no request."""
    status, headers, answer = serve(logs={}).send("POST", "/", b"0" * (10 * 1024 * 1024 + 1), FORM)
    assert (status, headers.get("connection")) == (413, "close")
    assert b"RequestEntityTooLargeException" in answer


def test_unsigned_requests_are_refused_as_aws_does(serve: Any) -> None:
    """403: MissingAuthenticationToken (page "Common Errors"), in the form of each protocol."""
    served = serve(logs={}, cloudwatch={}, **{"lambda": {}})
    status, document, _ = served.post_json("Logs_20140328.DescribeLogGroups", b"{}")
    assert status == 501  # signed: it got further
    headers = {"X-Amz-Target": "Logs_20140328.DescribeLogGroups", "Content-Type": "application/x-amz-json-1.1"}
    status, _, answer = served.send("POST", "/", b"{}", headers)
    document = json.loads(answer)
    assert (status, document["__type"]) == (403, "MissingAuthenticationTokenException")
    status, _, answer = served.send("POST", "/", form(), {"Content-Type": FORM["Content-Type"]})
    assert status == 403
    assert b"<Code>MissingAuthenticationToken</Code>" in answer
    status, received, _ = served.send("GET", "/2015-03-31/functions/")
    assert (status, received["x-amzn-errortype"]) == (403, "MissingAuthenticationTokenException")


@pytest.mark.parametrize("authorization", ["Bearer x", "AWS4-HMAC-SHA256 Credential=a/b", "AWS4-HMAC-SHA256 x"])
def test_what_is_no_signature(serve: Any, authorization: str) -> None:
    """403 IncompleteSignature (page "Common Errors")."""
    status, document, _ = serve(logs={}).post_json(
        "Logs_20140328.DescribeLogGroups", b"{}", Authorization=authorization
    )
    assert (status, document["__type"]) == (403, "IncompleteSignature")


def test_host_names_that_are_not_the_laptops(serve: Any) -> None:
    """403, so that a web page that rebinds its own name to 127.0.0.1 reads nothing."""
    served = serve(logs={"DescribeLogGroups": {}})
    status, document, _ = served.post_json("Logs_20140328.DescribeLogGroups", b"{}", Host="evil.example:4566")
    assert (status, document["__type"]) == (403, "AccessDeniedException")
    assert served.post_json("Logs_20140328.DescribeLogGroups", b"{}", Host="localhost:4566")[0] == 200


@pytest.mark.parametrize(
    ("target", "code", "status"),
    [
        ("Logs_20140328.NoSuch", "UnknownOperationException", 404),
        ("Nobody.PutLogEvents", "UnknownOperationException", 404),
        ("PutLogEvents", "UnknownOperationException", 404),
        ("GraniteServiceVersion20100801.ListMetrics", "InvalidSignatureException", 403),
    ],
)
def test_targets_that_mean_nothing(serve: Any, target: str, code: str, status: int) -> None:
    """An operation that nobody has; one that the signature is not for."""
    answered, document, _ = serve(logs={}, cloudwatch={}).post_json(target, b"{}")
    assert (answered, document["__type"]) == (status, code)


def test_actions_and_paths_that_mean_nothing(serve: Any) -> None:
    """Query: InvalidAction (page "Common Errors"); REST and CBOR: UnknownOperationException."""
    served = serve(cloudwatch={}, **{"lambda": {}})
    assert b"<Code>InvalidAction</Code>" in served.send("POST", "/", b"Action=Nothing&Version=2010-08-01", FORM)[2]
    assert b"version 2009-01-01" in served.send("POST", "/", b"Action=ListMetrics&Version=2009-01-01", FORM)[2]
    lambda_ = {"Authorization": SIGNED.format("lambda")}
    assert served.send("PATCH", "/2015-03-31/functions/x", b"", lambda_)[1]["x-amzn-errortype"] == (
        "UnknownOperationException"
    )
    path = "/service/GraniteServiceVersion20100801/operation/Nothing"
    status, _, answer = served.send("POST", path, b"", {"Authorization": SIGNED.format("monitoring")})
    assert (status, b"UnknownOperationException" in answer) == (404, True)


def test_a_service_that_is_not_offered(serve: Any) -> None:
    """The answer names it, and those that are."""
    status, received, answer = serve(logs={}, sns={}).send(
        "GET", "/bucket", b"", {"Authorization": SIGNED.format("s3")}
    )
    assert (status, received["x-amzn-errortype"]) == (501, "NotSupportedOnTheLaptop")
    assert json.loads(answer)["message"] == "the service 's3' is not offered on the laptop; logs, sns are"


def test_a_parameter_that_the_operation_does_not_honour_is_refused_by_name(serve: Any) -> None:
    """It is in the model, and not in Operation.takes: never ignored."""
    served = serve(takes={"limit"}, logs={"DescribeLogGroups": {}})
    body = json.dumps({"limit": 3, "logGroupNamePattern": "x"}).encode()
    status, document, _ = served.post_json("Logs_20140328.DescribeLogGroups", body)
    assert (status, document["__type"]) == (501, "NotSupportedOnTheLaptop")
    assert document["message"] == (
        "logs DescribeLogGroups: the parameter logGroupNamePattern is not supported on the laptop"
    )
    assert served.post_json("Logs_20140328.DescribeLogGroups", b'{"limit": 3}')[0] == 200


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b"\xff",
        b'"text"',
        b"NaN",
        b'{"limit": ' + b"9" * 5000 + b"}",
        b'{"limit": 1e999}',
        b'{"limit": true}',
        b'{"limit": "1"}',
        b'{"limit": 3000000000}',
        b'{"logGroupNamePrefix": "\\ud800"}',
        b'{"logGroupNamePrefix": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"unknown": 1}',
    ],
)
def test_bodies_that_are_wrong(serve: Any, body: bytes) -> None:
    """SerializationException, 400, and the operation is not called."""
    served = serve(logs={"DescribeLogGroups": {}})
    status, document, _ = served.post_json("Logs_20140328.DescribeLogGroups", body)
    assert (status, document["__type"]) == (400, "SerializationException")
    assert served.calls == []
    assert served.told == []


def test_null_is_as_if_it_were_not_there(serve: Any) -> None:
    """Clients of languages with nulls send members that are not set."""
    served = serve(logs={"DescribeLogGroups": {}})
    assert served.post_json("Logs_20140328.DescribeLogGroups", b'{"limit": null}')[0] == 200
    assert served.calls[0].parameters == {}


FAILED = "failed to satisfy constraint: Member must"


@pytest.mark.parametrize(
    ("operation", "body", "said"),
    [
        (
            "CreateLogGroup",
            {"logGroupName": "a b"},
            rf"Value 'a b' at 'logGroupName' {FAILED} satisfy regular expression pattern: [\.\-_/#A-Za-z0-9]+",
        ),
        (
            "CreateLogGroup",
            {"logGroupName": ""},
            f"Value '' at 'logGroupName' {FAILED} have length greater than or equal to 1",
        ),
        ("CreateLogGroup", {}, f"Value null at 'logGroupName' {FAILED} not be null"),
        ("DescribeLogGroups", {"limit": 51}, f"Value '51' at 'limit' {FAILED} have value less than or equal to 50"),
        (
            "DescribeLogStreams",
            {"limit": 0, "orderBy": "Size"},
            (
                f"Value '0' at 'limit' {FAILED} have value greater than or equal to 1; "
                f"Value 'Size' at 'orderBy' {FAILED} satisfy enum value set: [LogStreamName, LastEventTime]"
            ),
        ),
    ],
)
def test_constraints_in_awss_words(serve: Any, operation: str, body: Any, said: str) -> None:
    """API reference of CloudWatch Logs, CreateLogGroup, DescribeLogGroups, DescribeLogStreams: what each takes."""
    served = serve(logs={operation: {}})
    status, document, _ = served.post_json(f"Logs_20140328.{operation}", json.dumps(body).encode())
    detected = "2 validation errors" if len(body) == 2 else "1 validation error"
    assert (status, document) == (
        400,
        {"__type": "InvalidParameterException", "message": f"{detected} detected: {said}"},
    )


def test_an_injected_header_or_line_is_a_400(serve: Any) -> None:
    """Malformed HTTP ends the connection with 400 and nothing is told."""
    served = serve(logs={})
    with socket.create_connection(("127.0.0.1", served.port)) as client:
        client.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nX-\x00: 1\r\n\r\n")
        assert client.recv(1000).startswith((b"HTTP/1.0 400", b"HTTP/1.1 400"))
    assert served.told == []


def test_local_actions(serve: Any) -> None:
    """POST /_local/<name> runs what was given for it; web pages of others may not."""
    done: list[str] = []

    def act() -> dict[str, Any]:
        done.append("x")
        return {"emptied": True}

    served = serve(local_actions={"reset": act}, logs={})
    assert served.send("POST", "/_local/reset")[::2] == (200, b'{"emptied":true}')
    assert served.send("POST", "/_local/reset", headers={"Origin": "http://evil.example"})[0] == 403
    assert (
        served.send("POST", "/_local/reset", headers={"Origin": served.url, "Host": f"127.0.0.1:{served.port}"})[0]
        == 200
    )
    assert served.send("GET", "/_local/reset")[0] == 405
    assert served.send("POST", "/_local/no")[0] == 404
    assert done == ["x", "x"]


def test_a_bug_beside_the_operations_is_told_of() -> None:
    """A path of its own and an action for tests: 500, with what went wrong, and its stack in the terminal."""

    def broken(*_: object) -> Any:
        raise ZeroDivisionError("of ours")

    with serving({}, local_actions={"broken": broken}, paths={"/v1/broken": broken}) as served:
        for path in ("/v1/broken", "/_local/broken"):
            status, _, answer = served.send("POST", path)
            assert (status, b"ZeroDivisionError('of ours')" in answer) == (500, True)
    assert [told.splitlines()[-1] for told in served.told] == ["ZeroDivisionError: of ours"] * 2
