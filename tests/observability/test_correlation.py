"""One request's ids, from its caller to its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from fastapi import FastAPI

from observability import Settings, lambda_handler, observe
from observability.testing import FakeContext, capture
from observability.tracing.traceparent import parse_traceparent

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    Call = Callable[..., httpx.Response]

TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT_ID = "00f067aa0ba902b7"
"""W3C Trace Context, "Examples of HTTP traceparent Headers"."""


@pytest.fixture
def app() -> FastAPI:
    app = FastAPI()
    observe(app, service="items", settings=Settings())
    return app


def test_the_callers_traceparent_goes_on(app: FastAPI, call: Call) -> None:
    """Who speaks W3C gets the same trace: its id in X-Ray's form, its span as the parent, in line, trace and answer."""
    with capture(app) as seen:
        answer = call(app, "GET", "/", headers={"traceparent": f"00-{TRACE_ID}-{PARENT_ID}-01"})
    assert seen.lines[0]["xray_trace_id"] == "1-4bf92f35-77b34da6a3ce929d0e0e4736"
    assert seen.documents[0]["trace_id"] == "1-4bf92f35-77b34da6a3ce929d0e0e4736"
    assert seen.documents[0]["parent_id"] == "00f067aa0ba902b7"
    assert answer.headers["x-amzn-trace-id"] == "Root=1-4bf92f35-77b34da6a3ce929d0e0e4736"


def test_a_traceparent_that_is_not_sampled_is_not_sent(app: FastAPI, call: Call) -> None:
    """The caller's decision holds for the whole trace; the line carries its id all the same."""
    with capture(app) as seen:
        call(app, "GET", "/", headers={"traceparent": f"00-{TRACE_ID}-{PARENT_ID}-00"})
    assert seen.datagrams == []
    assert seen.lines[0]["xray_trace_id"] == "1-4bf92f35-77b34da6a3ce929d0e0e4736"


def test_amazons_header_goes_before_traceparent(app: FastAPI, call: Call) -> None:
    """Both name a trace: the one that X-Ray's other segments are in is X-Amzn-Trace-Id's."""
    headers = {
        "X-Amzn-Trace-Id": "Root=1-5759e988-bd862e3fe1be46a994272793",
        "traceparent": f"00-{TRACE_ID}-{PARENT_ID}-01",
    }
    with capture(app) as seen:
        call(app, "GET", "/", headers=headers)
        call(app, "GET", "/", headers={**headers, "X-Amzn-Trace-Id": "Root=unusable"})
    assert [line["xray_trace_id"] for line in seen.lines] == [
        "1-5759e988-bd862e3fe1be46a994272793",
        "1-4bf92f35-77b34da6a3ce929d0e0e4736",
    ]


def test_lambdas_trace_goes_before_the_requests_headers(app: FastAPI) -> None:
    """In Lambda the segments are Lambda's: what a client writes into its headers can't move them to another trace."""
    event: dict[str, Any] = {
        "resource": "/",
        "path": "/",
        "httpMethod": "GET",
        "headers": {"traceparent": f"00-{TRACE_ID}-{PARENT_ID}-01"},
        "requestContext": {"requestId": "gateway-1"},
        "body": None,
    }
    trace = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"
    handler = lambda_handler(app, environ={"_X_AMZN_TRACE_ID": trace})
    with capture(app) as seen:
        handler(event, FakeContext())
    handler.close()
    assert seen.lines[0]["xray_trace_id"] == "1-5759e988-bd862e3fe1be46a994272793"
    assert seen.documents[0]["parent_id"] == "53995c3f42cd8ad8"


@pytest.mark.parametrize(
    ("text", "root", "parent", "sampled"),
    [
        (f"00-{TRACE_ID}-{PARENT_ID}-01", f"1-{TRACE_ID[:8]}-{TRACE_ID[8:]}", PARENT_ID, True),
        (f"00-{TRACE_ID}-{PARENT_ID}-00", f"1-{TRACE_ID[:8]}-{TRACE_ID[8:]}", PARENT_ID, False),
        (f"00-{TRACE_ID}-{PARENT_ID}-03", f"1-{TRACE_ID[:8]}-{TRACE_ID[8:]}", PARENT_ID, True),
        (f"00-{TRACE_ID}-{PARENT_ID}-02", f"1-{TRACE_ID[:8]}-{TRACE_ID[8:]}", PARENT_ID, False),
        (f"cc-{TRACE_ID}-{PARENT_ID}-01-what-comes", f"1-{TRACE_ID[:8]}-{TRACE_ID[8:]}", PARENT_ID, True),
        (f"00-{TRACE_ID}-{PARENT_ID}-01-more", None, None, None),
        (f"ff-{TRACE_ID}-{PARENT_ID}-01", None, None, None),
        (f"00-{'0' * 32}-{PARENT_ID}-01", None, None, None),
        (f"00-{TRACE_ID}-{'0' * 16}-01", None, None, None),
        (f"00-{TRACE_ID.upper()}-{PARENT_ID}-01", None, None, None),
        (f"00-{TRACE_ID}-{PARENT_ID}", None, None, None),
        (f"00-{TRACE_ID}-{PARENT_ID}-1", None, None, None),
        ("", None, None, None),
    ],
)
def test_traceparent_is_read_as_w3c_says(text: str, root: str | None, parent: str | None, sampled: Any) -> None:
    """W3C Trace Context, "traceparent Header Field Values" and "Versioning of traceparent"."""
    assert parse_traceparent(text) == (root, parent, sampled)


def test_the_request_id_is_the_gateways_and_the_correlation_id_the_callers(app: FastAPI) -> None:
    """X-Request-Id, X-Correlation-Id, X-Amzn-Trace-Id, Server-Timing are in every answer, the ids in its line too."""
    event: dict[str, Any] = {
        "resource": "/",
        "path": "/",
        "httpMethod": "GET",
        "headers": {"X-Correlation-Id": "order-7"},
        "requestContext": {"requestId": "gateway-1"},
        "body": None,
    }
    handler = lambda_handler(app, environ={})
    with capture(app) as seen:
        answer = handler(event, FakeContext(aws_request_id="lambda-1"))
    handler.close()
    line, headers = seen.lines[0], answer["headers"]
    assert (headers["x-request-id"], line["request_id"], line["function_request_id"]) == (
        "gateway-1",
        "gateway-1",
        "lambda-1",
    )
    assert (headers["x-correlation-id"], line["correlation_id"]) == ("order-7", "order-7")
    assert headers["x-amzn-trace-id"] == f"Root={line['xray_trace_id']}"
    assert headers["server-timing"].startswith("app;dur=1.000")
