"""The HTTP front over real sockets, with small functions written in the test."""

import asyncio
import http.client
import json
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from local.api_gateway import Front, FrontOptions, RequestRecord, RestApi, Route
from local.errors import InvokeError, RequestTooLarge, TooManyRequests
from local.lambda_runtime.invocation import InvokeResult, Outcome

Handler = Callable[[dict[str, Any]], Awaitable[InvokeResult]]
API = RestApi("items", "dev", (Route("/"), Route("/{proxy+}")), tracing=True)


def ok(document: Any) -> InvokeResult:
    return InvokeResult("id-of-the-invocation", Outcome.OK, json.dumps(document).encode(), 1.5)


async def echo(event: dict[str, Any]) -> InvokeResult:
    return ok({"statusCode": 200, "body": json.dumps(event)})


@dataclass
class Function:
    """A Lambda function that is a coroutine of the test."""

    handler: Handler
    trace_headers: list[str | None] = field(default_factory=list)

    async def invoke(
        self, payload: bytes, *, trace_header: str | None = None, client_context: str | None = None
    ) -> InvokeResult:
        assert client_context is None
        self.trace_headers.append(trace_header)
        # Like the real one: an invocation runs to its end even if its caller is cancelled.
        return await asyncio.shield(asyncio.ensure_future(self.handler(json.loads(payload))))


class Kept:
    """What the front hands on."""

    def __init__(self) -> None:
        self.documents: list[Mapping[str, Any]] = []
        self.records: list[RequestRecord] = []

    def put(self, document: Mapping[str, Any]) -> None:
        self.documents.append(document)


@dataclass
class Served:
    port: int
    function: Function
    kept: Kept

    def request(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def raw(self, *parts: bytes) -> bytes:
        """Sends bytes as they are and returns all that comes until the server closes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as client:
            for part in parts:
                client.sendall(part)
            return b"".join(iter(lambda: client.recv(65536), b""))

    def event(self, method: str, path: str, headers: dict[str, str] | None = None) -> Any:
        return json.loads(self.request(method, path, headers=headers)[2])


Serve = Callable[..., Served]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts fronts in an event loop of their own thread; stops them all, and no task is left."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    fronts: list[Front] = []

    def run(coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, loop).result(30)

    def start(handler: Handler = echo, api: RestApi = API, **options: Any) -> Served:
        kept, function = Kept(), Function(handler)
        chosen = FrontOptions(**options)
        front = Front(api, function, segments=kept, on_request=kept.records.append, options=chosen)
        sock = socket.create_server(("127.0.0.1", 0))
        run(front.start(sock))
        fronts.append(front)
        return Served(sock.getsockname()[1], function, kept)

    async def left() -> int:
        return len(asyncio.all_tasks()) - 1

    yield start
    for front in fronts:
        run(front.stop(grace_s=0.1))
    tasks = run(left())
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()
    assert tasks == 0


def refuses(error: InvokeError) -> Handler:
    async def handler(_event: dict[str, Any]) -> InvokeResult:
        raise error

    return handler


def ends(outcome: Outcome, payload: bytes) -> Handler:
    async def handler(_event: dict[str, Any]) -> InvokeResult:
        return InvokeResult("i", outcome, payload, 1.0)

    return handler


INTERNAL = b'{"message": "Internal server error"}'
TIMED_OUT = b'{"message": "Endpoint request timed out"}'


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

    served = serve(fast_or_slow, timeout_s=0.2)
    assert served.request("GET", "/slow")[::2] == (504, TIMED_OUT)
    assert served.kept.records[0].failure == "the function took longer than the integration timeout of 0.2 s"
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


def test_the_functions_trace_header_names_the_lambda_subsegment(serve: Serve) -> None:
    """The client's trace is continued: its Parent is the segment's, the subsegment is the function's Parent."""
    served = serve()
    root = "1-5759e988-bd862e3fe1be46a994272793"
    _, headers, _ = served.request("GET", "/", headers={"X-Amzn-Trace-Id": f"Root={root};Parent=53995c3f42cd8ad8"})
    (segment,) = served.kept.documents
    lambda_id = segment["subsegments"][0]["id"]
    assert (segment["trace_id"], segment["parent_id"]) == (root, "53995c3f42cd8ad8")
    assert served.function.trace_headers == [f"Root={root};Parent={lambda_id};Sampled=1"]
    assert headers["X-Amzn-Trace-Id"] == f"Root={root};Sampled=1"


def test_a_trace_that_is_not_sampled(serve: Serve) -> None:
    """Sampled=0 is honoured: no segment, and the function is told."""
    served = serve()
    root = "1-5759e988-bd862e3fe1be46a994272793"
    served.request("GET", "/", headers={"X-Amzn-Trace-Id": f"Root={root};Sampled=0"})
    assert served.kept.documents == []
    assert served.function.trace_headers == [f"Root={root};Sampled=0"]


def test_a_stage_without_tracing(serve: Serve) -> None:
    """TracingEnabled false: no segment and no decision about sampling, but a Root all the same."""
    served = serve(api=RestApi("a", "dev", (Route("/"),)))
    served.request("GET", "/")
    assert served.kept.documents == []
    (header,) = served.function.trace_headers
    assert header is not None
    assert "Sampled" not in header


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


def test_the_record(serve: Serve) -> None:
    """One record a request: what came, what went, and the invocation behind it."""
    served = serve(ends(Outcome.OK, b'{"statusCode": 201, "body": "abc"}'))
    headers = served.request("PUT", "/a/b?q=secret", b"four", {"User-Agent": "me"})[1]
    (record,) = served.kept.records
    seen = (record.method, record.path, record.resource, record.status, record.request_bytes, record.response_bytes)
    assert seen == ("PUT", "/a/b", "/{proxy+}", 201, 4, 3)
    assert (record.function_request_id, record.function_ms, record.outcome) == ("i", 1.0, "ok")
    assert (record.user_agent, record.source_ip, record.failure) == ("me", "127.0.0.1", None)
    assert record.request_id == headers["x-amzn-RequestId"]


def test_the_functions_own_gateway_headers_give_way(serve: Serve) -> None:
    """There is one x-amzn-RequestId and one X-Amzn-Trace-Id in an answer: the gateway's."""

    async def answers(_event: dict[str, Any]) -> InvokeResult:
        return ok({"statusCode": 200, "headers": {"X-Amzn-Trace-Id": "mine", "x-amzn-requestid": "mine", "X-Y": "z"}})

    headers = serve(answers).request("GET", "/")[1]
    assert "mine" not in headers.get_all("X-Amzn-Trace-Id", []) + headers.get_all("x-amzn-RequestId", [])
    assert len(headers.get_all("X-Amzn-Trace-Id", [])) == 1
    assert headers["X-Y"] == "z"
