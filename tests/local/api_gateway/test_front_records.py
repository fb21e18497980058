"""What the front leaves of a request: trace headers, segments, records."""

from typing import Any

from local.api_gateway import RestApi, Route
from local.lambda_runtime.invocation import InvokeResult, Outcome
from tests.local.api_gateway.serving import Serve, ends, ok


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


def test_the_record(serve: Serve) -> None:
    """One record a request: what came, what went, and the invocation behind it."""
    served = serve(ends(Outcome.OK, b'{"statusCode": 201, "body": "abc"}'))
    headers = served.request("PUT", "/a/b?q=secret", b"four", {"User-Agent": "me"})[1]
    (record,) = served.kept.records
    seen = (record.method, record.path, record.resource, record.status, record.request_bytes, record.response_bytes)
    assert seen == ("PUT", "/a/b", "/{proxy+}", 201, 4, 3)
    assert (record.function_request_id, record.function_ms, record.outcome) == ("i", 1.0, "ok")
    assert record.integration_ms is not None
    assert record.integration_ms >= 0
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
