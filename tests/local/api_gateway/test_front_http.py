"""The HTTP front as an HTTP server: limits, odd requests, odd clients."""

import json
import socket
from typing import Any

import pytest

from local.lambda_runtime.invocation import InvokeResult, Outcome
from tests.local.api_gateway.serving import Serve, ends, ok


def test_ten_megabytes_are_the_limit(serve: Serve) -> None:
    """10 MB pass, one byte more is 413; the announced size is enough to know, and the connection ends."""
    served = serve(ends(Outcome.OK, b'{"statusCode": 200}'))
    assert served.request("POST", "/x", b"a" * 10_485_760)[0] == 200
    answer = served.raw(b"POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10485761\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b'{"message": "Request Too Long"}' in answer
    assert b"Connection: close" in answer


def test_a_chunked_body_over_the_limit(serve: Serve) -> None:
    """A body of unknown length is refused as soon as it is over 10 MB."""
    served = serve()
    chunk = b"100000\r\n" + b"a" * 1_048_576 + b"\r\n"
    head = b"POST /x HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert served.raw(head, *[chunk] * 11, b"0\r\n\r\n").startswith(b"HTTP/1.1 413 ")


def test_expect_100_continue(serve: Serve) -> None:
    """A client that asks first is told to go on; one whose body is too large is told 413 at once."""
    served = serve()
    head = b"POST /x HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n"
    with socket.create_connection(("127.0.0.1", served.port), timeout=30) as client:
        client.sendall(head % 2)
        assert client.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"{}")
        assert client.recv(100).startswith(b"HTTP/1.1 200 OK\r\n")
    assert served.raw(head % 10_485_761).startswith(b"HTTP/1.1 413 ")


def test_headers_have_a_limit(serve: Serve) -> None:
    """Over 10,240 bytes of headers are refused (AWS page "Quotas for REST APIs")."""
    served = serve()
    assert served.request("GET", "/x", headers={"a": "b" * 10_000})[0] == 200
    assert served.request("GET", "/x", headers={"a": "b" * 10_241})[0] == 431


def test_malformed_http_is_400(serve: Serve, capfd: pytest.CaptureFixture[str]) -> None:
    """Not HTTP: 400, no traceback on the terminal, and the next connection is served."""
    served = serve()
    for junk in (b"\x16\x03\x01\x02\r\n\r\n", b"GET / HTTP/1.1\r\nBad Header: x\r\n\r\n", b"GET\r\n\r\n"):
        assert served.raw(junk).startswith((b"HTTP/1.1 400 ", b"HTTP/1.0 400 "))
    assert served.request("GET", "/x")[0] == 200
    assert capfd.readouterr() == ("", "")


def test_keep_alive_and_pipelining(serve: Serve) -> None:
    """One connection carries many requests, also those sent before the answers were read, in order."""
    served = serve()
    one = b"GET /%d HTTP/1.1\r\nHost: localhost\r\n"
    answers = served.raw(one % 1 + b"\r\n" + one % 2 + b"\r\n" + one % 3 + b"Connection: close\r\n\r\n")
    assert answers.count(b"HTTP/1.1 200 OK") == 3
    assert answers.index(b'"path": "/1"') < answers.index(b'"path": "/2"') < answers.index(b'"path": "/3"')


def test_head_has_no_body(serve: Serve) -> None:
    """HEAD reaches the function as HEAD; the answer has the length but not the body."""

    async def five(event: dict[str, Any]) -> InvokeResult:
        assert event["httpMethod"] == "HEAD"
        return ok({"statusCode": 200, "body": "12345"})

    status, headers, body = serve(five).request("HEAD", "/x")
    assert (status, headers["Content-Length"], body) == (200, "5", b"")


def test_paths_stay_percent_encoded(serve: Serve) -> None:
    """What the client encoded stays so, UTF-8 or not; raw bytes are 400; the absolute form is understood."""
    served = serve()
    event = served.event("GET", "/a%20b%2Fc%FF?q=%FF")
    assert (event["path"], event["queryStringParameters"]) == ("/a%20b%2Fc%FF", {"q": "\ufffd"})
    raw = served.raw(b"GET /\xc3\xa9 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert raw.startswith(b"HTTP/1.0 400 ")
    absolute = served.raw(b"GET http://localhost/p?x=1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert json.loads(absolute.partition(b"\r\n\r\n")[2])["path"] == "/p"


def test_header_bytes_that_are_no_utf8(serve: Serve) -> None:
    """Latin-1 header values arrive as text."""
    raw = serve().raw(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-A: \xe9\r\nConnection: close\r\n\r\n")
    assert json.loads(raw.partition(b"\r\n\r\n")[2])["headers"]["X-A"] == "é"


def test_compressed_bodies_are_handed_on_as_they_are(serve: Serve) -> None:
    """Content-Encoding is the function's business: the gateway does not unpack."""
    status, _, body = serve().request("POST", "/x", b"\x1f\x8bnot gzip", {"Content-Encoding": "gzip"})
    assert status == 200
    assert json.loads(body)["body"] == "H4tub3QgZ3ppcA=="
