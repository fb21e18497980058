"""The HTTP front's answers over real sockets, with small functions written in the test."""

import asyncio
import socket
import threading
from collections.abc import Callable
from typing import Any

import pytest

from local.api_gateway import RestApi, Route
from local.errors import InvokeError, RequestTooLarge, TooManyRequests
from local.lambda_runtime.invocation import InvokeResult, Outcome
from tests.local.api_gateway.serving import (
    INTERNAL,
    TIMED_OUT,
    Handler,
    Serve,
    ends,
    ok,
    refuses,
)


@pytest.mark.parametrize(
    ("handler", "status", "error_type", "body", "failure"),
    [
        (
            refuses(TooManyRequests("Rate Exceeded.")),
            429,
            "TooManyRequestsException",
            b'{"message": "Too Many Requests"}',
            "throttled: Rate Exceeded.",
        ),
        (
            refuses(RequestTooLarge("over 6 MB")),
            413,
            "RequestTooLargeException",
            b'{"message": "Request Too Long"}',
            "over 6 MB",
        ),
        (refuses(InvokeError("gone")), 502, "InternalServerErrorException", INTERNAL, "ServiceException: gone"),
        (
            ends(Outcome.TIMEOUT, b'{"errorMessage": "Task timed out after 3.00 seconds"}'),
            504,
            "InternalServerErrorException",
            TIMED_OUT,
            "Task timed out after 3.00 seconds",
        ),
        (
            ends(Outcome.CRASH, b'{"errorType": "Runtime.ExitError"}'),
            502,
            "InternalServerErrorException",
            INTERNAL,
            "crash: Runtime.ExitError",
        ),
        (
            ends(Outcome.OUT_OF_MEMORY, b"?"),
            502,
            "InternalServerErrorException",
            INTERNAL,
            "out of memory: the function failed without an error object",
        ),
        (
            ends(Outcome.FUNCTION_ERROR, b'{"errorType": "ValueError", "errorMessage": "no"}'),
            502,
            "InternalServerErrorException",
            INTERNAL,
            "function error: ValueError: no",
        ),
    ],
)
def test_what_the_gateway_answers_when_the_function_does_not(  # noqa: PLR0917 - pytest passes parameters by name
    serve: Serve, handler: Handler, status: int, error_type: str, body: bytes, failure: str
) -> None:
    """Status, body and x-amzn-ErrorType of AWS page "Gateway response types"; the record says why in words."""
    served = serve(handler)
    answer = served.request("GET", "/x")
    assert (answer[0], answer[1]["x-amzn-ErrorType"], answer[2]) == (status, error_type, body)
    assert answer[1]["Content-Type"] == "application/json"
    assert served.kept.records[0].failure == failure


def test_the_integration_timeout(serve: Serve) -> None:
    """Past the integration timeout the client gets 504 and the function runs on to its end."""
    ended, go = threading.Event(), asyncio.Event()

    async def slow(_event: dict[str, Any]) -> InvokeResult:
        await asyncio.wait_for(go.wait(), 30)
        ended.set()
        return ok({"statusCode": 200})

    async def fast_or_slow(event: dict[str, Any]) -> InvokeResult:
        if event["path"] == "/go":
            go.set()
            return ok({"statusCode": 204})
        return await slow(event)

    served = serve(fast_or_slow, timeout_s=2.0)
    assert served.request("GET", "/slow")[::2] == (504, TIMED_OUT)
    assert served.kept.records[0].failure == "the function took longer than the integration timeout of 2 s"
    assert served.kept.records[0].function_request_id is None
    (subsegment,) = served.kept.documents[0]["subsegments"]
    assert subsegment["fault"] is True
    assert served.request("GET", "/go")[0] == 204
    assert ended.wait(30)


def test_no_route_is_403(serve: Serve) -> None:
    """No resource or method: API Gateway says Missing Authentication Token; the function is not asked."""
    served = serve(api=RestApi("a", "dev", (Route("/only", "GET"),)))
    status, headers, body = served.request("POST", "/only")
    assert (status, body) == (403, b'{"message": "Missing Authentication Token"}')
    assert headers["x-amzn-ErrorType"] == "MissingAuthenticationTokenException"
    assert served.function.trace_headers == []
    assert served.kept.records[0].resource is None


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:80", "127.0.0.1:8000", "[::1]:8000", "api.localhost", "mine"])
def test_hosts_that_are_served(serve: Serve, host: str) -> None:
    """Loopback names, whatever the port, and the names of the setting."""
    assert serve(hosts=frozenset({"mine"})).request("GET", "/", headers={"Host": host})[0] == 200


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.1"])
def test_hosts_that_are_refused(serve: Serve, host: str) -> None:
    """A page that rebinds its own name to 127.0.0.1 gets what API Gateway says to an unknown domain: 403 Forbidden."""
    served = serve()
    status, headers, body = served.request("GET", "/", headers={"Host": host})
    assert (status, headers["x-amzn-ErrorType"], body) == (403, "ForbiddenException", b'{"message": "Forbidden"}')
    assert served.function.trace_headers == []


def test_a_client_that_goes_away(
    serve: Serve, eventually: Callable[[Callable[[], Any]], Any], capfd: pytest.CaptureFixture[str]
) -> None:
    """The function finishes, the request is recorded, nothing is written to the terminal, and the front lives on."""
    arrived, go = threading.Event(), threading.Event()

    async def waits(event: dict[str, Any]) -> InvokeResult:
        if event["path"] == "/wait":
            arrived.set()
            await asyncio.get_running_loop().run_in_executor(None, go.wait, 30)
        return ok({"statusCode": 200})

    served = serve(waits)
    with socket.create_connection(("127.0.0.1", served.port)) as client:
        client.sendall(b"GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert arrived.wait(30)
    go.set()
    with socket.create_connection(("127.0.0.1", served.port)) as client:
        client.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf")
    assert served.request("GET", "/")[0] == 200
    eventually(lambda: [record.status for record in served.kept.records if record.path == "/wait"] == [200])
    assert capfd.readouterr() == ("", "")


def test_a_fault_of_the_gateway_is_a_500(serve: Serve) -> None:
    """Something that no one foresaw: 500 with API Gateway's body, a sentence in the record, and service goes on."""

    async def breaks(event: dict[str, Any]) -> InvokeResult:
        if event["path"] == "/":
            raise ZeroDivisionError
        return ok({"statusCode": 200})

    served = serve(breaks)
    assert served.request("GET", "/")[::2] == (500, INTERNAL)
    assert served.kept.records[0].failure == "the gateway itself failed: ZeroDivisionError()"
    assert served.request("GET", "/x")[0] == 200
